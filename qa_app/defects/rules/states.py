"""How bad a defect is, in which state, and who may move it to which other."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Priority(StrEnum):
    """How fast something must be put right (domain.md 3.2); P1 is the worst."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


def higher_priority(a: Priority, b: Priority) -> Priority:
    """Return the worse of two: P1 before P2."""
    return min(a, b)


class State(StrEnum):
    """Where a defect is in its life (product.md, Lifecycles). Overdue is no state: it is computed."""

    REPORTED = "reported"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SCHEDULED = "scheduled"
    CLAIMED_FIXED = "claimed-fixed"
    CLOSED = "closed"
    DUPLICATE = "duplicate"
    NOT_A_REPAIR = "not-a-repair"
    DECLINED = "declined"
    DISPUTED = "disputed"


STATE_LABELS: Mapping[State, str] = MappingProxyType(
    {
        State.REPORTED: "Reported, not yet looked at",
        State.OPEN: "Open",
        State.ACKNOWLEDGED: "Acknowledged",
        State.SCHEDULED: "Date given",
        State.CLAIMED_FIXED: "Said to be fixed",
        State.CLOSED: "Closed, confirmed fixed",
        State.DUPLICATE: "Same as another",
        State.NOT_A_REPAIR: "Not a repair",
        State.DECLINED: "Declined",
        State.DISPUTED: "Disputed",
    }
)

WAITING_FOR_REPAIR = frozenset({State.REPORTED, State.OPEN, State.ACKNOWLEDGED, State.SCHEDULED})
"""States in which somebody still has to do something to the home: here the clock shows."""

LIVE = WAITING_FOR_REPAIR | {State.CLAIMED_FIXED, State.DISPUTED}
"""States of a defect that is not over: a new finding in the same room and category joins it."""


class ActorKind(StrEnum):
    """In what capacity a person acts on a defect; a manager acts as an officer (product.md, permission table)."""

    OFFICER = "officer"
    MONITOR = "monitor"
    PROVIDER = "provider"
    REPORTER = "reporter"


_OFFICER = frozenset({ActorKind.OFFICER})
_MONITOR = frozenset({ActorKind.MONITOR})
_PROVIDER = frozenset({ActorKind.PROVIDER})
_WHO_KNOWS = frozenset({ActorKind.OFFICER, ActorKind.REPORTER})

_ASIDE = MappingProxyType(
    {State.DUPLICATE: _OFFICER, State.NOT_A_REPAIR: _OFFICER, State.DECLINED: _OFFICER}
)
_AT_WORK = MappingProxyType(
    {State.CLAIMED_FIXED: _PROVIDER, State.DISPUTED: _PROVIDER, State.CLOSED: _OFFICER, **_ASIDE}
)

MOVES: Mapping[State, Mapping[State, frozenset[ActorKind]]] = MappingProxyType(
    {
        State.REPORTED: {State.OPEN: _OFFICER, **_ASIDE},
        State.OPEN: {State.ACKNOWLEDGED: _PROVIDER, State.SCHEDULED: _PROVIDER, **_AT_WORK},
        State.ACKNOWLEDGED: {State.SCHEDULED: _PROVIDER, **_AT_WORK},
        State.SCHEDULED: _AT_WORK,
        # Only the person who lives there, or an officer, can say that it is fixed, or that it is not.
        State.CLAIMED_FIXED: {State.CLOSED: _WHO_KNOWS, State.OPEN: _WHO_KNOWS},
        # A dispute is decided by a monitor: it stands (open again), or it does not.
        State.DISPUTED: {
            State.OPEN: _MONITOR,
            State.DECLINED: _MONITOR,
            State.NOT_A_REPAIR: _MONITOR,
        },
        # Whatever was closed or set aside, an officer may open again; the first start of the clock is kept.
        State.CLOSED: {State.OPEN: _OFFICER},
        State.DUPLICATE: {State.OPEN: _OFFICER},
        State.NOT_A_REPAIR: {State.OPEN: _OFFICER},
        State.DECLINED: {State.OPEN: _OFFICER},
    }
)
"""From which state to which, and who may do it. A new date for a scheduled repair is no move."""


def may_move(frm: State, to: State, actor: ActorKind) -> bool:
    """Whether this actor may take a defect from one state to the other."""
    return actor in MOVES[frm].get(to, frozenset())


def moves_open_to(frm: State, actor: ActorKind) -> tuple[State, ...]:
    """Return the states to which this actor may take it now, in the order of ``State``."""
    return tuple(to for to in State if may_move(frm, to, actor))


def is_reopening(frm: State, to: State) -> bool:
    """Whether a move opens again what was said to be fixed: it counts against the repairer, and the clock's start stays."""
    return to is State.OPEN and frm in {State.CLAIMED_FIXED, State.CLOSED}
