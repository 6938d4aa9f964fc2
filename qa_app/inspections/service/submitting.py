"""Take in an inspection: the same content twice changes nothing, other content is kept beside the first.

The row is written only here, and a receipt says ``complete`` only when the photos are durable too
(reliability.md, finding 1). Nothing here commits.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.audit import service as audit
from qa_app.base.errors import DomainError
from qa_app.inspections import queries, wire
from qa_app.inspections.models import Inspection, InspectionRevision, RefusedPhoto
from qa_app.inspections.preparing import AUDIENCES
from qa_app.inspections.receipts import (
    Receipt,
    latest_revision,
    receipt_before_answers,
    receipt_of,
)
from qa_app.inspections.rules.arrival import day_moment
from qa_app.inspections.rules.check import Problem
from qa_app.inspections.rules.open_checks import is_check_id
from qa_app.inspections.rules.submission import Submission
from qa_app.inspections.service.following import follow
from qa_app.inspections.service.keeping import Received, Weighed, keep_revision, weigh
from qa_app.photos import service as photos
from qa_app.photos.intake import Received as ReceivedPhoto
from qa_app.ports import Ports
from qa_app.question_sets import queries as question_sets
from qa_app.question_sets.models import QuestionSetVersion
from qa_app.visits import queries as visits
from qa_app.visits import service as visit_service
from qa_app.visits.models import Visit, VisitPerson
from qa_app.visits.rules import OFFICER, is_open

PAGE_IDS = uuid.UUID("6f1c3c0e-8d5b-4c58-9d0f-6a3f6c1f7a52")
"""Names the page of an inspection whose id another account had used first."""


MOST_PHOTOS = 300
"""How many photos may come under one id that no answers name, so that one account cannot fill the disk."""


class TooManyPhotos(DomainError):
    """This inspection has as many photos as one may have."""


class InvalidSubmission(DomainError):
    """Something in the answers is unknown; ``problems`` say which question and what (422)."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(one.message for one in problems))
        self.problems = tuple(problems)


def submit(
    session: Session,
    person: User,
    *,
    client_id: str,
    submission: Submission,
    content_json: Mapping[str, Any] | None = None,
    canonical: bytes | None = None,
    doors: Ports,
    now: datetime,
) -> Receipt:
    """Take in a finished inspection and all that follows from it; return its receipt.

    ``client_id`` was made on the phone and is unique for this account. ``content_json`` is the body as
    received, ``canonical`` its RFC 8785 form where the caller has it already; a form has none, and sent
    twice it is the same whatever the clock said. ``NotFound`` when
    the visit is not this person's, ``InvalidSubmission`` for unknown questions or values.
    """
    body = canonical or wire.canonical(content_json or wire.content_of(submission))
    sha256 = wire.digest(body)
    one_at_a_time(session, person)
    known = _known(session, person.id, client_id, sha256, body, is_form=content_json is None)
    if known is not None:
        return receipt_of(session, known)
    visit, part = visits.to_fill(session, submission.visit, person)
    version = _version(session, submission, part)
    received = Received(
        person=person, part=part, client_id=client_id, submission=submission, body=body,
        sha256=sha256, version=version, at=now,
    )  # fmt: skip
    weighed = weigh(session, visit, received)
    problems = (*_unknown_asked(weighed), *weighed.checked.problems)
    if problems:
        raise InvalidSubmission(problems)
    inspection = _inspection(session, visit, received)
    revision = keep_revision(session, inspection, received, weighed)
    began = day_moment(received.started, now)
    visit_service.check_in(session, visit, actor=person, at=began, now=now)
    visit_service.finish_draft(session, visit, person, client_id=client_id, now=now)
    follow(
        session,
        revision,
        weighed,
        is_current=inspection.current_revision_id == revision.id,
        now=now,
    )
    _note(session, inspection, revision, person, now=now)
    known_now = settle(session, inspection, now=now)
    made = known_now.get(revision.id) or receipt_of(session, revision)
    return replace(made, is_new=revision.number == 1)


def one_at_a_time(session: Session, person: User) -> None:
    """Let nothing else of this person be taken in until this transaction ends.

    Answers and photos that arrive at one moment (PostgreSQL) then see each other, so that one of
    them finds the inspection complete.
    """
    session.execute(select(User.id).where(User.id == person.id).with_for_update(key_share=True))


def take_photo(
    session: Session, person: User, *, client_id: str, received: ReceivedPhoto, now: datetime
) -> tuple[Receipt, bool]:
    """Take in a photo for an id of this person's, known or not yet known; return the receipt, and whether it is new.

    ``received`` is durable already (``photos.service.intake().take``, before the transaction).
    ``TooManyPhotos`` past the limit, unless the answers name it.
    """
    one_at_a_time(session, person)
    inspection = queries.own(session, person.id, client_id)
    named = inspection is not None and any(
        received.sha256 in revision.manifest for revision in inspection.revisions
    )
    if not named and queries.count_photos(session, person.id, client_id) >= MOST_PHOTOS:
        raise TooManyPhotos(f"One inspection may have {MOST_PHOTOS} photos.")
    _, is_new = photos.take_in(
        session,
        received,
        owner_kind=queries.OWNER_KIND,
        owner_id=queries.owner_id(person.id, client_id),
        user_id=person.id,
        now=now,
    )
    return _settled(session, person, client_id, inspection, now=now), is_new


def receipt_for(session: Session, person: User, client_id: str) -> Receipt | None:
    """Return the receipt of whatever has come from this person under an id; None when nothing has."""
    inspection = queries.own(session, person.id, client_id)
    if inspection is None:
        return receipt_before_answers(session, person.id, client_id)
    return receipt(session, inspection)


