"""What a question set is: sections, forms, bands, and which questions are asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from qa_app.question_sets.rules.questions import Choice, Question
from qa_app.question_sets.rules.words import CHECKS_SECTION


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
        exact = Fraction(percent)
        reached = (one for one in self.bands if exact >= Fraction(one.at_least or 0))
        return next(reached, self.bands[-1])

    def band(self, band_id: str) -> Band | None:
        """The band with this id, the critical band included, or None."""
        return next((b for b in (*self.bands, self.critical_band) if b.id == band_id), None)
