"""Reading the answers on offer: choices, conditions on numbers, and lists of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from qa_app.question_sets.loading.fields import SLUG, Fields, read_words
from qa_app.question_sets.loading.mistakes import Path, Report
from qa_app.question_sets.loading.text import UNREADABLE
from qa_app.question_sets.rules import Choice, Condition, Coverage, Kind, NumberBand, When

TESTS = ("below", "at_least", "at_most", "above")


@dataclass(frozen=True, slots=True)
class Answers:
    """What an answer can be, so that whatever names an answer can be checked against it."""

    kind: Kind
    choices: tuple[Choice, ...]

    @property
    def values(self) -> tuple[str, ...]:
        """The values of the choices."""
        return tuple(one.value for one in self.choices)


def read_choices(items: Sequence[tuple[object, Path]], report: Report) -> tuple[Choice, ...]:
    """A list of choices, no value twice."""
    found: list[Choice] = []
    for data, path in items:
        with Fields(data, path, report, what="a choice") as f:
            value = f.slug("value", needed=True)
            label = f.text("label", needed=True)
            score = f.number("score", least=0, most=1)
            coverage = f.one_of("coverage", ("missing", "excluded"))
            if f.has("score") and f.has("coverage"):
                f.wrong("A choice has a score or a coverage, not both.")
            if any(one.value == value for one in found):
                f.wrong(f"The choice '{value}' is here twice.", "value")
            elif value is not None and label is not None:
                found.append(Choice(value, label, score, cast("Coverage | None", coverage)))
    return tuple(found)


def read_condition(f: Fields) -> Condition | None:
    """The one condition among the keys of a mapping."""
    given = [one for one in TESTS if f.has(one)]
    limits = {one: f.number(one) for one in TESTS}
    if len(given) != 1:
        f.wrong(f"This needs exactly one of: {', '.join(TESTS)}.")
        return None
    limit = limits[given[0]]
    match given[0]:
        case ("below" | "at_least" | "at_most" | "above") as test if limit is not None:
            return Condition(test, limit)
    return None


def read_when(f: Fields, key: str, answers: Answers, *, needed: bool = False) -> When:
    """A list of answers: values of choices, or conditions where the answer is a number."""
    found: list[str | Condition] = []
    for i, (data, path) in enumerate(f.items(key, needed=needed)):
        if answers.kind == "number" and isinstance(data, dict):
            with Fields(data, path, f.report, what="a condition") as inside:
                condition = read_condition(inside)
            if condition is not None:
                found.append(condition)
            continue
        value = read_words(data, f, key, i)
        if value is None:
            continue
        if answers.kind == "text":
            f.wrong("A question for words has no answers to name.", key, i)
        elif value not in answers.values:
            offered = ", ".join(answers.values)
            f.wrong(f"'{value}' is not an answer of this question ({offered}).", key, i)
        elif value in found:
            f.wrong(f"'{value}' is here twice.", key, i)
        else:
            found.append(value)
    return tuple(found)


def read_number_bands(f: Fields, low: Decimal | None, high: Decimal | None) -> list[NumberBand]:
    """The scores of a number; every number from low to high must meet one of the bands."""
    found: list[NumberBand] = []
    items = f.items("scoring")
    for data, path in items:
        with Fields(data, path, f.report, what="a band of numbers") as inside:
            condition = read_condition(inside)
            score = inside.number("score", least=0, most=1, needed=True)
        if condition is not None and score is not None:
            found.append(NumberBand(condition, score))
    if found and len(found) == len(items):
        _check_bands(f, found, low, high)
    return found


def _check_bands(
    f: Fields, bands: list[NumberBand], low: Decimal | None, high: Decimal | None
) -> None:
    """Name the numbers that no band scores, and the bands that no number reaches."""
    step = Decimal("0.0000001")
    limits = [one.condition.limit for one in bands]
    probes = {limit + move for limit in limits for move in (-step, Decimal(0), step)}
    probes |= {one for one in (low, high) if one is not None}
    inside = sorted(
        one for one in probes if (low is None or one >= low) and (high is None or one <= high)
    )
    reached: set[int] = set()
    for number in inside:
        first = next((i for i, one in enumerate(bands) if one.condition.holds(number)), None)
        if first is None:
            f.wrong(f"No band gives a score to numbers near {number:.10g}.", "scoring")
            return
        reached.add(first)
    for i in range(len(bands)):
        if i not in reached:
            f.wrong("No number gets as far as this band.", "scoring", i)


def is_slug(value: object) -> bool:
    """Whether a value is a name in small letters, digits and hyphens."""
    return value is not UNREADABLE and isinstance(value, str) and bool(SLUG.fullmatch(value))
