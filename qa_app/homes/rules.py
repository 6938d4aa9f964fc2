"""Rules about homes: their states, whose area they stand in, how postcodes are written, and when a visit is due."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from qa_app.base.errors import DomainError


class Status(StrEnum):
    """Whether young people may move into a home."""

    NOT_YET_USED = "not-yet-used"
    IN_USE = "in-use"
    PAUSED = "paused"
    CLOSED = "closed"


STATUS_LABELS: Mapping[Status, str] = MappingProxyType(
    {
        Status.NOT_YET_USED: "Not yet used",
        Status.IN_USE: "In use",
        Status.PAUSED: "Paused to new placements",
        Status.CLOSED: "Closed",
    }
)

MOVES: Mapping[Status, frozenset[Status]] = MappingProxyType(
    {
        Status.NOT_YET_USED: frozenset({Status.IN_USE, Status.CLOSED}),
        Status.IN_USE: frozenset({Status.PAUSED, Status.CLOSED}),
        Status.PAUSED: frozenset({Status.IN_USE, Status.CLOSED}),
        Status.CLOSED: frozenset({Status.NOT_YET_USED}),
    }
)
"""A closed home that opens again needs a visit before first use, so it starts again as not yet used."""


def may_move(frm: Status, to: Status) -> bool:
    """Whether a home may go from one status to another. Who may decide it stands in ``accounts.rules``."""
    return to in MOVES[frm]


class PinSource(StrEnum):
    """Where a home's point on the map came from."""

    POSTCODE = "postcode"
    BY_HAND = "by-hand"


PIN_LABELS: Mapping[PinSource, str] = MappingProxyType(
    {
        PinSource.POSTCODE: "from the postcode (the middle of the postcode, good to about 2 m)",
        PinSource.BY_HAND: "placed by hand",
    }
)

GREAT_BRITAIN = ((49.8, 60.9), (-8.7, 1.8))
"""Latitudes and longitudes, in degrees, between which a home may stand."""


def check_pin(latitude: float, longitude: float) -> None:
    """Refuse a point outside Great Britain with ``DomainError``: most often 0,0 or the two numbers swapped."""
    (south, north), (west, east) = GREAT_BRITAIN
    if not (south <= latitude <= north and west <= longitude <= east):
        raise DomainError(
            "That point is not in Great Britain. Latitude comes first, such as 51.47, then longitude, such as -0.06."
        )


def is_inside(host_authority: str | None, own_authority: str) -> bool:
    """Whether a home stands in our own area: derived from the host authority's ONS code, never typed.

    A home whose host authority is not known counts as outside.
    """
    return host_authority is not None and host_authority == own_authority


# -- References ------------------------------------------------------------------------------------


def ref(number: int) -> str:
    """Return "H-0042" for 42; ``ValueError`` below 1."""
    if number < 1:
        raise ValueError("homes are numbered from 1")
    return f"H-{number:04d}"


def read_ref(text: str) -> str | None:
    """Return a reference as it is kept, however it was typed ("h42", "H-42", " h 0042 "); None when it is none."""
    found = re.fullmatch(r"H?[\s-]*0*([1-9][0-9]{0,8})", text.strip().upper())
    return None if found is None else ref(int(found.group(1)))


# -- Postcodes -------------------------------------------------------------------------------------

_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][ABD-HJLNP-UW-Z]{2})")
_DASHES = dict.fromkeys(map(ord, "-\u2010\u2011\u2012\u2013\u2014."), None)


def postcode(text: str) -> str | None:
    """Return "SE15 4NX" however it was typed ("se154nx", "SE 15-4nx"); None when it cannot be a postcode.

    It has the shape of a postcode, no more: whether it exists, only the geocoder knows.
    """
    if len(text) > 40:
        return None
    bare = "".join(text.upper().translate(_DASHES).split())
    found = _POSTCODE.fullmatch(bare)
    return None if found is None else f"{found.group(1)} {found.group(2)}"


def outward(text: str) -> str:
    """Return "SE15", the part of a postcode that names an area; "" when it is no postcode."""
    whole = postcode(text)
    return "" if whole is None else whole.split()[0]


def area_words(text: str, authority_name: str | None) -> str:
    """Return "SE15, Southwark": all that a young inspector is told before the morning of a visit (product.md).

    Never holds the second half of a postcode.
    """
    return (
        ", ".join(part for part in (outward(text), authority_name or "") if part)
        or "Area not known"
    )


# -- When a visit is due ---------------------------------------------------------------------------


def next_visit_on(last_visit_on: date | None, *, every_months: int, today: date) -> date:
    """Return the day by which a home should next be visited; today when it never was (domain.md 2.6).

    A day that the later month lacks becomes that month's last day.
    """
    if last_visit_on is None:
        return today
    return add_months(last_visit_on, every_months)


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of that month when it is shorter."""
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
