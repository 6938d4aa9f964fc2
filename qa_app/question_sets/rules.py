"""What a question set is: its questions, choices, forms and bands, as frozen plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
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
        choice: Choice | None = None
        if value is None or value == "":
            choice = self.choice(status)
            if choice is None:
                return Outcome("unanswered")
        elif self.kind == "choice":
            choice = self.choice(value)
        if choice is not None:
            if choice.coverage is not None:
                return Outcome(choice.coverage)
            if choice.score is not None:
                return Outcome("scored", Fraction(choice.score))
        elif isinstance(value, Decimal):
            for band in self.bands:
                if band.condition.holds(value):
                    return Outcome("scored", Fraction(band.score))
        return Outcome("information")

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


@dataclass(frozen=True, slots=True)
class Section:
    """A group of questions shown on one page."""

    id: str
    title: str
    question_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectionAsked:
    """A section with those of its questions that are asked."""

    id: str
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A way of using the set: which questions, and which kinds of extra ones (`adds`)."""

    id: str
    title: str
    question_ids: tuple[str, ...]
    adds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """A name for scores of at least `at_least` percent; None for the critical band."""

    id: str
    label: str
    at_least: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ScoringWords:
    """The scoring rules as the set words them, to show beside a score."""

    score: str
    coverage: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """One version of a question set. `bands` run from the highest score down."""

    key: str
    version: int
    title: str
    audience: str
    hazard_scheme: int
    bands: tuple[Band, ...]
    critical_band: Band
    partial_below: Decimal
    prompts: Mapping[str, str]
    forms: Mapping[str, Form]
    sections: tuple[Section, ...]
    questions: Mapping[str, Question]
    scoring_words: ScoringWords
    offers: tuple[Choice, ...] = ()
    worry_label: str | None = None
    content: str = field(default="", compare=False, repr=False)
    """The canonical JSON this set was read from (see `loading.to_content`)."""

    def question(self, question_id: str) -> Question | None:
        """The question with this id, or None."""
        return self.questions.get(question_id)

    def asked_on(self, form: str, *, extra: Iterable[str] = ()) -> tuple[str, ...]:
        """The ids asked on a form, in the order of the set; then ids of open checks in `extra`.

        `extra` is what the form's `adds` ask for: questions that failed last time join in the
        order of the set, ids of open defects and actions come last. KeyError: no such form.
        """
        more = tuple(dict.fromkeys(extra))
        wanted = {*self.forms[form].question_ids, *more}
        asked = [one for one in self.questions if one in wanted]
        return (*asked, *(one for one in more if one not in self.questions))

    def sections_for(
        self, asked: Iterable[str], *, checks: Mapping[str, Question] | None = None
    ) -> tuple[SectionAsked, ...]:
        """The sections that have a question among `asked`, then one for the open checks."""
        wanted = tuple(asked)
        found = []
        for section in self.sections:
            questions = tuple(self.questions[one] for one in section.question_ids if one in wanted)
            if questions:
                found.append(SectionAsked(section.id, section.title, questions))
        open_checks = tuple(checks[one] for one in wanted if checks and one in checks)
        if open_checks:
            found.append(SectionAsked(CHECKS_SECTION, "Still open from before", open_checks))
        return tuple(found)

    def band_for(self, percent: Fraction | Decimal) -> Band:
        """The band of an unrounded percentage, 0 to 100."""
        reached = (one for one in self.bands if percent >= (one.at_least or Decimal(0)))
        return next(reached, self.bands[-1])

    def band(self, band_id: str) -> Band | None:
        """The band with this id, the critical band included, or None."""
        return next((b for b in (*self.bands, self.critical_band) if b.id == band_id), None)
