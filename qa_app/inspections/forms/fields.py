"""The names of fields: `<question>` or `<question>.<room>`, with `-comment`, `-reason`, `-raise`, `-photos`."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from qa_app.base.fields import clean_text

Place = tuple[str, str | None]
"""A question, and the room that it is asked about (None: the home)."""

LONGEST_ROOM_ID = 36
_SUFFIX = re.compile(
    r"(?P<cell>.+)-(?:(?P<part>comment|reason|raise|photos)|(?P<photo>caption|remove)\.(?P<sha>[0-9a-f]{8,64}))"
)


class Fields(Protocol):
    """What a browser sent: names, each with one or more values."""

    def keys(self) -> Iterable[str]:
        """The names, each once."""
        ...

    def getlist(self, key: str) -> list[str]:
        """Every value of a name, in order."""
        ...


@dataclass(slots=True)
class Posted:
    """What was sent about one question in one place; None where a field was not sent at all.

    ``captions`` and ``removed`` name photos by the beginning of their SHA-256.
    """

    values: list[str] | None = None
    comment: str | None = None
    reason: str | None = None
    raise_to: str | None = None
    captions: dict[str, str] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)


def field_name(question: str, room: str | None) -> str:
    """Return the name of the field of a question in a place."""
    return question if room is None else f"{question}.{room}"


def place_of(name: str, known: Container[str]) -> Place | None:
    """Return the question and room that a field (without suffix) is about; None for any other field."""
    question, dot, room = name.partition(".")
    if question not in known or (dot and not 0 < len(room) <= LONGEST_ROOM_ID):
        return None
    return question, (room if dot else None)


def photo_place(name: str, known: Container[str]) -> Place | None:
    """Return the place that a file field is about."""
    found = _SUFFIX.fullmatch(name)
    return place_of(found["cell"], known) if found and found["part"] == "photos" else None


def posted(form: Fields, known: Container[str]) -> dict[Place, Posted]:
    """Return what was sent, by question and room; fields that are no answers are left alone."""
    found: dict[Place, Posted] = {}
    for name in form.keys():  # noqa: SIM118 - a MultiDict is iterated by its keys on purpose
        suffix = _SUFFIX.fullmatch(name)
        place = place_of(suffix["cell"] if suffix else name, known)
        if suffix and place is None:
            suffix, place = None, place_of(name, known)
        if place is None:
            continue
        _take(found.setdefault(place, Posted()), suffix, form.getlist(name))
    return found


def _take(into: Posted, suffix: re.Match[str] | None, values: list[str]) -> None:
    first = next((clean_text(one, is_multiline=True) for one in values if one.strip()), "")
    if suffix is None:
        into.values = [clean_text(one, is_multiline=True) for one in values]
    elif suffix["part"] == "comment":
        into.comment = first
    elif suffix["part"] == "reason":
        into.reason = first
    elif suffix["part"] == "raise":
        into.raise_to = first[:4]
    elif suffix["photo"] == "caption":
        into.captions[suffix["sha"]] = clean_text(first)
    elif suffix["photo"] == "remove" and first:
        into.removed.add(suffix["sha"])
