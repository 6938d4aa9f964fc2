"""Which actions there are, for whom; scope is decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, case, false, func, select
from sqlalchemy.orm import Session

from qa_app.accounts.rules import Role
from qa_app.actions import rules
from qa_app.actions.models import Action
from qa_app.base.errors import NotFound
from qa_app.base.registry import Viewer


def scope(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that this viewer may know an action: all, or a provider's own once shared."""
    if not viewer.can("actions.read"):
        return false()
    if viewer.role == Role.PROVIDER:
        return and_(
            Action.provider_id == viewer.provider_id,
            Action.owner == rules.Owner.PROVIDER,
            Action.shared_at.is_not(None),
            Action.is_proposed.is_(False),
            Action.declined_because == "",
        )
    return Action.id.is_not(None)


def scoped(viewer: Viewer) -> Select[Action]:
    """Return the actions that this viewer may know."""
    return select(Action).where(scope(viewer))


def one(session: Session, ref: str, viewer: Viewer) -> Action:
    """Return an action by its reference; ``NotFound`` alike when there is none and when it is out of scope."""
    found = session.scalar(scoped(viewer).where(Action.ref == (rules.read_ref(ref) or ref)))
    if found is None:
        raise NotFound("no such action")
    return found


def _is_open() -> ColumnElement[bool]:
    return and_(
        Action.done_at.is_(None), Action.is_proposed.is_(False), Action.declined_because == ""
    )


def open_for_home(session: Session, home_id: int) -> Sequence[Action]:
    """Return what is still to do for a home (not proposed, not declined), due soonest first. Not scoped: for the next visit."""
    return session.scalars(
        select(Action)
        .where(Action.home_id == home_id, _is_open())
        .order_by(Action.due_on, Action.id)
    ).all()


def of_last_visit(
    session: Session, home_id: int, before: datetime, *, besides: str | None = None
) -> Sequence[Action]:
    """Return the actions of the last visit that asked for any before a moment, done or not, in the order asked;
    ``besides`` leaves a visit out."""
    counts = and_(
        Action.home_id == home_id,
        Action.created_at < before,
        Action.visit_id.is_not(None),
        Action.is_proposed.is_(False),
        Action.declined_because == "",
    )
    if besides is not None:
        counts = and_(counts, Action.visit_id != besides)
    last = session.scalar(
        select(Action.visit_id)
        .where(counts)
        .order_by(Action.created_at.desc(), Action.id.desc())
        .limit(1)
    )
    return session.scalars(
        select(Action).where(counts, Action.visit_id == last).order_by(Action.id)
    ).all()


def of_inspection(session: Session, inspection_id: str) -> Sequence[Action]:
    """Return everything that an inspection asked for, proposed and declined too, in the order asked. Not scoped."""
    return session.scalars(
        select(Action).where(Action.inspection_id == inspection_id).order_by(Action.id)
    ).all()


STATUS_FILTERS = {"open": "To do", "overdue": "Late", "done": "Done", "all": "All"}


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed by; they stand in the page's address."""

    status: str = "open"
    owner: str = ""


def listed(viewer: Viewer, filters: Filters, *, today: date) -> Select[Action]:
    """Return the actions of a list: to do before done, due soonest first. Proposed and declined ones stand elsewhere."""
    statement = scoped(viewer).where(Action.is_proposed.is_(False), Action.declined_because == "")
    if filters.status == "open":
        statement = statement.where(_is_open())
    elif filters.status == "overdue":
        statement = statement.where(_is_open(), Action.due_on < today)
    elif filters.status == "done":
        statement = statement.where(Action.done_at.is_not(None))
    if filters.owner:
        statement = statement.where(Action.owner == filters.owner)
    return statement.order_by(
        case((Action.done_at.is_(None), 0), else_=1), Action.due_on, Action.id
    )


def open_for(session: Session, viewer: Viewer) -> Sequence[Action]:
    """Return everything that this viewer may know and that is still to do, due soonest first."""
    return session.scalars(
        scoped(viewer).where(_is_open()).order_by(Action.due_on, Action.id)
    ).all()


def open_count(session: Session, viewer: Viewer) -> int:
    """How many actions are still to do, of those this viewer may know."""
    return (
        session.scalar(select(func.count()).select_from(Action).where(scope(viewer), _is_open()))
        or 0
    )
