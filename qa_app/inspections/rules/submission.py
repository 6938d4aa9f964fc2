"""What a person sends when a visit is finished: answers, findings, rooms seen, who was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qa_app.question_sets.rules import Facts, Value

__all__ = [
    "Answer",
    "Facts",
    "Finding",
    "PhotoRef",
    "RoomSeen",
    "Submission",
    "Told",
    "Worry",
]

STATUSES = ("unchecked", "skip", "not-sure")
"""Why a number or a text has no value (product.md, sync contract)."""


@dataclass(frozen=True, slots=True)
class PhotoRef:
    """A photo named by the SHA-256 (hex) of the bytes as taken."""

    sha256: str
    caption: str = ""
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer, about one room or (None) the whole home.

    `value` is a choice's value, a Decimal or a text; a number or text without one says why in
    `status`. `reason` says why there is no photo, or why a critical question was not checked.
    """

    room: str | None = None
    value: Value = None
    status: str | None = None
    comment: str = ""
    reason: str = ""
    raise_to: str | None = None
    photos: tuple[PhotoRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The findings of one question (or of one open check, such as `D-7K3M9`)."""

    question: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomSeen:
    """A room of the home: as our record has it, or as the phone saw it."""

    id: str
    kind: str
    label: str
    is_ended: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """Someone at the provider who was told of danger during the visit."""

    who: str
    how: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Worry:
    """A young inspector's worry, and whom they chose to hear it."""

    to: str
    words: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A finished (or drafted) inspection; `asked` is None where the sender left it out."""

    visit: str
    set_key: str
    set_version: int
    form: str
    started: datetime | None
    finished: datetime | None
    asked: tuple[str, ...] | None = None
    answers: tuple[Answer, ...] = ()
    rooms: tuple[RoomSeen, ...] = ()
    told: tuple[Told, ...] = ()
    worries: tuple[Worry, ...] = ()
