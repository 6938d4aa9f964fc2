"""When a defect must be made safe and fixed: elapsed hours, working days in England, and the words for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays

from qa_app.base.text import LONDON, day, local, local_day, plural
from qa_app.defects.rules.states import WAITING_FOR_REPAIR, Priority, State

IsWorkingDay = Callable[[date], bool]

END_OF_DAY = time(23, 59)
"""The local time at which a working-day clock runs out: a house rule (domain.md 3.4)."""


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> frozenset[date]:
    """Return the bank holidays of a year in England, substitute days included."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(on: date) -> bool:
    """Whether a day is not a Saturday, a Sunday or a bank holiday in England (domain.md 3.4)."""
    return on.weekday() < 5 and on not in bank_holidays(on.year)


def add_working_days(start: date, count: int, calendar: IsWorkingDay = is_working_day) -> date:
    """Return the ``count``-th working day after ``start``, which is day 0 whatever kind of day it is.

    0 returns ``start`` itself; ``ValueError`` below 0.
    """
    if count < 0:
        raise ValueError("a clock cannot run backwards")
    on = start
    while count:
        on += timedelta(days=1)
        count -= calendar(on)
    return on


def end_of(on: date) -> datetime:
    """Return 23:59 of a day in London, as a moment in UTC."""
    return datetime.combine(on, END_OF_DAY, tzinfo=LONDON).astimezone(UTC)


@dataclass(frozen=True)
class Target:
    """How long one priority may take; None where there is no such limit."""

    make_safe_hours: int | None = None
    fix_working_days: int | None = None


Targets = Mapping[Priority, Target]


@dataclass(frozen=True)
class DueTimes:
    """When a defect must be safe, and when it must be fixed: moments in UTC, None where there is no limit."""

    make_safe_by: datetime | None = None
    fix_by: datetime | None = None

    def earlier(self, other: DueTimes) -> DueTimes:
        """Return the earlier of each: a defect told of again, worse, is never due later than it was."""
        return DueTimes(
            _earlier(self.make_safe_by, other.make_safe_by), _earlier(self.fix_by, other.fix_by)
        )


def due_at(
    priority: Priority,
    aware_at: datetime,
    *,
    targets: Targets,
    target_working_days: int | None = None,
    calendar: IsWorkingDay = is_working_day,
) -> DueTimes:
    """Return when a defect is due, counted from when anyone in the council became aware (domain.md 3.2, 3.4).

    Hours run through nights, weekends, bank holidays and changes of the clock. Working days are counted from the local
    day of awareness, which is day 0, and run out at 23:59 in London. ``targets`` are those of ``catalogue.targets``,
    the contract's over the default ones; ``target_working_days`` is the question's own, and the earlier counts.
    ``ValueError`` for a moment without a time zone.
    """
    target = targets.get(priority, Target())
    limits = [
        limit for limit in (target.fix_working_days, target_working_days) if limit is not None
    ]
    start = local_day(aware_at)
    hours = target.make_safe_hours
    return DueTimes(
        make_safe_by=None if hours is None else aware_at.astimezone(UTC) + timedelta(hours=hours),
        fix_by=end_of(add_working_days(start, min(limits), calendar)) if limits else None,
    )


# -- Where a defect stands -------------------------------------------------------------------------


def next_due(
    due: DueTimes, *, made_safe_at: datetime | None, claimed_fixed_at: datetime | None
) -> datetime | None:
    """Return the limit that a repairer is now running against; None when there is none, or a fix has been claimed."""
    if claimed_fixed_at is not None:
        return None
    if made_safe_at is None and due.make_safe_by is not None:
        return due.make_safe_by
    return due.fix_by


def is_overdue(
    due: DueTimes,
    *,
    state: State,
    made_safe_at: datetime | None,
    claimed_fixed_at: datetime | None,
    now: datetime,
) -> bool:
    """Whether the repairer has let a limit pass. Computed, never stored; False once a fix is claimed or it is over."""
    limit = next_due(due, made_safe_at=made_safe_at, claimed_fixed_at=claimed_fixed_at)
    return state in WAITING_FOR_REPAIR and limit is not None and now > limit


