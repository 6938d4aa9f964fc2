"""A submission as JSON: what a phone sends, what is kept, and what its digest is taken over."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import rfc8785

from qa_app.inspections.rules.submission import (
    Answer,
    Finding,
    PhotoRef,
    RoomSeen,
    Submission,
    Told,
    Worry,
)
from qa_app.question_sets.rules import Value

Json = dict[str, Any]


def canonical(content: Mapping[str, Any]) -> bytes:
    """Return the RFC 8785 form of a JSON object; ``ValueError`` when it has none (a number too large)."""
    return rfc8785.dumps(dict(content))


def digest(body: bytes) -> str:
    """Return the SHA-256 of a canonical body, in hex."""
    return hashlib.sha256(body).hexdigest()


def content_of(submission: Submission) -> Json:
    """Return a submission in the shape of the sync contract, every key there (for what a form sent)."""
    return {
        "visit": submission.visit,
        "question_set": {"key": submission.set_key, "version": submission.set_version},
        "form": submission.form,
        "started": _moment_out(submission.started),
        "finished": _moment_out(submission.finished),
        "asked": None if submission.asked is None else list(submission.asked),
        "answers": [
            {"question": one.question, "findings": [_finding_out(found) for found in one.findings]}
            for one in submission.answers
        ],
        "rooms": [{"id": one.id, "kind": one.kind, "label": one.label} for one in submission.rooms],
        "told": [
            {"who": one.who, "how": one.how, "at": _moment_out(one.at)} for one in submission.told
        ],
        "worries": [{"to": one.to, "words": one.words} for one in submission.worries],
    }


def submission_of(content: Mapping[str, Any]) -> Submission:
    """Read a submission, or an unfinished one, out of JSON whose shape has been checked."""
    chosen = content.get("question_set") or {}
    asked = content.get("asked")
    return Submission(
        visit=str(content.get("visit") or "").lower(),
        set_key=str(chosen.get("key") or ""),
        set_version=int(chosen.get("version") or 0),
        form=str(content.get("form") or ""),
        started=_moment_in(content.get("started")),
        finished=_moment_in(content.get("finished")),
        asked=None if asked is None else tuple(asked),
        answers=tuple(
            Answer(one["question"], tuple(_finding_in(found) for found in _list(one, "findings")))
            for one in _list(content, "answers")
        ),
        rooms=tuple(
            RoomSeen(one["id"], one.get("kind") or "", one.get("label") or "")
            for one in _list(content, "rooms")
        ),
        told=tuple(
            Told(one.get("who") or "", one.get("how") or "", _moment_in(one.get("at")))
            for one in _list(content, "told")
        ),
        worries=tuple(
            Worry(one.get("to") or "", one.get("words") or "") for one in _list(content, "worries")
        ),
    )


def photo_names(submission: Submission) -> tuple[str, ...]:
    """Return the SHA-256 of every photo that a submission names, each once, in order: its manifest."""
    return tuple(
        dict.fromkeys(
            photo.sha256
            for answer in submission.answers
            for finding in answer.findings
            for photo in finding.photos
        )
    )


def number_out(value: Decimal) -> int | float:
    """Return a number as JSON has it."""
    return int(value) if value == value.to_integral_value() else float(value)


def _finding_out(finding: Finding) -> Json:
    value = finding.value
    return {
        "room": finding.room,
        "status": finding.status,
        "value": number_out(value) if isinstance(value, Decimal) else value,
        "comment": finding.comment,
        "reason": finding.reason,
        "raise": finding.raise_to,
        "photos": [
            {"sha256": one.sha256, "caption": one.caption, "taken_at": _moment_out(one.taken_at)}
            for one in finding.photos
        ],
    }


def _finding_in(found: Mapping[str, Any]) -> Finding:
    return Finding(
        room=found.get("room"),
        value=_value_in(found.get("value")),
        status=found.get("status"),
        comment=found.get("comment") or "",
        reason=found.get("reason") or "",
        raise_to=_raise_to(found.get("raise")),
        photos=tuple(
            PhotoRef(one["sha256"], one.get("caption") or "", _moment_in(one.get("taken_at")))
            for one in _list(found, "photos")
        ),
    )


def _raise_to(said: str | bool | None) -> str | None:
    """The priority an officer raises to: named, or, with true, the most urgent there is."""
    if isinstance(said, bool):
        return "P1" if said else None
    return said


def _value_in(value: object) -> Value:
    if value is None or isinstance(value, str):
        return value
    return Decimal(str(value))


def _list(content: Mapping[str, Any], key: str) -> Sequence[Any]:
    return content.get(key) or ()


def _moment_out(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment_in(text: str | None) -> datetime | None:
    return None if not text else datetime.fromisoformat(text.upper())
