"""A small world for tests: people of every role, providers, homes with rooms, visits."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from qa_app.accounts.models import User
from qa_app.accounts.rules import Role
from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.certificates.models import Certificate
from qa_app.homes import queries as home_queries
from qa_app.homes.models import Home, HomeUnderContract, Room
from qa_app.ports import clock
from qa_app.providers.models import Contract, Provider, ProviderContact
from qa_app.question_sets import queries as question_sets
from qa_app.visits.models import Visit, VisitPerson, VisitQuestions
from tests.support.client import PASSWORD

_HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
"""Cheap to check: tests sign in a thousand times."""


class World:
    """Builds what a test needs; everything is committed, and read afresh afterwards."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def now(self) -> datetime:
        """The test's moment."""
        return clock().now()

    def today(self) -> date:
        """The test's day."""
        return self.now().date()

    def person(
        self, role: str, *, name: str | None = None, provider: Provider | None = None
    ) -> User:
        """Return the person of a role (made when first asked for); ``name`` tells several apart."""
        email = f"{(name or role).replace(' ', '.').lower()}@example.org"
        found = db.session.scalar(select(User).where(User.email == email))
        if found is not None:
            return found
        provider_id = None
        if role == Role.PROVIDER:
            provider_id = (provider or self.provider()).id
        with writing() as session:
            user = User(
                name=name or role.title(), email=email, role=role, provider_id=provider_id,
                password_hash=_HASH, created_at=self.now(),
            )  # fmt: skip
            session.add(user)
        return db.session.get_one(User, user.id)

    def provider(self, name: str = "Lantern Homes") -> Provider:
        """Return a provider with an emergency contact and a contract, made when first asked for."""
        found = db.session.scalar(select(Provider).where(Provider.name == name))
        if found is not None:
            return found
        with writing() as session:
            made = Provider(name=name, created_at=self.now(), kpi_targets={})
            made.contacts.append(
                ProviderContact(
                    name="Duty desk",
                    phone="020 7946 0000",
                    email="duty@example.org",
                    is_emergency=True,
                )
            )
            made.contracts.append(
                Contract(
                    title="Spot purchase", starts_on=date(2025, 4, 1), ends_on=None, support_hours_band="16-35",
                    weekly_price_pence=98_000, targets={},
                )
            )  # fmt: skip
            session.add(made)
        return db.session.get_one(Provider, made.id)

    def home(
        self,
        name: str = "Maple House",
        *,
        provider: Provider | None = None,
        postcode: str = "SE15 4NX",
        authority: str = "E09000028",
        bedrooms: int = 2,
        bathrooms: int = 1,
        **columns: Any,
    ) -> Home:
        """Make a home with rooms under its provider's contract. Its address holds a canary to search for."""
        provider = provider or self.provider()
        contract = provider.contracts[0]
        with writing() as session:
            made = Home(
                **{
                    "ref": home_queries.next_ref(session),
                    "name": name, "address": f"{secrets.randbelow(900) + 10} Canary{secrets.token_hex(4)} Street",
                    "postcode": postcode, "latitude": 51.4672, "longitude": -0.0694, "pin_source": "postcode",
                    "host_authority_code": authority, "type": "shared-house", "places": bedrooms,
                    "status": "in-use", "report_code": secrets.token_hex(5), "created_at": self.now(),
                    "is_staffed_24_hours": False, **columns,
                }
            )  # fmt: skip
            session.add(made)
            kinds = ["bedroom"] * bedrooms + ["bathroom"] * bathrooms + ["kitchen", "living-room"]
            counts: dict[str, int] = {}
            for position, kind in enumerate(kinds):
                counts[kind] = counts.get(kind, 0) + 1
                label = f"{kind.replace('-', ' ').capitalize()} {counts[kind]}"
                made.rooms.append(Room(kind=kind, label=label, position=position))
            made.contracts.append(
                HomeUnderContract(contract_id=contract.id, starts_on=date(2025, 4, 1))
            )
        return db.session.get_one(Home, made.id)

    def certificates(self, home: Home, *, expires: timedelta = timedelta(days=200)) -> None:
        """Give a home a certificate of every kind that a question asks for."""
        with writing() as session:
            for kind in ("gas-safety-record", "eicr", "fire-risk-assessment"):
                session.add(
                    Certificate(
                        home_id=home.id, kind=kind, issued_on=self.today() - timedelta(days=100),
                        expires_on=self.today() + expires, created_at=self.now(),
                    )
                )  # fmt: skip

    def visit(
        self,
        home: Home | None = None,
        *,
        officer: User | None = None,
        young_inspectors: tuple[User, ...] = (),
        form: str = "full",
        due_on: date | None = None,
        **columns: Any,
    ) -> Visit:
        """Plan a visit to a home, today unless another day is given."""
        home = home or self.home()
        officer = officer or self.person(Role.OFFICER)
        under = home.contracts[0]
        with writing() as session:
            made = Visit(
                **{
                    "home_id": home.id, "provider_id": under.contract.provider_id, "contract_id": under.contract_id,
                    "purpose": "routine", "form": form, "due_on": due_on or self.today(), "created_at": self.now(),
                    "planned_by_id": officer.id, **columns,
                }
            )  # fmt: skip
            made.people.append(VisitPerson(user_id=officer.id, voice="officer", answer="accepted"))
            made.questions.append(self._questions(session, "officer", "officer", form))
            for one in young_inspectors:
                made.people.append(
                    VisitPerson(user_id=one.id, voice="young-inspector", answer="accepted")
                )
            if young_inspectors:
                made.questions.append(
                    self._questions(session, "young-inspector", "young inspector", "full")
                )
            session.add(made)
        return db.session.get_one(Visit, made.id)

    @staticmethod
    def _questions(session: Any, voice: str, audience: str, form: str) -> VisitQuestions:
        version = question_sets.latest_for(session, audience)
        assert version is not None
        return VisitQuestions(voice=voice, version_id=version.id, form=form, checks={})
