"""What is worth a look about how an inspection arrived: late, by a clock that cannot be right, for another visit than planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LATE_AFTER = timedelta(days=1)
"""An inspection that reaches us more than a day after it was finished is late."""

LONGEST_ON_A_PHONE = timedelta(days=14)
"""Finished longer ago than this, the phone's clock counts as wrong (product.md, Lifecycles: Inspection)."""

CLOCKS_DIFFER_BY = timedelta(minutes=5)
"""How far ahead of ours a phone's clock may run before anybody is asked to look."""

OLDEST_START = timedelta(days=366)
"""A start further back than this says nothing about the day of the visit."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What was true of a submission and its visit when it was received. ``is_second``: this person has
    sent another inspection of this visit under another id."""

    started: datetime
    finished: datetime
    received: datetime
    is_first_revision: bool = True
    is_old_version: bool = False
    is_visit_cancelled: bool = False
    is_home_closed: bool = False
    is_reassigned: bool = False
    is_declined: bool = False
    is_second: bool = False
    is_asked_differently: bool = False
    is_other_form: bool = False


def arrival_flags(arrival: Arrival) -> tuple[str, ...]:
    """Return the names of what is odd; nothing is refused for any of it (reliability.md, contract (h))."""
    age = arrival.received - arrival.finished
    odd = {
        "late": age > LATE_AFTER,
        "clock": age > LONGEST_ON_A_PHONE
        or age < -CLOCKS_DIFFER_BY
        or arrival.finished < arrival.started,
        "old-version": arrival.is_old_version,
        "visit-cancelled": arrival.is_visit_cancelled,
        "home-closed": arrival.is_home_closed,
        "reassigned": arrival.is_reassigned,
        "declined": arrival.is_declined,
        "second-inspection": arrival.is_second,
        "asked-differently": arrival.is_asked_differently,
        "other-form": arrival.is_other_form,
        "revision": not arrival.is_first_revision,
    }
    return tuple(name for name, is_odd in odd.items() if is_odd)


def day_moment(started: datetime | None, received: datetime) -> datetime:
    """Return the moment whose local day is that of the visit: the start, unless no clock can have shown it."""
    if started is None or not received - OLDEST_START <= started <= received + CLOCKS_DIFFER_BY:
        return received
    return started


FLAG_WORDS: dict[str, str] = {
    "late": "It arrived more than a day after it was finished",
    "clock": "The clock of the phone looks wrong",
    "old-version": "It answers an older version of the questions",
    "visit-cancelled": "The visit had been cancelled",
    "home-closed": "The home had been closed",
    "reassigned": "Somebody else had taken over the visit",
    "declined": "This person had said no to the visit",
    "second-inspection": "This person sent two inspections of one visit",
    "asked-differently": "The phone asked other questions than we had prepared",
    "other-form": "The phone used another form than was planned",
    "revision": "It was sent again with other answers",
    "unknown-room": "It names a room that is not on our record",
    "ended-room": "It names a room that is no longer used",
    "wrong-room": "It answers for a room of another kind",
    "no-room-given": "An answer does not say which room it is about",
    "number-out-of-range": "A number is higher or lower than we expected",
    "too-many-decimals": "A number has more decimals than we asked for",
    "answered-twice": "A question was answered twice; the last answer counts",
    "not-asked": "It answers a question that was not asked",
    "unknown-check": "It checks a repair or action that we had not asked about",
    "status-not-offered": "It gives a reason for no answer that we had not offered",
    "photo-not-allowed": "It has a photo where we ask for none",
    "raise-not-allowed": "A priority was raised where it cannot be",
}


def flag_words(name: str) -> str:
    """Return a flag in plain English."""
    if name.startswith("no-room:"):
        return f"The home has no room of this kind on our record: {name.removeprefix('no-room:')}"
    return FLAG_WORDS.get(name, name.replace("-", " ").capitalize())
