"""The two voices of a visit: who may see the other one's answers and score, and when. They are never averaged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.base.registry import Viewer
from qa_app.inspections import queries
from qa_app.inspections.models import Inspection
from qa_app.inspections.rules.other_voice import Expected, is_open
from qa_app.visits.models import VisitPerson

VOICE_LABELS = {"officer": "Officer", "young-inspector": "Young inspector"}


def is_hidden(session: Session, inspection: Inspection, viewer: Viewer, *, now: datetime) -> bool:
    """Whether answers and score must still be kept from this viewer: the other voice of a visit of their own."""
    if inspection.user_id == viewer.id:
        return False
    people = session.scalars(
        select(VisitPerson).where(VisitPerson.visit_id == inspection.visit_id)
    ).all()
    mine = next((one for one in people if one.user_id == viewer.id), None)
    if mine is None or mine.ended_at is not None or mine.voice == inspection.voice:
        return False
    sent = session.execute(
        select(Inspection.user_id, Inspection.received_at).where(
            Inspection.visit_id == inspection.visit_id
        )
    ).all()
    have_sent = {row.user_id for row in sent}
    expected = [
        Expected(
            user_id=one.user_id,
            has_sent=one.user_id in have_sent,
            is_absent=one.absent_at is not None,
            has_left=one.ended_at is not None or one.answer == "declined",
        )
        for one in people
    ]
    first = min((row.received_at for row in sent), default=now)
    return not is_open(expected, first_sent_at=first, now=now)


def others(session: Session, inspection: Inspection, viewer: Viewer) -> Sequence[Inspection]:
    """Return the other inspections of the visit that this viewer may know, officers' first."""
    return [
        one
        for one in queries.of_visit(session, inspection.visit_id, viewer)
        if one.id != inspection.id
    ]
