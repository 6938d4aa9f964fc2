"""Work in progress on the web: a person's draft of one visit, read, changed and kept under a lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.base.db import new_id
from qa_app.inspections import queries, wire
from qa_app.inspections.models import Inspection
from qa_app.inspections.preparing import Prepared
from qa_app.inspections.rules.submission import Submission
from qa_app.question_sets.rules import Question
from qa_app.visits import queries as visits
from qa_app.visits import service as visit_service
from qa_app.visits.models import Draft, Visit

DEVICE = "web"


@dataclass(frozen=True)
class Work:
    """What a person has written so far, and the id it will be sent under (None before the first save)."""

    submission: Submission
    client_id: str | None = None
    saved_at: datetime | None = None
    is_finished: bool = False


def known_questions(prepared: Prepared) -> dict[str, Question]:
    """Return every question that may be answered: the whole set, asked or not, and what was open."""
    return {**prepared.question_set.questions, **prepared.checks}


def current(
    session: Session, visit: Visit, person: User, prepared: Prepared, *, now: datetime
) -> Work:
    """Return the work as it was last saved on the web; a blank one before that."""
    draft = visits.draft_of(session, visit, person.id, DEVICE)
    return Work(blank(visit, prepared, now=now)) if draft is None else _of(draft)


def begin(
    session: Session, visit: Visit, person: User, prepared: Prepared, *, now: datetime
) -> Work:
    """Return the work, made now unless it is there, locked until the end of this request."""
    if visits.draft_of(session, visit, person.id, DEVICE) is None:
        made = wire.content_of(blank(visit, prepared, now=now))
        visit_service.save_draft(
            session, visit, person, client_id=new_id(), device=DEVICE, content=made, saved_at=now, now=now
        )  # fmt: skip
    locked = (
        select(Draft)
        .where(Draft.visit_id == visit.id, Draft.user_id == person.id, Draft.device == DEVICE)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return _of(session.scalars(locked).one())


def keep(
    session: Session,
    visit: Visit,
    person: User,
    work: Work,
    submission: Submission,
    *,
    now: datetime,
) -> Work:
    """Keep what is written now; return the work as it then stands."""
    assert work.client_id is not None  # noqa: S101 - begin() made it
    visit_service.save_draft(
        session, visit, person, client_id=work.client_id, device=DEVICE,
        content=wire.content_of(submission), saved_at=now, now=now,
    )  # fmt: skip
    return replace(work, submission=submission, saved_at=now)


def blank(visit: Visit, prepared: Prepared, *, now: datetime) -> Submission:
    """Return an inspection without an answer."""
    return Submission(
        visit=visit.id,
        set_key=prepared.question_set.key,
        set_version=prepared.question_set.version,
        form=prepared.form,
        started=now,
        finished=None,
        asked=prepared.asked,
        rooms=tuple(one for one in prepared.rooms if not one.is_ended),
    )


def finished(work: Work, prepared: Prepared, *, now: datetime) -> Submission:
    """Return the work as it is sent: finished now, with the rooms as they are."""
    return replace(
        work.submission,
        finished=now,
        asked=prepared.asked,
        rooms=tuple(one for one in prepared.rooms if not one.is_ended),
    )


def sent_already(session: Session, visit: Visit, person: User) -> Inspection | None:
    """Return the inspection that this person has sent of this visit, the newest when there are several."""
    return session.scalar(
        select(Inspection)
        .where(Inspection.visit_id == visit.id, Inspection.user_id == person.id)
        .order_by(Inspection.received_at.desc(), Inspection.id)
        .limit(1)
    )


def elsewhere(session: Session, visit: Visit, person: User) -> list[Draft]:
    """Return unfinished drafts of the same person from other devices that hold answers."""
    return [
        one
        for one in visits.drafts(session, visit, person.id)
        if one.device != DEVICE and one.finished_at is None and _has_answers(one.content)
    ]


def take_over(session: Session, visit: Visit, person: User, device: str, *, now: datetime) -> bool:
    """Go on here with the draft of another device; nothing here yet is replaced. Whether it was done."""
    found = next((one for one in elsewhere(session, visit, person) if one.device == device), None)
    if found is None or visits.draft_of(session, visit, person.id, DEVICE) is not None:
        return False
    visit_service.save_draft(
        session, visit, person, client_id=found.client_id, device=DEVICE,
        content=found.content, saved_at=now, now=now,
    )  # fmt: skip
    return True


def photo_owner(person: User, work: Work) -> str:
    """Return the owner's name of the photos of this work."""
    return queries.owner_id(person.id, work.client_id or "")


def _of(draft: Draft) -> Work:
    return Work(
        submission=wire.submission_of(draft.content),
        client_id=draft.client_id,
        saved_at=draft.saved_at,
        is_finished=draft.finished_at is not None,
    )


def _has_answers(content: Mapping[str, object]) -> bool:
    return bool(content.get("answers"))
