"""Which certificates a home holds, and which it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.certificates import rules
from qa_app.certificates.kinds import kinds
from qa_app.certificates.models import Certificate
from qa_app.homes.models import Home


def held(session: Session, home: Home) -> list[rules.Held]:
    """Return the certificates of a home that nobody has replaced, as the rules want them."""
    return [
        rules.Held(
            kind=row.kind,
            issued_on=row.issued_on,
            expires_on=row.expires_on,
            not_applicable_because=row.not_applicable_because,
        )
        for row in current(session, home)
    ]


def current(session: Session, home: Home) -> Sequence[Certificate]:
    """Return the rows of a home that nobody has replaced, newest first."""
    return session.scalars(
        select(Certificate)
        .where(Certificate.home_id == home.id, Certificate.ended_at.is_(None))
        .order_by(Certificate.kind, Certificate.id.desc())
    ).all()


def required(home: Home) -> frozenset[str]:
    """Return the kinds that a home must hold."""
    facts = rules.HomeFacts(
        places=home.places, youngest_age=home.youngest_age, host_authority=home.host_authority_code
    )
    return rules.required_kinds(kinds().values(), facts)


def expired_or_missing(session: Session, home: Home, day: date) -> frozenset[str]:
    """Return which of the kinds that a home must hold were expired or missing on a day."""
    return rules.expired_or_missing(held(session, home), required(home), day)
