"""A person's day at `/`, and the plain pages that anybody may read."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from qa_app.accounts.access import public
from qa_app.accounts.rules import Role
from qa_app.base.db import db
from qa_app.desk import day
from qa_app.ports import clock

bp = Blueprint("desk", __name__)


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """Show this person's day; without a sign-in, the way in."""
    if g.person is None:
        return render_template("desk/welcome.html")
    if g.person.role == Role.PROVIDER:
        return redirect(url_for("desk.provider"))
    return render_template(
        "desk/index.html", **day.context(db.session(), g.person, now=clock().now())
    )


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that the server answers."""
    return {"status": "ok"}


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """Show the accessibility statement."""
    return render_template("base/accessibility.html")


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Show the privacy notice."""
    return render_template("base/privacy.html")


@bp.get("/favicon.ico")
@public
def favicon() -> ResponseReturnValue:
    """Send a browser that asks at the old address to the icon."""
    return redirect(url_for("static", filename="icons/doorstep-48.png"))


from qa_app.desk import attention, provider  # noqa: E402, F401  # their routes join this blueprint
