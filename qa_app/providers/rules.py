"""Rules about contracts: which days they cover, and the target times that they may set."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class Standing(StrEnum):
    """Where a contract stands on a day."""

    LATER = "later"
    RUNNING = "running"
    ENDED = "ended"


STANDING_LABELS: Mapping[Standing, str] = MappingProxyType(
    {
        Standing.LATER: "Starts later",
        Standing.RUNNING: "Running",
        Standing.ENDED: "Ended",
    }
)


def standing(starts_on: date, ends_on: date | None, *, today: date) -> Standing:
    """Say where a contract stands on a day; its first and last day both belong to it."""
    if today < starts_on:
        return Standing.LATER
    return Standing.RUNNING if ends_on is None or today <= ends_on else Standing.ENDED


@dataclass(frozen=True)
class Limit:
    """One target time that a contract may set: its box in the form, where it is kept, and the largest number."""

    box: str
    priority: str
    unit: str
    most: int
    label: str


LIMITS = (
    Limit("p1_hours", "P1", "hours", 168, "P1 emergency: make safe within"),
    Limit("p1_days", "P1", "working_days", 365, "P1 emergency: finish within"),
    Limit("p2_days", "P2", "working_days", 365, "P2 urgent: finish within"),
    Limit("p3_days", "P3", "working_days", 365, "P3 routine: finish within"),
    Limit("p4_days", "P4", "working_days", 365, "P4 planned: finish within"),
)
UNIT_WORDS: Mapping[str, str] = MappingProxyType({"hours": "hours", "working_days": "working days"})


def targets(boxes: Mapping[str, int | None]) -> dict[str, dict[str, int]]:
    """Return target times as a contract keeps them: ``{"P1": {"hours": 24}}``; what is empty stays at the usual time."""
    found: dict[str, dict[str, int]] = {}
    for limit in LIMITS:
        value = boxes.get(limit.box)
        if value is not None:
            found.setdefault(limit.priority, {})[limit.unit] = value
    return found


def boxes(kept: Mapping[str, Any]) -> dict[str, int | None]:
    """Return the same the other way round: the number for each box, None for the usual time."""
    return {limit.box: kept.get(limit.priority, {}).get(limit.unit) for limit in LIMITS}


def target_mistakes(boxes: Mapping[str, int | None]) -> dict[str, str]:
    """Return what is wrong with target times, by box: out of range, or a worse priority that may take longer.

    A contract that gave an emergency more days than a routine repair would turn the order of work upside down.
    """
    mistakes: dict[str, str] = {}
    for limit in LIMITS:
        value = boxes.get(limit.box)
        if value is not None and not 1 <= value <= limit.most:
            mistakes[limit.box] = f"Enter 1 to {limit.most} {UNIT_WORDS[limit.unit]}"
    days = [(limit, boxes.get(limit.box)) for limit in LIMITS if limit.unit == "working_days"]
    given = [(limit, value) for limit, value in days if value is not None]
    for (worse, shorter), (milder, longer) in itertools.pairwise(given):
        if longer < shorter and not {worse.box, milder.box} & set(mistakes):
            mistakes[milder.box] = (
                f"{milder.priority} must not be quicker than {worse.priority} ({shorter} working days)"
            )
    return mistakes
