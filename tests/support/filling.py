"""Fills in the form of an inspection as a browser does: every field by its name in the contract."""

from __future__ import annotations

from typing import Any

from flask import Flask

from qa_app.base.db import db
from qa_app.inspections.preparing import Prepared, prepare
from qa_app.inspections.rules.submission import RoomSeen
from qa_app.ports import clock
from qa_app.question_sets.rules import Question
from qa_app.visits.models import Visit


def prepared(app: Flask, visit: Visit, voice: str = "officer") -> Prepared:
    """What a voice is asked on a visit."""
    found = prepare(db.session(), db.session.get_one(Visit, visit.id), voice, now=clock().now())
    db.session.rollback()
    return found


def best(question: Question) -> str:
    """The answer that scores most; a plain one where none is scored."""
    if question.kind == "number":
        return "19.5" if question.decimals else "3"
    if question.kind == "text":
        return "The garden"
    scored = [one for one in question.choices if one.score is not None]
    found = max(scored, key=lambda one: one.score or 0) if scored else question.choices[0]
    return found.value


def names(question: Question, rooms: tuple[RoomSeen, ...]) -> list[str]:
    """The names of the fields of a question."""
    if question.per_room is None:
        return [question.id]
    live = [one for one in rooms if one.kind == question.per_room and not one.is_ended]
    return [f"{question.id}.{one.id}" for one in live]


def all_answers(made: Prepared, **changes: Any) -> dict[str, Any]:
    """Every question asked, answered as well as can be; then what is changed."""
    known = {**made.question_set.questions, **made.checks}
    found: dict[str, Any] = {}
    for question_id in made.asked:
        for name in names(known[question_id], made.rooms):
            found[name] = best(known[question_id])
    return {**found, **changes}
