"""Make, change and end providers, the people to ring, and contracts; nothing here deletes a provider."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from qa_app.audit import service as audit
from qa_app.audit.service import Actor
from qa_app.base.errors import Refused
from qa_app.providers import queries, rules
from qa_app.providers.models import Contract, Provider, ProviderContact

FIELDS = ("name", "framework", "ofsted_urn", "ofsted_status", "notes")
CONTACT_FIELDS = ("name", "job", "phone", "email", "is_emergency")
CONTRACT_FIELDS = (
    "title",
    "starts_on",
    "ends_on",
    "support_hours_band",
    "weekly_price_pence",
    "targets",
)


def _kept(row: object, fields: Iterable[str]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in fields}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in found.items()
    }


# -- Providers -------------------------------------------------------------------------------------


def create(session: Session, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> Provider:
    """Make a provider; ``Refused`` when there is one of that name already."""
    _check_name(session, str(values["name"]), None)
    provider = Provider(kpi_targets={}, created_at=now, **{name: values[name] for name in FIELDS})
    session.add(provider)
    session.flush()
    audit.record(
        session, actor, "provider.created", "provider", provider.id, now=now,
        after=_kept(provider, FIELDS),
    )  # fmt: skip
    return provider


def change(
    session: Session, provider: Provider, values: Mapping[str, Any], *, actor: Actor, now: datetime
) -> None:
    """Change a provider; ``Refused`` when another one has that name."""
    _check_name(session, str(values["name"]), provider)
    before = _kept(provider, FIELDS)
    for name in FIELDS:
        setattr(provider, name, values[name])
    session.flush()
    audit.record(
        session, actor, "provider.changed", "provider", provider.id, now=now,
        before=before, after=_kept(provider, FIELDS),
    )  # fmt: skip


def _check_name(session: Session, name: str, provider: Provider | None) -> None:
    found = queries.named(session, name)
    if found is not None and found is not provider:
        raise Refused({"name": f"There is a provider called {found.name} already"})


def end(
    session: Session, provider: Provider, *, on_day: date, actor: Actor, now: datetime
) -> list[Contract]:
    """End a provider, and with it every contract that would run longer; return those.

    A provider is never deleted: visits and repairs of its homes keep its name. ``Refused`` when a contract only
    starts after that day.
    """
    late = [one for one in provider.contracts if one.starts_on > on_day]
    if late:
        raise Refused(
            {"on_day": f"The contract {late[0].title} starts only after that day. Change it first"}
        )
    provider.ended_on = on_day
    running = [one for one in provider.contracts if one.ends_on is None or one.ends_on > on_day]
    for contract in running:
        end_contract(session, contract, on_day=on_day, actor=actor, now=now)
    audit.record(
        session, actor, "provider.ended", "provider", provider.id, now=now,
        after={"ended_on": on_day.isoformat()},
    )  # fmt: skip
    return running


def take_up_again(session: Session, provider: Provider, *, actor: Actor, now: datetime) -> None:
    """Undo the end of a provider; its contracts stay as they are."""
    before = _kept(provider, ("ended_on",))
    provider.ended_on = None
    audit.record(
        session, actor, "provider.taken-up", "provider", provider.id, now=now,
        before=before, after={"ended_on": None},
    )  # fmt: skip


# -- People to ring --------------------------------------------------------------------------------


def add_contact(
    session: Session, provider: Provider, values: Mapping[str, Any], *, actor: Actor, now: datetime
) -> ProviderContact:
    """Add a person or desk; ``Refused`` when nobody could reach it."""
    contact = ProviderContact(provider_id=provider.id)
    _fill_contact(contact, values)
    provider.contacts.append(contact)
    session.flush()
    _note(session, provider, "provider.contact-added", actor, now, after=contact)
    return contact


def change_contact(
    session: Session,
    contact: ProviderContact,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Change a person or desk; ``Refused`` when nobody could reach it."""
    before = _kept(contact, CONTACT_FIELDS)
    _fill_contact(contact, values)
    session.flush()
    _note(
        session,
        contact.provider,
        "provider.contact-changed",
        actor,
        now,
        before=before,
        after=contact,
    )


