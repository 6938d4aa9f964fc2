"""Checking a submission: what is unknown and refused, what is missing, what is odd and kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from qa_app.inspections.rules.findings import Cell, Findings, cells, gather
from qa_app.inspections.rules.open_checks import check_question, is_check_id
from qa_app.inspections.rules.submission import STATUSES, Answer, Finding, RoomSeen, Submission
from qa_app.question_sets.answers import has_too_many_decimals, refuses
from qa_app.question_sets.rules import Facts, Question, QuestionSet

GapKind = Literal["answer", "photo", "reason", "why", "words"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something unknown: the submission is refused, and this question named (422)."""

    question: str
    message: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Something still missing: an answer; a photo or the reason why there is none; the reason why
    a critical question was not checked; why; or the words asked for."""

    question: str
    room: str | None
    kind: GapKind

    @property
    def id(self) -> str:
        """`O05`, or `O38.<room>`, as the receipt lists it."""
        return self.question if self.room is None else f"{self.question}.{self.room}"


@dataclass(frozen=True, slots=True)
class Flag:
    """Something odd that was kept all the same, and where."""

    name: str
    question: str | None = None
    room: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking found. Only `problems` refuse anything."""

    problems: tuple[Problem, ...]
    gaps: tuple[Gap, ...]
    flagged: tuple[Flag, ...]

    @property
    def gap_ids(self) -> tuple[str, ...]:
        """The gaps as the receipt lists them, in the order of the set, none twice."""
        return tuple(dict.fromkeys(one.id for one in self.gaps))

    @property
    def flags(self) -> tuple[str, ...]:
        """The names of what is odd, none twice."""
        return tuple(dict.fromkeys(one.name for one in self.flagged))


def check(
    question_set: QuestionSet,
    asked: Sequence[str],
    rooms: Sequence[RoomSeen],
    submission: Submission,
    facts: Facts,
    *,
    checks: Mapping[str, Question] | None = None,
) -> Checked:
    """Check a submission against the questions asked and the rooms on our record.

    `rooms` are the home's, ended ones included; `checks` the questions about open defects and
    actions whose ids are among `asked` (`open_checks.check_question`).
    """
    known = {**question_set.questions, **(checks or {})}
    findings = gather(submission.answers)
    seen = with_rooms_seen(rooms, submission.rooms)
    gaps: list[Gap] = []
    flags = [*_odd_findings(known, asked, rooms, submission.answers)]
    for question_id in asked:
        question = known.get(question_id)
        if question is None:
            continue
        found = cells(question, seen, findings)
        for cell in found:
            gaps += [Gap(question_id, cell.room, kind) for kind in _missing(question, cell, facts)]
        if not found:
            flags.append(Flag(f"no-room:{question.per_room}", question_id))
            if question.may_be_critical(facts) and not _says_why(findings, question_id):
                gaps.append(Gap(question_id, None, "reason"))
    return Checked(tuple(_unknown(known, submission.answers)), tuple(gaps), tuple(flags))


def with_rooms_seen(rooms: Sequence[RoomSeen], seen: Sequence[RoomSeen]) -> tuple[RoomSeen, ...]:
    """The rooms on our record, then those that only the phone saw, as rooms not to ask about."""
    known = {one.id for one in rooms}
    extra = (one for one in seen if one.id not in known)
    return (*rooms, *(RoomSeen(one.id, one.kind, one.label, is_ended=True) for one in extra))


def _unknown(known: Mapping[str, Question], answers: Iterable[Answer]) -> Iterator[Problem]:
    """Unknown questions, values and statuses: the only reasons to refuse (product.md)."""
    for answer in answers:
        question = known.get(answer.question)
        if question is None and is_check_id(answer.question):
            question = check_question(answer.question, "")
        if question is None:
            yield Problem(answer.question, "There is no such question in this question set")
            continue
        for finding in answer.findings:
            message = refuses(question, finding.value)
            if message is not None:
                yield Problem(answer.question, message)
            if finding.status is not None and finding.status not in STATUSES:
                offered = ", ".join(STATUSES)
                yield Problem(answer.question, f"'{finding.status[:40]}' is not one of: {offered}")


def _missing(question: Question, cell: Cell, facts: Facts) -> Iterator[GapKind]:
    if cell.outcome.state == "unanswered" or cell.finding is None:
        yield "answer"
        return
    finding = cell.finding
    value, reason, comment = finding.value, finding.reason.strip(), finding.comment.strip()
    if question.needs_photo(value) and not finding.photos and not reason:
        yield "photo"
    if cell.outcome.state == "missing" and question.may_be_critical(facts) and not reason:
        yield "reason"
    if question.asks_why(value) and not comment:
        yield "why"
    if question.asks_words(value) and not comment:
        yield "words"


def _says_why(findings: Findings, question_id: str) -> bool:
    return any(one.reason.strip() for one in findings.get(question_id, {}).values())


def _odd_findings(
    known: Mapping[str, Question],
    asked: Sequence[str],
    rooms: Sequence[RoomSeen],
    answers: Iterable[Answer],
) -> Iterator[Flag]:
    on_record = {one.id: one for one in rooms}
    seen: set[tuple[str, str | None]] = set()
    for answer in answers:
        question = known.get(answer.question)
        if question is None:
            if is_check_id(answer.question):
                yield Flag("unknown-check", answer.question)
            continue
        if question.id not in asked:
            yield Flag("not-asked", question.id)
        for finding in answer.findings:
            if (question.id, finding.room) in seen:
                yield Flag("answered-twice", question.id, finding.room)
            seen.add((question.id, finding.room))
            for name in (*_odd_room(question, finding, on_record), *_odd_answer(question, finding)):
                yield Flag(name, question.id, finding.room)


def _odd_room(
    question: Question, finding: Finding, on_record: Mapping[str, RoomSeen]
) -> Iterator[str]:
    if finding.room is None:
        kinds = {one.kind for one in on_record.values() if not one.is_ended}
        if question.per_room in kinds:
            yield "no-room-given"
        return
    room = on_record.get(finding.room)
    if room is None:
        yield "unknown-room"
        return
    if room.is_ended:
        yield "ended-room"
    if question.per_room not in {None, room.kind}:
        yield "wrong-room"


def _odd_answer(question: Question, finding: Finding) -> Iterator[str]:
    value = finding.value
    if refuses(question, value) is not None:
        return
    if isinstance(value, Decimal):
        if not question.is_in_range(value):
            yield "number-out-of-range"
        if has_too_many_decimals(question, value):
            yield "too-many-decimals"
    if value is None and finding.status in STATUSES and question.choice(finding.status) is None:
        yield "status-not-offered"
    if finding.photos and not question.photo.allowed:
        yield "photo-not-allowed"
    if finding.raise_to is not None:
        rule = question.defect
        may = rule.officer_may_raise_to if rule and question.raises_defect(value) else None
        if finding.raise_to != may:
            yield "raise-not-allowed"
