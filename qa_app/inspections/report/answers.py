"""Each answer as it is read: the words of the answer, the comment, the photos, and what was said last time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa_app.inspections.rules.findings import Findings
from qa_app.inspections.rules.submission import Finding
from qa_app.photos.models import Photo
from qa_app.photos.rules import PhotoState
from qa_app.question_sets.answers import export
from qa_app.question_sets.rules import Facts, Question, QuestionSet

APART = "Told apart to the duty officers."
NOT_ANSWERED = "Not answered"


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """What was found in one room, or in the whole home."""

    room: str
    answer: str
    comment: str
    reason: str
    photos: Sequence[Mapping[str, Any]]
    last: str
    """The answer of the last visit, "" when there was none."""
    is_critical: bool
    is_apart: bool


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question as it was asked, with every answer to it."""

    id: str
    text: str
    answers: Sequence[ShownAnswer]


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section of the form."""

    id: str
    title: str
    questions: Sequence[ShownQuestion]


@dataclass(frozen=True)
class Reading:
    """Everything that is needed to read answers, for one kind of reader.

    ``questions``: those this reader may see, checks of open repairs and actions among them. ``may_read_words``: whose
    comments and reasons this reader may read; None for all. ``last`` are the answers of the last visit.
    """

    question_set: QuestionSet
    questions: Mapping[str, Question]
    asked: Collection[str]
    findings: Findings
    room_labels: Mapping[str, str]
    photos: Mapping[str, Photo]
    facts: Facts
    last: Findings
    may_read_words: frozenset[str] | None = None
    apart: frozenset[tuple[str, str]] = frozenset()


def sections(reading: Reading) -> list[ShownSection]:
    """Return the sections with what was asked and answered, in the order of the set; checks of what was open come last."""
    known = [one for one in reading.questions if one in reading.asked or one in reading.findings]
    checks = {
        one: reading.questions[one] for one in known if one not in reading.question_set.questions
    }
    return [
        ShownSection(
            section.id,
            section.title,
            [_question(reading, one) for one in section.questions if one.id in reading.questions],
        )
        for section in reading.question_set.sections_for(known, checks=checks)
    ]


def _question(reading: Reading, question: Question) -> ShownQuestion:
    found = reading.findings.get(question.id, {})
    order = list(reading.room_labels)
    rooms = sorted(found, key=lambda room: order.index(room) if room in order else -1)
    answers = [_answer(reading, question, room, found[room]) for room in rooms]
    if not answers:
        answers = [ShownAnswer("", NOT_ANSWERED, "", "", (), "", False, False)]
    return ShownQuestion(question.id, question.text, answers)


def _answer(
    reading: Reading, question: Question, room: str | None, finding: Finding
) -> ShownAnswer:
    may_read = reading.may_read_words is None or question.id in reading.may_read_words
    is_text = question.kind == "text"
    is_apart = (question.id, room or "") in reading.apart
    words = export(question, finding.value, finding.status) or NOT_ANSWERED
    if is_text and finding.value and not may_read:
        words = "Not shown"
    before = reading.last.get(question.id, {}).get(room)
    where = reading.room_labels.get(room or "", "A room not on our record") if room else ""
    return ShownAnswer(
        room=where,
        answer=words,
        comment=finding.comment if may_read and not is_apart else "",
        reason=finding.reason if may_read and not is_apart else "",
        photos=[
            shown
            for one in finding.photos
            if (shown := _photo(reading, question, where, one.sha256, one.caption))
        ],
        last="" if before is None else export(question, before.value, before.status),
        is_critical=question.is_critical(finding.value, reading.facts),
        is_apart=is_apart,
    )


def _photo(
    reading: Reading, question: Question, where: str, sha256: str, caption: str
) -> dict[str, Any] | None:
    photo = reading.photos.get(sha256)
    if photo is None:
        return None
    alt = f"Photo for “{question.text}”" + (f", {where}" if where else "")
    return {
        "src": f"/photos/{photo.id}/small",
        "href": f"/photos/{photo.id}/large",
        "alt": alt,
        "caption": caption,
        "is_waiting": photo.state == PhotoState.RECEIVED,
    }
