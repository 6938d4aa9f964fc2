"""What a question set says: forms, sections, choices, critical answers, photos, priorities."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from qa_app.question_sets.rules import Choice, Condition, Facts, Question
from tests.support.question_sets import SUMMER, officer_set, young_set


def ask(question_id: str) -> Question:
    return {**officer_set().questions, **young_set().questions}[question_id]


@pytest.mark.parametrize(
    ("form", "count", "first", "last"),
    [
        ("full", 64, "O01", "O64"),
        ("before-first-use", 51, "O01", "O64"),
        ("follow-up", 5, "O02", "O64"),
        ("short", 18, "O02", "O64"),
        ("staying-put", 20, "O11", "O64"),
    ],
)
def test_each_form_asks_its_questions_in_the_order_of_the_set(
    form: str, count: int, first: str, last: str
) -> None:
    asked = officer_set().asked_on(form)
    assert (len(asked), asked[0], asked[-1]) == (count, first, last)
    assert list(asked) == sorted(asked)


def test_except_leaves_questions_out() -> None:
    asked = officer_set().asked_on("before-first-use")
    assert not {"O48", "O50", "O52", "O53", "O54", "O55", "O63"} & set(asked)
    assert "O49" in asked
    assert "O62" in asked


def test_a_follow_up_says_what_it_adds_and_takes_it_in_order_with_open_checks_last() -> None:
    officer = officer_set()
    assert officer.forms["follow-up"].adds == ("failed-last-time", "open-defects-and-actions")
    assert officer.forms["full"].adds == ()
    asked = officer.asked_on("follow-up", extra=["D-7K3M9", "O38", "O05", "O58", "O05"])
    assert asked == ("O02", "O05", "O38", "O58", "O59", "O60", "O64", "D-7K3M9")


def test_a_form_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        officer_set().asked_on("no-such-form")


def test_sections_hold_the_asked_questions_and_the_open_checks() -> None:
    check = Question("D-7K3M9", "Is the lock fixed?", "checks", "choice")
    sections = officer_set().sections_for(
        ["O05", "O08", "O64", "D-7K3M9"], checks={"D-7K3M9": check}
    )
    assert [(one.id, [q.id for q in one.questions]) for one in sections] == [
        ("outside", ["O05", "O08"]),
        ("overall", ["O64"]),
        ("checks", ["D-7K3M9"]),
    ]
    assert [one.title for one in sections][:2] == ["Outside", "Overall"]


def test_scales_and_extra_choices_and_offers_all_become_choices() -> None:
    assert [one.value for one in ask("O08").choices] == [
        *("5", "4", "3", "2", "1"),
        *("unchecked", "not-applicable"),
    ]
    assert ask("O06").choice("needs-attention") == Choice(
        "needs-attention", "Needs attention", score=Decimal("0.4")
    )
    assert [one.value for one in ask("Y13").choices][-3:] == ["nobody-offered", "skip", "not-sure"]
    assert [one.value for one in ask("Y27").choices] == ["skip", "not-sure"]
    assert [one.value for one in ask("O19").choices] == ["unchecked"]
    assert ask("O52").choices == ()
    assert ask("O06").choice("no-such-answer") is None


@pytest.mark.parametrize(
    ("question", "value", "state", "score"),
    [
        ("O05", "yes", "scored", 1),
        ("O05", "no", "scored", 0),
        ("O05", "not-applicable", "excluded", None),
        ("O05", "unchecked", "missing", None),
        ("O05", None, "unanswered", None),
        ("O05", "what?", "unanswered", None),
        # reversed: yes is the bad answer
        ("O07", "yes", "scored", 0),
        ("O07", "no", "scored", 1),
        ("O23", "yes", "scored", 0),
        ("O58", "no", "scored", 1),
        ("O08", "4", "scored", Fraction(3, 4)),
        ("O06", "needs-attention", "scored", Fraction(2, 5)),
        ("O25", "a-wall-or-more", "scored", Fraction(1, 10)),
        ("O53", "not-asked", "missing", None),
        ("O60", "first-visit", "excluded", None),
        ("O02", "announced", "information", None),
        ("Y01", "skip", "missing", None),
        ("Y13", "nobody-offered", "excluded", None),
        ("Y24", "could-not-tell", "missing", None),
        ("Y25", "sure", "information", None),
        ("Y27", "It is warm", "information", None),
        ("Y27", "  ", "unanswered", None),
    ],
)
def test_what_an_answer_means_for_the_score(
    question: str, value: str | None, state: str, score: object
) -> None:
    outcome = ask(question).outcome(value)
    assert (outcome.state, outcome.score) == (state, score)


@pytest.mark.parametrize(
    ("question", "number", "score"),
    [
        ("O19", "18", 1),
        ("O19", "17.9", Fraction(2, 5)),
        ("O19", "16", Fraction(2, 5)),
        ("O19", "15.9", 0),
        ("O19", "-10", 0),
        ("O61", "20", 1),
        ("O61", "21", Fraction(2, 5)),
        ("O61", "60", Fraction(2, 5)),
        ("O61", "61", 0),
        ("O52", "3", None),
    ],
)
def test_numbers_score_by_their_bands(question: str, number: str, score: object) -> None:
    assert ask(question).outcome(Decimal(number)).score == score


def test_a_number_may_be_unchecked_only_where_the_set_says_so() -> None:
    assert ask("O19").outcome(None, "unchecked").state == "missing"
    assert ask("O61").outcome(None, "unchecked").state == "missing"
    assert ask("O52").outcome(None, "unchecked").state == "unanswered"
    assert ask("Y28").outcome(None, "not-sure").state == "missing"


@pytest.mark.parametrize(
    ("question", "value", "facts", "expected"),
    [
        ("O04", "unsafe", SUMMER, True),
        ("O04", "needs-attention", SUMMER, False),
        # O18: only from November to April
        *[
            ("O18", "unsafe", Facts(date(2026, m, 1)), m in {11, 12, 1, 2, 3, 4})
            for m in range(1, 13)
        ],
        ("O20", "unsafe", SUMMER, True),
        # O49: only where the home is staffed round the clock
        ("O49", "none", SUMMER, False),
        ("O49", "none", Facts(date(2026, 7, 1), staffed_24_hours=True), True),
        ("O49", "fewer", Facts(date(2026, 7, 1), staffed_24_hours=True), False),
        # O62: only when one of three certificates was expired or missing
        ("O62", "no", SUMMER, False),
        ("O62", "no", Facts(date(2026, 7, 1), expired_or_missing=frozenset({"eicr"})), True),
        (
            "O62",
            "no",
            Facts(date(2026, 7, 1), expired_or_missing=frozenset({"gas-safety-record", "epc"})),
            True,
        ),
        ("O62", "no", Facts(date(2026, 7, 1), expired_or_missing=frozenset({"epc"})), False),
        ("O62", "yes", Facts(date(2026, 7, 1), expired_or_missing=frozenset({"eicr"})), False),
        ("O64", "not-suitable", SUMMER, True),
        ("O64", None, SUMMER, False),
        ("O01", "no", SUMMER, False),
    ],
)
def test_which_answers_are_critical_when_and_where(
    question: str, value: str | None, facts: Facts, expected: bool
) -> None:
    assert ask(question).is_critical(value, facts) is expected


@pytest.mark.parametrize(
    ("question", "value", "allowed", "required"),
    [
        ("O05", "no", True, True),
        ("O05", "yes", True, False),
        ("O08", "2", True, True),
        ("O08", "3", True, False),
        ("O01", "no", True, False),
        ("O23", "yes", True, False),
        ("O59", "yes", False, False),
        ("Y01", "1", True, False),
        ("Y02", "no", False, False),
    ],
)
def test_photo_rules(question: str, value: str, allowed: bool, required: bool) -> None:
    assert ask(question).photo.allowed is allowed
    assert ask(question).needs_photo(value) is required


def test_photo_help_is_kept() -> None:
    assert "leave first if you smell gas" in (ask("O23").photo.help or "")
    assert "with no name in it" in (ask("O62").photo.help or "")
    assert ask("O24").help == "Unsafe means an uncontrolled leak, or no water."


@pytest.mark.parametrize(
    ("question", "value", "month", "raise_to", "expected"),
    [
        ("O05", "no", 7, None, "P1"),
        ("O05", "yes", 7, None, None),
        # by value
        ("O24", "needs-attention", 7, None, "P2"),
        ("O24", "unsafe", 7, None, "P1"),
        ("O25", "widespread", 7, None, "P1"),
        ("O25", "a-wall-or-more", 7, None, "P2"),
        ("O32", "unsafe", 7, None, "P1"),
        # by value and month
        ("O18", "unsafe", 1, None, "P1"),
        ("O18", "unsafe", 4, None, "P1"),
        ("O18", "unsafe", 5, None, "P2"),
        ("O18", "unsafe", 10, None, "P2"),
        ("O18", "unsafe", 11, None, "P1"),
        ("O18", "needs-attention", 1, None, "P2"),
        ("O20", "unsafe", 12, None, "P1"),
        ("O20", "unsafe", 6, None, "P2"),
        # the officer may raise, where the set allows it
        ("O06", "needs-attention", 7, None, "P2"),
        ("O06", "needs-attention", 7, "P1", "P1"),
        ("O06", "good", 7, "P1", None),
        ("O62", "no", 7, "P1", "P1"),
        ("O07", "yes", 7, "P1", "P2"),
        # the officer picks
        ("Y08", "yes", 7, None, None),
        ("Y14", "no", 7, None, "P1"),
        ("O43", "1", 7, None, "P4"),
    ],
)
def test_the_priority_of_a_repair(
    question: str, value: str, month: int, raise_to: str | None, expected: str | None
) -> None:
    assert ask(question).priority_for(value, month, raise_to) == expected


@pytest.mark.parametrize(
    ("condition", "below", "at", "above"),
    [
        (Condition("below", Decimal(18)), True, False, False),
        (Condition("at_most", Decimal(18)), True, True, False),
        (Condition("at_least", Decimal(18)), False, True, True),
        (Condition("above", Decimal(18)), False, False, True),
    ],
)
def test_conditions_at_their_limit(
    condition: Condition, below: bool, at: bool, above: bool
) -> None:
    numbers = [Decimal("17.9"), Decimal(18), Decimal("18.1")]
    assert [condition.holds(one) for one in numbers] == [below, at, above]


def test_conditions_on_numbers_raise_repairs() -> None:
    assert ask("O19").raises_defect(Decimal("17.9"))
    assert not ask("O19").raises_defect(Decimal(18))
    assert ask("O19").priority_for(Decimal(10), 7) == "P2"


def test_other_things_an_answer_asks_for() -> None:
    fans = ask("O26").defect
    assert fans is not None
    assert fans.target_working_days == 7
    assert ask("O23").emergency_panel("yes") == "gas"
    assert ask("O23").emergency_panel("no") is None
    gas = ask("O23").show_emergency
    assert gas is not None
    assert gas.before == "anything else"
    assert ask("O64").asks_why("with-actions")
    assert not ask("O64").asks_why("suitable")
    assert ask("Y08").asks_words("yes")
    assert ask("Y08").words_label == "What, and where?"
    assert ask("O54").theme == "maintenance"
    assert ask("O61").prompts(Decimal(3))
    assert not ask("O61").prompts(None)
    assert ask("O53").prompts("some")
    assert not ask("O53").prompts("all")


@pytest.mark.parametrize(
    ("percent", "band"),
    [
        (Fraction(100), "good"),
        (Fraction(85), "good"),
        (Fraction(84999, 1000), "mostly-good"),  # shown as 85.0, and still not good
        (Fraction(70), "mostly-good"),
        (Fraction(6999, 100), "needs-work"),
        (Fraction(50), "needs-work"),
        (Fraction(4999, 100), "not-good-enough"),
        (Fraction(0), "not-good-enough"),
    ],
)
def test_bands_use_the_unrounded_percentage(percent: Fraction, band: str) -> None:
    assert officer_set().band_for(percent).id == band


def test_the_sets_say_who_they_are_for_and_what_every_page_offers() -> None:
    assert officer_set().audience == "officer"
    assert young_set().audience == "young inspector"
    assert officer_set().worry_label is None
    assert young_set().worry_label == "Something is worrying me"
    assert [one.value for one in young_set().offers] == ["skip", "not-sure"]
    assert officer_set().critical_band.label == "Urgent action"
    assert officer_set().band("urgent-action") == officer_set().critical_band
    assert officer_set().partial_below == 80
    assert len(officer_set().scoring_words.rules) == 10
    assert officer_set().prompts["match-defects"] == "compare with our open list"
