"""A provider contact's own page: what is owed by when, what to answer, what was shared."""

from __future__ import annotations

from typing import Any

from flask import g, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.accounts.access import needs
from qa_app.actions import queries as actions
from qa_app.actions import rules as action_rules
from qa_app.base.db import db
from qa_app.base.text import day, local_day, plural
from qa_app.certificates import queries as certificates
from qa_app.certificates import rules as certificate_rules
from qa_app.certificates.kinds import kind_label
from qa_app.defects import queries as defects
from qa_app.defects import rules as defect_rules
from qa_app.defects import showing
from qa_app.defects.queries import Filters
from qa_app.desk.views import bp
from qa_app.homes import queries as homes
from qa_app.inspections import queries as inspections
from qa_app.inspections import voices
from qa_app.inspections.models import Inspection
from qa_app.ports import clock
from qa_app.providers.models import Provider

MOST_SHARED = 10


@bp.get("/provider")
@needs("provider.desk")
def provider() -> ResponseReturnValue:
    """Show what this person's organisation owes, the worst first."""
    session, person, now = db.session(), g.person, clock().now()
    found = session.scalars(defects.listed(person, Filters(status="open"), now=now)).all()
    rows = [showing.row(one, now=now) for one in found]
    waiting = {state.value for state in defect_rules.WAITING_FOR_REPAIR}
    todo = actions.open_for(session, person)
    today = local_day(now)
    return render_template(
        "desk/provider.html",
        provider=session.get(Provider, person.provider_id),
        owed=[row for row in rows if row.status in waiting],
        answered=[row for row in rows if row.status not in waiting],
        late=sum(row.is_late for row in rows),
        actions=[
            {
                "ref": one.ref,
                "words": one.words,
                "home": one.home.name,
                "due": action_rules.due_words(one.due_on, today),
                "is_late": one.due_on < today,
            }
            for one in todo
        ],
        shared=_shared(session),
        certificates=_certificates(session),
    )


def _shared(session: Session) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Inspection)
        .where(inspections.scope(g.person))
        .order_by(Inspection.shared_at.desc(), Inspection.id)
        .limit(MOST_SHARED)
    )
    return [
        {
            "id": one.id,
            "home": one.visit.home.name,
            "voice": voices.VOICE_LABELS.get(one.voice, one.voice),
            "on": day(one.current.finished_at),
            "card": inspections.provider_card(session, one.current),
        }
        for one in rows
    ]


def _certificates(session: Session) -> list[dict[str, Any]]:
    """Return the certificates of this provider's homes that are missing, expired or soon to expire, the worst first."""
    today = local_day(clock().now())
    found = []
    for home in session.scalars(homes.scoped(g.person)).unique():
        held = certificates.held(session, home)
        for kind in sorted(certificates.required(home)):
            standing = certificate_rules.standing(held, kind, today)
            left = certificate_rules.days_left(held, kind, today)
            words = {"missing": "Missing", "expired": "Expired"}.get(standing.value, "")
            if not words and certificate_rules.warning(left) is None:
                continue
            found.append(
                {
                    "label": kind_label(kind),
                    "home": home.name,
                    "words": words
                    or ("Ends today" if not left else f"Ends in {plural(left, 'day')}"),
                    "is_bad": bool(words),
                    "order": (not words, left or 0),
                }
            )
    return sorted(found, key=lambda one: one["order"])
