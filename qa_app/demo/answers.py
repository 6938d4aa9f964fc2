"""Turns what a story says about a visit into whole answers: what is not mentioned is answered as its level has it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from qa_app.inspections.rules.submission import Answer, Finding, PhotoRef, RoomSeen
from qa_app.question_sets.rules import Question, QuestionSet, Value


@dataclass(frozen=True)
class Shot:
    """A photo to draw: a kind of room, perhaps a fault in it, a caption, and a seed that tells walls apart."""

    kind: str
    fault: str | None = None
    caption: str = ""
    seed: int = 0


@dataclass(frozen=True)
class Said:
    """What somebody answered: a value (or why there is none), their words, their photos."""

    value: Value = None
    comment: str = ""
    shots: tuple[Shot, ...] = ()
    reason: str = ""
    status: str | None = None


Story = Mapping[str, Said | str]
"""What is worth telling, by question ("O25") or question and room ("O38.Bedroom 2"); a bare text is a value."""

Shoot = Callable[[Shot], PhotoRef]
"""Takes a photo in and returns how the answers name it."""

GOOD: Final = {"5": 7, "4": 3}
FAIR: Final = {"5": 3, "4": 5, "3": 2}
POOR: Final = {"4": 3, "3": 7}
LEVELS: Final = {"good": GOOD, "fair": FAIR, "poor": POOR}
"""How often a question from one to five that the story does not mention gets which answer."""

USUAL: Final[Mapping[str, Said | str]] = {
    "O02": "announced",
    "O19": Said(Decimal("20.5")),
    "O52": Said(Decimal(2)),
    "O60": "all",
    "O61": Said(Decimal(6)),
    "O63": "no",
    "O64": "suitable",
    "Y25": "sure",
    "Y27": Said(status="skip"),
    "Y28": Said(status="skip"),
}
"""Answers that are not the best of a scale: facts, counts and words."""


def whole(
    question_set: QuestionSet,
    asked: Sequence[str],
    rooms: Sequence[RoomSeen],
    story: Story,
    *,
    level: str,
    seed: str,
    shoot: Shoot,
) -> tuple[Answer, ...]:
    """Return an answer to every question asked, room by room where the set says so.

    Checks of what was open (``D-...``) are answered only where the story has them. The same arguments
    give the same answers. ``KeyError`` when the story names a question or a room that is not asked about.
    """
    chance = random.Random(seed)  # noqa: S311 - a story, not a secret
    left = set(story)
    found = []
    for question_id in asked:
        question = question_set.question(question_id)
        places = _places(question, rooms)
        findings = []
        for room in places:
            key = question_id if room is None else f"{question_id}.{room.label}"
            said = story.get(key, story.get(question_id))
            left -= {key, question_id}
            if said is None and question is not None:
                said = _usual(question, level, chance)
            if said is not None:
                findings.append(_finding(said, room, shoot))
        if findings:
            found.append(Answer(question_id, tuple(findings)))
    if left:
        raise KeyError(f"the story tells of what is not asked: {', '.join(sorted(left))}")
    return tuple(found)


def _places(question: Question | None, rooms: Sequence[RoomSeen]) -> Sequence[RoomSeen | None]:
    if question is None or question.per_room is None:
        return (None,)
    return [room for room in rooms if room.kind == question.per_room and not room.is_ended]


def _usual(question: Question, level: str, chance: random.Random) -> Said:
    """Return what is answered where nothing is worth telling."""
    usual = USUAL.get(question.id)
    if usual is not None:
        return usual if isinstance(usual, Said) else Said(usual)
    scored = [choice for choice in question.choices if choice.score is not None]
    if {"1", "2", "3", "4", "5"} <= {choice.value for choice in scored}:
        weights = LEVELS[level]
        return Said(chance.choices(list(weights), list(weights.values()))[0])
    best = max(scored or question.choices, key=lambda choice: choice.score or Decimal(0))
    return Said(best.value)


def _finding(said: Said | str, room: RoomSeen | None, shoot: Shoot) -> Finding:
    told = said if isinstance(said, Said) else Said(said)
    return Finding(
        room=room.id if room is not None else None,
        value=told.value,
        status=told.status,
        comment=told.comment,
        reason=told.reason,
        photos=tuple(shoot(shot) for shot in told.shots),
    )
