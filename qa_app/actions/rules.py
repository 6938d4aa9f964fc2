"""Rules about actions: what is no repair, whose it is, by when, and who may do what with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from qa_app.base import refs
from qa_app.base.text import day, plural


class Owner(StrEnum):
    """Whose an action is."""

    PROVIDER = "provider"
    OFFICER = "officer"
    MANAGER = "manager"
    ADVISER = "adviser"


OWNER_LABELS: Mapping[str, str] = MappingProxyType(
    {
        Owner.PROVIDER: "The provider",
        Owner.OFFICER: "The officer",
        Owner.MANAGER: "The manager",
        Owner.ADVISER: "The personal adviser",
    }
)

KIND_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "records": "Our records",
        "placement": "Placement",
        "privacy": "Privacy",
        "staffing": "Staffing",
        "support": "Support",
        "escalate-to-manager": "For the manager, today",
        "pathway-plan": "Pathway plan and risk assessment",
        "reopen-actions": "Asked for again",
    }
)
"""The workflows that question sets name (``follow_up.kind`` and ``prompts``); a kind not listed is shown by its name."""


def kind_label(kind: str) -> str:
    """Return the words for a kind of action."""
    return KIND_LABELS.get(kind, kind.replace("-", " ").capitalize())


def default_owner(kind: str) -> Owner:
    """Return whose an action of this kind is unless an officer says otherwise."""
    return {
        "records": Owner.OFFICER,
        "placement": Owner.OFFICER,
        "escalate-to-manager": Owner.MANAGER,
        "pathway-plan": Owner.ADVISER,
    }.get(kind, Owner.PROVIDER)


USUAL_DAYS = 14
"""How long an action usually gets: a house rule."""


def default_due(kind: str, today: date) -> date:
    """Return by when an action of this kind is usually due: for the manager today, else in two weeks."""
    return today if kind == "escalate-to-manager" else today + timedelta(days=USUAL_DAYS)


class State(StrEnum):
    """Where an action stands; computed, never stored."""

    PROPOSED = "proposed"
    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"
    DECLINED = "declined"


STATE_LABELS: Mapping[State, str] = MappingProxyType(
    {
        State.PROPOSED: "Proposed",
        State.OPEN: "To do",
        State.OVERDUE: "Late",
        State.DONE: "Done",
        State.DECLINED: "Declined",
    }
)


def state(
    *, is_proposed: bool, declined_because: str, is_done: bool, due_on: date, today: date
) -> State:
    """Say where an action stands on a day; it is late from the day after it was due."""
    if declined_because:
        return State.DECLINED
    if is_proposed:
        return State.PROPOSED
    if is_done:
        return State.DONE
    return State.OVERDUE if due_on < today else State.OPEN


def due_words(due_on: date, today: date) -> str:
    """Say when something is due: "due today", "due tomorrow", "due in 3 days", "2 days late"."""
    days = (due_on - today).days
    if days < 0:
        return f"{plural(-days, 'day')} late"
    if days < 2:
        return "due tomorrow" if days else "due today"
    return f"due in {days} days" if days <= 7 else f"due on {day(due_on)}"


def is_for_provider(
    *, owner: str, share: str, question: str, released: Collection[str], is_wanted: bool
) -> bool:
    """Whether a provider sees an action once its visit is shared: its own, wanted, and free by the question's ``share``."""
    is_free = share == "yes" or (share == "reviewed" and question in released)
    return is_wanted and owner == Owner.PROVIDER and is_free


def ref_from(random: bytes) -> str:
    """Return a reference such as "A-7K3M9" from at least 4 random bytes."""
    return refs.ref_from("A", random)


def read_ref(text: str) -> str | None:
    """Return a reference as it is kept, however it was typed; None when it is none."""
    return refs.read_ref("A", text)
