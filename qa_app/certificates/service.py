"""Record certificates of a home; what they replace stays as history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from qa_app.audit import service as audit
from qa_app.audit.service import Actor
from qa_app.base.errors import Refused
from qa_app.base.text import day, local_day
from qa_app.certificates import queries, rules
from qa_app.certificates.kinds import kinds
from qa_app.certificates.models import Certificate
from qa_app.homes.models import Home


def record(
    session: Session,
    home: Home,
    *,
    kind: str,
    issued_on: date | None = None,
    expires_on: date | None = None,
    not_applicable_because: str = "",
    actor: Actor,
    now: datetime,
) -> Certificate:
    """Record a document with the days that stand on it, or the reason why this home needs none.

    It takes the place of what was recorded for this kind. ``Refused`` names what cannot be taken; for a kind with a
    usual period and no last day it proposes one, which a person confirms.
    """
    found = kinds().get(kind)
    if found is None or found.applies_to != "home":
        raise Refused({"kind": "Choose the kind of certificate"})
    because = not_applicable_because.strip()
    if because:
        issued_on = expires_on = None
    else:
        _check_days(found, issued_on, expires_on, today=local_day(now))
    replaced = [row for row in queries.current(session, home) if row.kind == kind]
    for row in replaced:
        row.ended_at = now
    made = Certificate(
        home_id=home.id, kind=kind, issued_on=issued_on, expires_on=expires_on,
        not_applicable_because=because, created_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(
        session, actor, "certificate.recorded", "home", home.ref, now=now,
        before=_kept(replaced[0]) if replaced else None, after=_kept(made),
    )  # fmt: skip
    return made


def _check_days(
    kind: rules.Kind, issued_on: date | None, expires_on: date | None, *, today: date
) -> None:
    mistakes: dict[str, str] = {}
    if issued_on is None:
        mistakes["issued_on"] = "Enter the day it was issued"
    elif issued_on > today:
        mistakes["issued_on"] = "The day it was issued cannot be in the future"
    elif expires_on is not None and expires_on < issued_on:
        mistakes["expires_on"] = "The last day must not be before the day it was issued"
    elif expires_on is None:
        usual = rules.usual_expiry(kind, issued_on)
        if usual is not None:
            mistakes["expires_on"] = (
                f"Check the last day on the document. {day(usual)} is what we worked out"
            )
    if mistakes:
        raise Refused(mistakes)


def _kept(row: Certificate) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "issued_on": row.issued_on.isoformat() if row.issued_on else None,
        "expires_on": row.expires_on.isoformat() if row.expires_on else None,
        "not_applicable_because": row.not_applicable_because,
    }
