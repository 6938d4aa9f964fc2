"""The rules of visits: their states, who may go together, and who may know where the home is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from qa_app.base.text import local_day

OFFICER: Final = "officer"
YOUNG_INSPECTOR: Final = "young-inspector"
VOICES: Final = (OFFICER, YOUNG_INSPECTOR)
AUDIENCE: Final = {OFFICER: "officer", YOUNG_INSPECTOR: "young inspector"}
"""Whose question set each voice answers (``question_sets.rules.AUDIENCES``)."""

OFFICER_ROLES: Final = ("officer", "manager")
"""Who may fill in the officer's questions (product.md, permissions: assigned)."""

STILL_WANTED: Final = timedelta(days=14)
"""How long a young inspector's answers are asked for once the officer has finished."""

FURTHEST_DAYS: Final = 730
"""A day further ahead than two years is a slip of the finger."""


class State(StrEnum):
    """Where a visit is on its way (product.md, lifecycle)."""

    PLANNED = "planned"
    IN_PROGRESS = "in-progress"
    DONE = "done"
    CANCELLED = "cancelled"


STATE_LABELS: Final = {
    State.PLANNED: "Planned",
    State.IN_PROGRESS: "In progress",
    State.DONE: "Done",
    State.CANCELLED: "Cancelled",
}

MOVES: Final[dict[State, frozenset[State]]] = {
    State.PLANNED: frozenset({State.IN_PROGRESS, State.DONE, State.CANCELLED}),
    State.IN_PROGRESS: frozenset({State.DONE, State.CANCELLED}),
    State.DONE: frozenset(),
    State.CANCELLED: frozenset(),
}


class Answer(StrEnum):
    """What somebody who was asked to come has said."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"


def may_move(now: str, to: str) -> bool:
    """Whether a visit in one state may go to another."""
    return State(to) in MOVES[State(now)]


def is_open(state: str) -> bool:
    """Whether a visit is still to be made or finished."""
    return bool(MOVES[State(state)])


@dataclass(frozen=True, slots=True)
class Going:
    """Somebody who is to go: the role of their account, and whether it is in use."""

    id: int
    name: str
    role: str
    is_active: bool = True


def plan_problems(
    *,
    officer: Going | None,
    young_inspectors: Iterable[Going],
    due_on: date,
    starts_at: datetime | None,
    is_home_closed: bool,
    today: date,
    earliest: date | None = None,
) -> Iterator[tuple[str, str]]:
    """What stands against a plan: pairs of a field and what to do about it.

    A young inspector only ever goes with an officer (product.md, young inspector). ``earliest`` is
    the day before which nothing may be planned, today when it is None.
    """
    young = tuple(young_inspectors)
    if is_home_closed:
        yield "home", "This home is closed. Choose a home that is in use, paused or not yet used"
    if officer is None:
        yield "officer", _NEVER_ALONE if young else "Choose the officer who goes"
    elif officer.role not in OFFICER_ROLES or not officer.is_active:
        yield "officer", f"{officer.name} cannot make visits. Choose another officer"
    for one in young:
        if one.role != YOUNG_INSPECTOR or not one.is_active:
            yield "young_inspectors", f"{one.name} is no young inspector. Choose another person"
    if due_on < (earliest or today):
        yield "due_on", "Choose today or a later day"
    elif (due_on - today).days > FURTHEST_DAYS:
        yield "due_on", "Choose a day within the next two years"
    if starts_at is not None and local_day(starts_at) != due_on:
        yield "starts_at", "The time must be on the day of the visit"


_NEVER_ALONE: Final = "Choose an officer: a young inspector never goes alone"


@dataclass(slots=True)
class ConflictChecks:
    """Asked, for everybody who is to go, whether something private stands against it.

    A check is ``check(session, home, user) -> bool``. Why there is a conflict is never said: the
    person who plans learns only that somebody else must go (product.md, young inspector).
    """

    _checks: list[Callable[[Any, Any, Any], bool]] = field(default_factory=list)

    def add(self, check: Callable[[Any, Any, Any], bool]) -> None:
        """Ask this check too; adding twice changes nothing."""
        if check not in self._checks:
            self._checks.append(check)

    def remove(self, check: Callable[[Any, Any, Any], bool]) -> None:
        """Stop asking a check."""
        self._checks.remove(check)

    def any(self, session: Any, home: Any, user: Any) -> bool:
        """Whether this person should not go to this home."""
        return any(check(session, home, user) for check in self._checks)


conflict_checks = ConflictChecks()


def conflict_words(name: str) -> str:
    """What to say when somebody cannot go, without saying why."""
    return f"{name} cannot go to this home. Choose somebody else"


def day_of(*, due_on: date, starts_at: datetime | None) -> date:
    """The day in London on which a visit is to be made."""
    return due_on if starts_at is None else local_day(starts_at)


def young_inspector_may_see_address(
    *,
    state: str,
    answer: str,
    due_on: date,
    starts_at: datetime | None,
    checked_in_at: datetime | None,
    checked_out_at: datetime | None,
    is_replaced: bool,
    now: datetime,
) -> bool:
    """Whether a young inspector may know the address: from the visit's morning to check-out.

    Before that they see the area only (product.md, young inspector). Nobody checked out: until
    midnight of the day of the visit, or of the day on which it did begin.
    """
    if is_replaced or answer == Answer.DECLINED or state == State.CANCELLED:
        return False
    if checked_out_at is not None:
        return False
    days = {day_of(due_on=due_on, starts_at=starts_at)}
    if checked_in_at is not None:
        days.add(local_day(checked_in_at))
    return local_day(now) in days


class When(StrEnum):
    """Where a visit stands in somebody's day."""

    TODAY = "today"
    OVERDUE = "overdue"
    NEXT = "next"
    OVER = "over"


def when(*, state: str, due_on: date, today: date) -> When:
    """Where a visit stands: begun or for today, late, still to come, or over."""
    if not is_open(state):
        return When.OVER
    if state == State.IN_PROGRESS or due_on == today:
        return When.TODAY
    return When.OVERDUE if due_on < today else When.NEXT
