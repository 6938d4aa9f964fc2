"""What a provider gets of an inspection, which photos with it, and what stays back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.accounts.rules import Role
from qa_app.base.registry import Viewer
from qa_app.defects import queries as defects
from qa_app.defects.models import Telling
from qa_app.inspections import queries
from qa_app.inspections.models import Inspection
from qa_app.photos.models import Photo


@dataclass(frozen=True, slots=True)
class HeldBack:
    """How much of an inspection its provider does not get, for the officer who shares it."""

    questions: int
    comments: int
    defects: int


def held_back(session: Session, inspection: Inspection, eyes: Viewer) -> HeldBack:
    """Count what stays with us: questions by their ``share``, comments not released, repairs withheld."""
    revision = inspection.current
    free = {one.id for one in queries.visible_questions(revision)}
    found = queries.findings(session, revision)
    told = session.scalars(
        select(Telling.defect_id).where(
            Telling.source_kind == "inspection", Telling.source_id == inspection.id
        )
    )
    seen = defects.told_through(session, "inspection", [inspection.id], eyes)
    return HeldBack(
        questions=sum(one not in free for one in revision.asked if one in found),
        comments=sum(
            bool(finding.comment)
            for question, rooms in found.items()
            if question not in inspection.released
            for finding in rooms.values()
        ),
        defects=len(set(told) - {one.id for one in seen}),
    )


def may_see_photo(session: Session, photo_id: str, viewer: Viewer) -> bool:
    """Whether a provider may see one photo of an inspection: its question was shared with it, or a repair that it knows
    was told with this photo."""
    photo = session.get(Photo, photo_id)
    if photo is None or viewer.role != Role.PROVIDER or viewer.provider_id is None:
        return False
    user_id, _, client_id = photo.owner_id.partition("/")
    inspection = queries.own(session, int(user_id), client_id) if user_id.isdigit() else None
    if inspection is None or inspection.provider_id != viewer.provider_id:
        return False
    if photo.sha256 in queries.shared_photos(session, inspection):
        return True
    return defects.shows_photo_to_provider(
        session, source_id=inspection.id, owner_id=photo.owner_id, sha256=photo.sha256,
        provider_id=viewer.provider_id,
    )  # fmt: skip
