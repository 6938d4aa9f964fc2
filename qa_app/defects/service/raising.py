"""Raise a defect, or tell again of one that is open in the same room and category."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.audit import service as audit
from qa_app.defects import catalogue, queries, rules
from qa_app.defects.models import Defect, Telling
from qa_app.defects.rules import DueTimes, Priority, State
from qa_app.defects.service.acting import Actor, limits_sentence, promise_to_tell, targets_of
from qa_app.homes.models import Home, HomeUnderContract, Room
from qa_app.providers.models import Contract


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
            targets=targets_of(contract),
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
    promise_to_tell(session, defect, "new", now=now)
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
            note=limits_sentence(defect), is_for_provider=not defect.is_withheld,
        )  # fmt: skip
        audit.record(
            session, actor, "defect.priority", "defect", defect.ref, now=now,
            before={"priority": old}, after={"priority": merged.priority.value},
        )  # fmt: skip
    session.flush()
    if merged.is_worse or becomes_visible:
        promise_to_tell(session, defect, "worse", now=now)


def _new_ref(session: Session) -> str:
    while True:
        ref = rules.ref_from(secrets.token_bytes(4))
        if session.scalar(select(Defect.id).where(Defect.ref == ref)) is None:
            return ref


def _due(defect: Defect) -> DueTimes:
    return DueTimes(defect.make_safe_by, defect.fix_by)
