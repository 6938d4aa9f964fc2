"""Share an inspection with the provider of the home, by each question's ``share`` rule."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.actions import service as actions
from qa_app.audit import service as audit
from qa_app.base.errors import DomainError
from qa_app.inspections.models import Inspection


def share(session: Session, inspection: Inspection, *, actor: User, now: datetime) -> None:
    """Let the provider see what it may of a complete inspection; sharing twice changes nothing.

    ``DomainError`` while photos are still on their way, or when the home had no provider then.
    """
    if inspection.provider_id is None:
        raise DomainError("This home had no provider then, so there is nobody to share it with.")
    if inspection.current.completed_at is None:
        raise DomainError("Some photos are still on their way. Share it once they are here.")
    if inspection.shared_at is not None:
        return
    inspection.shared_at, inspection.shared_by_id = now, actor.id
    actions.share(session, inspection.id, released=inspection.released, now=now)
    audit.record(session, actor, "inspection.shared", "inspection", inspection.id, now=now)
    audit.event(
        session, "visit", inspection.visit_id, who=actor, now=now,
        what="Shared with the provider", is_for_provider=True,
    )  # fmt: skip
    session.flush()
