"""Record a certificate of a home."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.accounts.access import needs
from qa_app.base.db import db
from qa_app.base.errors import Refused
from qa_app.base.transaction import writes
from qa_app.certificates import rules, service
from qa_app.certificates.forms import HAVE, NOT_NEEDED, CertificateForm
from qa_app.certificates.kinds import kind_label, kinds
from qa_app.homes import queries as homes
from qa_app.homes.models import Home
from qa_app.ports import clock

bp = Blueprint("certificates", __name__)


@bp.route("/homes/<ref>/certificates/new", methods=["GET", "POST"])
@needs("certificates.write")
@writes
def new(ref: str) -> ResponseReturnValue:
    """Record a certificate; ``?kind=`` chooses the kind beforehand."""
    home = homes.one(db.session(), ref, g.person)
    form = CertificateForm()
    if request.method == "GET":
        if request.args.get("kind") in kinds():
            form.kind.process_data(request.args["kind"])
        form.standing.process_data(HAVE)
    elif form.validate() and _save(home, form):
        flash(f"{kind_label(form.kind.data)}: saved.", "success")
        return redirect(url_for("homes.show", ref=home.ref, _anchor="certificates"))
    page = render_template("certificates/new.html", form=form, home=home)
    return (page, 200) if request.method == "GET" else (page, 422)


def _save(home: Home, form: CertificateForm) -> bool:
    is_needed = form.standing.data != NOT_NEEDED
    try:
        service.record(
            db.session(),
            home,
            kind=form.kind.data,
            issued_on=form.issued_on.data if is_needed else None,
            expires_on=form.expires_on.data if is_needed else None,
            not_applicable_because="" if is_needed else form.because.data,
            actor=g.person,
            now=clock().now(),
        )
    except Refused as refused:
        form.refuse(refused)
        if form.expires_on.data is None and form.issued_on.data is not None:
            usual = rules.usual_expiry(kinds()[form.kind.data], form.issued_on.data)
            form.expires_on.process(None, usual)
            form.expires_on.errors = [refused.fields.get("expires_on", "Check the last day")]
        return False
    return True
