"""The score as it is read: why it is capped, what was not checked, and every step of the arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from qa_app.inspections.rules.arithmetic import one_decimal, points_shown
from qa_app.inspections.rules.findings import Findings
from qa_app.inspections.rules.scoring import Part, ScoreCard
from qa_app.question_sets.answers import export
from qa_app.question_sets.rules import Question, QuestionSet
from qa_app.question_sets.standards import standards

WHY = {
    "scored": "",
    "partly": "Some rooms only",
    "missing": "Could not check",
    "unanswered": "Not answered",
    "excluded": "Does not apply",
    "information": "For information only",
    "no-room": "No such room on our record",
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One question in the arithmetic; numbers as they are shown, "" where there is none."""

    question: str
    text: str
    weight: str
    counted: str
    score: str
    points: str
    why: str


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A section or a standard: score and how much was checked, in percent, None where there is none."""

    title: str
    percent: Decimal | None
    coverage: Decimal | None
    counted: str
    due: str


@dataclass(frozen=True, slots=True)
class ShownScore:
    """A score with its doubt."""

    percent: Decimal | None
    coverage: Decimal | None
    band: str
    band_label: str
    is_partial: bool
    partial_below: Decimal
    is_capped: bool
    uncapped_label: str
    caps: Sequence[str]
    missing: Sequence[tuple[str, str]]
    sentence: str
    lines: Sequence[ShownLine]
    by_section: Sequence[ShownPart]
    by_standard: Sequence[ShownPart]


def shown(
    card: ScoreCard,
    question_set: QuestionSet,
    findings: Findings,
    room_labels: Mapping[str, str],
    *,
    may_read_words: frozenset[str] | None = None,
) -> ShownScore:
    """Return a score card in words. ``may_read_words``: questions whose reasons this reader may read; None for all."""
    questions = question_set.questions
    titles = {section.id: section.title for section in question_set.sections}
    return ShownScore(
        percent=card.percent,
        coverage=card.coverage,
        band=card.band.id if card.band else "",
        band_label=card.band.label if card.band else "",
        is_partial=card.is_partial,
        partial_below=question_set.partial_below,
        is_capped=card.is_capped,
        uncapped_label=card.uncapped_band.label if card.uncapped_band else "",
        caps=[
            _cap(questions, findings, room_labels, one.question, one.room)
            for one in card.critical_failures
        ],
        missing=[
            (questions[one].text, _reason(findings, one, may_read_words))
            for one in card.missing_critical
        ],
        sentence=card.sentence,
        lines=[
            ShownLine(
                question=line.question,
                text=questions[line.question].text,
                weight=points_shown(line.weight),
                counted=points_shown(line.counted),
                score="" if line.mean is None else f"{one_decimal(100 * line.mean)}%",
                points=points_shown(line.points) if line.counted else "",
                why=WHY[line.why],
            )
            for line in card.lines
        ],
        by_section=[_part(titles.get(id, id), part) for id, part in card.by_section.items()],
        by_standard=[_part(standards().get(id, id), part) for id, part in card.by_standard.items()],
    )


def _cap(
    questions: Mapping[str, Question],
    findings: Findings,
    room_labels: Mapping[str, str],
    question: str,
    room: str | None,
) -> str:
    found = findings.get(question, {}).get(room)
    answer = export(questions[question], found.value, found.status) if found else ""
    where = f"{room_labels.get(room, 'a room not on our record')}: " if room else ""
    return f"{where}{questions[question].text} {answer}".strip()


def _reason(findings: Findings, question: str, may_read_words: frozenset[str] | None) -> str:
    if may_read_words is not None and question not in may_read_words:
        return ""
    return "; ".join(
        dict.fromkeys(one.reason for one in findings.get(question, {}).values() if one.reason)
    )


def _part(title: str, part: Part) -> ShownPart:
    return ShownPart(
        title, part.percent, part.coverage, points_shown(part.counted), points_shown(part.due)
    )
