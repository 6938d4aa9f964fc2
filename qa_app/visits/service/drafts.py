"""Keep what is still being written, one draft for each person and device."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.base.errors import Refused
from qa_app.visits import queries
from qa_app.visits.models import Draft, Visit


def save_draft(
    session: Session,
    visit: Visit,
    person: User,
    *,
    client_id: str,
    device: str,
    content: Mapping[str, Any],
    saved_at: datetime,
    now: datetime,
) -> Draft:
    """Keep what a person has written so far: one draft for each device, until it is finished.

    What was saved earlier on the same device never replaces what was saved later; drafts of other
    devices stay as they are. ``Refused`` when the id belongs to another visit.
    """
    elsewhere = session.scalar(
        select(Draft.id).where(
            Draft.user_id == person.id, Draft.client_id == client_id, Draft.visit_id != visit.id
        )
    )
    if elsewhere is not None:
        raise Refused({"id": "This id belongs to another visit"})
    found = queries.draft_of(session, visit, person.id, device)
    if found is None:
        found = Draft(
            client_id=client_id, visit_id=visit.id, user_id=person.id, device=device,
            content=dict(content), saved_at=saved_at, received_at=now,
        )  # fmt: skip
        try:
            with session.begin_nested():
                session.add(found)
            return found
        except IntegrityError:  # the same device at the same moment (PostgreSQL)
            again = queries.draft_of(session, visit, person.id, device)
            if again is None:
                raise
            found = again
    is_older = saved_at < found.saved_at <= now
    if is_older and client_id == found.client_id:
        return found
    if client_id != found.client_id:
        found.finished_at = None
    found.client_id, found.content = client_id, dict(content)
    found.saved_at, found.received_at = saved_at, now
    session.flush()
    return found


def finish_draft(
    session: Session, visit: Visit, person: User, *, client_id: str, now: datetime
) -> None:
    """Note that what a person wrote under this id has been received as an inspection."""
    part = queries.person_on(visit, person.id)
    if part is not None and part.sent_at is None:
        part.sent_at = now
    for draft in queries.drafts(session, visit, person.id):
        if draft.client_id == client_id and draft.finished_at is None:
            draft.finished_at = now
    session.flush()
