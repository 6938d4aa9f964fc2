"""Which defects there are, for whom, and how a list of them is narrowed; scope is decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, select
from sqlalchemy.orm import Session, selectinload

from qa_app.accounts.rules import Role
from qa_app.base.errors import NotFound
from qa_app.base.registry import Viewer
from qa_app.defects import rules
from qa_app.defects.models import Defect, Telling
from qa_app.defects.rules import Priority, State
from qa_app.homes.models import Home
from qa_app.providers.models import Provider

ScopeRule = Callable[[Viewer], ColumnElement[bool]]

scope_rules: dict[str, ScopeRule] = {}
"""For a role: which defects it may know. What only a higher feature can say is added there (a young inspector's own
visits, by ``inspections.panels``)."""

LIVE = tuple(sorted(state.value for state in rules.LIVE))
WAITING = tuple(sorted(state.value for state in rules.WAITING_FOR_REPAIR))


def scope(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that this viewer may know a defect (product.md, "Who may see and do what")."""
    if not viewer.can("defects.read"):
        return false()
    if viewer.role in scope_rules:
        return scope_rules[viewer.role](viewer)
    if viewer.role == Role.PROVIDER:
        return and_(Defect.provider_id == viewer.provider_id, Defect.is_withheld.is_(False))
    if viewer.role == Role.ADVISER:
        return and_(
            Defect.status.in_(LIVE), Defect.priority.in_((Priority.P1.value, Priority.P2.value))
        )
    return false() if viewer.role == Role.YOUNG_INSPECTOR else Defect.id.is_not(None)


def scoped(viewer: Viewer) -> Select[Defect]:
    """Return the defects that this viewer may know."""
    return select(Defect).where(scope(viewer))


def one(session: Session, ref: str, viewer: Viewer, *, is_to_change: bool = False) -> Defect:
    """Return a defect by its reference; ``NotFound`` alike when there is none and when it is out of scope.

    ``is_to_change``: nobody else may change it until this transaction ends.
    """
    known = rules.read_ref(ref) or ref
    if is_to_change:
        session.execute(select(Defect.id).where(Defect.ref == known).with_for_update())
    found = session.scalar(
        scoped(viewer).where(Defect.ref == known).options(selectinload(Defect.tellings))
    )
    if found is None:
        raise NotFound("no such defect")
    return found


def open_at(
    session: Session, home_id: int, room_id: str | None, category: str | None
) -> Defect | None:
    """Return the defect that is not over in this room (None: the home as a whole) and category, the oldest first."""
    if category is None:
        return None
    return session.scalar(
        select(Defect)
        .where(
            Defect.home_id == home_id,
            Defect.room_id.is_(None) if not room_id else Defect.room_id == room_id,
            Defect.category == category,
            Defect.status.in_(LIVE),
        )
        .order_by(Defect.aware_at, Defect.id)
        .limit(1)
    )


def told_by(
    session: Session, *, source_kind: str, source_id: str, question: str, room_id: str
) -> Telling | None:
    """Return the telling that one finding of one source made, if it made one."""
    return session.scalar(
        select(Telling)
        .where(
            Telling.source_kind == source_kind,
            Telling.source_id == source_id,
            Telling.question == question,
            Telling.room_id == room_id,
        )
        .order_by(Telling.id.desc())
        .limit(1)
    )


def told_through(
    session: Session, source_kind: str, source_ids: Collection[str], viewer: Viewer
) -> Sequence[Defect]:
    """Return the defects that these sources told of and this viewer may know, the worst first."""
    if not source_ids:
        return []
    told = exists().where(
        Telling.defect_id == Defect.id,
        Telling.source_kind == source_kind,
        Telling.source_id.in_(list(source_ids)),
    )
    return session.scalars(
        scoped(viewer).where(told).order_by(Defect.priority, Defect.aware_at, Defect.id)
    ).all()


def open_for_home(session: Session, home_id: int, viewer: Viewer) -> Sequence[Defect]:
    """Return what is not over at a home, as far as this viewer may know, the worst first."""
    return session.scalars(
        scoped(viewer)
        .where(Defect.home_id == home_id, Defect.status.in_(LIVE))
        .order_by(Defect.priority, Defect.aware_at, Defect.id)
    ).all()


def open_for_provider(session: Session, provider_id: int, viewer: Viewer) -> Sequence[Defect]:
    """Return what is not over of a provider, as far as this viewer may know, the worst first."""
    return session.scalars(
        scoped(viewer)
        .where(Defect.provider_id == provider_id, Defect.status.in_(LIVE))
        .order_by(Defect.priority, Defect.aware_at, Defect.id)
    ).all()


