"""JSON from a phone, checked strictly: malformed is refused by name, everything else is taken."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qa_app.inspections import wire
from qa_app.inspections.rules.submission import STATUSES
from qa_app.question_sets.rules import PRIORITIES
from qa_app.sync.shapes import (
    AnswerValue,
    Either,
    Flag,
    ListOf,
    Maybe,
    Moment,
    OneOf,
    Path,
    Shape,
    Text,
    Thing,
    Whole,
)

DEEPEST = 20
LONGEST = 200_000
"""Characters of the longest words anybody may send."""
BODY_LIMIT = 8 * 1024 * 1024
UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_A_UUID = Text(36, UUID, "7b0f1c9e-5c8e-4a8e-9a51-0c8a6a5b1f10")
_WORDS = Maybe(Text(LONGEST))

PHOTO = Thing(
    must={"sha256": Text(64, r"[0-9a-f]{64}", "64 hex digits in lower case")},
    may={"caption": Maybe(Text(2000)), "taken_at": Maybe(Moment())},
)
FINDING = Thing(
    must={},
    may={
        "room": Maybe(Text(36)),
        "status": Maybe(OneOf(STATUSES)),
        "value": Maybe(AnswerValue(LONGEST)),
        "comment": _WORDS,
        "reason": _WORDS,
        "raise": Maybe(Either((OneOf(PRIORITIES), Flag()))),
        "photos": Maybe(ListOf(PHOTO, 200)),
    },
)
ANSWER = Thing(must={"question": Text(42), "findings": ListOf(FINDING, 500)}, may={})
ROOM = Thing(must={"id": Text(36)}, may={"kind": Maybe(Text(60)), "label": Maybe(Text(200))})
TOLD = Thing(must={}, may={"who": Maybe(Text(500)), "how": Maybe(Text(500)), "at": Maybe(Moment())})
WORRY = Thing(must={"to": Text(30), "words": Text(LONGEST)}, may={})
SET = Thing(must={"key": Text(60), "version": Whole(1_000_000)}, may={})
_LISTS: Mapping[str, Shape] = {
    "asked": Maybe(ListOf(Text(42), 2000)),
    "rooms": Maybe(ListOf(ROOM, 500)),
    "told": Maybe(ListOf(TOLD, 100)),
    "worries": Maybe(ListOf(WORRY, 100)),
}

INSPECTION = Thing(
    must={
        "visit": _A_UUID,
        "question_set": SET,
        "form": Text(30),
        "started": Moment(),
        "finished": Moment(),
        "answers": ListOf(ANSWER, 2000),
    },
    may=_LISTS,
)
DRAFT = Thing(
    must={"id": _A_UUID, "device": Text(80), "saved_at": Moment()},
    may={
        "visit": Maybe(_A_UUID),
        "question_set": Maybe(SET),
        "form": Maybe(Text(30)),
        "started": Maybe(Moment()),
        "finished": Maybe(Moment()),
        "answers": Maybe(ListOf(ANSWER, 2000)),
        **_LISTS,
    },
)
HOME_REF = Text(12, r"[A-Za-z]-?\d{1,8}", "H-0042")
UNPLANNED = Thing(
    must={"home": HOME_REF, "purpose": Text(30), "form": Text(30), "started": Moment()}, may={}
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong: the question it is about, if any, and what to do."""

    question: str | None
    message: str


class Malformed(Exception):
    """The body cannot be taken; ``mistakes`` say why (422)."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        super().__init__("malformed")
        self.mistakes = tuple(mistakes)[:100]


def parse(body: bytes, shape: Thing) -> dict[str, Any]:
    """Return the JSON object in a body; see ``parse_whole``."""
    return parse_whole(body, shape)[0]


def parse_whole(body: bytes, shape: Thing) -> tuple[dict[str, Any], bytes]:
    """Return the JSON object in a body, and its RFC 8785 form; ``Malformed`` unless it is JSON of this shape that has one."""
    content = _read(body)
    wrong = list(shape.check(content, ()))
    if wrong:
        raise Malformed(
            Mistake(_question(content, path), f"{_where(path)} {message}")
            for path, message in wrong
        )
    try:
        return content, wire.canonical(content)
    except (ValueError, RecursionError):
        raise Malformed([Mistake(None, "A number or a letter in it cannot be kept")]) from None


def _read(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_no_twins,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        raise Malformed([Mistake(None, f"This is not JSON: {error}"[:300])]) from None
    if not isinstance(content, dict):
        raise Malformed([Mistake(None, "An object was expected")])
    if _is_too_deep(content):
        raise Malformed([Mistake(None, "This JSON is nested too deeply")])
    return content


def _is_too_deep(value: Any, left: int = DEEPEST) -> bool:
    """Whether lists and objects are nested deeper than any answer needs."""
    if left == 0:
        return isinstance(value, dict | list)
    if isinstance(value, dict):
        return any(_is_too_deep(one, left - 1) for one in value.values())
    return isinstance(value, list) and any(_is_too_deep(one, left - 1) for one in value)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _question(content: Any, path: Path) -> str | None:
    """Return the question that a place in the body is about."""
    if len(path) >= 2 and path[0] == "answers" and isinstance(path[1], int):
        answer = content["answers"][path[1]]
        named = answer.get("question") if isinstance(answer, dict) else None
        return named if isinstance(named, str) else None
    return None


def _where(path: Path) -> str:
    return ".".join(str(part) for part in path) or "The body"
