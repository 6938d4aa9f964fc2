"""Which safeguarding records there are and who may read them; each opening is audited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from qa_app.accounts import queries as accounts
from qa_app.accounts.rules import DutyKind
from qa_app.audit import service as audit
from qa_app.base.errors import NotFound
from qa_app.base.registry import Viewer
from qa_app.safeguarding.models import SafeguardingRecord


def may_read(session: Session, viewer: Viewer, *, today: date) -> bool:
    """Whether this person is on duty for safeguarding today, and so may read every record (product.md, permissions)."""
    return viewer.can("safeguarding.read") and accounts.is_on_duty(
        session, viewer.id, DutyKind.SAFEGUARDING, today=today
    )


def is_anybody_on_duty(session: Session, *, today: date) -> bool:
    """Whether anybody is on duty for safeguarding today."""
    return bool(accounts.on_duty(session, DutyKind.SAFEGUARDING, today=today))


def listed(session: Session, viewer: Viewer, *, today: date) -> Sequence[SafeguardingRecord]:
    """Return the records that this person may read today: the unanswered first, then the newest."""
    return session.scalars(
        select(SafeguardingRecord)
        .where(_scope(session, viewer, today))
        .order_by(
            SafeguardingRecord.acknowledged_at.is_not(None), SafeguardingRecord.created_at.desc()
        )
    ).all()


def one(
    session: Session, record_id: int, viewer: Viewer, *, now: datetime, today: date
) -> SafeguardingRecord:
    """Return a record and write down who opened it; ``NotFound`` alike when there is none and when it is not for this person."""
    found = session.scalar(
        select(SafeguardingRecord).where(
            SafeguardingRecord.id == record_id, _scope(session, viewer, today)
        )
    )
    if found is None:
        raise NotFound("no such record")
    audit.record(session, viewer, "safeguarding.opened", "safeguarding", found.ref, now=now)
    return found


def count_waiting(session: Session, viewer: Viewer, *, today: date) -> int:
    """How many records that this person may read nobody has answered yet."""
    return sum(one.acknowledged_at is None for one in listed(session, viewer, today=today))


def told_apart(session: Session, inspection_id: str) -> Sequence[tuple[str, str]]:
    """Return the question and room of every record of an inspection, never its words: "Told apart to the duty officers"."""
    rows = session.execute(
        select(SafeguardingRecord.question, SafeguardingRecord.room_id)
        .where(SafeguardingRecord.inspection_id == inspection_id)
        .order_by(SafeguardingRecord.id)
    )
    return [(question, room) for question, room in rows]


def _scope(session: Session, viewer: Viewer, today: date) -> ColumnElement[bool]:
    """All for a duty officer; for anybody else what they were chosen to hear, by name or by today's duty."""
    if may_read(session, viewer, today=today):
        return SafeguardingRecord.id.is_not(None)
    duties = [
        kind.value
        for kind in DutyKind
        if accounts.is_on_duty(session, viewer.id, kind, today=today)
    ]
    chosen = or_(
        SafeguardingRecord.hearer_id == viewer.id,
        and_(SafeguardingRecord.hearer_id.is_(None), SafeguardingRecord.to.in_(duties)),
    )
    return chosen if viewer.can("safeguarding.read") else false()
