"""`/attention`: whatever arrived late, twice, conflicting or orphaned, for a person to look at."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.accounts.access import needs
from qa_app.base.db import db
from qa_app.base.errors import NotFound
from qa_app.base.transaction import writes
from qa_app.desk.views import bp
from qa_app.inspections import attention as inspections
from qa_app.inspections import service
from qa_app.inspections.models import InspectionRevision
from qa_app.ports import clock


@bp.get("/attention")
@needs("attention")
def attention() -> ResponseReturnValue:
    """List what waits for a look, the newest first."""
    found = inspections.items(db.session(), now=clock().now())
    return render_template("desk/attention.html", items=found)


@bp.post("/attention/looked-at")
@needs("attention")
@writes
def looked_at() -> ResponseReturnValue:
    """Put one thing away."""
    session, kind, subject = db.session(), request.form.get("kind"), request.form.get("subject")
    if kind == "revision":
        service.look_at(session, _revision(subject), actor=g.person, now=clock().now())
    else:
        service.put_away(session, kind or "", subject or "", actor=g.person, now=clock().now())
    flash("Put away.", "success")
    return redirect(url_for("desk.attention"))


@bp.post("/attention/decide")
@needs("attention")
@writes
def decide() -> ResponseReturnValue:
    """Keep the answers that count, or use the others."""
    session, revision = db.session(), _revision(request.form.get("subject"))
    if request.form.get("decision") == "use":
        service.make_current(session, revision, actor=g.person, now=clock().now())
        flash("These answers count from now on. What was raised before stays raised.", "success")
    else:
        service.keep_first(session, revision, actor=g.person, now=clock().now())
        flash("The first answers still count. The others are kept.", "success")
    return redirect(url_for("desk.attention"))


def _revision(subject: str | None) -> InspectionRevision:
    found = None
    if subject is not None and subject.isdecimal() and len(subject) < 10:
        found = db.session().get(InspectionRevision, int(subject))
    if found is None:
        raise NotFound("no such revision")
    return found
