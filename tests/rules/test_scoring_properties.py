"""Scoring, whatever is answered: better never scores lower, what is hidden never shows."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qa_app.inspections.rules.scoring import ScoreCard, score
from qa_app.inspections.rules.submission import Finding
from qa_app.question_sets.rules import Facts, Question, QuestionSet
from tests.support.question_sets import ROOMS, SUMMER, WINTER, answers, officer_set, young_set

Given = Mapping[str, object]
NOT_APPLICABLE = {"not-applicable", "first-visit", "nobody-offered"}

facts = st.builds(
    Facts,
    started_on=st.dates(),
    staffed_24_hours=st.booleans(),
    expired_or_missing=st.frozensets(st.sampled_from(["eicr", "epc", "gas-safety-record"])),
)
sets = st.sampled_from([officer_set(), young_set()])


def places(question_set: QuestionSet) -> list[tuple[str, Question]]:
    """Every question, once for each room that it is asked for."""
    found: list[tuple[str, Question]] = []
    for question in question_set.questions.values():
        rooms = [one.id for one in ROOMS if one.kind == question.per_room]
        keys = [f"{question.id}.{room}" for room in rooms] or [question.id]
        found += [(key, question) for key in keys]
    return found


def options(question: Question) -> list[object]:
    """Some answers to a question, none included."""
    if question.kind == "choice":
        return [None, *(one.value for one in question.choices)]
    if question.kind == "number":
        numbers = [Decimal(one) for one in ("-50", "10", "16.5", "18", "30", "70", "9999")]
        return [None, Finding(status="unchecked"), *numbers]
    return [None, "words", Finding(status="skip")]


@st.composite
def answered(draw: st.DrawFn, question_set: QuestionSet) -> dict[str, object]:
    spots = places(question_set)
    picks = draw(st.lists(st.integers(0, 9), min_size=len(spots), max_size=len(spots)))
    return {
        key: options(question)[pick % len(options(question))]
        for (key, question), pick in zip(spots, picks, strict=True)
    }


def card(question_set: QuestionSet, held: Given, when: Facts = SUMMER, **more: object) -> ScoreCard:
    asked = question_set.asked_on("full")
    return score(question_set, asked, answers(held), ROOMS, when, **more)  # type: ignore[arg-type]  # more is visible, released


def state(question: Question, value: object) -> str:
    if isinstance(value, Finding):
        return question.outcome(value.value, value.status).state
    return question.outcome(value).state  # type: ignore[arg-type]  # options() gives values


def scored(question: Question) -> dict[object, Fraction]:
    """The answers of a question that get a score, with it."""
    found: dict[object, Fraction] = {}
    for one in options(question):
        if isinstance(one, str | Decimal):
            exact = question.outcome(one).score
            if exact is not None:
                found[one] = exact
    return found


@settings(max_examples=150, deadline=None)
@given(st.data(), sets, facts)
def test_percent_and_coverage_lie_between_0_and_100(
    data: st.DataObject, question_set: QuestionSet, when: Facts
) -> None:
    found = card(question_set, data.draw(answered(question_set)), when)
    parts = [found.total, *found.by_section.values(), *found.by_standard.values()]
    for part in parts:
        assert part.percent is None or 0 <= part.percent <= 100
        assert part.coverage is None or 0 <= part.coverage <= 100
    assert (found.percent is None) is (found.total.counted == 0)


@settings(max_examples=200, deadline=None)
@given(st.data(), sets)
def test_a_better_answer_never_lowers_the_score(
    data: st.DataObject, question_set: QuestionSet
) -> None:
    held = data.draw(answered(question_set))
    spots = [(key, one) for key, one in places(question_set) if len(scored(one)) > 1]
    key, question = data.draw(st.sampled_from(spots))
    steps = sorted(scored(question).items(), key=lambda one: one[1])
    low = data.draw(st.integers(0, len(steps) - 1))
    high = data.draw(st.integers(low, len(steps) - 1))
    before = card(question_set, {**held, key: steps[low][0]})
    after = card(question_set, {**held, key: steps[high][0]})
    assert before.exact is not None
    assert after.exact is not None
    assert after.exact >= before.exact
    assert after.coverage == before.coverage
    if steps[low][1] < steps[high][1] and question.weight > 0:
        assert after.exact > before.exact


@settings(max_examples=200, deadline=None)
@given(st.data(), sets)
def test_does_not_apply_changes_the_score_of_no_other_question(
    data: st.DataObject, question_set: QuestionSet
) -> None:
    held = data.draw(answered(question_set))
    spots = [
        (key, question)
        for key, question in places(question_set)
        if any(one.value in NOT_APPLICABLE for one in question.choices)
    ]
    key, question = data.draw(st.sampled_from(spots))
    excluded = next(one.value for one in question.choices if one.value in NOT_APPLICABLE)
    before = card(question_set, held)
    after = card(question_set, {**held, key: excluded})

    def others(found: ScoreCard) -> list[object]:
        return [one for one in found.lines if one.question != question.id]

    assert others(after) == others(before)
    if state(question, held[key]) in {"missing", "unanswered"}:
        assert after.exact == before.exact


@settings(max_examples=150, deadline=None)
@given(st.data(), sets, facts)
def test_a_cap_never_raises_the_band_nor_moves_the_score(
    data: st.DataObject, question_set: QuestionSet, when: Facts
) -> None:
    held = data.draw(answered(question_set))
    ranks = [*(one.id for one in question_set.bands), question_set.critical_band.id]
    found = card(question_set, held, when)
    if found.band is not None and found.uncapped_band is not None:
        assert ranks.index(found.band.id) >= ranks.index(found.uncapped_band.id)
    assert found.is_capped is (found.band == question_set.critical_band)
    assert found.exact == card(question_set, held, WINTER).exact


@settings(max_examples=200, deadline=None)
@given(st.data(), sets, facts)
def test_a_hidden_answer_never_changes_what_a_provider_sees(
    data: st.DataObject, question_set: QuestionSet, when: Facts
) -> None:
    held = data.draw(answered(question_set))
    reviewed = [one.id for one in question_set.questions.values() if one.share == "reviewed"]
    released = frozenset(data.draw(st.lists(st.sampled_from(reviewed), max_size=3)))
    other = data.draw(answered(question_set))
    hidden = {
        key: other[key]
        for key, question in places(question_set)
        if question.share == "never"
        or (question.share == "reviewed" and question.id not in released)
    }
    assume(hidden != {key: held[key] for key in hidden})
    before = card(question_set, held, when, visible="provider", released=released)
    after = card(question_set, {**held, **hidden}, when, visible="provider", released=released)
    assert before == after
    shown = {one.question for one in before.lines} | set(before.missing_critical)
    assert shown.isdisjoint(one.partition(".")[0] for one in hidden)
