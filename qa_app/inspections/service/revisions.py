"""When one id came with several contents: an officer keeps the first or uses another; both stay on record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.audit import service as audit
from qa_app.base.errors import NotFound
from qa_app.inspections import preparing
from qa_app.inspections.attention import KINDS
from qa_app.inspections.models import InspectionRevision, LookedAt
from qa_app.inspections.service.following import follow
from qa_app.inspections.service.keeping import weigh_again
from qa_app.inspections.service.submitting import end_visit


def make_current(
    session: Session, revision: InspectionRevision, *, actor: User, now: datetime
) -> None:
    """Use this revision: proposals are made afresh from it; what was raised stays raised, once. Safe to repeat."""
    inspection = revision.inspection
    before = inspection.current
    look_at(session, revision, actor=actor, now=now)
    if before is revision:
        return
    inspection.current = revision
    session.flush()
    row = preparing.questions_row(session, inspection.visit, inspection.voice)
    weighed = weigh_again(revision, preparing.checks_of(row.checks) if row else {})
    follow(session, revision, weighed, is_current=True, now=now)
    audit.record(
        session, actor, "inspection.revision-used", "inspection", inspection.id, now=now,
        before={"revision": before.number}, after={"revision": revision.number},
    )  # fmt: skip
    audit.event(
        session, "visit", inspection.visit_id, who=actor, now=now,
        what=f"The answers sent as number {revision.number} are the ones that count",
    )  # fmt: skip
    end_visit(session, inspection, now=now)


def keep_first(
    session: Session, revision: InspectionRevision, *, actor: User, now: datetime
) -> None:
    """Leave the current revision as it is, and put this one away. Safe to repeat."""
    look_at(session, revision, actor=actor, now=now)


def look_at(session: Session, revision: InspectionRevision, *, actor: User, now: datetime) -> None:
    """Note that a person has looked at a revision on the attention page. Safe to repeat."""
    if revision.decided_at is not None:
        return
    revision.decided_at = now
    audit.record(
        session, actor, "inspection.looked-at", "inspection", revision.inspection_id, now=now,
        after={"revision": revision.number},
    )  # fmt: skip
    session.flush()


def put_away(session: Session, kind: str, subject: str, *, actor: User, now: datetime) -> None:
    """Note that a person has looked at something else on the attention page; ``NotFound`` for an unknown kind.

    Safe to repeat. What changes afterwards (another draft, more photos) has another subject, and comes back.
    """
    if kind not in KINDS or not 0 < len(subject) <= 120:
        raise NotFound("no such thing to look at")
    session.execute(select(User.id).where(User.id == actor.id).with_for_update(key_share=True))
    found = select(LookedAt.id).where(LookedAt.kind == kind, LookedAt.subject_id == subject)
    if session.scalar(found) is not None:
        return
    session.add(LookedAt(kind=kind, subject_id=subject, at=now, by_id=actor.id))
    audit.record(session, actor, "attention.looked-at", kind, subject[:80], now=now)
    session.flush()
