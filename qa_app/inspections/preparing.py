"""What one voice is asked on one visit: frozen the first time anybody prepares, so that later changes never rewrite it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.actions import queries as actions
from qa_app.base.db import is_writing
from qa_app.base.errors import DomainError
from qa_app.base.text import local_day
from qa_app.base.transaction import writing
from qa_app.certificates import queries as certificates
from qa_app.defects import catalogue
from qa_app.defects import queries as defects
from qa_app.defects.models import Defect
from qa_app.homes.models import Home
from qa_app.inspections import queries
from qa_app.inspections.rules.arrival import day_moment
from qa_app.inspections.rules.findings import Findings
from qa_app.inspections.rules.follows import failed_last_time
from qa_app.inspections.rules.open_checks import check_question
from qa_app.inspections.rules.submission import RoomSeen
from qa_app.ports import Ports
from qa_app.question_sets import queries as question_sets
from qa_app.question_sets import service as question_set_service
from qa_app.question_sets.models import QuestionSetVersion
from qa_app.question_sets.rules import (
    FAILED_LAST_TIME,
    OFFICER,
    OPEN_CHECKS,
    YOUNG_INSPECTOR,
    Facts,
    Question,
    QuestionSet,
)
from qa_app.visits.models import Visit, VisitQuestions

AUDIENCES = {"officer": OFFICER, "young-inspector": YOUNG_INSPECTOR}
"""Voice -> audience of question sets."""


@dataclass(frozen=True)
class Prepared:
    """Everything that asking needs. ``rooms`` holds every room of the home, ended ones marked; ``last_answers``
    what this voice found at the last visit, without safeguarding words; ``checks`` the questions about what
    was open, by their id among ``asked``."""

    version: QuestionSetVersion
    question_set: QuestionSet
    form: str
    asked: tuple[str, ...]
    checks: Mapping[str, Question]
    rooms: tuple[RoomSeen, ...]
    facts: Facts
    last_answers: Findings
    open_defects: Sequence[Defect]


def prepare(
    session: Session, visit: Visit, voice: str, *, now: datetime, doors: Ports | None = None
) -> Prepared:
    """Return what a voice is asked on a visit; the first time, freeze it.

    Outside a writing request the freezing is a small transaction of its own: whatever the session had
    read is read again. ``DomainError`` when no question set has been loaded for this voice.
    """
    row = questions_row(session, visit, voice)
    if row is None or row.asked is None:
        if is_writing.get():
            row = freeze(session, visit, voice, now=now)
        else:
            visit_id = visit.id
            with writing(session):
                freeze(session, session.get_one(Visit, visit_id), voice, now=now)
            visit = session.get_one(Visit, visit_id)
            row = questions_row(session, visit, voice)
    if row is None:
        raise DomainError("There are no questions for this visit.")
    if visit.facts is None and visit.checked_in_at is not None and is_writing.get():
        freeze_facts(session, visit, started=visit.checked_in_at, now=now)
    question_set = question_sets.question_set(row.version)
    return Prepared(
        version=row.version,
        question_set=question_set,
        form=row.form,
        asked=tuple(row.asked or ()),
        checks=checks_of(row.checks),
        rooms=rooms_of(visit.home),
        facts=facts_of(session, visit, started=None, now=now),
        last_answers=_last_answers(session, visit, voice, now=now),
        open_defects=_open_defects(session, visit.home_id),
    )


def questions_row(session: Session, visit: Visit, voice: str) -> VisitQuestions | None:
    """Return what a voice is asked on a visit, as far as it has been settled."""
    return session.scalar(
        select(VisitQuestions).where(
            VisitQuestions.visit_id == visit.id, VisitQuestions.voice == voice
        )
    )


def freeze(
    session: Session,
    visit: Visit,
    voice: str,
    *,
    now: datetime,
    asked: Sequence[str] | None = None,
    version: QuestionSetVersion | None = None,
    form: str | None = None,
) -> VisitQuestions:
    """Settle what a voice is asked, once: by the form, by what failed last time and by what is open.

    ``asked``, ``version`` and ``form`` are those of a phone that began without us. A version that has been
    prepared never changes.
    """
    session.execute(select(Visit.id).where(Visit.id == visit.id).with_for_update())
    row = questions_row(session, visit, voice)
    if row is not None and row.asked is not None:
        return row
    if row is None:
        version = version or question_sets.latest_for(session, AUDIENCES[voice])
        if version is None:
            raise DomainError("No questions have been loaded for this visit.")
        row = VisitQuestions(
            visit_id=visit.id, voice=voice, version_id=version.id, form=form or visit.form, checks={}
        )  # fmt: skip
        row.version = version
        session.add(row)
    question_set = question_sets.question_set(row.version)
    if row.form not in question_set.forms:
        row.form = next(iter(question_set.forms))
    adds = question_set.forms[row.form].adds
    extra: list[str] = []
    if FAILED_LAST_TIME in adds:
        extra += _failed_last_time(session, visit, voice, question_set, now=now)
    checks: dict[str, str] = {}
    if OPEN_CHECKS in adds:
        checks = _open_checks(session, visit.home_id)
        extra += checks
    if asked is not None and version is not None and row.version.id == version.id:
        row.asked, row.checks = list(asked), checks
    else:
        row.asked, row.checks = list(question_set.asked_on(row.form, extra=extra)), checks
    row.prepared_at = now
    question_set_service.freeze(row.version, now=now)
    session.flush()
    return row


def checks_of(kept: Mapping[str, str]) -> dict[str, Question]:
    """Return the questions about what was open out of what a visit keeps (id -> words)."""
    return {check_id: check_question(check_id, words) for check_id, words in kept.items()}


def rooms_of(home: Home) -> tuple[RoomSeen, ...]:
    """Return every room of a home, ended ones marked."""
    return tuple(
        RoomSeen(one.id, one.kind, one.label, is_ended=one.ended_on is not None)
        for one in home.rooms
    )


def facts_of(session: Session, visit: Visit, *, started: datetime | None, now: datetime) -> Facts:
    """Return the facts frozen with the visit, or those of the day on which it started (``now`` before that)."""
    if visit.facts is not None:
        return queries.facts_in(visit.facts)
    day = local_day(day_moment(started or visit.checked_in_at, now))
    return Facts(
        started_on=day,
        staffed_24_hours=visit.home.is_staffed_24_hours,
        expired_or_missing=certificates.expired_or_missing(session, visit.home, day),
    )


def freeze_facts(
    session: Session, visit: Visit, *, started: datetime | None, now: datetime
) -> Facts:
    """Freeze the facts of the local day on which the visit started, the first time it is known; return them."""
    facts = facts_of(session, visit, started=started, now=now)
    if visit.facts is None:
        visit.facts = facts_out(facts)
    return facts


def facts_out(facts: Facts) -> dict[str, object]:
    """Return facts as a visit and a revision keep them."""
    return {
        "started_on": facts.started_on.isoformat(),
        "staffed_24_hours": facts.staffed_24_hours,
        "expired_or_missing": sorted(facts.expired_or_missing),
    }


def _failed_last_time(
    session: Session, visit: Visit, voice: str, question_set: QuestionSet, *, now: datetime
) -> list[str]:
    last = queries.latest_complete(session, visit.home_id, voice, now, besides=visit.id)
    if last is None:
        return []
    failed = failed_last_time(
        queries.question_set(last), queries.submission(last), queries.facts(last)
    )
    return [one for one in failed if one in question_set.questions]


def _open_checks(session: Session, home_id: int) -> dict[str, str]:
    found = {one.ref: _defect_words(one) for one in _open_defects(session, home_id)}
    found |= {one.ref: one.words for one in actions.open_for_home(session, home_id)}
    return found


def _defect_words(defect: Defect) -> str:
    where = f", {defect.room.label}" if defect.room is not None else ""
    return f"{catalogue.category(defect.category).label}{where}: {defect.words}"


def _open_defects(session: Session, home_id: int) -> Sequence[Defect]:
    """Return what is not over at a home, the worst first. Not scoped: for whoever visits."""
    return session.scalars(
        select(Defect)
        .where(Defect.home_id == home_id, Defect.status.in_(defects.LIVE))
        .order_by(Defect.priority, Defect.aware_at, Defect.id)
    ).all()


def _last_answers(session: Session, visit: Visit, voice: str, *, now: datetime) -> Findings:
    last = queries.latest_complete(session, visit.home_id, voice, now, besides=visit.id)
    return {} if last is None else queries.findings(session, last)
