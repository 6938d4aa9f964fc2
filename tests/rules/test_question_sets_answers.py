"""The kinds of answer: reading what people type, refusing what is unknown, saying it in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.question_sets.answers import KINDS, AnswerRead, export, read, refuses
from qa_app.question_sets.rules import Question
from tests.support.question_sets import officer_set, young_set


def ask(question_id: str) -> Question:
    return {**officer_set().questions, **young_set().questions}[question_id]


@pytest.mark.parametrize(
    ("question", "typed", "expected"),
    [
        ("O19", "17.5", Decimal("17.5")),
        ("O19", "17,5", Decimal("17.5")),
        ("O19", " 17.5 ", Decimal("17.5")),
        ("O19", "17.", Decimal(17)),
        ("O19", "17.50", Decimal("17.5")),
        ("O19", "-3", Decimal(-3)),
        ("O19", "−3", Decimal(-3)),
        ("O19", "+3", Decimal(3)),
        ("O19", "400", Decimal(400)),  # out of range: taken, and flagged later
        ("O52", "3", Decimal(3)),
        ("O52", "0", Decimal(0)),
    ],
)
def test_numbers_as_people_type_them(question: str, typed: str, expected: Decimal) -> None:
    assert read(ask(question), typed) == AnswerRead(value=expected)


@pytest.mark.parametrize(
    ("question", "typed", "problem"),
    [
        ("O19", "warm", "Enter a number, such as 17.5"),
        ("O19", "17.5.1", "Enter a number, such as 17.5"),
        ("O19", "1e3", "Enter a number, such as 17.5"),
        ("O19", "NaN", "Enter a number, such as 17.5"),
        ("O19", "17.55", "Enter a number with at most 1 digit after the point, such as 17.5"),
        ("O52", "2.5", "Enter a whole number, such as 3"),
        ("O52", "1,234", "Enter a whole number, such as 3"),
        ("O52", "three", "Enter a number, such as 3"),
        ("O52", "unchecked", "Enter a number, such as 3"),
        ("O05", "maybe", "Choose one of the answers on the list"),
        ("O05", "skip", "Choose one of the answers on the list"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(question: str, typed: str, problem: str) -> None:
    assert read(ask(question), typed) == AnswerRead(problem=problem)


@pytest.mark.parametrize(
    ("question", "typed", "expected"),
    [
        ("O05", "", AnswerRead()),
        ("O19", "  ", AnswerRead()),
        ("Y27", "\r\n", AnswerRead()),
        ("O05", "no", AnswerRead(value="no")),
        ("O05", "unchecked", AnswerRead(value="unchecked")),
        ("Y01", "not-sure", AnswerRead(value="not-sure")),
        ("O19", "unchecked", AnswerRead(status="unchecked")),
        ("Y27", "skip", AnswerRead(status="skip")),
        ("Y27", " Warm\r\nand kind\x00 ", AnswerRead(value="Warm\nand kind")),
    ],
)
def test_other_fields(question: str, typed: str, expected: AnswerRead) -> None:
    assert read(ask(question), typed) == expected


@pytest.mark.parametrize(
    ("question", "value", "is_refused"),
    [
        ("O05", "yes", False),
        ("O05", "unchecked", False),
        ("O05", None, False),
        ("O05", "perhaps", True),
        ("O05", Decimal(1), True),
        ("O08", "5", False),
        ("O08", Decimal(5), True),
        ("O19", Decimal("17.55"), False),
        ("O19", Decimal(900), False),
        ("O19", "warm", True),
        ("O19", Decimal("NaN"), True),
        ("O19", Decimal("Infinity"), True),
        ("O19", Decimal("1e999999"), True),
        ("Y27", "words", False),
        ("Y27", Decimal(3), True),
    ],
)
def test_values_a_phone_may_send(question: str, value: str | Decimal, is_refused: bool) -> None:
    assert (refuses(ask(question), value) is not None) is is_refused


@pytest.mark.parametrize(
    ("question", "value", "status", "words"),
    [
        ("O06", "needs-attention", None, "Needs attention"),
        ("O08", "1", None, "1 - very poor"),
        ("O19", Decimal("17.5"), None, "17.5 degrees Celsius"),
        ("O19", Decimal("18.0"), None, "18 degrees Celsius"),
        ("O61", Decimal("1E+2"), None, "100 days"),
        ("O19", None, "unchecked", "Could not check"),
        ("Y27", "It is warm", None, "It is warm"),
        ("Y27", None, "skip", "Skip"),
        ("O05", None, None, ""),
        ("O05", "gone", None, "gone"),
    ],
)
def test_answers_in_words(
    question: str, value: str | Decimal | None, status: str | None, words: str
) -> None:
    assert export(ask(question), value, status) == words


def test_there_is_one_entry_for_each_kind_in_the_files() -> None:
    kinds = {
        one.kind for one in (*officer_set().questions.values(), *young_set().questions.values())
    }
    assert kinds == set(KINDS)
    assert {one.template for one in KINDS.values()} == kinds


@given(st.text(max_size=30), st.sampled_from(["O05", "O19", "O52", "Y27", "Y01"]))
def test_whatever_is_typed_is_a_value_a_status_or_a_problem(typed: str, question: str) -> None:
    found = read(ask(question), typed)
    assert [found.value, found.status, found.problem].count(None) >= 2
    assert refuses(ask(question), found.value) is None
