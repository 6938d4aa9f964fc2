"""When the council became aware of a defect, and what happens when it is told of again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from qa_app.defects.rules.states import Priority, higher_priority

LONGEST_ON_A_PHONE = timedelta(days=14)


@dataclass(frozen=True)
class Awareness:
    """When the clock of a finding starts, and whether a person should look at how it got its time."""

    at: datetime
    is_flagged: bool = False


def aware_at(finished_at: datetime, received_at: datetime) -> Awareness:
    """Return when the council became aware through an inspection (product.md, Lifecycles: Inspection).

    That is when the inspection was finished, not later than it was received (a phone's clock may be fast). Finished more
    than 14 days before it was received counts as received, and is flagged. Both moments must be aware.
    """
    if received_at - finished_at > LONGEST_ON_A_PHONE:
        return Awareness(received_at, is_flagged=True)
    return Awareness(min(finished_at, received_at))


@dataclass(frozen=True)
class Merged:
    """What an open defect becomes when it is told of again."""

    priority: Priority
    aware_at: datetime
    is_worse: bool
    """Whether the priority rose: the repairer must hear of it."""


def told_again(
    *, priority: Priority, aware_at: datetime, told_priority: Priority, told_aware_at: datetime
) -> Merged:
    """Join a new finding to a defect that is not over: the higher priority wins, the first start is kept.

    A telling that reaches us late but began earlier (a phone that was offline) moves the start back. The times it is due
    by are ``old.earlier(due_at(told_priority, told_aware_at, ...))``: never later than they were, and an emergency that
    we hear of today is not already late because something smaller was open.
    """
    return Merged(
        priority=higher_priority(priority, told_priority),
        aware_at=min(aware_at, told_aware_at),
        is_worse=told_priority < priority,
    )