def remove_contact(
    session: Session, contact: ProviderContact, *, actor: Actor, now: datetime
) -> None:
    """Take a person or desk off the list; the audit keeps who it was."""
    provider = contact.provider
    _note(
        session,
        provider,
        "provider.contact-removed",
        actor,
        now,
        before=_kept(contact, CONTACT_FIELDS),
    )
    provider.contacts.remove(contact)
    session.flush()


def _fill_contact(contact: ProviderContact, values: Mapping[str, Any]) -> None:
    if values["is_emergency"] and not values["phone"]:
        raise Refused({"phone": "Somebody to ring in an emergency needs a telephone number"})
    if not values["phone"] and not values["email"]:
        raise Refused({"phone": "Enter a telephone number or an email address"})
    for name in CONTACT_FIELDS:
        setattr(contact, name, values[name])


def _note(
    session: Session,
    provider: Provider,
    what: str,
    actor: Actor,
    now: datetime,
    *,
    before: Mapping[str, Any] | None = None,
    after: ProviderContact | None = None,
) -> None:
    audit.record(
        session, actor, what, "provider", provider.id, now=now, before=before,
        after=None if after is None else _kept(after, CONTACT_FIELDS),
    )  # fmt: skip


# -- Contracts -------------------------------------------------------------------------------------


def add_contract(
    session: Session, provider: Provider, values: Mapping[str, Any], *, actor: Actor, now: datetime
) -> Contract:
    """Add a contract: price in whole pence, days included at both ends, target times as ``rules.targets`` gives them.

    ``Refused`` names what cannot be taken.
    """
    contract = Contract(provider_id=provider.id)
    _fill_contract(provider, contract, values)
    provider.contracts.append(contract)
    session.flush()
    audit.record(
        session, actor, "contract.created", "contract", contract.id, now=now,
        after=_kept(contract, CONTRACT_FIELDS),
    )  # fmt: skip
    return contract


def change_contract(
    session: Session, contract: Contract, values: Mapping[str, Any], *, actor: Actor, now: datetime
) -> None:
    """Change a contract; what was raised under it keeps the times that counted then. ``Refused`` as when adding."""
    before = _kept(contract, CONTRACT_FIELDS)
    _fill_contract(contract.provider, contract, values)
    session.flush()
    audit.record(
        session, actor, "contract.changed", "contract", contract.id, now=now,
        before=before, after=_kept(contract, CONTRACT_FIELDS),
    )  # fmt: skip


def end_contract(
    session: Session, contract: Contract, *, on_day: date, actor: Actor, now: datetime
) -> None:
    """End a contract with a day, which still belongs to it; ``Refused`` when it only starts later."""
    if on_day < contract.starts_on:
        raise Refused({"on_day": "A contract cannot end before it starts"})
    before = _kept(contract, ("ends_on",))
    contract.ends_on = on_day
    audit.record(
        session, actor, "contract.ended", "contract", contract.id, now=now,
        before=before, after=_kept(contract, ("ends_on",)),
    )  # fmt: skip


def _fill_contract(provider: Provider, contract: Contract, values: Mapping[str, Any]) -> None:
    mistakes = rules.target_mistakes(rules.boxes(values["targets"]))
    ends_on = values["ends_on"]
    if ends_on is not None and ends_on < values["starts_on"]:
        mistakes["ends_on"] = "The last day must not be before the first"
    if provider.ended_on is not None and (ends_on is None or ends_on > provider.ended_on):
        mistakes["ends_on"] = "This provider has ended, so the contract must end by then"
    if mistakes:
        raise Refused(mistakes)
    for name in CONTRACT_FIELDS:
        setattr(contract, name, values[name])
