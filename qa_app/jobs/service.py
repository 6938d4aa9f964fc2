"""Promise work, claim it, finish it or put it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qa_app.jobs.models import Job

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 48
FIRST_WAIT_S = 2
LONGEST_WAIT_S = 300


def enqueue(
    session: Session,
    name: str,
    payload: Mapping[str, Any] | None = None,
    *,
    now: datetime,
    key: str | None = None,
    run_at: datetime | None = None,
) -> Job | None:
    """Promise work in this transaction; None when work with the same ``key`` was promised already."""
    if key is not None and is_promised(session, key):
        return None
    job = Job(
        name=name,
        payload=dict(payload or {}),
        key=key,
        run_at=run_at or now,
        created_at=now,
        attempts=0,
    )
    session.add(job)
    session.flush()
    return job


def is_promised(session: Session, key: str) -> bool:
    """Whether work with this key was promised already, done or not."""
    return session.scalar(select(Job.id).where(Job.key == key)) is not None


def claim(session: Session, *, now: datetime) -> Job | None:
    """Lease the oldest work that is due, for five minutes; None when there is none.

    A worker that dies keeps its lease until it ends; then the work is claimed again.
    """
    statement = (
        select(Job)
        .where(
            Job.done_at.is_(None),
            Job.given_up_at.is_(None),
            Job.run_at <= now,
            or_(Job.leased_until.is_(None), Job.leased_until < now),
        )
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job = session.scalar(statement)
    if job is not None:
        job.leased_until = now + LEASE
        job.attempts += 1
        session.flush()
    return job


def finish(job: Job, *, now: datetime) -> None:
    """Mark work as done."""
    job.done_at = now
    job.leased_until = None
    job.last_error = None


def put_back(job: Job, words: str, *, now: datetime) -> None:
    """Try again later: 2 s, 4 s ... 5 minutes apart; after 48 attempts give up, where an administrator sees it."""
    job.last_error = words[:500]
    job.leased_until = None
    if job.attempts >= MOST_ATTEMPTS:
        job.given_up_at = now
    else:
        job.run_at = now + timedelta(
            seconds=min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(job.attempts - 1, 10))
        )
