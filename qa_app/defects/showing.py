"""What pages say of a defect: words for its clocks, its lines, its tellings and their photos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from qa_app.accounts.rules import Role
from qa_app.base.errors import NotFound
from qa_app.base.registry import Viewer
from qa_app.base.text import day, moment
from qa_app.defects import catalogue, rules
from qa_app.defects.models import Defect, Telling
from qa_app.defects.rules import DueTimes, Priority, State
from qa_app.homes import naming
from qa_app.photos import queries as photos
from qa_app.photos.rules import PhotoState


@dataclass(frozen=True)
class Row:
    """A defect in a list."""

    ref: str
    title: str
    where: str
    home_name: str
    home_ref: str
    provider: str
    priority: str
    priority_label: str
    status: str
    status_label: str
    due: str
    is_late: bool
    promised: str


def row(
    defect: Defect,
    *,
    now: datetime,
    providers: Mapping[int, str] | None = None,
    viewer: Viewer | None = None,
) -> Row:
    """Return what a list shows of a defect; ``viewer`` where not everybody may know which home it is."""
    state, priority = State(defect.status), Priority(defect.priority)
    return Row(
        ref=defect.ref,
        title=catalogue.label(defect.category),
        where=place(defect),
        home_name=naming.name_for(defect.home, viewer) if viewer else defect.home.name,
        home_ref=naming.ref_for(defect.home, viewer) if viewer else defect.home.ref,
        provider=(providers or {}).get(defect.provider_id or 0, ""),
        priority=priority.value,
        priority_label=catalogue.priorities()[priority].label,
        status=state.value,
        status_label=rules.STATE_LABELS[state],
        due=due_words(defect, now=now),
        is_late=is_late(defect, now=now),
        promised=day(defect.promised_on) if state is State.SCHEDULED else "",
    )


def place(defect: Defect) -> str:
    """Return the room, or that it is about the whole home."""
    return str(defect.room.label) if defect.room is not None else "Whole home"


def _due(defect: Defect) -> DueTimes:
    return DueTimes(defect.make_safe_by, defect.fix_by)


def is_late(defect: Defect, *, now: datetime) -> bool:
    """Whether the repairer has let a limit pass."""
    return rules.is_overdue(
        _due(defect),
        state=State(defect.status),
        made_safe_at=defect.made_safe_at,
        claimed_fixed_at=defect.claimed_fixed_at,
        now=now,
    )


def due_words(defect: Defect, *, now: datetime) -> str:
    """Say what runs out next and when: "make safe: due tomorrow by 10:00am"; "" when nothing does."""
    if State(defect.status) not in rules.WAITING_FOR_REPAIR:
        return ""
    limit = rules.next_due(
        _due(defect), made_safe_at=defect.made_safe_at, claimed_fixed_at=defect.claimed_fixed_at
    )
    words = rules.due_words(limit, now=now)
    if words and defect.made_safe_at is None and defect.make_safe_by is not None:
        return f"Make safe: {words}"
    if words:
        return words[0].upper() + words[1:]
    return (
        "Date to be agreed"
        if defect.promised_on is None
        else f"Agreed for {day(defect.promised_on)}"
    )


def clock_sentence(defect: Defect) -> str:
    """Explain the clocks in one sentence."""
    parts = []
    if defect.make_safe_by is not None:
        parts.append(f"made safe by {moment(defect.make_safe_by)} (hours run day and night)")
    if defect.fix_by is not None:
        parts.append(
            f"fixed by the end of {day(defect.fix_by)} (weekends and bank holidays do not count)"
        )
    must = (
        f"so it must be {' and '.join(parts)}"
        if parts
        else "and the date of the repair is to be agreed"
    )
    again = " Opening it again has not started the clock again." if defect.times_reopened else ""
    return f"The council first knew of it on {moment(defect.aware_at)}, {must}.{again}"


def stamps(defect: Defect) -> list[tuple[str, str]]:
    """Return the three stamps, each with when or that it is still to come."""
    rows = [
        ("Fixed, says the provider", defect.claimed_fixed_at),
        ("Confirmed fixed", defect.confirmed_fixed_at),
    ]
    if defect.make_safe_by is not None or defect.made_safe_at is not None:
        rows.insert(0, ("Made safe", defect.made_safe_at))
    return [(words, moment(at) or "Not yet") for words, at in rows]


OUTSIDE = frozenset({Role.PROVIDER, Role.YOUNG_INSPECTOR})
"""Who reads what was found, but not who said so, nor what is withheld."""


# -- Tellings and photos ---------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownTelling:
    """One time that somebody told us."""

    when: str
    words: str
    photos: list[dict[str, Any]]
    source_kind: str
    source_id: str
    is_withheld: bool


def tellings(session: Session, defect: Defect, viewer: Viewer) -> list[ShownTelling]:
    """Return what this viewer may read of what we were told: nothing withheld for those outside the team, and never by whom."""
    is_outside = viewer.role in OUTSIDE
    return [
        ShownTelling(
            when=moment(one.told_at),
            words=one.words,
            photos=photos_of(session, defect, one, viewer),
            source_kind="" if is_outside else one.source_kind,
            source_id="" if is_outside else one.source_id,
            is_withheld=not one.is_for_provider,
        )
        for one in defect.tellings
        if one.is_for_provider or not is_outside
    ]


def photos_of(
    session: Session, defect: Defect, telling: Telling, viewer: Viewer
) -> list[dict[str, Any]]:
    """Return the photos of a telling that have arrived and that this viewer may see, for ``photo_strip``."""
    found = []
    for named in telling.photos:
        photo = photos.by_hash(
            session,
            owner_kind=telling.source_kind,
            owner_id=named["owner_id"],
            sha256=named["sha256"],
        )
        if photo is None or not _may_see(session, photo.id, viewer):
            continue
        caption = str(named.get("caption") or "")
        found.append(
            {
                "src": f"/photos/{photo.id}/small",
                "href": f"/photos/{photo.id}/large",
                "alt": f"Photo of {catalogue.label(defect.category).lower()}, {place(defect)}",
                "caption": caption,
                "is_waiting": photo.state == PhotoState.RECEIVED,
            }
        )
    return found


def _may_see(session: Session, photo_id: str, viewer: Viewer) -> bool:
    try:
        photos.visible(session, photo_id, viewer=viewer)
    except NotFound:
        return False
    return True
