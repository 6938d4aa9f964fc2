"""Which certificates a home holds, and which it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.base.text import local_day
from qa_app.certificates import rules
from qa_app.certificates.kinds import kinds
from qa_app.certificates.models import Certificate
from qa_app.homes.models import Home


def held(session: Session, home: Home, day: date | None = None) -> list[rules.Held]:
    """Return the certificates of a home as the rules want them: those that nobody has replaced, or, for a day,
    those that nobody had replaced by the end of it."""
    rows = current(session, home) if day is None else history(session, home)
    return [
        as_held(row)
        for row in rows
        if row.ended_at is None or (day is not None and local_day(row.ended_at) > day)
    ]


def as_held(row: Certificate) -> rules.Held:
    """Return one row as the rules want it."""
    return rules.Held(
        kind=row.kind,
        issued_on=row.issued_on,
        expires_on=row.expires_on,
        not_applicable_because=row.not_applicable_because,
    )


def current(session: Session, home: Home) -> Sequence[Certificate]:
    """Return the rows of a home that nobody has replaced, newest first."""
    return session.scalars(
        select(Certificate)
        .where(Certificate.home_id == home.id, Certificate.ended_at.is_(None))
        .order_by(Certificate.kind, Certificate.id.desc())
    ).all()


def history(session: Session, home: Home) -> Sequence[Certificate]:
    """Return every row of a home, replaced ones too, newest first."""
    return session.scalars(
        select(Certificate)
        .where(Certificate.home_id == home.id)
        .order_by(Certificate.created_at.desc(), Certificate.id.desc())
    ).all()


@dataclass(frozen=True)
class Line:
    """How one kind of certificate stands at a home. ``warn_days``: a warning of 60, 30 or 7 days is due."""

    kind: rules.Kind
    standing: rules.Standing
    words: str
    warn_days: int | None
    is_required: bool


def overview(session: Session, home: Home, today: date) -> list[Line]:
    """Return every kind that a home must hold, and what else it holds: lacking first, then those that expire soon."""
    papers = held(session, home)
    wanted = required(home)
    shown = wanted | {paper.kind for paper in papers}
    lines = [
        Line(
            kind=kind,
            standing=rules.standing(papers, kind.id, today),
            words=rules.standing_words(papers, kind.id, today),
            warn_days=rules.warning(rules.days_left(papers, kind.id, today)),
            is_required=kind.id in wanted,
        )
        for kind in kinds().values()
        if kind.id in shown
    ]
    lacking = {rules.Standing.EXPIRED, rules.Standing.MISSING}
    return sorted(
        lines,
        key=lambda line: (
            not (line.is_required and line.standing in lacking),
            not line.is_required,
            line.warn_days is None,
        ),
    )


def required(home: Home) -> frozenset[str]:
    """Return the kinds that a home must hold."""
    facts = rules.HomeFacts(
        places=home.places, youngest_age=home.youngest_age, host_authority=home.host_authority_code
    )
    return rules.required_kinds(kinds().values(), facts)


def expired_or_missing(session: Session, home: Home, day: date) -> frozenset[str]:
    """Return which of the kinds that a home must hold were expired or missing on a day."""
    return rules.expired_or_missing(held(session, home, day), required(home), day)
