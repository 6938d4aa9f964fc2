"""Inspections: the list, and one of them, scored."""

from __future__ import annotations

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from qa_app.accounts.access import needs
from qa_app.base.db import db
from qa_app.base.paging import page_of
from qa_app.inspections import queries, voices
from qa_app.inspections.models import Inspection
from qa_app.inspections.report import report_for
from qa_app.inspections.summaries import compact
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
        rows=[compact(session, one, g.person, now=clock().now()) for one in page.rows],
    )


@bp.get("/inspections/<inspection_id>")
@needs("inspections.read")
def show(inspection_id: str) -> ResponseReturnValue:
    """Show one inspection, scored; the other voice of a visit of one's own only once it may be seen."""
    session, person, now = db.session(), g.person, clock().now()
    inspection = queries.one(session, inspection_id, person)
    others = [
        compact(session, one, person, now=now) for one in voices.others(session, inspection, person)
    ]
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
        own=compact(session, inspection, person, now=now),
        others=others,
        may_follow=person.can("inspections.follow"),
        may_share=person.can("inspections.share") and inspection.provider_id is not None,
        to_decide=len(proposed) + sum(one["state"] == "Proposed" for one in report.actions),
        is_late_revision=len(inspection.revisions) > 1 and person.can("attention"),
    )
