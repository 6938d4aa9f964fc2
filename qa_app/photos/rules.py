"""What holds for every photo: its states, sizes and limits, and what the camera's clock is taken to mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from qa_app.base.errors import DomainError

MAX_PIXELS: Final = 50_000_000
"""Above this a picture is refused unopened (product.md, bad input; reliability.md T36)."""

LARGE: Final = 1600
SMALL: Final = 400
"""Longest side of the two kept sizes, in pixels."""

SIZES: Final = ("large", "small")

CAMERA_ZONE: Final = ZoneInfo("Europe/London")
"""What a camera's clock shows when it does not say."""

ORPHAN_AFTER: Final = timedelta(hours=1)
"""How old a file without a row must be before it is swept: far longer than any request lasts."""


class PhotoState(StrEnum):
    """Where a photo is on its way: bytes on disk, clean copies kept, or named as unreadable."""

    RECEIVED = "received"
    CLEAN = "clean"
    UNREADABLE = "unreadable"


class NotAPicture(DomainError):
    """These bytes are no picture that can be read; the message says why, in plain words."""


class PhotoTooLarge(DomainError):
    """The file has more bytes than we take, or the picture more pixels than we open."""


@dataclass(frozen=True)
class Tidied:
    """The clean copies of one picture and what was learned from it.

    ``large`` and ``small`` are progressive JPEGs, at most 1600 and 400 pixels on the longest side,
    upright, in sRGB, without metadata. ``width`` and ``height`` are those of ``large``. ``phash`` is
    a perceptual hash of 64 bits as 16 hex digits. ``taken_at`` is what the camera wrote: aware when
    it wrote its offset from UTC, naive otherwise, None when it wrote nothing we can read.
    ``kind`` is the format the bytes came in: jpeg, png, webp or heif.
    """

    large: bytes
    small: bytes
    width: int
    height: int
    phash: str
    taken_at: datetime | None
    kind: str


def capture_moment(written: datetime | None, *, received_at: datetime) -> datetime | None:
    """Return in UTC the moment a camera wrote, or None when it cannot be true.

    A clock that runs more than a day ahead of our own, or that stands before 1990, says nothing.
    """
    if written is None:
        return None
    aware = written if written.tzinfo else written.replace(tzinfo=CAMERA_ZONE)
    try:
        moment = aware.astimezone(UTC)
    except OverflowError:
        return None
    if moment.year < 1990 or moment > received_at + timedelta(days=1):
        return None
    return moment


def store_key(photo_id: str, size: str) -> str:
    """Return the key under which the clean copy of one size is kept."""
    if size not in SIZES:
        raise ValueError(f"no such size: {size}")
    return f"{photo_id}-{size}"


def looks_alike(one: str, other: str, *, bits: int = 8) -> bool:
    """Whether two perceptual hashes differ in at most ``bits`` of their 64 bits (reliability.md T54)."""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= bits


def sweep_hour(now: datetime) -> tuple[str, datetime]:
    """Return the key and the moment of the sweep that an upload promises: one an hour, once it is due."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    return f"photos.sweep/{hour:%Y-%m-%dT%H}", hour + timedelta(hours=1) + ORPHAN_AFTER
