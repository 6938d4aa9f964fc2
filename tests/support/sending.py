"""What a phone sends: whole inspections with photos, built for a visit of the test's world."""

from __future__ import annotations

import hashlib
import io
import uuid
from datetime import datetime, timedelta
from typing import Any

from qa_app.question_sets import queries as question_sets
from qa_app.question_sets.rules import Question
from qa_app.visits.models import Visit
from tests.support import pictures

SETS = {"officer": "officer-visit", "young-inspector": "young-inspector-visit"}


def new_id() -> str:
    """An id made on a phone."""
    return str(uuid.uuid4())


def sha(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def photo(number: int = 0) -> bytes:
    """A small JPEG, different for each number."""
    held = io.BytesIO()
    pictures.upright(64 + number, 48).save(held, "JPEG")
    return held.getvalue()


def finding(value: Any = None, room: str | None = None, **more: Any) -> dict[str, Any]:
    """One finding in the words of the sync contract."""
    return {
        "room": room, "status": None, "value": value, "comment": "", "reason": "", "raise": None,
        "photos": [], **more,
    }  # fmt: skip


def named(data: bytes, caption: str = "") -> dict[str, Any]:
    """A photo as a finding names it."""
    return {"sha256": sha(data), "caption": caption, "taken_at": None}


def body(
    visit: Visit,
    answers: dict[str, Any],
    *,
    now: datetime,
    voice: str = "officer",
    form: str = "full",
    **more: Any,
) -> dict[str, Any]:
    """An inspection: ``answers`` maps a question to a value, a finding or a list of findings."""
    made = []
    for question, given in answers.items():
        found = given if isinstance(given, list) else [given]
        made.append(
            {
                "question": question,
                "findings": [one if isinstance(one, dict) else finding(one) for one in found],
            }
        )
    return {
        "visit": visit.id,
        "question_set": {"key": SETS[voice], "version": 1},
        "form": form,
        "started": (now - timedelta(minutes=11)).isoformat(),
        "finished": now.isoformat(),
        "answers": made,
        **more,
    }


def best_answers(session: Any, visit: Visit, voice: str = "officer") -> dict[str, Any]:
    """The best answer to every question, room by room where the set asks so."""
    version = question_sets.version(session, SETS[voice], 1)
    assert version is not None
    return {
        one.id: _best(one, visit) for one in question_sets.question_set(version).questions.values()
    }


def _best(question: Question, visit: Visit) -> list[dict[str, Any]]:
    rooms: list[str | None] = [None]
    if question.per_room is not None:
        rooms = [room.id for room in visit.home.rooms if room.kind == question.per_room]
    return [finding(_value(question), room) for room in rooms]


def _value(question: Question) -> Any:
    if question.kind == "number":
        return 20
    if question.kind == "text":
        return "The garden"
    return max(question.choices, key=lambda one: -1 if one.score is None else one.score).value
