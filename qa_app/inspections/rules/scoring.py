"""The score of an inspection: percent, coverage, band, cap, and how it was worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from qa_app.inspections.rules.arithmetic import one_decimal, sentence
from qa_app.inspections.rules.check import with_rooms_seen
from qa_app.inspections.rules.findings import Cell, Findings, cells, gather
from qa_app.inspections.rules.submission import Answer, RoomSeen
from qa_app.question_sets.rules import Band, Facts, Question, QuestionSet

Why = Literal["scored", "partly", "missing", "unanswered", "excluded", "information", "no-room"]


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One question's part in the score. Weights and points are exact.

    `counted` is the weight that got a score, `due` the weight that coverage expects, `points` what
    the answers earned, `mean` (0 to 1) the mean over the rooms that got a score; `why` says in one
    word why weight is not counted.
    """

    question: str
    section: str
    standards: tuple[str, ...]
    weight: Fraction
    counted: Fraction
    due: Fraction
    points: Fraction
    why: Why

    @property
    def mean(self) -> Fraction | None:
        """The score, 0 to 1, of what was scored; None when nothing was."""
        return self.points / self.counted if self.counted else None


@dataclass(frozen=True, slots=True)
class Part:
    """A score over some of the questions: a section, a standard, or all of them."""

    exact: Fraction | None
    exact_coverage: Fraction | None
    points: Fraction
    counted: Fraction
    due: Fraction

    @property
    def percent(self) -> Decimal | None:
        """0 to 100, rounded half up to one decimal; None when nothing got a score."""
        return one_decimal(self.exact)

    @property
    def coverage(self) -> Decimal | None:
        """0 to 100, rounded half up to one decimal; None when no weight was asked for."""
        return one_decimal(self.exact_coverage)


@dataclass(frozen=True, slots=True)
class CriticalFailure:
    """An answer that caps the band, and the room it is about, if any."""

    question: str
    room: str | None


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """A score with its doubt. `band` is None when nothing got a score and nothing is critical."""

    total: Part
    band: Band | None
    uncapped_band: Band | None
    is_partial: bool
    critical_failures: tuple[CriticalFailure, ...]
    missing_critical: tuple[str, ...]
    by_section: Mapping[str, Part]
    by_standard: Mapping[str, Part]
    lines: tuple[ScoreLine, ...]
    sentence: str

    @property
    def percent(self) -> Decimal | None:
        """0 to 100, rounded half up to one decimal; None when nothing got a score."""
        return self.total.percent

    @property
    def exact(self) -> Fraction | None:
        """The percentage before rounding."""
        return self.total.exact

    @property
    def coverage(self) -> Decimal | None:
        """0 to 100, rounded half up to one decimal; None when no weight was asked for."""
        return self.total.coverage

    @property
    def is_capped(self) -> bool:
        """Whether a critical answer decides the band."""
        return bool(self.critical_failures)

    def for_api(self) -> dict[str, object]:
        """The score as the sync contract words it: numbers with one decimal or null."""
        return {
            "percent": None if self.percent is None else float(self.percent),
            "coverage": None if self.coverage is None else float(self.coverage),
            "band": None if self.band is None else self.band.id,
            "partial": self.is_partial,
            "missing_critical": list(self.missing_critical),
        }


