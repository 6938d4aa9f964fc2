"""The worker: claims promised work one piece at a time and runs its handler."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.jobs import service
from qa_app.jobs.models import Job
from qa_app.ports import Ports, ports

log = logging.getLogger(__name__)

Handler = Callable[[Session, Mapping[str, Any], Ports], None]
"""Does one piece of work inside one writing transaction. At least once: it must be repeatable."""

LongHandler = Callable[[Mapping[str, Any], Ports], None]
"""Does work that is too long to hold the database for: opens ``transaction.writing`` itself where it needs to."""

handlers: dict[str, Handler] = {}
long_handlers: dict[str, LongHandler] = {}


class UnknownJob(Exception):
    """No handler answers to this name."""


def run_one() -> bool:
    """Claim and do one piece of work in the current app; False when nothing is due."""
    doors = ports()
    with writing() as session:
        job = service.claim(session, now=doors.clock.now())
        if job is None:
            return False
        job_id, name, payload = job.id, job.name, dict(job.payload)
    try:
        _do(job_id, name, payload, doors)
    except Exception as error:
        log.exception("job failed", extra={"job": job_id, "job_name": name})
        with writing() as session:
            again = session.get(Job, job_id)
            if again is not None:
                service.put_back(again, f"{type(error).__name__}: {error}", now=doors.clock.now())
    finally:
        db.session.remove()
    return True


def _do(job_id: int, name: str, payload: Mapping[str, Any], doors: Ports) -> None:
    if name in long_handlers:
        long_handlers[name](payload, doors)
    elif name not in handlers:
        raise UnknownJob(name)
    with writing() as session:
        if name in handlers:
            handlers[name](session, payload, doors)
        job = session.get(Job, job_id)
        if job is not None:
            service.finish(job, now=doors.clock.now())


def run_all(most: int = 10_000) -> int:
    """Do everything that is due, for tests and commands; return how many pieces were done."""
    done = 0
    while done < most and run_one():
        done += 1
    return done


def run_forever(app: Flask, stop: threading.Event, *, idle_s: float = 0.5) -> None:
    """Work until ``stop`` is set, sleeping while nothing is due."""
    while not stop.is_set():
        with app.app_context():
            try:
                busy = run_one()
            except Exception:
                log.exception("the worker could not reach the database; trying again")
                busy = False
        if not busy:
            stop.wait(idle_s)
