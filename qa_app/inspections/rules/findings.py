"""Which findings count: the last one a room, and the rooms that each question is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qa_app.inspections.rules.submission import Answer, Finding, RoomSeen
from qa_app.question_sets.rules import Outcome, Question

Findings = Mapping[str, Mapping[str | None, Finding]]
"""Question id -> room id (None: the whole home) -> what was found there."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A question in one place it is asked for, with what was found, if anything."""

    room: str | None
    finding: Finding | None
    outcome: Outcome


def has_answer(finding: Finding) -> bool:
    """Whether a finding holds a value, or says why there is none."""
    return finding.value not in {None, ""} or finding.status is not None


def gather(answers: Iterable[Answer]) -> dict[str, dict[str | None, Finding]]:
    """Findings by question and room. Told twice about one room, the last answer counts."""
    found: dict[str, dict[str | None, Finding]] = {}
    for answer in answers:
        rooms = found.setdefault(answer.question, {})
        for one in answer.findings:
            before = rooms.get(one.room)
            if before is None or has_answer(one) or not has_answer(before):
                rooms[one.room] = one
    return found


def cells(question: Question, rooms: Sequence[RoomSeen], findings: Findings) -> tuple[Cell, ...]:
    """The places a question is asked for, each with its finding.

    Asked once for the home; or, per room, for each living room of that kind, and for a room that
    has ended or is not on our record when the person did answer for it. No room of the kind: ().
    """
    mine = findings.get(question.id, {})
    if question.per_room is None:
        places: list[str | None] = [room for room, one in mine.items() if has_answer(one)]
        return tuple(_cell(question, room, mine.get(room)) for room in places or [None])
    kinds = {room.id: room.kind for room in rooms}
    asked = [one.id for one in rooms if one.kind == question.per_room and not one.is_ended]
    for room, one in mine.items():
        is_of_kind = room is not None and kinds.get(room, question.per_room) == question.per_room
        if room is not None and is_of_kind and has_answer(one) and room not in asked:
            asked.append(room)
    return tuple(_cell(question, room, mine.get(room)) for room in asked)


def _cell(question: Question, room: str | None, finding: Finding | None) -> Cell:
    if finding is None:
        return Cell(room, None, Outcome("unanswered"))
    return Cell(room, finding, question.outcome(finding.value, finding.status))
