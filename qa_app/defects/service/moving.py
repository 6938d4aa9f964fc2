"""Move a defect, stamp it, give its day, change its priority, comment on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from qa_app.audit import service as audit
from qa_app.base.errors import DomainError, Refused
from qa_app.base.text import day, local_day
from qa_app.defects import rules
from qa_app.defects.models import Defect
from qa_app.defects.rules import ActorKind, Priority, State
from qa_app.defects.rules.clocks import end_of
from qa_app.defects.service.acting import (
    Actor,
    actor_kind,
    limits_sentence,
    promise_to_tell,
    targets_of,
)
from qa_app.homes.models import HomeUnderContract
from qa_app.providers.models import Contract

MOVE_LINES: Mapping[State, str] = {
    State.OPEN: "Looked at: it is a repair",
    State.ACKNOWLEDGED: "Acknowledged by the provider",
    State.SCHEDULED: "The provider gave a date",
    State.CLAIMED_FIXED: "Fixed, says the provider",
    State.CLOSED: "Confirmed fixed, and closed",
    State.DUPLICATE: "Set aside: the same as another",
    State.NOT_A_REPAIR: "Set aside: not a repair",
    State.DECLINED: "Declined",
    State.DISPUTED: "Disputed by the provider",
}
NEEDS_A_REASON = frozenset(
    {State.DUPLICATE, State.NOT_A_REPAIR, State.DECLINED, State.DISPUTED, State.OPEN}
)


def move(
    session: Session,
    defect: Defect,
    to: State,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    promised_on: date | None = None,
    duplicate_of: Defect | None = None,
) -> None:
    """Take a defect to another state and set its stamps; reopening keeps the first start of the clock.

    ``DomainError`` when this person may not; ``Refused`` when the reason, the day or the other defect is missing.
    """
    frm, to = State(defect.status), State(to)
    kind = actor_kind(actor)
    if kind is None or not rules.may_move(frm, to, kind):
        raise DomainError("This cannot be done now. Somebody may have moved it on meanwhile.")
    note = note.strip()
    if to in NEEDS_A_REASON and not note and (frm, to) != (State.REPORTED, State.OPEN):
        raise Refused({"note": "Say why"})
    if to is State.SCHEDULED:
        _promise_day(defect, promised_on, now)
        note = f"{day(defect.promised_on)}. {note}".strip()
    if to is State.DUPLICATE:
        if duplicate_of is None or duplicate_of.id == defect.id:
            raise Refused({"duplicate_of": "Enter the reference of the other one, like D-7K3M9"})
        defect.duplicate_of_id = duplicate_of.id
    what = MOVE_LINES[to]
    if to is State.OPEN and frm is not State.REPORTED:
        what = _reopen(defect, frm)
    if to is State.CLAIMED_FIXED:
        defect.claimed_fixed_at = now
    if to is State.CLOSED:
        defect.confirmed_fixed_at = now
    if to in {State.CLOSED, State.DECLINED, State.NOT_A_REPAIR, State.DUPLICATE}:
        defect.closed_because = note
    defect.status = to
    _note(session, defect, what, actor=actor, now=now, note=note, is_for_provider=True)
    audit.record(
        session, actor, "defect.moved", "defect", defect.ref, now=now,
        before={"status": frm.value}, after={"status": to.value},
    )  # fmt: skip
    session.flush()
    if rules.is_reopening(frm, to):
        promise_to_tell(session, defect, "reopened", now=now)


def _reopen(defect: Defect, frm: State) -> str:
    was_fixed = rules.is_reopening(frm, State.OPEN)
    if was_fixed:
        defect.times_reopened += 1
    defect.claimed_fixed_at = defect.confirmed_fixed_at = None
    defect.promised_on = None
    defect.closed_because = ""
    defect.duplicate_of_id = None
    return "Opened again: it is not fixed" if was_fixed else "Opened again"


def _promise_day(defect: Defect, promised_on: date | None, now: datetime) -> None:
    if promised_on is None:
        raise Refused({"promised_on": "Enter the day of the repair"})
    if promised_on < local_day(now):
        raise Refused({"promised_on": "The day must be today or later"})
    defect.promised_on = promised_on
    if Priority(defect.priority) is Priority.P4 and defect.fix_by is None:
        defect.fix_by = end_of(promised_on)  # "date agreed" (domain.md 3.2)


def give_date(
    session: Session,
    defect: Defect,
    promised_on: date | None,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
) -> None:
    """Give the day of the repair, or another day; the time it is due by stays. ``Refused`` without a day to come."""
    if State(defect.status) is not State.SCHEDULED:
        move(
            session,
            defect,
            State.SCHEDULED,
            actor=actor,
            now=now,
            note=note,
            promised_on=promised_on,
        )
        return
    if actor_kind(actor) is not ActorKind.PROVIDER:
        raise DomainError("Only the provider gives the day.")
    before = defect.promised_on
    _promise_day(defect, promised_on, now)
    _note(
        session, defect, "The provider gave another date", actor=actor, now=now,
        note=f"{day(before)} is now {day(defect.promised_on)}. {note}".strip(),
        is_for_provider=True,
    )  # fmt: skip
    audit.record(session, actor, "defect.date", "defect", defect.ref, now=now)


def make_safe(
    session: Session, defect: Defect, *, actor: Actor, now: datetime, note: str = ""
) -> None:
    """Stamp that the danger is over (the repair may still be to come); the first stamp stands. ``DomainError`` when it is over."""
    kind = actor_kind(actor)
    if kind not in {ActorKind.PROVIDER, ActorKind.OFFICER} or State(
        defect.status
    ) not in rules.LIVE - {State.REPORTED}:
        raise DomainError("This cannot be done now.")
    if defect.made_safe_at is not None:
        return
    defect.made_safe_at = now
    says = "says the provider" if kind is ActorKind.PROVIDER else "seen by an officer"
    _note(session, defect, f"Made safe, {says}", actor=actor, now=now, note=note.strip(),
          is_for_provider=True)  # fmt: skip
    audit.record(session, actor, "defect.made-safe", "defect", defect.ref, now=now)


def reprioritise(
    session: Session,
    defect: Defect,
    priority: str,
    *,
    because: str,
    contract: Contract | HomeUnderContract | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Give another priority, with a reason; the times are counted again from when the council became aware."""
    new, old = Priority(priority), Priority(defect.priority)
    if actor_kind(actor) is not ActorKind.OFFICER or State(defect.status) not in rules.LIVE:
        raise DomainError("The priority cannot be changed now.")
    if not because.strip():
        raise Refused({"because": "Say why the priority should change"})
    if new is old:
        raise Refused({"priority": "That is the priority it has"})
    due = rules.due_at(
        new,
        defect.aware_at,
        targets=targets_of(contract),
        target_working_days=defect.target_working_days,
    )
    defect.priority, defect.make_safe_by, defect.fix_by = new, due.make_safe_by, due.fix_by
    _note(
        session, defect, f"Priority changed from {old.value} to {new.value}", actor=actor, now=now,
        note=f"{because.strip()} {limits_sentence(defect)}", is_for_provider=True,
    )  # fmt: skip
    audit.record(
        session, actor, "defect.priority", "defect", defect.ref, now=now,
        before={"priority": old.value}, after={"priority": new.value, "because": because.strip()},
    )  # fmt: skip
    session.flush()
    if new < old:
        promise_to_tell(session, defect, "worse", now=now)


def comment(
    session: Session,
    defect: Defect,
    words: str,
    *,
    is_for_provider: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Add a remark to the timeline; the provider reads it only when that was asked for. ``Refused`` when empty."""
    if not words.strip():
        raise Refused({"words": "Write your comment"})
    _note(session, defect, "Comment", actor=actor, now=now, note=words.strip(),
          is_for_provider=is_for_provider)  # fmt: skip


def _note(
    session: Session,
    defect: Defect,
    what: str,
    *,
    actor: Actor,
    now: datetime,
    note: str,
    is_for_provider: bool,
) -> None:
    audit.event(
        session, "defect", defect.ref, who=actor, what=what, now=now, note=note,
        is_for_provider=is_for_provider and not defect.is_withheld,
    )  # fmt: skip
