"""Which providers and contracts there are, for whom."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import false, select
from sqlalchemy.orm import Session, joinedload

from qa_app.base.errors import NotFound
from qa_app.base.registry import Viewer
from qa_app.providers.models import Contract, Provider, ProviderContact


def all_by_name(session: Session) -> Sequence[Provider]:
    """Return every provider that has not ended, by name."""
    return session.scalars(
        select(Provider).where(Provider.ended_on.is_(None)).order_by(Provider.name)
    ).all()


def contracts(session: Session) -> Sequence[Contract]:
    """Return every contract with its provider, by the provider's name."""
    return session.scalars(
        select(Contract)
        .join(Provider)
        .options(joinedload(Contract.provider))
        .order_by(Provider.name, Contract.starts_on)
    ).all()


def one(session: Session, provider_id: int, viewer: Viewer) -> Provider:
    """Return a provider; ``NotFound`` alike when there is none and when it is another provider's."""
    statement = select(Provider).where(Provider.id == provider_id)
    if not viewer.can("providers.read"):
        statement = statement.where(false())
    elif viewer.provider_id is not None:
        statement = statement.where(Provider.id == viewer.provider_id)
    found = session.scalar(statement)
    if found is None:
        raise NotFound("no such provider")
    return found


def emergency_contacts(provider: Provider) -> list[ProviderContact]:
    """Return whom to ring about a P1: the contacts marked for it, else every contact with a number."""
    with_phone = [one for one in provider.contacts if one.phone]
    return [one for one in with_phone if one.is_emergency] or with_phone
