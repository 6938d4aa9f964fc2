"""Share an inspection with the provider: first see exactly what the provider will see."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.accounts.access import needs
from qa_app.base.db import db
from qa_app.base.errors import DomainError
from qa_app.base.transaction import writes
from qa_app.inspections import queries, sharing, voices
from qa_app.inspections.models import Inspection
from qa_app.inspections.report import ProviderEyes, report_for
from qa_app.inspections.service import share as share_inspection
from qa_app.inspections.views import bp
from qa_app.ports import clock


@bp.route("/inspections/<inspection_id>/share", methods=["GET", "POST"])
@needs("inspections.share")
@writes
def share(inspection_id: str) -> ResponseReturnValue:
    """Show what the provider will see, then share it."""
    session, now = db.session(), clock().now()
    inspection = queries.one(session, inspection_id, g.person)
    if voices.is_hidden(session, inspection, g.person, now=now):
        return redirect(url_for("inspections.show", inspection_id=inspection_id))
    if request.method == "GET":
        return _preview(inspection)
    try:
        share_inspection(session, inspection, actor=g.person, now=now)
    except DomainError as error:
        return _preview(inspection, problem=str(error)), 422
    flash("Shared. The provider can read it now.", "success")
    return redirect(url_for("inspections.show", inspection_id=inspection_id))


def _preview(inspection: Inspection, *, problem: str = "") -> str:
    session, now = db.session(), clock().now()
    eyes = ProviderEyes(inspection.provider_id)
    return render_template(
        "inspections/share.html",
        inspection=inspection,
        report=report_for(session, inspection, eyes, now=now),
        held_back=sharing.held_back(session, inspection, eyes),
        problem=problem,
    )
