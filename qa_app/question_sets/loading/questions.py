"""Reading one question with all that hangs on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from qa_app.question_sets.loading.choices import Answers, read_choices, read_number_bands, read_when
from qa_app.question_sets.loading.consequences import (
    read_critical,
    read_defect,
    read_emergency,
    read_follow_up,
    read_photo,
    read_prompt,
)
from qa_app.question_sets.loading.fields import Fields
from qa_app.question_sets.loading.mistakes import Path, Report
from qa_app.question_sets.loading.text import UNREADABLE
from qa_app.question_sets.rules import (
    COULD_NOT_CHECK,
    STANDARDS,
    Choice,
    Kind,
    NumberBand,
    Question,
    Share,
)

_ID = re.compile(r"[A-Z][A-Z0-9]{0,9}")
_HAZARD = re.compile(r"H([1-9]\d?)")
_OF_NUMBERS = ("unit", "minimum", "maximum", "decimals", "scoring", "may_be_unchecked")


@dataclass(frozen=True, slots=True)
class Around:
    """What the rest of the file tells a question: scales, offers, prompts, number of hazards."""

    scales: Mapping[str, tuple[Choice, ...]]
    offers: tuple[Choice, ...]
    prompts: tuple[str, ...]
    hazards: int


@dataclass(frozen=True, slots=True)
class _Numbers:
    unit: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int | None = None
    bands: tuple[NumberBand, ...] = ()
    may_be_unchecked: bool = False


def read_question(
    data: object, path: Path, report: Report, *, section_id: str, around: Around
) -> Question | None:
    """One question of a section; None when it has no id to know it by."""
    known_as = data.get("id") if isinstance(data, dict) else None
    if isinstance(known_as, str):
        report.name(path, known_as)
    with Fields(data, path, report, what="a question") as f:
        question_id = f.text("id", needed=True)
        if question_id is not None and not _ID.fullmatch(question_id):
            f.wrong("An id is a capital letter, then capital letters and digits.", "id")
        text = f.text("text", needed=True) or ""
        answers, numbers = _read_answers(f, around)
        weight = f.number("weight", least=0, most=1000, needed=True) or Decimal(0)
        _check_scores(f, answers, numbers, weight)
        ask_words_when = read_when(f, "ask_words_when", answers)
        words_label = f.text("words_label")
        if bool(ask_words_when) != (words_label is not None):
            f.wrong("'ask_words_when' and 'words_label' belong together.")
        question = Question(
            id=question_id or "",
            text=text,
            section_id=section_id,
            kind=answers.kind,
            choices=answers.choices,
            weight=weight,
            per_room=f.slug("per_room"),
            critical=read_critical(f, answers),
            photo=read_photo(f, answers),
            defect=read_defect(f, answers),
            follow_up=read_follow_up(f, answers),
            prompt=read_prompt(f, answers, around.prompts),
            show_emergency=read_emergency(f, answers),
            share=cast("Share", f.one_of("share", ("yes", "reviewed", "never")) or "yes"),
            standards=f.texts("standards", options=STANDARDS, needed=True),
            hazards=_read_hazards(f, around.hazards),
            help=f.text("help"),
            unit=numbers.unit,
            minimum=numbers.minimum,
            maximum=numbers.maximum,
            decimals=numbers.decimals,
            bands=numbers.bands,
            ask_why_when=read_when(f, "ask_why_when", answers),
            ask_words_when=ask_words_when,
            words_label=words_label,
            theme=f.slug("theme"),
            may_be_unchecked=numbers.may_be_unchecked,
        )
    return question if question_id is not None else None


def _read_answers(f: Fields, around: Around) -> tuple[Answers, _Numbers]:
    """The kind of answer, every choice on offer, and what only numbers have."""
    kind = f.one_of("type", ("choice", "number", "text"))
    scale = f.text("scale")
    if f.has("scale") == f.has("type"):
        f.wrong("A question needs either 'scale' or 'type'.")
    numbers = _Numbers()
    own: tuple[Choice, ...] = ()
    if kind == "number":
        numbers = _read_numbers(f)
        own = (COULD_NOT_CHECK,) if numbers.may_be_unchecked else ()
    else:
        f.refuse(_OF_NUMBERS, "This belongs to a question for a number only.")
    if scale is not None and scale not in around.scales:
        f.wrong(f"There is no scale '{scale}'.", "scale")
    if kind == "choice":
        own = read_choices(f.items("choices", needed=True), f.report)
    else:
        f.refuse(("choices",), "This belongs to a question of type choice only.")
        own = around.scales.get(scale, own) if scale is not None else own
    if kind in {"number", "text"}:
        f.refuse(("extra_choices",), "This belongs to a question with choices only.")
        extra: tuple[Choice, ...] = ()
    else:
        extra = read_choices(f.items("extra_choices"), f.report)
    found: list[Choice] = []
    for choice in (*own, *extra, *around.offers):
        if any(one.value == choice.value for one in found):
            f.wrong(f"The choice '{choice.value}' is on offer twice.")
        else:
            found.append(choice)
    return Answers(cast("Kind", kind or "choice"), tuple(found)), numbers


def _read_numbers(f: Fields) -> _Numbers:
    low = f.number("minimum", needed=True)
    high = f.number("maximum", needed=True)
    if low is not None and high is not None and low >= high:
        f.wrong(f"The minimum {low} must be below the maximum {high}.", "minimum")
        low = high = None
    return _Numbers(
        unit=f.text("unit"),
        minimum=low,
        maximum=high,
        decimals=f.whole("decimals", least=0, most=6),
        bands=tuple(read_number_bands(f, low, high)),
        may_be_unchecked=f.flag("may_be_unchecked", default=False),
    )


def _check_scores(f: Fields, answers: Answers, numbers: _Numbers, weight: Decimal) -> None:
    """A question that carries weight must be able to give a score to every answer."""
    if weight == 0:
        return
    if answers.kind == "text":
        f.wrong("A question for words has no score, so its weight must be 0.", "weight")
    elif answers.kind == "number" and not numbers.bands:
        f.wrong("A number that carries weight needs 'scoring'.", "weight")
    elif answers.kind == "choice":
        bare = [one.value for one in answers.choices if one.score is None and one.coverage is None]
        if bare:
            f.wrong(f"With a weight, these need a score or a coverage: {', '.join(bare)}.")


def _read_hazards(f: Fields, most: int) -> tuple[str, ...]:
    found = f.texts("hazards")
    for i, (value, _) in enumerate(f.items("hazards")):
        match = _HAZARD.fullmatch(value) if isinstance(value, str) else None
        if value is not UNREADABLE and (match is None or int(match[1]) > most):
            f.wrong(f"'{value}' is not a hazard from H1 to H{most}.", "hazards", i)
    return found
