"""Fills in the form of an inspection as a browser does: every field by its name in the contract."""

from __future__ import annotations

import io
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from qa_app.base.db import db
from qa_app.inspections import wire
from qa_app.inspections.preparing import Prepared, prepare
from qa_app.inspections.rules.submission import Finding, RoomSeen, Submission
from qa_app.ports import clock
from qa_app.question_sets.rules import Question
from qa_app.visits.models import Draft, Visit
from tests.support.client import Browser

MULTIPART = "multipart/form-data"


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


def picture(data: bytes, name: str = "photo.jpg") -> tuple[io.BytesIO, str]:
    """A file as a browser sends it."""
    return io.BytesIO(data), name


def send(
    browser: Browser, visit: Visit, action: Any = "save", page: Any = "", **fields: Any
) -> TestResponse:
    """Send a page of the form."""
    answer = browser.post(
        f"/visits/{visit.id}/inspect{page}", {**fields, "action": action}, content_type=MULTIPART
    )
    answer.request.environ[
        "wsgi.input"
    ].close()  # a large form waits in a file of the test client's
    return answer


def draft(visit: Visit, device: str = "web") -> Submission:
    """What has been kept so far."""
    [row] = db.session.query(Draft).filter_by(visit_id=visit.id, device=device)
    found = wire.submission_of(row.content)
    db.session.rollback()
    return found


def finding(submission: Submission, question: str, room: str | None = None) -> Finding:
    """The one finding of a question in a place."""
    [one] = [
        found
        for answer in submission.answers
        if answer.question == question
        for found in answer.findings
        if found.room == room
    ]
    return one
