"""Saving: what a view that writes keeps, what it gives back, and that SQLite is set to survive a power cut."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from qa_app.accounts.access import public
from qa_app.audit.models import AuditEntry
from qa_app.audit.service import record
from qa_app.base.db import db
from qa_app.base.transaction import writes, writing
from qa_app.ports import clock


def count() -> int:
    db.session.rollback()
    return (
        db.session.scalar(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.what == "probe")
        )
        or 0
    )


def add_route(app: Flask, view: Callable[[], Any]) -> None:
    app.add_url_rule("/probe", view_func=public(writes(view)), methods=["POST"])
    app.extensions["csrf"].exempt("tests.features.test_transactions")


def post(app: Flask) -> int:
    db.session.rollback()
    return contextvars.Context().run(lambda: app.test_client().post("/probe").status_code)


def note() -> None:
    record(db.session(), None, "probe", "test", "1", now=clock().now())


@pytest.mark.parametrize(
    ("status", "kept"), [(200, 1), (302, 1), (422, 1), (429, 1), (500, 0), (503, 0)]
)
def test_a_view_that_writes_keeps_its_work_unless_it_answers_500_or_more(
    app: Flask, status: int, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def probe() -> tuple[str, int]:
        note()
        return "", status

    monkeypatch.setattr(app.extensions["csrf"], "protect", lambda: None)
    monkeypatch.setattr(app, "_got_first_request", False)
    add_route(app, probe)
    assert post(app) == status
    assert count() == kept


def test_a_view_that_raises_keeps_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def probe() -> str:
        note()
        db.session.flush()
        raise LookupError("on purpose")

    monkeypatch.setattr(app.extensions["csrf"], "protect", lambda: None)
    monkeypatch.setattr(app, "_got_first_request", False)
    add_route(app, probe)
    with pytest.raises(LookupError):
        post(app)
    assert count() == 0


def test_f53_sqlite_waits_for_the_disk_and_keeps_its_keys(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        assert db.session.scalar(text("show synchronous_commit")) in {"on", "off"}
        return
    found = {
        name: db.session.scalar(text(f"PRAGMA {name}"))
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30000,
    }


def test_f46_sixteen_writers_that_read_then_write_lose_nothing_and_none_finds_the_door_locked(
    app: Flask,
) -> None:
    with writing() as session:
        session.execute(text("create table tally (n integer)"))
        session.execute(text("insert into tally values (0)"))
    is_sqlite = db.engine.dialect.name == "sqlite"
    read = "select n from tally" if is_sqlite else "select n from tally for update"
    errors: list[BaseException] = []

    def work() -> None:
        try:
            with app.app_context():
                for _ in range(10):
                    with writing() as session:
                        seen = session.scalar(text(read))
                        session.execute(text("update tally set n = :n"), {"n": (seen or 0) + 1})
        except BaseException as error:  # noqa: BLE001  # a thread hands its failure to the test
            errors.append(error)

    threads = [threading.Thread(target=lambda: contextvars.Context().run(work)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert db.session.scalar(text("select n from tally")) == 160
    with writing() as session:
        session.execute(text("drop table tally"))
