"""The people of the demonstration: an account of every role, more officers and inspectors, and their duties. Nobody real."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from qa_app.accounts import service as accounts
from qa_app.accounts.models import User
from qa_app.accounts.rules import DutyKind, Role
from qa_app.base.text import local_day
from qa_app.providers.models import Provider

DOMAIN: Final = "demo.example"
MEMBERS_SINCE: Final = timedelta(days=420)
DUTY_EACH_WAY: Final = timedelta(days=182)


@dataclass(frozen=True)
class Person:
    """One account: the part of its address before the @, a name, a role, and whose provider contact it is."""

    key: str
    name: str
    role: Role
    provider: str = ""
    phone: str = ""


PEOPLE: Final = (
    Person("officer", "Maya Bennett", Role.OFFICER, phone="020 7946 0110"),
    Person("officer2", "Tom Adeyemi", Role.OFFICER, phone="020 7946 0111"),
    Person("monitor", "Priya Nair", Role.MONITOR, phone="020 7946 0112"),
    Person("manager", "Grace Holloway", Role.MANAGER, phone="020 7946 0113"),
    Person("director", "Daniel Osei", Role.DIRECTOR, phone="020 7946 0114"),
    Person("inspector", "Jordan Clarke", Role.YOUNG_INSPECTOR, phone="020 7946 0115"),
    Person("inspector2", "Amina Yusuf", Role.YOUNG_INSPECTOR, phone="020 7946 0116"),
    Person("inspector3", "Leo Marsh", Role.YOUNG_INSPECTOR, phone="020 7946 0117"),
    Person("provider", "Ruth Pemberton", Role.PROVIDER, "quillfeather", "020 7946 0120"),
    Person("provider2", "Owen Castellane", Role.PROVIDER, "tamarind", "020 7946 0130"),
    Person("provider3", "Hana Virtanen", Role.PROVIDER, "ninefold", "020 7946 0140"),
    Person("adviser", "Sam Whitlock", Role.ADVISER, phone="020 7946 0118"),
    Person("admin", "Alex Doyle", Role.ADMINISTRATOR, phone="020 7946 0119"),
)

People = Mapping[str, User]
"""The accounts by the part of their address before the @."""


def add_staff(session: Session, *, password: str, now: datetime) -> People:
    """Make everybody who works for the council, and their duties for half a year around today."""
    found = {
        one.key: _account(session, one, None, password, now) for one in PEOPLE if not one.provider
    }
    today = local_day(now)
    duties = (
        ("officer", DutyKind.SAFEGUARDING),
        ("manager", DutyKind.SAFEGUARDING),
        ("officer2", DutyKind.PROGRAMME_LEAD),
        ("manager", DutyKind.ON_CALL),
        ("officer2", DutyKind.DEPUTY),
    )
    for key, kind in duties:
        accounts.put_on_duty(
            session, found[key], kind,
            starts_on=today - DUTY_EACH_WAY, ends_on=today + DUTY_EACH_WAY,
            now=now - DUTY_EACH_WAY,
        )  # fmt: skip
    return MappingProxyType(found)


def add_contacts(
    session: Session, providers: Mapping[str, Provider], *, password: str, now: datetime
) -> People:
    """Make the account of each provider's contact."""
    return MappingProxyType(
        {
            one.key: _account(session, one, providers[one.provider].id, password, now)
            for one in PEOPLE
            if one.provider
        }
    )


def _account(
    session: Session, person: Person, provider_id: int | None, password: str, now: datetime
) -> User:
    return accounts.create(
        session,
        name=person.name,
        email=f"{person.key}@{DOMAIN}",
        role=person.role,
        password=password,
        provider_id=provider_id,
        phone=person.phone,
        is_demo=True,
        now=now - MEMBERS_SINCE,
    )
