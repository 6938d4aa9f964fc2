"""Which homes there are, for whom; scope is decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import Session, contains_eager

from qa_app.accounts.rules import Role
from qa_app.base.errors import NotFound
from qa_app.base.registry import Viewer
from qa_app.base.text import local_day
from qa_app.homes import rules
from qa_app.homes.models import Home, HomeUnderContract, Room
from qa_app.ports import clock
from qa_app.providers.models import Contract
from qa_app.providers.queries import LARGEST_ID


def of_provider(provider_id: int, on_day: date) -> ColumnElement[bool]:
    """Return the condition that a home is under a contract of this provider on a day."""
    return exists().where(
        HomeUnderContract.home_id == Home.id,
        HomeUnderContract.contract_id == Contract.id,
        Contract.provider_id == provider_id,
        _covers(on_day),
    )


def _covers(day: date) -> ColumnElement[bool]:
    return and_(
        HomeUnderContract.starts_on <= day,
        or_(HomeUnderContract.ends_on.is_(None), HomeUnderContract.ends_on >= day),
    )


def _today() -> date:
    return local_day(clock().now())


def scoped(viewer: Viewer) -> Select[Home]:
    """Return the homes that this viewer may know: all, those a provider runs today, or none (product.md, permissions).

    A provider that handed a home on keeps its old visits and repairs, and knows no more about the home.
    """
    statement = select(Home)
    if not viewer.can("homes.read"):
        return statement.where(false())
    if viewer.role == Role.PROVIDER or viewer.provider_id is not None:
        if viewer.provider_id is None:
            return statement.where(false())
        return statement.where(of_provider(viewer.provider_id, _today()))
    return statement


def one(session: Session, ref: str, viewer: Viewer) -> Home:
    """Return a home by its reference; ``NotFound`` alike when it does not exist and when it is out of scope."""
    known = rules.read_ref(ref)
    found = None if known is None else session.scalar(scoped(viewer).where(Home.ref == known))
    if found is None:
        raise NotFound("no such home")
    return found


@dataclass(frozen=True)
class Filters:
    """What a list of homes is narrowed by; empty means all."""

    words: str = ""
    status: str = ""
    type: str = ""
    provider: int | None = None
    where: str = ""
    """inside or outside our own area."""
    sort: str = "ref"


SORTS = {"ref": Home.ref, "name": Home.name, "type": Home.type, "status": Home.status}


def listed(viewer: Viewer, filters: Filters, *, own_authority: str) -> Select[Home]:
    """Return the homes that a list shows: matching words (name, reference; address and postcode only for those
    who may see addresses), status, type, provider, inside or outside."""
    statement = scoped(viewer)
    words = filters.words.strip()
    if words:
        like = f"%{_escaped(words)}%"
        columns = [Home.name, Home.ref]
        if viewer.can("homes.address"):
            columns += [Home.address, Home.postcode]
        statement = statement.where(or_(*(column.ilike(like, escape="\\") for column in columns)))
    if filters.status:
        statement = statement.where(Home.status == filters.status)
    if filters.type:
        statement = statement.where(Home.type == filters.type)
    if filters.provider is not None:
        is_possible = 0 < filters.provider <= LARGEST_ID
        statement = statement.where(
            of_provider(filters.provider, _today()) if is_possible else false()
        )
    if filters.where == "inside":
        statement = statement.where(Home.host_authority_code == own_authority)
    elif filters.where == "outside":
        statement = statement.where(
            or_(Home.host_authority_code.is_(None), Home.host_authority_code != own_authority)
        )
    return statement.order_by(SORTS.get(filters.sort, Home.ref), Home.id)


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def contract_on(session: Session, home: Home, day: date) -> HomeUnderContract | None:
    """Return the contract that a home was under on a day, or None."""
    return session.scalar(
        select(HomeUnderContract)
        .where(HomeUnderContract.home_id == home.id, _covers(day))
        .order_by(HomeUnderContract.starts_on.desc(), HomeUnderContract.id.desc())
        .limit(1)
    )


def under_contracts_of(
    session: Session, provider_id: int, viewer: Viewer
) -> Sequence[HomeUnderContract]:
    """Return every home that was, is or will be under a contract of a provider, by name of the home and start.

    Nothing for a viewer who may not read homes, or who belongs to another provider.
    """
    if not viewer.can("homes.read") or viewer.provider_id not in {None, provider_id}:
        return []
    return session.scalars(
        select(HomeUnderContract)
        .join(HomeUnderContract.contract)
        .join(HomeUnderContract.home)
        .options(contains_eager(HomeUnderContract.home))
        .where(Contract.provider_id == provider_id)
        .order_by(Home.name, Home.id, HomeUnderContract.starts_on)
    ).all()


def area_of(home: Home) -> str:
    """Return the area of a home, and no more: "SE15, Southwark"."""
    name = home.host_authority.name if home.host_authority is not None else ""
    return rules.area_words(home.postcode, name or home.host_authority_code)


def live_rooms(home: Home, *, kind: str | None = None) -> Sequence[Room]:
    """Return the rooms that have not ended, of one kind when it is given."""
    return [
        room for room in home.rooms if room.ended_on is None and (kind is None or room.kind == kind)
    ]


def next_ref(session: Session) -> str:
    """Return the next free reference ("H-0043")."""
    numbers = [int(found[2:]) for found in session.scalars(select(Home.ref)) if found[2:].isdigit()]
    return rules.ref(max(numbers, default=0) + 1)


def proposed(session: Session, viewer: Viewer) -> Sequence[Home]:
    """Return the homes about which somebody asked a manager for a decision, the longest wait first."""
    return session.scalars(
        scoped(viewer).where(Home.proposed_status != "").order_by(Home.proposed_at, Home.id)
    ).all()