def shows_photo_to_provider(
    session: Session, *, source_id: str, owner_id: str, sha256: str, provider_id: int | None
) -> bool:
    """Whether a repair that this provider may know was told by this inspection with this photo: the photo of a fault
    goes with its repair."""
    rows = session.scalars(
        select(Telling)
        .join(Defect)
        .where(
            Defect.provider_id == provider_id,
            Defect.is_withheld.is_(False),
            Telling.is_for_provider.is_(True),
            Telling.source_kind == "inspection",
            Telling.source_id == source_id,
        )
    )
    return any(
        photo.get("owner_id") == owner_id and photo.get("sha256") == sha256
        for telling in rows
        for photo in telling.photos
    )


# -- Lists -----------------------------------------------------------------------------------------

STATUS_FILTERS = {
    "open": "Not finished",
    "waiting": "Waiting for the repair",
    "claimed-fixed": "Said to be fixed",
    "disputed": "Disputed",
    "closed": "Closed",
    "all": "All",
}


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed by; empty means all. They stand in the page's address."""

    status: str = "open"
    priority: str = ""
    overdue: bool = False
    home: str = ""
    provider: int | None = None


def next_due() -> ColumnElement[Any]:
    """Return, as SQL, the limit that a repairer now runs against (``rules.next_due``)."""
    return case(
        (Defect.claimed_fixed_at.is_not(None), None),
        (
            and_(Defect.made_safe_at.is_(None), Defect.make_safe_by.is_not(None)),
            Defect.make_safe_by,
        ),
        else_=Defect.fix_by,
    )


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """Return, as SQL, whether a limit has passed (``rules.is_overdue``)."""
    return and_(Defect.status.in_(WAITING), func.coalesce(next_due() < now, false()))


def listed(viewer: Viewer, filters: Filters, *, now: datetime) -> Select[Defect]:
    """Return the defects of a list, worst first: not over, late, priority, due soonest, told first."""
    statement = scoped(viewer)
    if filters.status == "open":
        statement = statement.where(Defect.status.in_(LIVE))
    elif filters.status == "waiting":
        statement = statement.where(Defect.status.in_(WAITING))
    elif filters.status == "closed":
        statement = statement.where(Defect.status.not_in(LIVE))
    elif filters.status in {State.CLAIMED_FIXED.value, State.DISPUTED.value}:
        statement = statement.where(Defect.status == filters.status)
    if filters.priority:
        statement = statement.where(Defect.priority == filters.priority)
    if filters.overdue:
        statement = statement.where(is_overdue(now))
    if filters.home:
        statement = statement.where(
            Defect.home_id.in_(select(Home.id).where(Home.ref == filters.home))
        )
    if filters.provider is not None:
        statement = statement.where(Defect.provider_id == filters.provider)
    due = next_due()
    return statement.order_by(
        case((Defect.status.in_(LIVE), 0), else_=1),
        case((is_overdue(now), 0), else_=1),
        Defect.priority,
        case((due.is_(None), 1), else_=0),
        due,
        Defect.aware_at,
        Defect.id,
    )


def homes_with_defects(session: Session, viewer: Viewer) -> Sequence[tuple[str, str]]:
    """Return the reference and name of every home that this viewer may know a defect of, by name."""
    rows = session.execute(
        select(Home.ref, Home.name)
        .where(Home.id.in_(select(Defect.home_id).where(scope(viewer))))
        .order_by(Home.name)
    )
    return [(ref, name) for ref, name in rows]


def providers_with_defects(session: Session, viewer: Viewer) -> Sequence[tuple[int, str]]:
    """Return the id and name of every provider that this viewer may know a defect of, by name."""
    rows = session.execute(
        select(Provider.id, Provider.name)
        .where(Provider.id.in_(select(Defect.provider_id).where(scope(viewer))))
        .order_by(Provider.name)
    )
    return [(id, name) for id, name in rows]


def provider_names(session: Session, ids: Collection[int | None]) -> dict[int, str]:
    """Return the names of some providers by id."""
    wanted = [id for id in ids if id is not None]
    rows = session.execute(select(Provider.id, Provider.name).where(Provider.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def overdue_count(session: Session, viewer: Viewer, *, now: datetime) -> int:
    """How many defects that this viewer may know are late."""
    return (
        session.scalar(
            select(func.count()).select_from(Defect).where(scope(viewer), is_overdue(now))
        )
        or 0
    )


def awaiting_confirmation(session: Session, viewer: Viewer) -> Sequence[Defect]:
    """Return what a repairer says is fixed and nobody has confirmed, the longest wait first."""
    return session.scalars(
        scoped(viewer)
        .where(Defect.status == State.CLAIMED_FIXED.value)
        .order_by(Defect.claimed_fixed_at, Defect.id)
    ).all()
