"""What Doorstep asks of the outside world, as protocols; the adapters and their harmless twins fulfil them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from qa_app.config import Settings


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return this moment, aware, in UTC."""
        ...


class PhotoStore(Protocol):
    """Keeps clean copies of photos under random keys; what ``put`` returned from is durable."""

    def put(self, key: str, data: bytes) -> None:
        """Keep ``data`` under ``key``; durable when it returns. ``StorageError`` when it cannot be."""
        ...

    def get(self, key: str) -> bytes:
        """Return what is kept under ``key``; ``KeyError`` when nothing is."""
        ...

    def exists(self, key: str) -> bool:
        """Whether anything is kept under ``key``."""
        ...

    def delete(self, key: str) -> None:
        """Forget ``key``; nothing happens when it is not there."""
        ...


class StorageError(Exception):
    """The photo store is away or full; the work may be tried again."""


@dataclass(frozen=True)
class Place:
    """A point on the map: WGS84 degrees (good to about 2 m) and the ONS code of the authority around it."""

    postcode: str
    latitude: float
    longitude: float
    host_authority: str
    source: str = "postcode"


class Geocoder(Protocol):
    """Finds postcodes."""

    def locate(self, postcode: str) -> Place | None:
        """Return the place of a postcode however it is spaced or capitalised; None when unknown."""
        ...

    def build(self) -> None:
        """Make whatever makes looking up quick; nothing happens when it is there."""
        ...


@dataclass(frozen=True)
class Letter:
    """One message to one person; ``body`` is plain text. Never holds an address of a home."""

    recipient: str
    subject: str
    body: str


class Mailer(Protocol):
    """Sends e-mail."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over; ``DeliveryError`` when it was not taken."""
        ...


class DeliveryError(Exception):
    """A message was not taken; ``is_final`` when trying again cannot help."""

    def __init__(self, words: str, *, is_final: bool = False) -> None:
        super().__init__(words)
        self.is_final = is_final


@dataclass(frozen=True)
class Ports:
    """Every door to the outside that the app was built with."""

    clock: Clock
    photos: PhotoStore
    geocoder: Geocoder
    mailer: Mailer
    settings: Settings


def ports() -> Ports:
    """Return the doors of the current app."""
    from flask import current_app

    return cast("Ports", current_app.extensions["doorstep"])


def clock() -> Clock:
    """Return the clock of the current app."""
    return ports().clock
