"""Which providers and contracts there are, for whom; scope is decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from qa_app.accounts.rules import Role
from qa_app.base.errors import NotFound
from qa_app.base.registry import Viewer
from qa_app.providers.models import Contract, Provider, ProviderContact

LARGEST_ID = 2**31 - 1


def scoped(viewer: Viewer) -> Select[Provider]:
    """Return the providers that this viewer may know: all, a provider contact's own, or none."""
    statement = select(Provider)
    if not viewer.can("providers.read"):
        return statement.where(false())
    if viewer.role == Role.PROVIDER or viewer.provider_id is not None:
        return statement.where(Provider.id == viewer.provider_id)
    return statement


def one(session: Session, id: int, viewer: Viewer) -> Provider:
    """Return a provider; ``NotFound`` alike when there is none and when it is out of scope."""
    found = None
    if 0 < id <= LARGEST_ID:
        found = session.scalar(scoped(viewer).where(Provider.id == id))
    if found is None:
        raise NotFound("no such provider")
    return found


def contact(provider: Provider, id: int) -> ProviderContact:
    """Return one of a provider's contacts; ``NotFound`` when it is not one of theirs."""
    found = next((one for one in provider.contacts if one.id == id), None)
    if found is None:
        raise NotFound("no such contact")
    return found


def contract(provider: Provider, id: int) -> Contract:
    """Return one of a provider's contracts; ``NotFound`` when it is not one of theirs."""
    found = next((one for one in provider.contracts if one.id == id), None)
    if found is None:
        raise NotFound("no such contract")
    return found


def named(session: Session, name: str) -> Provider | None:
    """Return the provider of this name, however it is capitalised; None when there is none."""
    return session.scalar(select(Provider).where(func.lower(Provider.name) == name.lower()))


def listed(viewer: Viewer, *, words: str = "", standing: str = "", today: date) -> Select[Provider]:
    """Return the providers of a list, by name: their name or that of a contact holds the words.

    ``standing`` is "now" (not ended), "ended", or empty for all.
    """
    statement = scoped(viewer)
    if words.strip():
        plain = words.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        like = f"%{plain}%"
        statement = statement.where(
            or_(
                Provider.name.ilike(like, escape="\\"),
                Provider.ofsted_urn.ilike(like, escape="\\"),
                Provider.contacts.any(ProviderContact.name.ilike(like, escape="\\")),
            )
        )
    if standing == "now":
        statement = statement.where(or_(Provider.ended_on.is_(None), Provider.ended_on >= today))
    elif standing == "ended":
        statement = statement.where(Provider.ended_on < today)
    return statement.order_by(func.lower(Provider.name), Provider.id)


def all_by_name(session: Session) -> Sequence[Provider]:
    """Return every provider, ended ones too, by name."""
    return session.scalars(select(Provider).order_by(func.lower(Provider.name), Provider.id)).all()


def contracts(session: Session, *, on_day: date | None = None) -> Sequence[Contract]:
    """Return contracts with their providers, by provider and start; with a day, only those that have not ended by then."""
    statement = (
        select(Contract)
        .join(Contract.provider)
        .options(contains_eager(Contract.provider))
        .order_by(func.lower(Provider.name), Contract.starts_on, Contract.id)
    )
    if on_day is not None:
        statement = statement.where(or_(Contract.ends_on.is_(None), Contract.ends_on >= on_day))
    return session.scalars(statement).all()


def emergency_contacts(provider: Provider) -> list[ProviderContact]:
    """Return whom to ring about an emergency: those marked for it, else everybody with a telephone number."""
    with_phone = [one for one in provider.contacts if one.phone]
    return [one for one in with_phone if one.is_emergency] or with_phone
