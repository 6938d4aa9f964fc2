"""Promised work: done once it is due, again after a failure or a crash, given up where it can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.adapters.clock import SetClock
from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.jobs import service, worker
from qa_app.jobs.models import Job

done: list[dict[str, Any]] = []


@pytest.fixture(autouse=True)
def handler() -> Iterator[None]:
    def handle(_session: Session, payload: Any, _doors: Any) -> None:
        if payload.get("fails"):
            raise RuntimeError("not today")
        done.append(dict(payload))

    done.clear()
    worker.handlers["test.note"] = handle
    yield
    del worker.handlers["test.note"]


def promise(clock: SetClock, **more: Any) -> None:
    with writing() as session:
        service.enqueue(
            session, "test.note", more.pop("payload", {"n": 1}), now=clock.now(), **more
        )


def waiting() -> list[Job]:
    db.session.rollback()
    return list(
        db.session.scalars(select(Job).where(Job.name == "test.note", Job.done_at.is_(None)))
    )


def test_work_promised_is_done_once(app: Flask, clock: SetClock) -> None:
    worker.run_all()
    promise(clock)
    worker.run_all()
    worker.run_all()
    assert done == [{"n": 1}]


def test_work_for_later_waits(app: Flask, clock: SetClock) -> None:
    promise(clock, run_at=clock.now() + timedelta(hours=1))
    worker.run_all()
    assert done == []
    clock.move(timedelta(hours=2))
    worker.run_all()
    assert done == [{"n": 1}]


def test_the_same_key_is_promised_once(app: Flask, clock: SetClock) -> None:
    promise(clock, key="only-once")
    promise(clock, key="only-once")
    worker.run_all()
    assert done == [{"n": 1}]


def test_work_that_fails_is_tried_again_later_and_given_up_visibly(
    app: Flask, clock: SetClock
) -> None:
    promise(clock, payload={"fails": True})
    for _ in range(service.MOST_ATTEMPTS):
        worker.run_all()
        clock.move(timedelta(minutes=6))
    (job,) = waiting()
    assert job.given_up_at is not None
    assert job.attempts == service.MOST_ATTEMPTS
    assert job.last_error == "RuntimeError: not today"


def test_f52_work_whose_worker_died_is_done_by_the_next_after_the_lease(
    app: Flask, clock: SetClock
) -> None:
    promise(clock)
    with writing() as session:
        while (
            job := service.claim(session, now=clock.now())
        ) is not None and job.name != "test.note":
            pass
    worker.run_all()
    assert done == []
    clock.move(service.LEASE + timedelta(seconds=1))
    worker.run_all()
    assert done == [{"n": 1}]


def test_work_promised_in_a_transaction_that_fails_was_never_promised(
    app: Flask, clock: SetClock
) -> None:
    def promise_and_fail() -> None:
        with writing() as session:
            service.enqueue(session, "test.note", now=clock.now())
            raise LookupError

    with pytest.raises(LookupError):
        promise_and_fail()
    assert waiting() == []
