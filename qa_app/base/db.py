"""The database: one declarative base, aware UTC moments, and connections that survive a power cut."""

from __future__ import annotations

import contextvars
import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, MetaData, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BUSY_TIMEOUT_MS = 30_000


class Base(DeclarativeBase):
    """What every table's class derives from."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(metadata=Base.metadata)

is_writing: contextvars.ContextVar[bool] = contextvars.ContextVar("is_writing", default=False)
"""True inside a request or job that will write: SQLite then takes its write lock before the first read."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware going in (``ValueError`` otherwise), aware in UTC coming out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into what the database keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be kept")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn what the database keeps into an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON()
"""A JSON column whose value is replaced whole, never changed in place."""


def new_id() -> str:
    """Return a random UUID as text."""
    return str(uuid.uuid4())


def init_app(app: Flask) -> None:
    """Bind the database to the app and set every connection up; ``RuntimeError`` when SQLite disobeys."""
    db.init_app(app)
    with app.app_context():
        engine = db.engine
        if engine.dialect.name == "sqlite":
            prepare_sqlite(engine)
            _assert_sqlite(engine)


def prepare_sqlite(engine: Engine) -> None:
    """Make every connection durable and every writing transaction take its lock first (reliability.md, finding 2)."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN, not the driver
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing.get() else "BEGIN")


def _assert_sqlite(engine: Engine) -> None:
    wanted: dict[str, object] = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": BUSY_TIMEOUT_MS,
    }
    with engine.connect() as connection:
        for name, value in wanted.items():
            found = connection.execute(text(f"PRAGMA {name}")).scalar()
            if found != value:
                raise RuntimeError(
                    f"SQLite refuses the setting {name}={value} (it says {found}). Doorstep needs a local disk: "
                    "move the instance folder (QA_INSTANCE) off the network share."
                )
