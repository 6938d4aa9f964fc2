"""Which inspections there are, for whom, and their scores worked out again from what was received."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import and_, exists, false, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement, Select

from qa_app.accounts.rules import Role
from qa_app.base.errors import NotFound
from qa_app.base.registry import Viewer
from qa_app.inspections.models import (
    FindingRow,
    Inspection,
    InspectionRevision,
    Proposal,
    RefusedPhoto,
)
from qa_app.inspections.rules.findings import Findings
from qa_app.inspections.rules.scoring import ScoreCard, score, visible_to_provider
from qa_app.inspections.rules.submission import Finding, PhotoRef, RoomSeen, Submission
from qa_app.inspections.wire import submission_of
from qa_app.photos import queries as photos
from qa_app.photos.models import Photo
from qa_app.question_sets import queries as question_sets
from qa_app.question_sets.rules import Facts, Question, QuestionSet, Value
from qa_app.visits.models import Visit, VisitPerson

OWNER_KIND = "inspection"
"""The kind of owner that photos of inspections have."""


def owner_id(user_id: int, client_id: str) -> str:
    """Return the owner's name of a photo: account and id made on the phone, so that it may come before the answers."""
    return f"{user_id}/{client_id}"


# -- For whom --------------------------------------------------------------------------------------


def scope(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that this viewer may know an inspection (product.md, permission table)."""
    if not viewer.can("inspections.read"):
        return false()
    if viewer.role == Role.YOUNG_INSPECTOR:
        return Inspection.user_id == viewer.id
    if viewer.role == Role.PROVIDER:
        return and_(
            Inspection.provider_id == viewer.provider_id,
            Inspection.provider_id.is_not(None),
            Inspection.shared_at.is_not(None),
        )
    return Inspection.id.is_not(None)


def scoped(viewer: Viewer) -> Select[Inspection]:
    """Return the inspections that this viewer may know."""
    return select(Inspection).where(scope(viewer))


def one(session: Session, inspection_id: str, viewer: Viewer) -> Inspection:
    """Return an inspection; ``NotFound`` alike when there is none and when it is out of scope."""
    found = session.scalar(scoped(viewer).where(Inspection.id == inspection_id))
    if found is None:
        raise NotFound("no such inspection")
    return found


def own(session: Session, user_id: int, client_id: str) -> Inspection | None:
    """Return the inspection that this account sent under an id of its own making."""
    return session.scalar(
        select(Inspection).where(Inspection.user_id == user_id, Inspection.client_id == client_id)
    )


def of_visit(session: Session, visit_id: str, viewer: Viewer) -> Sequence[Inspection]:
    """Return the inspections of a visit that this viewer may know, officers' first."""
    return session.scalars(
        scoped(viewer)
        .where(Inspection.visit_id == visit_id)
        .order_by(Inspection.voice, Inspection.received_at, Inspection.id)
    ).all()


def of_home(session: Session, home_id: int, viewer: Viewer) -> Sequence[Inspection]:
    """Return the inspections of a home that this viewer may know, the newest first."""
    return session.scalars(
        scoped(viewer)
        .where(Inspection.home_id == home_id)
        .order_by(Inspection.received_at.desc(), Inspection.id)
    ).all()


def may_see_photo(session: Session, photo_owner_id: str, viewer: Viewer) -> bool:
    """Whether this viewer may see a photo by its owner alone: its author; staff, whatever they may read.

    A provider sees a photo by what was shared with it, which needs the photo too: ``provider_may_see``.
    """
    user_id, _, client_id = photo_owner_id.partition("/")
    if user_id == str(viewer.id):
        return True
    if viewer.role in {Role.PROVIDER, Role.YOUNG_INSPECTOR} or not viewer.can("inspections.read"):
        return False
    return user_id.isdigit() and own(session, int(user_id), client_id) is not None


def shared_photos(session: Session, inspection: Inspection) -> frozenset[str]:
    """Return the SHA-256 of the photos that a provider may see: those of shared questions it may see."""
    if inspection.shared_at is None:
        return frozenset()
    revision = inspection.current
    free = {one.id for one in visible_questions(revision)}
    rows = session.scalars(select(FindingRow).where(FindingRow.revision_id == revision.id))
    return frozenset(
        photo["sha256"] for row in rows if row.question in free for photo in row.photos
    )


# -- Content ---------------------------------------------------------------------------------------


def content(revision: InspectionRevision) -> dict[str, Any]:
    """Return the body as received. It may hold safeguarding words: for its author only."""
    return dict(json.loads(revision.content))


def submission(revision: InspectionRevision) -> Submission:
    """Return what was received as plain values."""
    return submission_of(content(revision))


def question_set(revision: InspectionRevision) -> QuestionSet:
    """Return the question set as it was asked."""
    return question_sets.question_set(revision.version)


def facts(revision: InspectionRevision) -> Facts:
    """Return the facts frozen with the visit."""
    return facts_in(revision.facts)


def facts_in(kept: dict[str, Any]) -> Facts:
    """Return facts out of what a visit or a revision keeps."""
    return Facts(
        started_on=date.fromisoformat(kept["started_on"]),
        staffed_24_hours=bool(kept.get("staffed_24_hours")),
        expired_or_missing=frozenset(kept.get("expired_or_missing", ())),
    )


def rooms(revision: InspectionRevision) -> tuple[RoomSeen, ...]:
    """Return the rooms of the home as our record had them when it was received."""
    return tuple(
        RoomSeen(one["id"], one["kind"], one["label"], is_ended=bool(one.get("is_ended")))
        for one in revision.rooms
    )


def findings(session: Session, revision: InspectionRevision) -> Findings:
    """Return what was found, by question and room, without safeguarding words (``service.keeping`` left them out)."""
    known = question_set(revision).questions
    rows = session.scalars(
        select(FindingRow).where(FindingRow.revision_id == revision.id).order_by(FindingRow.id)
    )
    found: dict[str, dict[str | None, Finding]] = {}
    for row in rows:
        question = known.get(row.question)
        value: Value = row.value
        if (
            row.value is not None
            and question is not None
            and question.kind == "number"
            and question.choice(row.value) is None
        ):
            value = Decimal(row.value)
        found.setdefault(row.question, {})[row.room_id] = Finding(
            room=row.room_id,
            value=value,
            status=row.status,
            comment=row.comment,
            reason=row.reason,
            raise_to=row.raise_to,
            photos=tuple(PhotoRef(one["sha256"], one["caption"]) for one in row.photos),
        )
    return found


# -- Scores ----------------------------------------------------------------------------------------


def card(session: Session, revision: InspectionRevision) -> ScoreCard:
    """Return the whole score of a revision, worked out again."""
    return _card(revision, visible="all")


def provider_card(session: Session, revision: InspectionRevision) -> ScoreCard:
    """Return the score of a revision over the questions that its provider may see."""
    return _card(revision, visible="provider")


def _card(revision: InspectionRevision, *, visible: Literal["all", "provider"]) -> ScoreCard:
    sent = submission(revision)
    return score(
        question_set(revision),
        revision.asked,
        sent.answers,
        rooms(revision),
        facts(revision),
        seen=sent.rooms,
        visible=visible,
        released=revision.inspection.released,
    )


def visible_questions(revision: InspectionRevision) -> list[Question]:
    """Return the questions of a revision that a provider may see once it is shared."""
    known = question_set(revision).questions
    return visible_to_provider(known.values(), revision.inspection.released)


# -- Around it -------------------------------------------------------------------------------------


def latest_complete(
    session: Session, home_id: int, voice: str, before: datetime, *, besides: str | None = None
) -> InspectionRevision | None:
    """Return the current revision of the newest complete inspection of one voice at a home before a moment;
    ``besides`` leaves a visit out."""
    statement = (
        select(InspectionRevision)
        .join(Inspection, Inspection.current_revision_id == InspectionRevision.id)
        .where(
            Inspection.home_id == home_id,
            Inspection.voice == voice,
            InspectionRevision.completed_at.is_not(None),
            InspectionRevision.finished_at < before,
        )
        .order_by(InspectionRevision.finished_at.desc(), InspectionRevision.id.desc())
        .limit(1)
    )
    if besides is not None:
        statement = statement.where(Inspection.visit_id != besides)
    return session.scalar(statement)


def sent_visits(session: Session, user_id: int) -> frozenset[str]:
    """Return the visits of which this person's inspection has arrived, photos and all."""
    return frozenset(
        session.scalars(
            select(Inspection.visit_id)
            .join(InspectionRevision, InspectionRevision.id == Inspection.current_revision_id)
            .where(Inspection.user_id == user_id, InspectionRevision.completed_at.is_not(None))
        )
    )


def has_other(session: Session, visit_id: str, user_id: int, client_id: str) -> bool:
    """Whether this person has sent another inspection of the visit under another id."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    Inspection.visit_id == visit_id,
                    Inspection.user_id == user_id,
                    Inspection.client_id != client_id,
                )
            )
        )
    )


def proposals(session: Session, inspection_id: str) -> Sequence[Proposal]:
    """Return the repairs that an inspection suggests, the most urgent first."""
    return session.scalars(
        select(Proposal)
        .where(Proposal.inspection_id == inspection_id)
        .order_by(Proposal.priority.is_(None), Proposal.priority, Proposal.id)
    ).all()


def photos_of(session: Session, inspection: Inspection) -> dict[str, Photo]:
    """Return the photos of an inspection by the SHA-256 of the bytes received."""
    found = photos.of_owner(
        session,
        owner_kind=OWNER_KIND,
        owner_id=owner_id(inspection.user_id, inspection.client_id),
    )
    return {photo.sha256: photo for photo in found}


def count_photos(session: Session, user_id: int, client_id: str) -> int:
    """How many photos have come under an id."""
    statement = select(func.count()).where(
        Photo.owner_kind == OWNER_KIND,
        Photo.owner_id == owner_id(user_id, client_id),
    )
    return session.scalar(statement) or 0


def refused_photos(session: Session, user_id: int, client_id: str) -> dict[str, str]:
    """Return the photos that could never be taken: SHA-256 -> why."""
    rows = session.scalars(
        select(RefusedPhoto)
        .where(RefusedPhoto.user_id == user_id, RefusedPhoto.client_id == client_id)
        .order_by(RefusedPhoto.id)
    )
    return {row.sha256: row.reason for row in rows}


def visit_of(session: Session, visit_id: str, user_id: int) -> tuple[Visit, VisitPerson] | None:
    """Return a visit and the part this account has, or had, in it; None when it has none."""
    row = session.execute(
        select(Visit, VisitPerson)
        .join(VisitPerson, VisitPerson.visit_id == Visit.id)
        .where(Visit.id == visit_id, VisitPerson.user_id == user_id)
    ).first()
    return None if row is None else (row[0], row[1])
