"""Databases for tests: migrated once, then copied, so that every test starts from a fresh one."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import psycopg.sql
import pytest

from qa_app.config import Settings


class Databases:
    """Makes a fresh, migrated database with reference data, of either kind."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        self._folder = factory.mktemp("databases")
        self._sqlite: Path | None = None
        self._postgres: Postgres | None = None
        self._template: str | None = None
        self._reused: Reused | None = None
        self._is_lent = False

    def fresh(self, kind: str, folder: Path) -> str:
        """Return the URL of a fresh database."""
        if kind == "sqlite":
            if self._sqlite is None:
                self._sqlite = self._folder / "template.sqlite"
                prepare(f"sqlite:///{self._sqlite}", self._folder)
            copy = folder / "doorstep.sqlite"
            shutil.copyfile(self._sqlite, copy)
            return f"sqlite:///{copy}"
        if self._postgres is None:
            self._postgres = Postgres.start()
            self._template = self._postgres.create()
            prepare(self._postgres.url(self._template), self._folder)
        return self._postgres.url(self._postgres.create(template=self._template))

    @contextlib.contextmanager
    def lent(self, kind: str, folder: Path) -> Iterator[str]:
        """Lend the URL of a fresh database to one test; PostgreSQL's is wiped and lent again.

        Copying a PostgreSQL template takes half a second, putting its rows back a few hundredths.
        """
        if kind == "sqlite" or self._is_lent:
            yield self.fresh(kind, folder)
            return
        if self._reused is None:
            url = self.fresh(kind, folder)
            assert self._postgres is not None
            self._reused = Reused(url, self._postgres.connection(url))
        else:
            self._reused.restore()
        self._is_lent = True
        try:
            yield self._reused.url
        finally:
            self._is_lent = False

    def close(self) -> None:
        """Stop the PostgreSQL server, if one was started."""
        if self._reused is not None:
            self._reused.close()
        if self._postgres is not None:
            self._postgres.stop()


class Reused:
    """A PostgreSQL database that remembers its first rows and can be put back to them."""

    def __init__(self, url: str, connection: psycopg.Connection[Any]) -> None:
        self.url = url
        self._connection = connection
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        self._tables = [str(row[0]) for row in found]
        self._rows = {table: self._copy_out(table) for table in self._tables}
        found = connection.execute(
            "SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL "
            "FROM pg_sequences WHERE schemaname = 'public'"
        )
        self._sequences = found.fetchall()

    def restore(self) -> None:
        """Put every table and every counter back, without triggers and foreign keys in the way."""
        run = self._connection.execute
        run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in self._tables:
                cursor.execute(
                    psycopg.sql.SQL("DELETE FROM {}").format(psycopg.sql.Identifier(table))
                )
                if self._rows[table]:
                    statement = psycopg.sql.SQL("COPY {} FROM STDIN")
                    with cursor.copy(statement.format(psycopg.sql.Identifier(table))) as copy:
                        copy.write(self._rows[table])
            for name, value, is_called in self._sequences:
                cursor.execute(
                    "SELECT setval(%s::regclass, %s, %s)", (f'"{name}"', value, is_called)
                )

    def close(self) -> None:
        """Let the server go."""
        self._connection.close()

    def _copy_out(self, table: str) -> bytes:
        statement = psycopg.sql.SQL("COPY {} TO STDOUT").format(psycopg.sql.Identifier(table))
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            return b"".join(bytes(part) for part in copy)


def prepare(url: str, folder: Path) -> None:
    """Migrate a database and load the reference data."""
    from flask_migrate import upgrade

    from qa_app import create_app
    from qa_app.base.db import db
    from qa_app.cli.first_start import load_reference

    settings = Settings(
        instance=folder, database_url=url, secret_key="k" * 40, is_demo=False, is_testing=True
    )
    (folder / "postcodes.sqlite").touch()  # no test waits for the postcode file unless it asks to
    app = create_app(settings)
    with app.app_context():
        upgrade()
        load_reference()
        db.session.remove()
        if url.startswith("sqlite"):
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()


class Postgres:
    """A PostgreSQL server of our own on a socket in a temporary folder, as fast as it can be made."""

    def __init__(self, folder: Path, binaries: Path, run_as: list[str]) -> None:
        self._folder, self._binaries, self._run_as = folder, binaries, run_as

    @classmethod
    def start(cls) -> Postgres:
        """Start a server; skip the test, saying so, when PostgreSQL is not on this machine."""
        binaries = postgres_binaries()
        if binaries is None:
            pytest.skip("PostgreSQL is not installed here: its half of the tests did not run")
        folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        run_as: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(folder, "postgres")
            run_as = ["runuser", "-u", "postgres", "--"]
        server = cls(folder, binaries, run_as)
        server._run(
            "initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "postgres", "--no-sync"
        )
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c max_connections=60"
        server._run(
            "pg_ctl",
            "-D",
            str(folder / "data"),
            "-o",
            options,
            "-l",
            str(folder / "log"),
            "-w",
            "start",
        )
        return server

    def url(self, name: str) -> str:
        """Return the URL of one of its databases."""
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def connection(self, url: str) -> psycopg.Connection[Any]:
        """Return a connection beside the app's, committing each statement."""
        return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)

    def create(self, *, template: str | None = None) -> str:
        """Make a database and return its name."""
        name = f"d{uuid.uuid4().hex[:12]}"
        extra = ["-T", template] if template else []
        self._run("createdb", "-h", str(self._folder), "-U", "postgres", *extra, name)
        return name

    def stop(self) -> None:
        """Stop the server and delete its files."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self._run_as, str(self._binaries / program), *arguments],
            check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip


def postgres_binaries() -> Path | None:
    """Return the folder that holds initdb and pg_ctl, or None."""
    named = os.environ.get("QA_TEST_PG_BIN")
    found = (
        [Path(named)] if named else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    )
    return next((folder for folder in found if (folder / "initdb").exists()), None)
