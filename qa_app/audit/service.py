"""Write audit entries and timeline lines; nothing here changes or deletes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from flask import g, has_request_context
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.audit.models import AuditEntry, Event


class Actor(Protocol):
    """Whoever acts."""

    @property
    def id(self) -> int:
        """The account."""
        ...

    @property
    def role(self) -> str:
        """The role at the time."""
        ...


def record(
    session: Session,
    actor: Actor | None,
    what: str,
    subject_kind: str,
    subject_id: object,
    *,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write who did what to which thing; ``before`` and ``after`` hold plain JSON values of what changed."""
    entry = AuditEntry(
        at=now,
        actor_id=actor.id if actor is not None else None,
        what=what,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
        request_id=g.get("request_id") if has_request_context() else None,
    )
    session.add(entry)
    return entry


def event(
    session: Session,
    subject_kind: str,
    subject_id: object,
    *,
    who: Actor | None,
    what: str,
    now: datetime,
    note: str = "",
    is_for_provider: bool = False,
) -> Event:
    """Add a line to the timeline of a thing; ``what`` is plain English ("Fixed, says the provider")."""
    line = Event(
        at=now,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        who_id=who.id if who is not None else None,
        who_role=who.role if who is not None else "",
        what=what,
        note=note,
        is_for_provider=is_for_provider,
    )
    session.add(line)
    return line


def timeline(
    session: Session, subject_kind: str, subject_id: object, *, is_for_provider: bool = False
) -> Sequence[Event]:
    """Return the lines of a thing, oldest first; for a provider only those meant for it."""
    statement = (
        select(Event)
        .where(Event.subject_kind == subject_kind, Event.subject_id == str(subject_id))
        .order_by(Event.at, Event.id)
    )
    if is_for_provider:
        statement = statement.where(Event.is_for_provider)
    return session.scalars(statement).all()
