"""What a phone is given: visits with their questions, drafts, inspections as kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.accounts.rules import Role
from qa_app.base.text import iso
from qa_app.defects import catalogue
from qa_app.defects import queries as defects
from qa_app.inspections import queries, wire
from qa_app.inspections.models import Inspection
from qa_app.inspections.preparing import Prepared
from qa_app.inspections.rules.findings import Findings
from qa_app.inspections.rules.submission import Answer, Submission
from qa_app.question_sets.rules import Question
from qa_app.question_sets.wire import for_phone
from qa_app.visits import queries as visits
from qa_app.visits.models import Draft, Visit

Json = dict[str, Any]


def visit_line(visit: Visit, person: User, *, now: datetime) -> Json:
    """Return a visit as it stands in a list; a home's address only for whom, and when, it may be seen."""
    part = visits.person_on(visit, person.id)
    row = visits.questions_of(visit, part.voice) if part is not None else None
    return {
        "id": visit.id,
        "home": _home(visit, person, now=now),
        "purpose": visit.purpose,
        "form": row.form if row is not None else visit.form,
        "due": visit.due_on.isoformat(),
        "starts": iso(visit.starts_at),
        "status": visit.status,
        "question_set": (
            None if row is None else {"key": row.version.key, "version": row.version.version}
        ),
    }


def visit_whole(
    session: Session, visit: Visit, person: User, prepared: Prepared, *, now: datetime
) -> Json:
    """Return a visit with everything that asking needs, so that a phone can go offline with it."""
    return {
        **visit_line(visit, person, now=now),
        "form": prepared.form,
        "question_set": _questions(prepared),
        "asked": list(prepared.asked),
        "checks": [_check(one) for one in prepared.checks.values()],
        "rooms": [
            {"id": one.id, "kind": one.kind, "label": one.label}
            for one in prepared.rooms
            if not one.is_ended
        ],
        "open_defects": _open_defects(session, visit, person),
        "last_answers": _answers(prepared.last_answers),
    }


def draft_out(draft: Draft) -> Json:
    """Return a draft as the phone sent it."""
    return {
        **draft.content,
        "id": draft.client_id,
        "device": draft.device,
        "saved_at": draft.saved_at.isoformat(),
    }


def drafts_out(drafts: Sequence[Draft]) -> Json:
    """Return the draft saved last, and beside it every one that is not finished, one a device."""
    return {**draft_out(drafts[0]), "drafts": [draft_out(one) for one in drafts]}


def inspection_out(session: Session, inspection: Inspection, viewer: User) -> Json:
    """Return the current revision as kept, with its score, as far as this viewer may know it.

    The author gets the body as sent. Staff get it without what was recorded apart. A provider gets
    the questions it may see, without comments (at least reviewed), and the score over those.
    """
    revision = inspection.current
    is_provider = viewer.role == Role.PROVIDER
    if viewer.id == inspection.user_id:
        content = queries.content(revision)
    else:
        content = _without_words(session, inspection, is_provider=is_provider)
    card = (queries.provider_card if is_provider else queries.card)(session, revision)
    return {
        **content,
        "id": inspection.client_id,
        "revision": revision.number,
        "received_at": iso(revision.received_at),
        "content_sha256": revision.content_sha256,
        "score": card.for_api(),
    }


def _without_words(session: Session, inspection: Inspection, *, is_provider: bool) -> Json:
    revision = inspection.current
    found = _answers(queries.findings(session, revision))
    asked = list(revision.asked)
    if is_provider:
        free = {one.id for one in queries.visible_questions(revision)}
        asked = [one for one in asked if one in free]
        found = [one for one in found if one["question"] in free]
        for answer in found:
            for finding in answer["findings"]:
                finding["comment"] = finding["reason"] = ""
    return {
        "visit": inspection.visit_id,
        "question_set": {"key": revision.version.key, "version": revision.version.version},
        "form": revision.form,
        "started": iso(revision.started_at),
        "finished": iso(revision.finished_at),
        "asked": asked,
        "answers": found,
        "rooms": [
            {"id": one.id, "kind": one.kind, "label": one.label} for one in queries.rooms(revision)
        ],
    }


def _home(visit: Visit, person: User, *, now: datetime) -> Json:
    known: Json = {"ref": None, "area": visits.area_of(visit)}
    if visits.address_may_be_seen(visit, person, now):
        home = visit.home
        known |= {
            "ref": home.ref,
            "name": home.name,
            "address": home.address,
            "postcode": home.postcode,
            "latitude": home.latitude,
            "longitude": home.longitude,
        }
    return known


def _questions(prepared: Prepared) -> Json:
    """The question set whole, and after its questions the checks of what is still open: whatever is asked is in it."""
    found = for_phone(prepared.question_set)
    extra = [
        {**_check(one), "section": one.section_id, "weight": 0} for one in prepared.checks.values()
    ]
    return {**found, "questions": [*found["questions"], *extra]}


def _check(question: Question) -> Json:
    return {
        "id": question.id,
        "text": question.text,
        "type": question.kind,
        "choices": [{"value": one.value, "label": one.label} for one in question.choices],
    }


def _open_defects(session: Session, visit: Visit, person: User) -> list[Json]:
    return [
        {
            "ref": one.ref,
            "room": one.room_id,
            "category": one.category,
            "label": catalogue.category(one.category).label,
            "priority": one.priority,
            "status": one.status,
            "words": one.words,
            "since": iso(one.aware_at),
        }
        for one in defects.open_for_home(session, visit.home_id, person)
        if not (one.is_withheld and person.role == Role.YOUNG_INSPECTOR)
    ]


def _answers(findings: Findings) -> list[Json]:
    answers = tuple(Answer(question, tuple(rooms.values())) for question, rooms in findings.items())
    content = wire.content_of(Submission("", "", 1, "", None, None, None, answers))
    return list(content["answers"])
