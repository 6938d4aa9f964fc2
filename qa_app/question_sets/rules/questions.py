"""What one question is: its choices, and what each answer means and asks for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from qa_app.question_sets.rules.words import (
    Condition,
    Coverage,
    Facts,
    Kind,
    Share,
    Value,
    When,
    matches,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer on offer. `score` is 0 to 1; `coverage` says why a choice has none."""

    value: str
    label: str
    score: Decimal | None = None
    coverage: Coverage | None = None


COULD_NOT_CHECK = Choice("unchecked", "Could not check", coverage="missing")


@dataclass(frozen=True, slots=True)
class NumberBand:
    """The score, 0 to 1, of the numbers that meet the condition."""

    condition: Condition
    score: Decimal


@dataclass(frozen=True, slots=True)
class Critical:
    """The answers that cap the band, and the months and facts under which they do."""

    when: When
    months: tuple[int, ...] = ()
    only_if_home: str | None = None
    only_if_expired_or_missing: tuple[str, ...] = ()

    def applies(self, facts: Facts) -> bool:
        """Whether this question is critical on the day and in the home of the facts."""
        if self.months and facts.month not in self.months:
            return False
        if self.only_if_home is not None and not facts.home_is(self.only_if_home):
            return False
        kinds = self.only_if_expired_or_missing
        return not kinds or not facts.expired_or_missing.isdisjoint(kinds)


@dataclass(frozen=True, slots=True)
class PhotoRule:
    """Whether photos are allowed, and the answers that ask for one or a reason why not."""

    allowed: bool = True
    required_when: When = ()
    help: str | None = None


@dataclass(frozen=True, slots=True)
class MonthlyPriority:
    """A priority for some answers in some months."""

    priority: str
    values: When
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DefectRule:
    """The repair that some answers raise. Category and priority are None where an officer picks."""

    when: When
    category: str | None
    priority: str | None
    priority_by_value: tuple[tuple[str, When], ...] = ()
    priority_by_value_in_months: tuple[MonthlyPriority, ...] = ()
    target_working_days: int | None = None
    officer_may_raise_to: str | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An action that is no repair (`kind` names its workflow), for some answers."""

    when: When
    kind: str


@dataclass(frozen=True, slots=True)
class PromptRule:
    """A prompt for some answers, or, with `when` None, for every answer."""

    kind: str
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Emergency:
    """The emergency panel that some answers show, `before` whatever is named."""

    when: When
    panel: str
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one answer means for the score: `scored` (with a score), or why it is not."""

    state: Literal["scored", "missing", "excluded", "unanswered", "information"]
    score: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `choices` holds every choice on offer, extra choices and offers included;
    for numbers and texts it holds only the ways of not answering (`unchecked`, `skip`...)."""

    id: str
    text: str
    section_id: str
    kind: Kind
    choices: tuple[Choice, ...] = ()
    weight: Decimal = Decimal(0)
    per_room: str | None = None
    critical: Critical | None = None
    photo: PhotoRule = PhotoRule()
    defect: DefectRule | None = None
    follow_up: FollowUp | None = None
    prompt: PromptRule | None = None
    show_emergency: Emergency | None = None
    share: Share = "yes"
    standards: tuple[str, ...] = ()
    hazards: tuple[str, ...] = ()
    help: str | None = None
    unit: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int | None = None
    bands: tuple[NumberBand, ...] = ()
    ask_why_when: When = ()
    ask_words_when: When = ()
    words_label: str | None = None
    theme: str | None = None
    may_be_unchecked: bool = False

    def choice(self, value: Value) -> Choice | None:
        """The choice with this value, or None when the question does not offer it."""
        return next((one for one in self.choices if one.value == value), None)

    def outcome(self, value: Value, status: str | None = None) -> Outcome:
        """What an answer means for the score; `status` counts only where there is no value."""
        has_value = value is not None and value != ""
        choice = self.choice(value if has_value else status)
        if choice is not None:
            if choice.coverage is not None:
                return Outcome(choice.coverage)
            if choice.score is not None:
                return Outcome("scored", Fraction(choice.score))
            return Outcome("information")
        if self.kind == "number" and isinstance(value, Decimal) and value.is_finite():
            return self._of_number(value)
        if self.kind == "text" and isinstance(value, str) and value.strip():
            return Outcome("information")
        return Outcome("unanswered")

    def _of_number(self, number: Decimal) -> Outcome:
        if not self.bands:
            return Outcome("information")
        band = next((one for one in self.bands if one.condition.holds(number)), None)
        return Outcome("missing") if band is None else Outcome("scored", Fraction(band.score))

    def is_critical(self, value: Value, facts: Facts) -> bool:
        """Whether this answer caps the band on the day and in the home of the facts."""
        rule = self.critical
        return rule is not None and rule.applies(facts) and matches(rule.when, value)

    def may_be_critical(self, facts: Facts) -> bool:
        """Whether some answer would cap the band on the day and in the home of the facts."""
        return self.critical is not None and self.critical.applies(facts)

    def needs_photo(self, value: Value) -> bool:
        """Whether this answer asks for a photo, or a reason why there is none."""
        return matches(self.photo.required_when, value)

    def asks_why(self, value: Value) -> bool:
        """Whether this answer asks for reasons in the person's own words."""
        return matches(self.ask_why_when, value)

    def asks_words(self, value: Value) -> bool:
        """Whether this answer asks the person to say more (`words_label` says what)."""
        return matches(self.ask_words_when, value)

    def raises_defect(self, value: Value) -> bool:
        """Whether this answer raises, or proposes, a repair."""
        return self.defect is not None and matches(self.defect.when, value)

    def raises_action(self, value: Value) -> bool:
        """Whether this answer asks for an action that is no repair."""
        return self.follow_up is not None and matches(self.follow_up.when, value)

    def prompts(self, value: Value) -> bool:
        """Whether this answer prompts the person to do something more."""
        if self.prompt is None or value is None or value == "":
            return False
        return self.prompt.when is None or matches(self.prompt.when, value)

    def emergency_panel(self, value: Value) -> str | None:
        """The emergency panel that this answer shows, if any."""
        rule = self.show_emergency
        return rule.panel if rule is not None and matches(rule.when, value) else None

    def priority_for(self, value: Value, month: int, raise_to: str | None = None) -> str | None:
        """The priority of the repair this answer raises in a month (1 to 12).

        The most urgent of the rules that fit counts; `raise_to` counts where the set allows it.
        None: the answer raises nothing, or an officer has to pick.
        """
        rule = self.defect
        if rule is None or not matches(rule.when, value):
            return None
        found = [rule.priority] if rule.priority is not None else []
        found += [p for p, values in rule.priority_by_value if matches(values, value)]
        found += [
            one.priority
            for one in rule.priority_by_value_in_months
            if month in one.months and matches(one.values, value)
        ]
        if raise_to is not None and raise_to == rule.officer_may_raise_to:
            found.append(raise_to)
        return min(found, default=None)

    def is_in_range(self, number: Decimal) -> bool:
        """Whether a number lies between the question's minimum and maximum, both included."""
        low, high = self.minimum, self.maximum
        return (low is None or number >= low) and (high is None or number <= high)