def receipt(session: Session, inspection: Inspection) -> Receipt:
    """Return the receipt of what was received last under this id."""
    return receipt_of(session, latest_revision(inspection))


def refuse_photo(
    session: Session, person: User, *, client_id: str, sha256: str, reason: str, now: datetime
) -> Receipt:
    """Remember that a photo can never be taken, so that it holds up neither these answers nor later ones.

    ``reason`` is ``not_a_picture``, ``too_large`` or ``too_many``. The same again changes nothing.
    """
    one_at_a_time(session, person)
    if sha256 not in queries.refused_photos(session, person.id, client_id):
        session.add(
            RefusedPhoto(
                user_id=person.id, client_id=client_id, sha256=sha256, reason=reason, refused_at=now
            )
        )
        session.flush()
    inspection = queries.own(session, person.id, client_id)
    return _settled(session, person, client_id, inspection, now=now)


def _settled(
    session: Session, person: User, client_id: str, inspection: Inspection | None, *, now: datetime
) -> Receipt:
    """Note what has become complete under an id, and return the receipt of what was received last."""
    if inspection is None:
        return receipt_before_answers(session, person.id, client_id) or Receipt(client_id)
    known_now = settle(session, inspection, now=now)
    last = latest_revision(inspection)
    return known_now.get(last.id) or receipt_of(session, last)


def settle(session: Session, inspection: Inspection, *, now: datetime) -> dict[int, Receipt]:
    """Note what has become complete, and end the visit when it is the officer's. Safe to repeat.

    Returns the receipts of the revisions that were not complete before, by the revision's id.
    """
    known_now = {
        revision.id: receipt_of(session, revision)
        for revision in inspection.revisions
        if revision.completed_at is None
    }
    is_any_complete = False
    for revision in inspection.revisions:
        if revision.id in known_now and known_now[revision.id].is_complete:
            revision.completed_at, is_any_complete = now, True
    if not is_any_complete:
        return known_now
    session.flush()
    end_visit(session, inspection, now=now)
    return known_now


def end_visit(session: Session, inspection: Inspection, *, now: datetime) -> None:
    """End the visit when what counts of the officer is complete. Safe to repeat."""
    is_done = inspection.current.completed_at is not None
    if is_done and inspection.voice == OFFICER and is_open(inspection.visit.status):
        visit_service.finish(session, inspection.visit, now=now)


def _known(
    session: Session, user_id: int, client_id: str, sha256: str, body: bytes, *, is_form: bool
) -> InspectionRevision | None:
    """Return the revision that holds this content already."""
    found = session.scalar(
        select(InspectionRevision)
        .join(Inspection, Inspection.id == InspectionRevision.inspection_id)
        .where(
            Inspection.user_id == user_id,
            Inspection.client_id == client_id,
            InspectionRevision.content_sha256 == sha256,
        )
    )
    if found is not None or not is_form:
        return found
    inspection = queries.own(session, user_id, client_id)
    if inspection is None:
        return None
    sent = _without_clock(body)
    return next((r for r in inspection.revisions if _without_clock(r.content) == sent), None)


def _without_clock(body: bytes | str) -> dict[str, Any]:
    content = dict(json.loads(body))
    content.pop("finished", None)
    return content


def _version(session: Session, submission: Submission, part: VisitPerson) -> QuestionSetVersion:
    version = question_sets.version(session, submission.set_key, submission.set_version)
    if version is None:
        words = f"We have no version {submission.set_version} of the questions {submission.set_key}"
        raise InvalidSubmission([Problem("", words[:200])])
    if version.audience != AUDIENCES[part.voice]:
        raise InvalidSubmission([Problem("", "These questions are not for you")])
    if submission.form not in question_sets.question_set(version).forms:
        raise InvalidSubmission([Problem("", "These questions have no such form")])
    return version


def _unknown_asked(weighed: Weighed) -> tuple[Problem, ...]:
    known = weighed.question_set.questions
    return tuple(
        Problem(one, "There is no such question in this question set")
        for one in weighed.submission.asked or ()
        if one not in known and not is_check_id(one)
    )


def _inspection(session: Session, visit: Visit, received: Received) -> Inspection:
    """Return the inspection of this account and id, made now unless it is there."""
    found = queries.own(session, received.person.id, received.client_id)
    page_id = received.client_id
    while found is None:
        if session.get(Inspection, page_id) is not None:  # another account's (reliability.md T34)
            page_id = str(uuid.uuid5(PAGE_IDS, f"{received.person.id}/{received.client_id}"))
        made = Inspection(
            id=page_id, client_id=received.client_id, user_id=received.person.id,
            visit_id=visit.id, home_id=visit.home_id, provider_id=visit.provider_id,
            voice=received.part.voice, received_at=received.at, released=[],
        )  # fmt: skip
        try:
            with session.begin_nested():
                session.add(made)
            return made
        except IntegrityError:  # the same id at the same moment (PostgreSQL)
            found = queries.own(session, received.person.id, received.client_id)
    return found


def _note(
    session: Session,
    inspection: Inspection,
    revision: InspectionRevision,
    person: User,
    *,
    now: datetime,
) -> None:
    what = "inspection.received" if revision.number == 1 else "inspection.revised"
    audit.record(
        session, person, what, "inspection", inspection.id, now=now,
        after={
            "revision": revision.number, "sha256": revision.content_sha256,
            "flags": revision.flags, "percent": revision.percent, "band": revision.band,
        },
    )  # fmt: skip
    words = "Answers received" if revision.number == 1 else "Other answers received"
    audit.event(session, "visit", inspection.visit_id, who=person, what=words, now=now)
