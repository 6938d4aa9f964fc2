"""Question sets and submissions to test rules with: the two shipped files, and short ways to say
what somebody answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from qa_app.inspections.rules.submission import Answer, Finding, PhotoRef, RoomSeen, Submission
from qa_app.question_sets.loading import parse
from qa_app.question_sets.rules import Facts, QuestionSet

FOLDER = Path(__file__).parents[2] / "qa_app" / "data" / "question_sets"
FILES = ("officer-visit", "young-inspector-visit")

WINTER = Facts(started_on=date(2026, 1, 15))
SUMMER = Facts(started_on=date(2026, 7, 15))

BEDROOM_1 = RoomSeen("bed-1", "bedroom", "Bedroom 1")
BEDROOM_2 = RoomSeen("bed-2", "bedroom", "Bedroom 2")
BATHROOM = RoomSeen("bath-1", "bathroom", "Bathroom")
KITCHEN = RoomSeen("kitchen-1", "kitchen", "Kitchen")
ENDED_BEDROOM = RoomSeen("bed-9", "bedroom", "Old bedroom", is_ended=True)
ROOMS = (BEDROOM_1, BEDROOM_2, BATHROOM, KITCHEN)
PHOTO = PhotoRef("0" * 64, "The lock")


def text_of(name: str) -> str:
    """The YAML of a shipped file."""
    return (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


@cache
def officer_set() -> QuestionSet:
    """The shipped set of an officer."""
    return parse(text_of("officer-visit"))


@cache
def young_set() -> QuestionSet:
    """The shipped set of a young inspector."""
    return parse(text_of("young-inspector-visit"))


def finding(value: object = None, room: str | None = None, **more: Any) -> Finding:
    """A finding; a number may be written as a float, int or Decimal."""
    if isinstance(value, int | float):
        value = Decimal(str(value))
    return Finding(room=room, value=value, **more)  # type: ignore[arg-type]  # tests try anything


def answers(given: Mapping[str, object]) -> tuple[Answer, ...]:
    """`{"O05": "no", "O38.bed-1": "yes", "O19": Finding(...)}` as answers, one a question."""
    found: dict[str, list[Finding]] = {}
    for key, value in given.items():
        question, _, room = key.partition(".")
        if isinstance(value, Finding):
            one = value
        else:
            one = finding(value, room or None)
        found.setdefault(question, []).append(one)
    return tuple(Answer(question, tuple(several)) for question, several in found.items())


def submission(
    given: Mapping[str, object] | Sequence[Answer],
    *,
    rooms: tuple[RoomSeen, ...] = (),
    key: str = "officer-visit",
) -> Submission:
    """A submission that holds these answers and nothing else of interest."""
    at = datetime(2026, 1, 15, 10, tzinfo=UTC)
    held = answers(given) if isinstance(given, Mapping) else tuple(given)
    return Submission("a-visit", key, 1, "full", at, at, None, held, rooms)
