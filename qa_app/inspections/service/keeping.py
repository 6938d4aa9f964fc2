"""Weigh a submission against its visit, and keep it as a revision with its findings as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.inspections import preparing, queries, wire
from qa_app.inspections.models import FindingRow, Inspection, InspectionRevision
from qa_app.inspections.rules.arrival import Arrival, arrival_flags
from qa_app.inspections.rules.check import Checked, check
from qa_app.inspections.rules.findings import gather
from qa_app.inspections.rules.scoring import ScoreCard, score
from qa_app.inspections.rules.submission import Finding, RoomSeen, Submission
from qa_app.question_sets import queries as question_sets
from qa_app.question_sets.models import QuestionSetVersion
from qa_app.question_sets.rules import Facts, Question, QuestionSet
from qa_app.visits.models import Visit, VisitPerson, VisitQuestions
from qa_app.visits.rules import Answer, State

SAFEGUARDING = "safeguarding"


@dataclass(frozen=True, slots=True)
class Received:
    """What came, from whom, and when; ``body`` is its canonical form."""

    person: User
    part: VisitPerson
    client_id: str
    submission: Submission
    body: bytes
    sha256: str
    version: QuestionSetVersion
    at: datetime

    @property
    def started(self) -> datetime:
        """When the person began, by the phone's clock."""
        return self.submission.started or self.at

    @property
    def finished(self) -> datetime:
        """When the person finished, by the phone's clock."""
        return self.submission.finished or self.at


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a submission means: the questions that count as asked, what is missing or odd, and its score."""

    question_set: QuestionSet
    submission: Submission
    asked: tuple[str, ...]
    checks: Mapping[str, Question]
    rooms: tuple[RoomSeen, ...]
    facts: Facts
    checked: Checked
    card: ScoreCard
    is_asked_differently: bool
    is_other_form: bool


def weigh(session: Session, visit: Visit, received: Received) -> Weighed:
    """Check and score a submission by its own version of the questions and the facts frozen with the visit."""
    submission = received.submission
    question_set = question_sets.question_set(received.version)
    row = preparing.questions_row(session, visit, received.part.voice)
    if row is None or row.asked is None:
        row = preparing.freeze(
            session, visit, received.part.voice, now=received.at, asked=submission.asked,
            version=received.version, form=submission.form,
        )  # fmt: skip
    asked = _asked(row, received, question_set)
    checks = preparing.checks_of(row.checks)
    rooms = preparing.rooms_of(visit.home)
    facts = preparing.facts_of(session, visit, started=received.started, now=received.at)
    return Weighed(
        question_set=question_set,
        submission=submission,
        asked=asked,
        checks=checks,
        rooms=rooms,
        facts=facts,
        checked=check(question_set, asked, rooms, submission, facts, checks=checks),
        card=score(question_set, asked, submission.answers, rooms, facts, seen=submission.rooms),
        is_asked_differently=_is_other(submission, asked, question_set),
        is_other_form=submission.form != row.form,
    )


def weigh_again(revision: InspectionRevision, checks: Mapping[str, Question]) -> Weighed:
    """Return what a kept revision means, as it was weighed when it came."""
    submission = queries.submission(revision)
    question_set, facts = queries.question_set(revision), queries.facts(revision)
    rooms = queries.rooms(revision)
    return Weighed(
        question_set=question_set,
        submission=submission,
        asked=tuple(revision.asked),
        checks=checks,
        rooms=rooms,
        facts=facts,
        checked=check(question_set, revision.asked, rooms, submission, facts, checks=checks),
        card=score(
            question_set, revision.asked, submission.answers, rooms, facts, seen=submission.rooms
        ),
        is_asked_differently=False,
        is_other_form=False,
    )


def keep_revision(
    session: Session, inspection: Inspection, received: Received, weighed: Weighed
) -> InspectionRevision:
    """Write a revision and its findings; the first is the current one until an officer decides otherwise."""
    visit: Visit = inspection.visit
    number = len(inspection.revisions) + 1
    if visit.facts is None:
        visit.facts = preparing.facts_out(weighed.facts)
    card = weighed.card
    revision = InspectionRevision(
        number=number,
        version=received.version,
        form=received.submission.form,
        content=received.body.decode(),
        content_sha256=received.sha256,
        asked=list(weighed.asked),
        rooms=[
            {"id": one.id, "kind": one.kind, "label": one.label, "is_ended": one.is_ended}
            for one in weighed.rooms
        ],
        manifest=list(wire.photo_names(received.submission)),
        started_at=received.started,
        finished_at=received.finished,
        received_at=received.at,
        gaps=list(weighed.checked.gap_ids),
        flags=list(_flags(session, inspection, received, weighed, number)),
        facts=preparing.facts_out(weighed.facts),
        percent=_float(card.percent),
        coverage=_float(card.coverage),
        band=None if card.band is None else card.band.id,
        is_partial=card.is_partial,
        missing_critical=list(card.missing_critical),
        findings=list(_findings(weighed)),
    )
    inspection.revisions.append(revision)
    session.flush()
    if number == 1:
        inspection.current = revision
        session.flush()
    return revision


def is_apart(question: Question | None, finding: Finding) -> bool:
    """Whether what was said here is recorded apart: its words are then kept nowhere else but in the sealed body."""
    return (
        question is not None
        and question.prompt is not None
        and question.prompt.kind == SAFEGUARDING
        and question.prompts(finding.value)
    )


def _findings(weighed: Weighed) -> Iterator[FindingRow]:
    for question_id, rooms in gather(weighed.submission.answers).items():
        question = weighed.question_set.question(question_id)
        for room, finding in rooms.items():
            apart = is_apart(question, finding)
            is_text = question is not None and question.kind == "text"
            yield FindingRow(
                question=question_id,
                room_id=room,
                status=finding.status,
                value=None if apart and is_text else _text(finding.value),
                comment="" if apart else finding.comment,
                reason="" if apart else finding.reason,
                raise_to=finding.raise_to,
                photos=[
                    {"sha256": one.sha256, "caption": "" if apart else one.caption}
                    for one in finding.photos
                ],
            )


def _asked(row: VisitQuestions, received: Received, question_set: QuestionSet) -> tuple[str, ...]:
    """Return what counts as asked: what was frozen with the visit, and whatever the phone asked besides.

    Another version or form than was prepared: what the phone says it asked, else that form.
    """
    sent = received.submission.asked
    is_ours = row.version.id == received.version.id and row.form == received.submission.form
    frozen = row.asked or () if is_ours else ()
    if not frozen and sent is None:
        return question_set.asked_on(received.submission.form)
    both = dict.fromkeys((*frozen, *(sent or ())))
    in_order = [one for one in question_set.questions if one in both]
    return (*in_order, *(one for one in both if one not in question_set.questions))


def _is_other(submission: Submission, asked: tuple[str, ...], question_set: QuestionSet) -> bool:
    """Whether the phone says that it asked other questions than count, or fewer than its form has."""
    if submission.asked is None:
        return False
    sent = set(submission.asked)
    return sent != set(asked) or not sent >= set(question_set.asked_on(submission.form))


def _flags(
    session: Session, inspection: Inspection, received: Received, weighed: Weighed, number: int
) -> Iterator[str]:
    visit: Visit = inspection.visit
    latest = question_sets.latest_for(session, received.version.audience)
    arrival = Arrival(
        started=received.started,
        finished=received.finished,
        received=received.at,
        is_first_revision=number == 1,
        is_old_version=latest is not None and latest.id != received.version.id,
        is_visit_cancelled=visit.status == State.CANCELLED,
        is_home_closed=visit.home.status == "closed",
        is_reassigned=received.part.ended_at is not None,
        is_declined=received.part.answer == Answer.DECLINED,
        is_second=queries.has_other(session, visit.id, received.person.id, received.client_id),
        is_asked_differently=weighed.is_asked_differently,
        is_other_form=weighed.is_other_form,
    )
    yield from dict.fromkeys((*arrival_flags(arrival), *weighed.checked.flags))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)
