"""An inspection in a line, for lists and for pages of visits, homes and providers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from qa_app.accounts.rules import Role
from qa_app.base.registry import Viewer
from qa_app.base.text import day
from qa_app.inspections import queries, voices
from qa_app.inspections.models import Inspection
from qa_app.inspections.rules.scoring import ScoreCard
from qa_app.visits import queries as visits


def compact(
    session: Session, inspection: Inspection, viewer: Viewer, *, now: datetime
) -> dict[str, Any]:
    """Return whose voice it is, when, and its score as this viewer may see it: a provider's is worked out over what it
    may see, the other voice of one's own visit has none yet."""
    is_hidden = voices.is_hidden(session, inspection, viewer, now=now)
    card: ScoreCard | None = None
    if not is_hidden:
        make = queries.provider_card if viewer.role == Role.PROVIDER else queries.card
        card = make(session, inspection.current)
    return {
        "id": inspection.id,
        "voice": voices.VOICE_LABELS.get(inspection.voice, inspection.voice),
        "by": "" if viewer.role == Role.PROVIDER else inspection.user.name,
        "on": day(inspection.current.finished_at),
        "home": visits.name_of(inspection.visit, viewer, now),
        "is_hidden": is_hidden,
        "card": card,
        "is_shared": inspection.shared_at is not None,
        "is_complete": inspection.current.completed_at is not None,
    }
