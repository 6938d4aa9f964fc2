"""The fixed words of question sets, the facts of a home on the day, and tests on answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Value = str | Decimal | None
Kind = Literal["choice", "number", "text"]
Share = Literal["yes", "reviewed", "never"]
Coverage = Literal["missing", "excluded"]

OFFICER = "officer"
YOUNG_INSPECTOR = "young inspector"
AUDIENCES = (OFFICER, YOUNG_INSPECTOR)
PRIORITIES = ("P1", "P2", "P3", "P4")
STANDARDS = ("LM", "PR", "AC", "SU")
"""The four standards of domain.md 2.1: leadership, protection, accommodation, support."""
OFFICER_PICKS = "officer-picks"
FAILED_LAST_TIME = "failed-last-time"
OPEN_CHECKS = "open-defects-and-actions"
HOME_FACTS = ("staffed_24_hours",)
"""The facts of a home that `only_if_home` may name: the boolean fields of `Facts`."""
CHECKS_SECTION = "checks"


@dataclass(frozen=True, slots=True)
class Facts:
    """What was true of the home on the local date the visit started; frozen with the visit.

    `expired_or_missing` holds the kinds of certificate that were expired or missing that day.
    """

    started_on: date
    staffed_24_hours: bool = False
    expired_or_missing: frozenset[str] = frozenset()

    @property
    def month(self) -> int:
        """The month, 1 to 12, that rules about winter look at."""
        return self.started_on.month

    def home_is(self, fact: str) -> bool:
        """Whether the home is what `only_if_home` asks; a fact we do not hold is not true."""
        return fact in HOME_FACTS and bool(getattr(self, fact))


@dataclass(frozen=True, slots=True)
class Condition:
    """A test on a number: `below`, `at_least`, `at_most` or `above` a limit."""

    test: Literal["below", "at_least", "at_most", "above"]
    limit: Decimal

    def holds(self, number: Decimal) -> bool:
        """Whether the number meets the test."""
        match self.test:
            case "below":
                return number < self.limit
            case "at_least":
                return number >= self.limit
            case "at_most":
                return number <= self.limit
            case "above":
                return number > self.limit


When = tuple[str | Condition, ...]


def matches(when: When, value: Value) -> bool:
    """Whether an answer is one of the values, or meets one of the conditions, in `when`."""
    if value is None:
        return False
    if isinstance(value, str):
        return value in when
    return any(isinstance(one, Condition) and one.holds(value) for one in when)