def score(
    question_set: QuestionSet,
    asked: Sequence[str],
    answers: Iterable[Answer],
    rooms: Sequence[RoomSeen],
    facts: Facts,
    *,
    seen: Sequence[RoomSeen] = (),
    visible: Literal["all", "provider"] = "all",
    released: Iterable[str] = (),
) -> ScoreCard:
    """Score answers by the set's own rules (`scoring` in its file; domain.md 2.6).

    `rooms` are the home's on our record, `seen` those of the phone. For a provider, questions it
    may not see leave everything: `released` holds the reviewed ones a duty officer released.
    """
    questions = [question_set.questions[one] for one in asked if one in question_set.questions]
    if visible == "provider":
        questions = visible_to_provider(questions, released)
    findings = gather(answers)
    known_rooms = with_rooms_seen(rooms, seen)
    lines: list[ScoreLine] = []
    failures: list[CriticalFailure] = []
    missing: list[str] = []
    for question in questions:
        found = cells(question, known_rooms, findings)
        lines.append(_line(question, found))
        failed = _failures(question, findings, facts)
        failures += failed
        if question.may_be_critical(facts) and _is_missing(found, failed):
            missing.append(question.id)
    total = _part(lines)
    uncapped = None if total.exact is None else question_set.band_for(total.exact)
    band = question_set.critical_band if failures else uncapped
    coverage = total.exact_coverage
    return ScoreCard(
        total=total,
        band=band,
        uncapped_band=uncapped,
        is_partial=coverage is not None and coverage < Fraction(question_set.partial_below),
        critical_failures=tuple(failures),
        missing_critical=tuple(missing),
        by_section=_by_section(question_set, lines),
        by_standard=_by_standard(lines),
        lines=tuple(lines),
        sentence=sentence(
            points=total.points,
            counted=total.counted,
            due=total.due,
            band=band.label if band else None,
            capped_by=tuple(
                dict.fromkeys(
                    question_set.questions[one.question].text
                    if one.question in question_set.questions
                    else one.question
                    for one in failures
                )
            ),
        ),
    )


def visible_to_provider(
    questions: Iterable[Question], released: Iterable[str] = ()
) -> list[Question]:
    """The questions a provider may see: never `share: never`, `reviewed` only once released."""
    free = set(released)
    return [
        one
        for one in questions
        if one.share == "yes" or (one.share == "reviewed" and one.id in free)
    ]


def _line(question: Question, found: Sequence[Cell]) -> ScoreLine:
    """A question's weight is shared equally by its rooms; each share counts as its answer does."""
    weight = Fraction(question.weight)
    share = weight / len(found) if found else Fraction(0)
    scores = [one.outcome.score for one in found if one.outcome.score is not None]
    left_out = sum(one.outcome.state == "excluded" for one in found)
    return ScoreLine(
        question=question.id,
        section=question.section_id,
        standards=question.standards,
        weight=weight,
        counted=share * len(scores),
        due=weight - share * left_out,
        points=share * sum(scores, Fraction(0)),
        why=_why(question, found),
    )


def _why(question: Question, found: Sequence[Cell]) -> Why:
    if question.weight == 0:
        return "information"
    if not found:
        return "no-room"
    states = {one.outcome.state for one in found}
    if states == {"scored"}:
        return "scored"
    if "scored" in states:
        return "partly"
    if "missing" in states:
        return "missing"
    return "unanswered" if "unanswered" in states else "excluded"


def _failures(question: Question, findings: Findings, facts: Facts) -> list[CriticalFailure]:
    """Every room for which the answer is critical, whether or not the room is on our record."""
    mine = findings.get(question.id, {})
    return [
        CriticalFailure(question.id, room)
        for room, one in mine.items()
        if question.is_critical(one.value, facts)
    ]


def _is_missing(found: Sequence[Cell], failed: Sequence[CriticalFailure]) -> bool:
    if not found:
        return not failed
    return any(one.outcome.state in {"missing", "unanswered"} for one in found)


def _part(lines: Iterable[ScoreLine]) -> Part:
    points = counted = due = Fraction(0)
    for one in lines:
        points, counted, due = points + one.points, counted + one.counted, due + one.due
    return Part(
        exact=100 * points / counted if counted else None,
        exact_coverage=100 * counted / due if due else None,
        points=points,
        counted=counted,
        due=due,
    )


def _by_section(question_set: QuestionSet, lines: Sequence[ScoreLine]) -> dict[str, Part]:
    present = {one.section for one in lines}
    return {
        section.id: _part(one for one in lines if one.section == section.id)
        for section in question_set.sections
        if section.id in present
    }


def _by_standard(lines: Sequence[ScoreLine]) -> dict[str, Part]:
    """A question with several standards counts fully in each."""
    present = dict.fromkeys(standard for one in lines for standard in one.standards)
    return {name: _part(one for one in lines if name in one.standards) for name in sorted(present)}
