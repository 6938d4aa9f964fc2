"""The shapes of a story: a visit that was made, who said what on it, and what became of what it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa_app.demo.answers import Story


@dataclass(frozen=True)
class Voice:
    """What one young inspector said beside the officer; ``worry`` is what they told whom (a duty, or "officer")."""

    who: str
    story: Story
    level: str
    worry: tuple[str, str] | None = None


@dataclass(frozen=True)
class Made:
    """A visit that was made, as many days ago, and what was done with what came of it.

    ``shared_after`` and ``decided_after`` are days after the visit; None: that still waits for somebody.
    ``declined`` gives, for a question (or a category), why an officer wanted no repair there, ``picked`` the category
    and the words for what a young inspector saw broken. ``received_after`` is how many days the
    phone had no signal. ``told`` is whom the officer rang from the doorstep.
    """

    key: str
    home: str
    days_ago: int
    officer: str
    story: Story
    level: str = "good"
    purpose: str = "routine"
    form: str = "full"
    is_announced: bool = True
    hour: int = 10
    young: tuple[Voice, ...] = ()
    told: tuple[tuple[str, str], ...] = ()
    shared_after: int | None = 2
    decided_after: int | None = 1
    declined: Mapping[str, str] = field(default_factory=dict)
    picked: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    received_after: int = 0


@dataclass(frozen=True)
class Step:
    """One step in the life of a repair: days after the visit, at which hour, who, to which state, in which words.

    ``to`` may also be "safe" (the danger is over) or "comment". ``in_days`` is the day that the provider promised,
    counted from the step.
    """

    after: int
    who: str
    to: str
    note: str = ""
    hour: int = 11
    in_days: int = 0


@dataclass(frozen=True)
class Repair:
    """What became of the repair that a visit told of in one category (and room, when it hangs on one)."""

    visit: str
    category: str
    steps: tuple[Step, ...]
    room: str | None = None


@dataclass(frozen=True)
class Asked:
    """What became of an action that a visit asked for: an answer of the provider, or "done" with the evidence."""

    visit: str
    question: str
    after: int
    who: str
    to: str
    words: str
