"""Rules about defects, in one place to import from: states, clocks, references and tellings."""

from __future__ import annotations

from qa_app.defects.rules.clocks import (
    DueTimes,
    Target,
    Targets,
    Timeliness,
    add_working_days,
    due_at,
    due_words,
    is_overdue,
    is_working_day,
    next_due,
    timeliness,
)
from qa_app.defects.rules.refs import read_ref, ref_from
from qa_app.defects.rules.states import (
    LIVE,
    MOVES,
    STATE_LABELS,
    WAITING_FOR_REPAIR,
    ActorKind,
    Priority,
    State,
    higher_priority,
    is_reopening,
    may_move,
    moves_open_to,
)
from qa_app.defects.rules.tellings import Awareness, Merged, aware_at, told_again

__all__ = [
    "LIVE",
    "MOVES",
    "STATE_LABELS",
    "WAITING_FOR_REPAIR",
    "ActorKind",
    "Awareness",
    "DueTimes",
    "Merged",
    "Priority",
    "State",
    "Target",
    "Targets",
    "Timeliness",
    "add_working_days",
    "aware_at",
    "due_at",
    "due_words",
    "higher_priority",
    "is_overdue",
    "is_reopening",
    "is_working_day",
    "may_move",
    "moves_open_to",
    "next_due",
    "read_ref",
    "ref_from",
    "timeliness",
    "told_again",
]
