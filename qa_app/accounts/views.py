"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from qa_app.accounts import service
from qa_app.accounts.access import COOKIE_FIELD, needs, public
from qa_app.accounts.forms import SignInForm
from qa_app.base.db import db
from qa_app.base.transaction import writes
from qa_app.base.web import safe_next
from qa_app.ports import clock

bp = Blueprint("accounts", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@writes
def sign_in() -> ResponseReturnValue:
    """Ask for e-mail and password; the answer is the same for an account that does not exist."""
    form = SignInForm()
    onward = safe_next(request.values.get("next"))
    if request.method == "GET":
        if g.person is not None:
            return redirect(onward)
        form.next.data = onward
        return render_template("accounts/sign_in.html", form=form)
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form), 422
    result = service.sign_in(
        db.session(),
        email=form.email.data,
        password=form.password.data,
        place=request.remote_addr or "",
        device=request.headers.get("User-Agent", ""),
        now=clock().now(),
    )
    if isinstance(result, str):
        words = {
            "wrong": "That e-mail address and password do not match an account. Check both and try again.",
            "wait": "There have been too many tries. Wait 15 minutes, then try again.",
        }[result]
        form.password.errors = [words]
        return render_template(
            "accounts/sign_in.html", form=form
        ), 422 if result == "wrong" else 429
    session.clear()
    session[COOKIE_FIELD] = result.secret
    return redirect(onward)


@bp.post("/sign-out")
@needs("self")
@writes
def sign_out() -> ResponseReturnValue:
    """End this sign-in."""
    service.sign_out(db.session(), g.person, session[COOKIE_FIELD], now=clock().now())
    return _leave("You have signed out.")


@bp.post("/sign-out/everywhere")
@needs("self")
@writes
def sign_out_everywhere() -> ResponseReturnValue:
    """End every sign-in of this person."""
    service.sign_out_everywhere(db.session(), g.person, now=clock().now())
    return _leave("You have signed out on every device.")


def _leave(words: str) -> ResponseReturnValue:
    session.clear()
    g.person = None
    flash(words, "success")
    return redirect(url_for("accounts.sign_in"))
