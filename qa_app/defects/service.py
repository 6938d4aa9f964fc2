"""What is done to defects: raise (or tell again), move, stamp, give a date, change the priority, comment.

Nothing here commits. Every act leaves a line on the timeline and an audit row.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.accounts.rules import Role
from qa_app.audit import service as audit
from qa_app.base.errors import DomainError, Refused
from qa_app.base.text import day, local_day, moment
from qa_app.defects import catalogue, queries, rules
from qa_app.defects.models import Defect, Telling
from qa_app.defects.rules import ActorKind, DueTimes, Priority, State
from qa_app.defects.rules.clocks import end_of
from qa_app.homes.models import Home, HomeUnderContract, Room
from qa_app.jobs import service as jobs
from qa_app.providers.models import Contract


class Actor(Protocol):
    """Whoever acts."""

    @property
    def id(self) -> int:
        """The account."""

    @property
    def role(self) -> str:
        """The role at the time."""


ACTOR_KINDS: Mapping[str, ActorKind] = {
    Role.OFFICER: ActorKind.OFFICER,
    Role.MANAGER: ActorKind.OFFICER,
    Role.MONITOR: ActorKind.MONITOR,
    Role.PROVIDER: ActorKind.PROVIDER,
}

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


def actor_kind(actor: Actor) -> ActorKind | None:
    """In what capacity a person acts on defects; None for one who may only look."""
    return ACTOR_KINDS.get(actor.role)


# -- Raising ---------------------------------------------------------------------------------------


def raise_defect(
    session: Session,
    *,
    home: Home,
    provider_id: int | None,
    contract: Contract | HomeUnderContract | None,
    room_id: str | None,
    category: str,
    priority: str,
    words: str,
    source_kind: str,
    source_id: str,
    question: str = "",
    photos: Sequence[Mapping[str, Any]] = (),
    aware_at: datetime,
    hazards: Sequence[str] = (),
    hazard_scheme: int | None = None,
    target_working_days: int | None = None,
    is_withheld: bool = False,
    is_separate: bool = False,
    actor: Actor | None,
    now: datetime,
) -> tuple[Defect, bool]:
    """Raise a defect, or tell again of the one that is open in the same room and category; say whether it is new.

    The same finding of the same source told twice (a second revision) changes its telling and adds none.
    ``is_separate`` raises another beside an open one. ``photos`` are ``{"owner_id", "sha256", "caption"}``.
    ``is_withheld`` keeps this telling from the provider. ``DomainError`` for an unknown category.
    """
    catalogue.category(category)
    session.execute(select(Home.id).where(Home.id == home.id).with_for_update())
    room = session.get(Room, room_id) if room_id else None
    if room is not None and room.home_id != home.id:
        room = None
    told = _Told(
        priority=Priority(priority),
        words=words.strip(),
        aware_at=aware_at,
        due=rules.due_at(
            Priority(priority),
            aware_at,
            targets=_targets(contract),
            target_working_days=target_working_days,
        ),
        hazards=tuple(hazards),
        is_withheld=is_withheld,
    )
    before = queries.told_by(
        session, source_kind=source_kind, source_id=source_id, question=question,
        room_id=room_id or "",
    )  # fmt: skip
    if before is not None and before.defect.category == category:
        before.words, before.photos = told.words, [dict(one) for one in photos]
        _tell_again(session, before.defect, told, actor=actor, now=now, is_same=True)
        return before.defect, False
    found = None
    if not is_separate:
        found = queries.open_at(session, home.id, room.id if room else None, category)
    telling = Telling(
        source_kind=source_kind, source_id=source_id, question=question, room_id=room_id or "",
        words=told.words, photos=[dict(one) for one in photos], is_for_provider=not is_withheld,
        told_at=aware_at,
    )  # fmt: skip
    if found is not None:
        found.tellings.append(telling)
        _tell_again(session, found, told, actor=actor, now=now, is_same=False)
        return found, False
    defect = Defect(
        ref=_new_ref(session), home_id=home.id, provider_id=provider_id,
        room_id=room.id if room else None, category=category, priority=told.priority,
        hazard_scheme=hazard_scheme, hazards=list(hazards), words=told.words, source=source_kind,
        aware_at=aware_at, make_safe_by=told.due.make_safe_by, fix_by=told.due.fix_by,
        target_working_days=target_working_days, status=State.OPEN, is_withheld=is_withheld,
        created_at=now, tellings=[telling],
    )  # fmt: skip
    session.add(defect)
    session.flush()
    audit.record(
        session, actor, "defect.raised", "defect", defect.ref, now=now,
        after={"home": home.ref, "category": category, "priority": told.priority.value},
    )  # fmt: skip
    audit.event(
        session, "defect", defect.ref, who=actor, what="Reported", now=now,
        is_for_provider=not is_withheld,
    )  # fmt: skip
    _promise_to_tell(session, defect, "new", now=now)
    return defect, True


class _Told:
    """What one telling says, worked out."""

    def __init__(
        self,
        *,
        priority: Priority,
        words: str,
        aware_at: datetime,
        due: DueTimes,
        hazards: tuple[str, ...],
        is_withheld: bool,
    ) -> None:
        self.priority, self.words, self.aware_at, self.due = priority, words, aware_at, due
        self.hazards, self.is_withheld = hazards, is_withheld


def _tell_again(
    session: Session,
    defect: Defect,
    told: _Told,
    *,
    actor: Actor | None,
    now: datetime,
    is_same: bool,
) -> None:
    merged = rules.told_again(
        priority=Priority(defect.priority),
        aware_at=defect.aware_at,
        told_priority=told.priority,
        told_aware_at=told.aware_at,
    )
    old = defect.priority
    due = _due(defect).earlier(told.due)
    defect.aware_at = merged.aware_at
    defect.make_safe_by, defect.fix_by = due.make_safe_by, due.fix_by
    defect.hazards = list(dict.fromkeys((*defect.hazards, *told.hazards)))
    becomes_visible = defect.is_withheld and not told.is_withheld
    if becomes_visible:
        defect.is_withheld = False
        defect.words = told.words
    if not is_same:
        audit.event(
            session, "defect", defect.ref, who=actor, what="Told again", now=now,
            is_for_provider=not told.is_withheld,
        )  # fmt: skip
        audit.record(session, actor, "defect.told-again", "defect", defect.ref, now=now)
    if merged.is_worse:
        defect.priority = merged.priority
        audit.event(
            session, "defect", defect.ref, who=actor, now=now,
            what=f"Priority raised from {old} to {merged.priority.value}",
            note=rules_sentence(defect), is_for_provider=not defect.is_withheld,
        )  # fmt: skip
        audit.record(
            session, actor, "defect.priority", "defect", defect.ref, now=now,
            before={"priority": old}, after={"priority": merged.priority.value},
        )  # fmt: skip
    session.flush()
    if merged.is_worse or becomes_visible:
        _promise_to_tell(session, defect, "worse", now=now)


def _new_ref(session: Session) -> str:
    while True:
        ref = rules.ref_from(secrets.token_bytes(4))
        if session.scalar(select(Defect.id).where(Defect.ref == ref)) is None:
            return ref


def _targets(contract: Contract | HomeUnderContract | None) -> rules.Targets:
    bought: Contract | None = (
        contract.contract if isinstance(contract, HomeUnderContract) else contract
    )
    return catalogue.targets(bought.targets if bought is not None else None)


def _due(defect: Defect) -> DueTimes:
    return DueTimes(defect.make_safe_by, defect.fix_by)


def _promise_to_tell(session: Session, defect: Defect, why: str, *, now: datetime) -> None:
    """Promise that the provider is told; whether it is (priority, withheld) is decided when it is done."""
    jobs.enqueue(
        session, "defects.raised", {"defect": defect.id, "why": why}, now=now,
        key=f"defects.raised:{defect.id}:{why}:{defect.priority}:{defect.times_reopened}",
    )  # fmt: skip


def rules_sentence(defect: Defect) -> str:
    """Say in one sentence which limits a defect has: "Make safe by ..., fix by ..."."""
    parts = []
    if defect.make_safe_by is not None:
        parts.append(f"make safe by {moment(defect.make_safe_by)}")
    if defect.fix_by is not None:
        parts.append(f"fix by the end of {day(defect.fix_by)}")
    said = ", ".join(parts) or "no date is set; it is to be agreed"
    return f"{said[0].upper()}{said[1:]}."


# -- Moving ----------------------------------------------------------------------------------------


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
    if to in NEEDS_A_REASON and not note and frm is not State.REPORTED:
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
        _promise_to_tell(session, defect, "reopened", now=now)


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
        targets=_targets(contract),
        target_working_days=defect.target_working_days,
    )
    defect.priority, defect.make_safe_by, defect.fix_by = new, due.make_safe_by, due.fix_by
    _note(
        session, defect, f"Priority changed from {old.value} to {new.value}", actor=actor, now=now,
        note=f"{because.strip()} {rules_sentence(defect)}", is_for_provider=True,
    )  # fmt: skip
    audit.record(
        session, actor, "defect.priority", "defect", defect.ref, now=now,
        before={"priority": old.value}, after={"priority": new.value, "because": because.strip()},
    )  # fmt: skip
    session.flush()
    if new < old:
        _promise_to_tell(session, defect, "worse", now=now)


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
