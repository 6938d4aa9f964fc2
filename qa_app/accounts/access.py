"""Who may call a view: `@needs` and `@public`, checked for every request before the view runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect, validate_csrf
from werkzeug.exceptions import Forbidden, Unauthorized
from wtforms.validators import ValidationError

from qa_app.accounts import rules, service
from qa_app.accounts.models import User
from qa_app.base.db import db, is_writing
from qa_app.ports import clock

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
COOKIE_FIELD = "sign_in"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SEEN_EVERY = timedelta(minutes=5)


def needs(permission: str) -> Callable[[View], View]:
    """Declare the permission a view needs: 401 (or the sign-in page) when nobody is signed in, else 403 without it."""
    if permission not in rules.PERMISSIONS:
        raise KeyError(f"no permission called {permission}")

    def decorate(view: View) -> View:
        view.access = permission  # type: ignore[attr-defined]  # read by check
        return view

    return decorate


def public(view: View) -> View:
    """Declare that anybody may call a view."""
    view.access = None  # type: ignore[attr-defined]  # read by check
    return view


def body_limit(size: int) -> Callable[[View], View]:
    """Let a view take a body of up to ``size`` bytes (2 MiB otherwise)."""

    def decorate(view: View) -> View:
        view.body_limit = size  # type: ignore[attr-defined]  # read by check
        return view

    return decorate


def access_of(view: object) -> tuple[bool, str | None]:
    """Return whether a view has declared who may call it, and the permission it needs (None: public)."""
    return hasattr(view, "access"), getattr(view, "access", None)


def is_api() -> bool:
    """Whether this request is the phone's, which wants JSON and no redirects."""
    return request.path.startswith("/api/")


def check() -> ResponseReturnValue | None:
    """Find the person, check origin and permission, and begin the transaction; runs before every view."""
    g.person = None
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.endpoint == "static":
        return None
    has_declared, permission = access_of(view)
    if not has_declared:
        abort(403)  # deny by default: tests/features/test_access_matrix.py names the route
    limit = getattr(view, "body_limit", None)
    if limit is not None:
        request.max_content_length = limit
    if request.method not in SAFE:
        _check_write(view, permission)
    if permission is None:
        g.person = current_person()
        return None
    return _person_or_refusal(permission)


def _check_write(view: object, permission: str | None) -> None:
    """Check where a write comes from and that it was meant; read its body; begin writing.

    Who it is from comes before the body: nobody unknown fills our disk, and a phone whose sign-in has
    ended hears just that (401).
    """
    _check_origin()
    if permission is not None:
        _person_or_refusal(permission)
        db.session.expunge_all()
        db.session.remove()
    if is_api():
        _check_api_token()
    before = getattr(view, "before_writing", None)
    if before is not None:
        before(**(request.view_args or {}))
    else:
        _read_body()
    if not is_api():
        current_app.extensions["csrf"].protect()
    if getattr(view, "writes", False):
        g.writing_token = is_writing.set(True)


def _person_or_refusal(permission: str) -> ResponseReturnValue | None:
    person = g.person = current_person()
    if person is None:
        if is_api() or request.method not in SAFE:
            raise Unauthorized
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    if not person.can(permission):
        raise Forbidden
    return None


def current_person() -> User | None:
    """Return who is signed in, or None. Notes at most every five minutes that they were seen."""
    secret = session.get(COOKIE_FIELD)
    if not isinstance(secret, str):
        return None
    now = clock().now()
    found = service.open_sign_in(db.session(), secret, now=now)
    if found is None:
        return None
    if is_writing.get() and now - found.seen_at > SEEN_EVERY:
        found.seen_at = now
    return found.user


def _check_origin() -> None:
    """Refuse a write from another site; the phone's door needs an ``Origin``, forms may come without."""
    origin = request.headers.get("Origin")
    if origin is None:
        if is_api():
            raise Forbidden("This request must say where it comes from (Origin).")
        return
    if urlsplit(origin).netloc.lower() != request.host.lower():
        raise Forbidden("This request comes from another site.")


def _check_api_token() -> None:
    """Refuse a write of the phone's without the token in its header; 401 first when nobody is signed in."""
    if COOKIE_FIELD not in session:
        raise Unauthorized
    try:
        validate_csrf(request.headers.get("X-CSRF-Token"))
    except ValidationError as error:
        raise Forbidden("This request needs the header X-CSRF-Token of this sign-in.") from error


def _read_body() -> None:
    """Read the whole body before the write lock is taken, so that a slow phone holds nobody up."""
    if request.mimetype in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        _ = request.form
    else:
        request.get_data(cache=True)


def release(_error: BaseException | None = None) -> None:
    """Forget that this request was writing."""
    token: Any = g.pop("writing_token", None)
    if token is not None:
        is_writing.reset(token)


def init_app(app: Flask, csrf: CSRFProtect) -> None:
    """Check every request of the app."""
    app.extensions["csrf"] = csrf
    app.before_request(check)
    app.teardown_request(release)
