"""What a person may read of a visit: where, when, why, who goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g

from qa_app.accounts.rules import Role
from qa_app.base.text import local, local_day
from qa_app.visits import queries, rules
from qa_app.visits.models import Visit
from qa_app.visits.purposes import purpose_label


def shown(visit: Visit, now: datetime) -> dict[str, Any]:
    """Return what this person may read of a visit in a list: where, when, why, who goes."""
    may = queries.address_may_be_seen(visit, g.person, now)
    part = queries.person_on(visit, g.person.id)
    officer = queries.officer_of(visit)
    is_provider = g.person.role == Role.PROVIDER
    return {
        "visit": visit,
        "has_address": may,
        "title": visit.home.name if may else queries.area_of(visit),
        "area": queries.area_of(visit),
        "address": f"{visit.home.address}, {visit.home.postcode}" if may else "",
        "when": when_words(visit),
        # why a visit was made can give away who spoke: a provider is told the day only
        "purpose": "" if is_provider else purpose_label(visit.purpose),
        "officer": officer.user.name if officer and not is_provider else "",
        "young_inspectors": [] if is_provider else queries.young_inspectors_of(visit),
        "part": part,
        "state": rules.STATE_LABELS[rules.State(visit.status)],
        "stands": rules.when(state=visit.status, due_on=visit.due_on, today=local_day(now)),
        "is_open": rules.is_open(visit.status),
    }


def when_words(visit: Visit) -> str:
    """Return "Sunday 22 November 2026, 10:30am"."""
    words = f"{visit.due_on:%A} {visit.due_on.day} {visit.due_on:%B %Y}"
    if visit.starts_at is None:
        return words
    here = local(visit.starts_at)
    return f"{words}, {here.hour % 12 or 12}:{here:%M}{'am' if here.hour < 12 else 'pm'}"
