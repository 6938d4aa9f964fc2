"""Write down what somebody saw or was told, alert whoever is on duty, and take their name when they answer.

Messages say a reference and nothing else (reliability.md T10). Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.accounts import queries as accounts
from qa_app.accounts import service as account_service
from qa_app.accounts.models import User
from qa_app.accounts.rules import DutyKind, Role
from qa_app.audit import service as audit
from qa_app.base.errors import DomainError
from qa_app.base.text import local_day
from qa_app.notifications import service as notifications
from qa_app.safeguarding import queries
from qa_app.safeguarding.models import SafeguardingRecord


def record(
    session: Session,
    *,
    home_id: int,
    visit_id: str,
    inspection_id: str,
    revision_number: int,
    question: str,
    room_id: str | None,
    answer: str,
    words: str,
    to: str = DutyKind.SAFEGUARDING,
    author: User,
    now: datetime,
    hearer_id: int | None = None,
) -> SafeguardingRecord:
    """Keep what was said apart from everything else and alert those who must know; the same twice gives the first again.

    ``to`` names who shall hear: a kind of duty. ``hearer_id`` names a person (the officer who went along).
    """
    found = session.scalar(
        select(SafeguardingRecord).where(
            SafeguardingRecord.inspection_id == inspection_id,
            SafeguardingRecord.revision_number == revision_number,
            SafeguardingRecord.question == question,
            SafeguardingRecord.room_id == (room_id or ""),
        )
    )
    if found is not None:
        return found
    made = SafeguardingRecord(
        home_id=home_id, visit_id=visit_id, inspection_id=inspection_id,
        revision_number=revision_number, question=question, room_id=room_id or "", answer=answer,
        words=words, to=to, hearer_id=hearer_id, author_id=author.id, created_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(session, author, "safeguarding.recorded", "safeguarding", made.ref, now=now)
    _alert(session, made, now=now)
    return made


def _alert(session: Session, made: SafeguardingRecord, *, now: datetime) -> None:
    """Tell who was chosen, else the duty officers; when nobody is on duty, the managers."""
    for person in _hearers(session, made, now=now):
        notifications.tell(
            session, person, template="safeguarding.alert", now=now,
            subject=f"Something needs you in Doorstep: {made.ref}",
            body=f"{made.ref} needs you today. Sign in to Doorstep and open Safeguarding.",
            key=f"safeguarding:{made.id}:{person.id}",
        )  # fmt: skip
    if queries.is_anybody_on_duty(session, today=local_day(now)):
        return
    for manager in accounts.active_with_role(session, Role.MANAGER):
        notifications.tell(
            session, manager, template="safeguarding.nobody-on-duty", now=now,
            subject=f"Nobody is on duty, and something needs an answer: {made.ref}",
            body=f"{made.ref} needs somebody today, and nobody is on duty for safeguarding. "
            "Sign in to Doorstep, open Safeguarding and take the duty for today.",
            key=f"safeguarding:{made.id}:nobody:{manager.id}",
        )  # fmt: skip


def _hearers(session: Session, made: SafeguardingRecord, *, now: datetime) -> Sequence[User]:
    chosen = session.get(User, made.hearer_id) if made.hearer_id is not None else None
    if chosen is not None and chosen.is_active and chosen.can("safeguarding.read"):
        return [chosen]
    today = local_day(now)
    if made.to in {kind.value for kind in DutyKind}:
        people = [
            one
            for one in accounts.on_duty(session, DutyKind(made.to), today=today)
            if one.can("safeguarding.read")
        ]
        if people:
            return people
    return accounts.on_duty(session, DutyKind.SAFEGUARDING, today=today)


def acknowledge(
    session: Session, made: SafeguardingRecord, *, note: str, actor: User, now: datetime
) -> None:
    """Take it on, with one's name; ``DomainError`` when somebody else already has."""
    if made.acknowledged_at is not None:
        raise DomainError("Somebody has taken this on already.")
    made.acknowledged_at, made.acknowledged_by_id = now, actor.id
    made.done_note = note.strip()
    audit.record(session, actor, "safeguarding.acknowledged", "safeguarding", made.ref, now=now)


def add_note(
    session: Session, made: SafeguardingRecord, *, note: str, actor: User, now: datetime
) -> None:
    """Write down what was done about it, below what was written before."""
    if note.strip():
        made.done_note = f"{made.done_note}\n{note.strip()}".strip()
        audit.record(session, actor, "safeguarding.noted", "safeguarding", made.ref, now=now)


def stand_in(session: Session, manager: User, *, now: datetime) -> None:
    """Put a manager on duty for today because nobody is; ``DomainError`` when somebody is, or for anybody else."""
    today = local_day(now)
    if manager.role != Role.MANAGER or queries.is_anybody_on_duty(session, today=today):
        raise DomainError("Somebody is on duty today.")
    account_service.put_on_duty(
        session, manager, DutyKind.SAFEGUARDING, starts_on=today, ends_on=today, now=now
    )
    audit.record(session, manager, "safeguarding.stood-in", "account", manager.id, now=now)
