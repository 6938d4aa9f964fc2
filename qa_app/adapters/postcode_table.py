"""Every postcode of Great Britain in one SQLite file of its own, built once on each machine and only ever read."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from qa_app.adapters import postcode_files
from qa_app.adapters.postcode_files import GridPlace

Progress = Callable[[int, int], None]
"""Told how many bytes of how many are done."""

LAYOUT = "1"
_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE authority (id INTEGER PRIMARY KEY, code TEXT NOT NULL);
CREATE TABLE place (
    postcode TEXT PRIMARY KEY, easting INTEGER NOT NULL, northing INTEGER NOT NULL, authority INTEGER NOT NULL
) WITHOUT ROWID;
"""
_FIND = """
SELECT easting, northing, code FROM place JOIN authority ON authority.id = place.authority WHERE postcode = ?
"""
_STALE_SECONDS = 3600


def build(path: Path, progress: Progress | None = None, *, root: Path | None = None) -> int:
    """Build the table at ``path`` and return how many postcodes it holds; the old one is replaced at the very end.

    Safe to run twice, at the same moment too, and to be killed at any point: it works in a file of its own and renames
    it when it is whole and on disk. ``root`` is the folder of the postcode files (the installed ones by default).
    ``PostcodeFilesError`` or ``OSError`` (disk full) leave the old table as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    part.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(part, isolation_level=None)) as connection:
            count = _fill(connection, progress, root)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except sqlite3.OperationalError as error:
        raise OSError(f"The postcode table could not be written ({error}).") from error
    finally:
        part.unlink(missing_ok=True)
    return count


def is_current(path: Path) -> bool:
    """Whether there is a whole table made from the installed postcode files."""
    if not path.exists():
        return False
    try:
        with closing(_open(path)) as connection:
            return _is_current(connection)
    except sqlite3.Error:
        return False


class PostcodeTable:
    """Looks postcodes up in the table; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def is_ready(self) -> bool:
        """Whether there is a table to ask: from then on, until this object is closed, it is asked."""
        with self._lock:
            return self._ready() is not None

    def find(self, key: str) -> GridPlace | None:
        """Return the place of a key of ``postcode_files.key``; None when unknown. ``LookupError`` without a table."""
        with self._lock:
            connection = self._ready()
            if connection is None:
                raise LookupError("the postcode table is not there yet")
            try:
                row = connection.execute(_FIND, (key,)).fetchone()
            except sqlite3.DatabaseError:
                self._forget()
                raise LookupError("the postcode table cannot be read") from None
        return None if row is None else GridPlace(*row)

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._forget()

    def _ready(self) -> sqlite3.Connection | None:
        if self._connection is None and self._path.exists():
            try:
                connection = _open(self._path)
            except sqlite3.Error:
                return None
            if _is_current(connection):
                self._connection = connection
            else:
                connection.close()
        return self._connection

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _open(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path))}?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, check_same_thread=False)


def _is_current(connection: sqlite3.Connection) -> bool:
    try:
        about = dict(connection.execute("SELECT name, value FROM about").fetchall())
    except sqlite3.DatabaseError:
        return False
    return about == {"layout": LAYOUT, "release": postcode_files.release()}


def _fill(connection: sqlite3.Connection, progress: Progress | None, root: Path | None) -> int:
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "page_size=8192", "cache_size=-8000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.executescript(_TABLES)
    files = postcode_files.letters(root)
    whole, done, count = sum(file.stat().st_size for file in files), 0, 0
    numbers: dict[str, int] = {}
    connection.execute("BEGIN")
    for file in files:
        letter = postcode_files.read(file)
        rows = (
            (key, place.easting, place.northing, numbers.setdefault(place.authority, len(numbers)))
            for key, place in letter.places()
        )
        count += connection.executemany("INSERT INTO place VALUES (?, ?, ?, ?)", rows).rowcount
        done += file.stat().st_size
        if progress is not None:
            progress(done, whole)
    pairs = [(number, code) for code, number in numbers.items()]
    connection.executemany("INSERT INTO authority VALUES (?, ?)", pairs)
    about = [("layout", LAYOUT), ("release", postcode_files.release())]
    connection.executemany("INSERT INTO about VALUES (?, ?)", about)
    connection.execute("COMMIT")
    return count


def _sweep(path: Path) -> None:
    """Remove what a killed build left behind."""
    for part in path.parent.glob(f"{path.name}.*.part"):
        if time.time() - part.stat().st_mtime > _STALE_SECONDS:
            part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
