"""What an officer found of repairs and actions that were open: closed, opened again, or a line that they are not done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.actions import service as actions
from qa_app.actions.models import Action
from qa_app.audit import service as audit
from qa_app.defects import rules, service
from qa_app.defects.models import Defect
from qa_app.defects.rules import State
from qa_app.inspections.models import Inspection
from qa_app.inspections.rules.follows import CheckedBefore

SEEN_FIXED, SEEN_NOT = "Seen on a visit: it is fixed", "Seen on a visit: it is not fixed"
SEEN_DONE, SEEN_UNDONE = "Seen on a visit: it is done", "Seen on a visit: it is not done"


def confirm_checks(
    session: Session, inspection: Inspection, checks: Sequence[CheckedBefore], *, now: datetime
) -> None:
    """Take an officer's word for what was fixed or not; a young inspector's is a line to read. Safe to repeat."""
    for check in checks:
        if check.id.startswith("D-"):
            _check_defect(session, inspection, check, now=now)
        else:
            _check_action(session, inspection, check, now=now)


def _check_defect(
    session: Session, inspection: Inspection, check: CheckedBefore, *, now: datetime
) -> None:
    defect = session.scalar(
        select(Defect).where(Defect.ref == check.id, Defect.home_id == inspection.home_id)
    )
    if defect is None:
        return
    frm = State(defect.status)
    to = State.CLOSED if check.is_fixed else State.OPEN
    kind = service.actor_kind(inspection.user) if inspection.voice == "officer" else None
    words = SEEN_FIXED if check.is_fixed else SEEN_NOT
    may = kind is not None and rules.may_move(frm, to, kind)
    if may and (check.is_fixed or rules.is_reopening(frm, to)):
        service.move(session, defect, to, actor=inspection.user, now=now, note=words)
        if check.comment:
            _line(session, inspection, "Said on the visit", check, now=now)
    elif frm in rules.LIVE:
        _line(session, inspection, words, check, now=now)


def _check_action(
    session: Session, inspection: Inspection, check: CheckedBefore, *, now: datetime
) -> None:
    action = session.scalar(
        select(Action).where(Action.ref == check.id, Action.home_id == inspection.home_id)
    )
    if action is None or action.is_proposed or action.declined_because:
        return
    person, by_officer = inspection.user, inspection.voice == "officer"
    if by_officer and check.is_fixed and action.done_at is None:
        actions.done(session, action, evidence=SEEN_DONE, actor=person, now=now)
    elif by_officer and not check.is_fixed and action.done_at is not None:
        actions.reopen(session, action, because=SEEN_UNDONE, actor=person, now=now)
    elif action.done_at is None:
        words = SEEN_DONE if check.is_fixed else SEEN_UNDONE
        _line(session, inspection, words, check, now=now)


def _line(
    session: Session, inspection: Inspection, what: str, check: CheckedBefore, *, now: datetime
) -> None:
    """Write down a person's own words; a provider does not read them unreviewed."""
    kind = "defect" if check.id.startswith("D-") else "action"
    audit.event(
        session, kind, check.id, who=inspection.user, what=what, now=now, note=check.comment
    )