class Timeliness(StrEnum):
    """How a defect counts: only a claim that was later confirmed can be on time (product.md, Lifecycles)."""

    NO_TARGET = "no-target"
    NOT_YET_DUE = "not-yet-due"
    OVERDUE = "overdue"
    AWAITING_CONFIRMATION = "awaiting-confirmation"
    DISPUTED = "disputed"
    ON_TIME = "on-time"
    LATE = "late"
    NOT_COUNTED = "not-counted"


def timeliness(
    due: DueTimes,
    *,
    state: State,
    made_safe_at: datetime | None,
    claimed_fixed_at: datetime | None,
    confirmed_fixed_at: datetime | None,
    now: datetime,
) -> Timeliness:
    """Say how a defect counts now; ``claimed_fixed_at`` is None again once a claim was refused. Declined, duplicate and not-a-repair are not counted.

    A defect closed without a claim (an officer saw that it was fixed) counts by the day of that.
    """
    if state in {State.DUPLICATE, State.NOT_A_REPAIR, State.DECLINED}:
        return Timeliness.NOT_COUNTED
    if state is State.DISPUTED:
        return Timeliness.DISPUTED
    if state is State.CLAIMED_FIXED:
        return Timeliness.AWAITING_CONFIRMATION
    if state is State.CLOSED:
        return _closed(due, made_safe_at, claimed_fixed_at or confirmed_fixed_at)
    limit = next_due(due, made_safe_at=made_safe_at, claimed_fixed_at=None)
    if limit is None:
        return Timeliness.NO_TARGET
    return Timeliness.OVERDUE if now > limit else Timeliness.NOT_YET_DUE


def _closed(due: DueTimes, made_safe_at: datetime | None, fixed_at: datetime | None) -> Timeliness:
    """On time when it was safe in time and fixed in time; what was fixed was safe from then on."""
    if fixed_at is None or due == DueTimes():
        return Timeliness.NO_TARGET
    safe_at = min(made_safe_at or fixed_at, fixed_at)
    in_time = all(
        limit is None or done <= limit
        for limit, done in ((due.make_safe_by, safe_at), (due.fix_by, fixed_at))
    )
    return Timeliness.ON_TIME if in_time else Timeliness.LATE


# -- Words -----------------------------------------------------------------------------------------


def clock_time(moment: datetime) -> str:
    """Return "4:05pm" in London."""
    here = local(moment)
    return f"{here.hour % 12 or 12}:{here:%M}{'am' if here.hour < 12 else 'pm'}"


def due_words(limit: datetime | None, *, now: datetime) -> str:
    """Say when something is due: "due today by 4:05pm", "due tomorrow", "due in 3 days", "2 days late".

    Days are days of the calendar in London. "" when there is no limit.
    """
    if limit is None:
        return ""
    days = (local_day(limit) - local_day(now)).days
    if now > limit:
        return _late_words(limit, now, -days)
    ends_with_the_day = local(limit).time() == END_OF_DAY
    by = "" if ends_with_the_day else f" by {clock_time(limit)}"
    if days == 0:
        return f"due today{by}"
    if days == 1:
        return f"due tomorrow{by}"
    return f"due in {days} days" if days <= 7 else f"due on {day(limit)}"


def _late_words(limit: datetime, now: datetime, days: int) -> str:
    hours = int((now - limit).total_seconds() // 3600)
    if days >= 1 and (hours >= 24 or local(limit).time() == END_OF_DAY):
        return f"{plural(days, 'day')} late"
    return f"{plural(hours, 'hour')} late" if hours else "less than an hour late"


def _earlier(a: datetime | None, b: datetime | None) -> datetime | None:
    return min((moment for moment in (a, b) if moment is not None), default=None)
