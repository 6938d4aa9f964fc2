"""The kinds of answer: how each is read from a form, taken from a phone, and put into words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from qa_app.question_sets.rules import Kind, Question, Value

_MOST_DIGITS = 20
_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{0,6})?")
_AS_TYPED = str.maketrans({"−": "-", "–": "-", ",": ".", " ": "", "\u00a0": ""})


@dataclass(frozen=True, slots=True)
class AnswerRead:
    """What a form field held. `problem` says what to do about it; then there is no value."""

    value: Value = None
    status: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerKind:
    """One kind of answer. `template` names the part of a page that asks for it.

    `read` takes the words of a form field, `refuses` a value a phone sent (and says what is
    unknown about it, or None), `export` gives the words of a value.
    """

    read: Callable[[Question, str], AnswerRead]
    refuses: Callable[[Question, Value], str | None]
    export: Callable[[Question, Value], str]
    template: str


def read(question: Question, raw: str) -> AnswerRead:
    """A form field's words as a value, a status, or a problem; nothing at all when left empty."""
    words = raw.replace("\x00", "").replace("\r\n", "\n").strip()
    if not words:
        return AnswerRead()
    if question.kind != "choice" and question.choice(words) is not None:
        return AnswerRead(status=words)
    return KINDS[question.kind].read(question, words)


def refuses(question: Question, value: Value) -> str | None:
    """What is unknown about a value, in plain English; None when it can be taken.

    A number out of range, or with too many decimals, is taken (product.md, sync contract).
    """
    if value is None or value == "" or question.choice(value) is not None:
        return None
    return KINDS[question.kind].refuses(question, value)


def export(question: Question, value: Value, status: str | None = None) -> str:
    """An answer in words, such as "Needs attention" or "17.5 degrees Celsius"; "" for none."""
    choice = question.choice(status if value is None or value == "" else value)
    if choice is not None:
        return choice.label
    return "" if value is None else KINDS[question.kind].export(question, value)


def has_too_many_decimals(question: Question, number: Decimal) -> bool:
    """Whether a number is finer than the question asks for."""
    if question.decimals is None:
        return False
    exponent = number.normalize().as_tuple().exponent
    return isinstance(exponent, int) and -exponent > question.decimals


def _read_choice(question: Question, words: str) -> AnswerRead:
    if question.choice(words) is None:
        return AnswerRead(problem="Choose one of the answers on the list")
    return AnswerRead(value=words)


def _refuses_choice(question: Question, value: Value) -> str | None:
    offered = ", ".join(one.value for one in question.choices)
    return f"'{str(value)[:40]}' is not one of the answers: {offered}"


def _export_choice(question: Question, value: Value) -> str:
    return str(value)


def _read_number(question: Question, words: str) -> AnswerRead:
    plain = words.translate(_AS_TYPED)
    if not _NUMBER.fullmatch(plain):
        return AnswerRead(problem=f"Enter a number{_example(question)}")
    number = Decimal(plain)
    if has_too_many_decimals(question, number):
        places = question.decimals or 0
        if places == 0:
            return AnswerRead(problem="Enter a whole number, such as 3")
        after = "digit" if places == 1 else "digits"
        return AnswerRead(
            problem=f"Enter a number with at most {places} {after} after the point, such as 17.5"
        )
    return AnswerRead(value=number)


def _example(question: Question) -> str:
    return ", such as 3" if question.decimals == 0 else ", such as 17.5"


def _refuses_number(question: Question, value: Value) -> str | None:
    if not isinstance(value, Decimal) or not value.is_finite():
        return f"'{str(value)[:40]}' is not a number"
    if abs(value.adjusted()) > _MOST_DIGITS or len(value.as_tuple().digits) > _MOST_DIGITS:
        return "This number has more digits than we can keep"
    return None


def _export_number(question: Question, value: Value) -> str:
    if not isinstance(value, Decimal):
        return str(value)
    digits = f"{value:f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return f"{digits} {question.unit}" if question.unit else digits


def _read_text(question: Question, words: str) -> AnswerRead:
    return AnswerRead(value=words)


def _refuses_text(question: Question, value: Value) -> str | None:
    return None if isinstance(value, str) else "This is not words"


def _export_text(question: Question, value: Value) -> str:
    return str(value)


KINDS: Mapping[Kind, AnswerKind] = {
    "choice": AnswerKind(_read_choice, _refuses_choice, _export_choice, "choice"),
    "number": AnswerKind(_read_number, _refuses_number, _export_number, "number"),
    "text": AnswerKind(_read_text, _refuses_text, _export_text, "text"),
}
"""One entry a kind; a new kind is one entry here and one template of the same name."""
