"""When an officer may see what the other voice of their own visit said: not before it can no longer sway what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

OPENS_AFTER = timedelta(hours=48)
"""product.md, "Who may see and do what": inspection, read."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody who was to fill in an inspection of a visit."""

    user_id: int
    has_sent: bool
    is_absent: bool = False
    has_left: bool = False
    """Said no, or was replaced: nothing is expected any more."""


def is_open(people: Sequence[Expected], *, first_sent_at: datetime, now: datetime) -> bool:
    """Whether the other voice may be read: all are in, somebody is marked absent, or 48 hours have passed."""
    if any(one.is_absent for one in people):
        return True
    if all(one.has_sent for one in people if not one.has_left):
        return True
    return now - first_sent_at >= OPENS_AFTER
