"""Finished inspections for tests: the best answer to every question, except where a test says otherwise."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.homes.models import Home
from qa_app.inspections import service
from qa_app.inspections.models import Inspection
from qa_app.inspections.rules.submission import (
    Answer,
    Finding,
    PhotoRef,
    RoomSeen,
    Submission,
    Told,
    Worry,
)
from qa_app.photos.models import Photo
from qa_app.ports import clock, ports
from qa_app.question_sets import queries as question_sets
from qa_app.question_sets.rules import Question, QuestionSet, Value
from qa_app.visits.models import Visit
from qa_app.visits.queries import questions_of

Wanted = Mapping[str, Any]
"""`{"O05": "no", "O38.Bedroom 1": Finding(value="no", comment="...")}`; the part after the dot is the room's label."""


def best(question: Question) -> Value:
    """The answer that scores most, or the first on offer."""
    if question.kind == "text":
        return "Nothing to say"
    if question.kind == "number":
        bands = sorted(question.bands, key=lambda one: one.score, reverse=True)
        tried = (question.minimum, question.maximum, *range(15, 70))
        numbers = [one for one in tried if one is not None]

        for band in bands:
            for one in numbers:
                if band.condition.holds(Decimal(one)):
                    return Decimal(one)
        return Decimal(numbers[0] if numbers else 1)
    scored = [one for one in question.choices if one.score is not None]
    if scored:
        return max(scored, key=lambda one: one.score or 0).value
    plain = [one for one in question.choices if one.coverage is None]
    return (plain or list(question.choices))[0].value


def answers(
    question_set: QuestionSet, asked: tuple[str, ...], home: Home, wanted: Wanted
) -> tuple[Answer, ...]:
    """Every question answered in every room it is asked for."""
    found = []
    for question_id in asked:
        question = question_set.question(question_id)
        if question is None:
            continue
        rooms = [one for one in home.rooms if one.kind == question.per_room] or [None]
        findings = []
        for room in rooms:
            label = f"{question_id}.{room.label}" if room is not None else question_id
            given = wanted.get(label, wanted.get(question_id, best(question)))
            one = given if isinstance(given, Finding) else Finding(value=given)
            if question.needs_photo(one.value) and not one.photos and not one.reason:
                one = replace(one, reason="Too dark to see")
            findings.append(replace(one, room=room.id if room is not None else None))
        found.append(Answer(question_id, tuple(findings)))
    return tuple(found)


def finish(
    session: Session,
    visit: Visit,
    person: User,
    wanted: Wanted | None = None,
    *,
    finished: datetime | None = None,
    told: tuple[Told, ...] = (),
    worries: tuple[Worry, ...] = (),
    client_id: str | None = None,
) -> Inspection:
    """Send a whole inspection as one person of the visit."""
    voice = next(one.voice for one in visit.people if one.user_id == person.id)
    row = questions_of(visit, voice)
    assert row is not None
    question_set = question_sets.question_set(row.version)
    asked = tuple(row.asked or question_set.asked_on(row.form))
    now = clock().now()
    sent = Submission(
        visit=visit.id,
        set_key=question_set.key,
        set_version=question_set.version,
        form=row.form,
        started=finished or now,
        finished=finished or now,
        answers=answers(question_set, asked, visit.home, wanted or {}),
        rooms=tuple(RoomSeen(one.id, one.kind, one.label) for one in visit.home.rooms),
        told=told,
        worries=worries,
    )
    name = client_id or str(uuid.uuid4())
    service.submit(session, person, client_id=name, submission=sent, doors=ports(), now=now)
    return session.query(Inspection).filter_by(user_id=person.id, client_id=name).one()


def sent(visit: Visit, person: User, wanted: Wanted | None = None, **more: Any) -> Inspection:
    """Send a whole inspection and commit it."""
    visit_id, person_id = visit.id, person.id
    with writing() as session:
        made = finish(
            session,
            session.get_one(Visit, visit_id),
            session.get_one(User, person_id),
            wanted,
            **more,
        )
        found = made.id
    return db.session.get_one(Inspection, found)


def with_photo(person: User, client_id: str, sha256: str, caption: str = "") -> PhotoRef:
    """Put a clean photo there, as if the worker had been, and return what names it."""
    user_id = person.id
    with writing() as session:
        session.add(
            Photo(
                id=f"photo-{sha256[:16]}", owner_kind="inspection", owner_id=f"{user_id}/{client_id}",
                user_id=user_id, sha256=sha256, content_type="image/jpeg", size=1000, state="clean",
                large_key=f"{sha256}-large", small_key=f"{sha256}-small", width=640, height=480,
                received_at=clock().now(), cleaned_at=clock().now(),
            )
        )  # fmt: skip
    ports().photos.put(f"{sha256}-large", b"large")
    ports().photos.put(f"{sha256}-small", b"small")
    return PhotoRef(sha256, caption)
