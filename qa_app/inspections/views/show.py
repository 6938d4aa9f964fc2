"""Inspections: the list, and one of them, scored."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from qa_app.accounts.access import needs
from qa_app.accounts.rules import Role
from qa_app.base.db import db
from qa_app.base.paging import page_of
from qa_app.base.text import day
from qa_app.inspections import queries, voices
from qa_app.inspections.models import Inspection
from qa_app.inspections.report import report_for
from qa_app.inspections.rules.scoring import ScoreCard
from qa_app.inspections.views import bp
from qa_app.ports import clock
from qa_app.visits import queries as visits


@bp.get("/inspections")
@needs("inspections.read")
def index() -> ResponseReturnValue:
    """List the inspections this person may know, the newest first."""
    session = db.session()
    statement = queries.scoped(g.person).order_by(Inspection.received_at.desc(), Inspection.id)
    page = page_of(session, statement, request.args.get("page", 1, type=int))
    return render_template(
        "inspections/index.html",
        page=page,
        rows=[compact(session, one, is_list=True) for one in page.rows],
    )


def compact(session: Session, inspection: Inspection, *, is_list: bool = False) -> dict[str, Any]:
    """Return an inspection in a line: whose voice, when, its score as this person may see it."""
    person = g.person
    is_hidden = voices.is_hidden(session, inspection, person, now=clock().now())
    card: ScoreCard | None = None
    if not is_hidden:
        make = queries.provider_card if person.role == Role.PROVIDER else queries.card
        card = make(session, inspection.current)
    return {
        "id": inspection.id,
        "voice": voices.VOICE_LABELS.get(inspection.voice, inspection.voice),
        "by": "" if person.role == Role.PROVIDER else inspection.user.name,
        "on": day(inspection.current.finished_at),
        "home": visits.name_of(inspection.visit, person, clock().now()) if is_list else "",
        "is_hidden": is_hidden,
        "card": card,
        "is_shared": inspection.shared_at is not None,
        "is_complete": inspection.current.completed_at is not None,
    }


@bp.get("/inspections/<inspection_id>")
@needs("inspections.read")
def show(inspection_id: str) -> ResponseReturnValue:
    """Show one inspection, scored; the other voice of a visit of one's own only once it may be seen."""
    session, person, now = db.session(), g.person, clock().now()
    inspection = queries.one(session, inspection_id, person)
    others = [compact(session, one) for one in voices.others(session, inspection, person)]
    if voices.is_hidden(session, inspection, person, now=now):
        return render_template(
            "inspections/hidden.html",
            title=visits.name_of(inspection.visit, person, now),
            others=others,
        )
    report = report_for(session, inspection, person, now=now)
    proposed = [one for one in queries.proposals(session, inspection.id) if one.state == "proposed"]
    return render_template(
        "inspections/show.html",
        inspection=inspection,
        report=report,
        own=compact(session, inspection),
        others=others,
        may_follow=person.can("inspections.follow"),
        may_share=person.can("inspections.share") and inspection.provider_id is not None,
        to_decide=len(proposed) + sum(one["state"] == "Proposed" for one in report.actions),
        is_late_revision=len(inspection.revisions) > 1 and person.can("attention"),
    )
