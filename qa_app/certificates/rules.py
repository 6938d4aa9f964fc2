"""Rules about certificates: three states, warnings before they expire, and which ones a home must have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from qa_app.base.text import day, plural
from qa_app.homes.rules import add_months

WARN_DAYS = (60, 30, 7)
"""Days before expiry on which a warning goes out (domain.md 4)."""


class Standing(StrEnum):
    """How a kind of certificate stands at a home or provider: expired, missing and not applicable are never mixed up."""

    IN_DATE = "in-date"
    EXPIRED = "expired"
    MISSING = "missing"
    NOT_APPLICABLE = "not-applicable"


STANDING_LABELS: Mapping[Standing, str] = {
    Standing.IN_DATE: "In date",
    Standing.EXPIRED: "Expired",
    Standing.MISSING: "Missing",
    Standing.NOT_APPLICABLE: "Does not apply",
}


@dataclass(frozen=True)
class Held:
    """One document as it was handed in: the dates that stand on it, or the reason why none is needed."""

    kind: str
    issued_on: date | None = None
    expires_on: date | None = None
    not_applicable_because: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of document. ``period_months`` None: no law gives one. ``only_in``: ONS codes; empty means everywhere."""

    id: str
    label: str
    applies_to: str
    required: str
    period_months: int | None = None
    is_for_calendar_year: bool = False
    only_in: frozenset[str] = frozenset()
    priority: str | None = None
    when_expired: str = ""
    issued_by: str = ""
    law: str = ""
    note: str = ""
    is_verified: bool = True


@dataclass(frozen=True)
class HomeFacts:
    """What decides which documents a home must have; None where it is not known."""

    places: int
    youngest_age: int | None
    host_authority: str | None


def is_in_date(held: Held, on_day: date) -> bool:
    """Whether a document was valid on a day: issued by then, and its last day not over. No last day: still valid."""
    if held.not_applicable_because:
        return False
    if held.issued_on is None and held.expires_on is None:
        return False
    issued = held.issued_on is None or held.issued_on <= on_day
    return issued and (held.expires_on is None or on_day <= held.expires_on)


def standing(held: Iterable[Held], kind: str, on_day: date) -> Standing:
    """Say how one kind stood on a day. A valid document comes before a reason why none is needed.

    A document issued after that day was not there yet.
    """
    of_kind = [item for item in held if item.kind == kind]
    if any(is_in_date(item, on_day) for item in of_kind):
        return Standing.IN_DATE
    if any(item.not_applicable_because.strip() for item in of_kind):
        return Standing.NOT_APPLICABLE
    expired = any(item.expires_on is not None and item.expires_on < on_day for item in of_kind)
    return Standing.EXPIRED if expired else Standing.MISSING


def expired_or_missing(
    held: Iterable[Held], required: Iterable[str], on_day: date
) -> frozenset[str]:
    """Return which of the required kinds were expired or missing on a day; what does not apply is neither."""
    listed = list(held)
    lacking = {Standing.EXPIRED, Standing.MISSING}
    return frozenset(kind for kind in required if standing(listed, kind, on_day) in lacking)


def days_left(held: Iterable[Held], kind: str, on_day: date) -> int | None:
    """Return the days until the last valid document of a kind expires (0 on its last day).

    None when there is none in date, or it has no last day.
    """
    valid = [item for item in held if item.kind == kind and is_in_date(item, on_day)]
    ends = [item.expires_on for item in valid]
    if not ends or None in ends:
        return None
    return max((end - on_day).days for end in ends if end is not None)


def standing_words(held: Iterable[Held], kind: str, on_day: date) -> str:
    """Say in plain words how one kind stands on a day: how long it lasts, when it ran out, or why none is needed."""
    of_kind = [item for item in held if item.kind == kind]
    match standing(of_kind, kind, on_day):
        case Standing.IN_DATE:
            days = days_left(of_kind, kind, on_day)
            if days is None:
                return "No last day"
            until = f"until {day(on_day + timedelta(days=days))}"
            if warning(days) is None:
                return until[:1].upper() + until[1:]
            return "Last day today" if days == 0 else f"{plural(days, 'day')} left, {until}"
        case Standing.EXPIRED:
            last = max(item.expires_on for item in of_kind if item.expires_on is not None)
            return f"Ran out on {day(last)}, {plural((on_day - last).days, 'day')} ago"
        case Standing.NOT_APPLICABLE:
            return next(
                item.not_applicable_because for item in of_kind if item.not_applicable_because
            )
        case _:
            return "Nobody has recorded one"


def warning(days: int | None) -> int | None:
    """Return the warning that is due with so many days left, 60, 30 or 7: the nearest that has been reached.

    None when there is nothing to warn of yet.
    """
    reached = [limit for limit in WARN_DAYS if days is not None and 0 <= days <= limit]
    return min(reached, default=None)


def usual_expiry(kind: Kind, issued_on: date) -> date | None:
    """Propose the last day of a document that does not say one; what is stored is what a person confirms.

    Issued on 5 March 2026 for 12 months: valid up to and including 4 March 2027. None where no law gives a period.
    """
    if kind.is_for_calendar_year:
        return date(issued_on.year, 12, 31)
    if kind.period_months is None:
        return None
    return add_months(issued_on, kind.period_months) - timedelta(days=1)


def required_kinds(kinds: Iterable[Kind], home: HomeFacts) -> frozenset[str]:
    """Return the kinds that a home must have. What is not known counts as what asks for more care.

    A rule that nobody has verified (NV in the data file) is counted against nobody. Kinds of a provider are not among them; ask ``required_of_provider``.
    """
    return frozenset(
        kind.id for kind in kinds if kind.applies_to == "home" and _is_required(kind, home)
    )


def required_of_provider(kinds: Iterable[Kind], *, youngest_age: int | None) -> frozenset[str]:
    """Return the kinds that a provider must have, whose youngest resident may be this old."""
    facts = HomeFacts(places=1, youngest_age=youngest_age, host_authority=None)
    return frozenset(
        kind.id for kind in kinds if kind.applies_to == "provider" and _is_required(kind, facts)
    )


def _is_required(kind: Kind, home: HomeFacts) -> bool:
    if not kind.is_verified:
        return False
    if kind.only_in and home.host_authority not in kind.only_in:
        return False
    match kind.required:
        case "always":
            return True
        case "under-18s":
            return home.youngest_age is None or home.youngest_age < 18
        case "five-or-more-places":
            return home.places >= 5
        case "three-or-four-places":
            return home.places in {3, 4}
        case _:
            return False
