"""What every request gets: an id, headers, a nonce, plain error pages, and one line in the log."""

from __future__ import annotations

import errno
import json
import logging
import secrets
import sqlite3
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, abort, current_app, g, jsonify, render_template, request, session
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy import inspect
from sqlalchemy.exc import DataError, DBAPIError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable
from werkzeug.routing import IntegerConverter, Map
from werkzeug.sansio.utils import host_is_trusted

from qa_app.base.db import db
from qa_app.base.errors import NotDurable, NotFound

log = logging.getLogger("doorstep.request")
RETRY_AFTER_S = 5
LARGEST_ID = 2**31 - 1
_PLAIN = {
    "name",
    "msg",
    "args",
    "levelname",
    "levelno",
    "exc_info",
    "exc_text",
    "stack_info",
} | set(vars(logging.makeLogRecord({})))


class JsonLines(logging.Formatter):
    """One JSON object a line: when, how bad, what, and the request's id. Never bodies, addresses or secrets."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for a record; extra fields are kept as they are."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "from": record.name,
            "what": record.getMessage(),
        }
        line.update({k: v for k, v in vars(record).items() if k not in _PLAIN and k != "message"})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = where_it_failed(record.exc_info[1])
        return json.dumps(line, default=str)


def where_it_failed(error: BaseException) -> list[str]:
    """Return the kinds of an error and of what caused it, each with the lines of code it came through.

    Never the message: it can repeat what somebody typed, or a row of the database (reliability.md T22).
    """
    found: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(found) < 200:
        found.append(type(seen).__name__)
        found += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(seen.__traceback__)
        ]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return found


def set_up_logging(level: str) -> None:
    """Send every log line of the process to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel("WARNING")
    logging.getLogger("werkzeug").setLevel("WARNING")


def csp_nonce() -> str:
    """Return the nonce of this request, made when first asked for."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def request_id() -> str:
    """Return the id of this request, shown on error pages and in the log."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    return str(g.request_id)


def safe_next(wanted: str | None, fallback: str = "/") -> str:
    """Return a path on this site to go on to, or ``fallback`` for anything else (reliability.md T26)."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return fallback
    if any(ord(sign) < 33 or sign == "\\" for sign in wanted):
        return fallback
    return wanted


class RowNumber(IntegerConverter):
    """A whole number in an address; one that no table can hold leads nowhere, as any that is not there."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST_ID)


def init_app(app: Flask) -> None:
    """Give every request of the app its id, headers, error pages and log line."""
    app.url_map.converters["int"] = RowNumber
    app.before_request(_begin)
    app.after_request(_headers)
    app.after_request(_log_line)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(NotFound, lambda _e: on_http_error(_http(404)))
    app.register_error_handler(NotDurable, _not_durable)
    app.register_error_handler(DBAPIError, _database_trouble)
    app.register_error_handler(NoConnection, _no_connection)
    app.register_error_handler(OSError, _disk_trouble)
    app.register_error_handler(Exception, _bug)
    app.jinja_env.globals.update(csp_nonce=csp_nonce, request_id=request_id)


def _http(status: int) -> HTTPException:
    from werkzeug.exceptions import default_exceptions

    return default_exceptions[status]()


def _begin() -> None:
    g.started = time.monotonic()
    request_id()
    if (
        request_ctx.url_adapter is None
    ):  # the name in Host is not ours, and Flask binds no addresses
        request_ctx.url_adapter = current_app.url_map.bind("localhost")
    if not _names_us():
        abort(400)
    _drop_nul()


def _names_us() -> bool:
    """Whether every host that the request claims to be for is ours (reliability.md T25); none of them is used."""
    ours = current_app.config["TRUSTED_HOSTS"]
    claimed = [request.environ.get("HTTP_HOST") or request.environ["SERVER_NAME"]]
    claimed += request.headers.get("X-Forwarded-Host", "").split(",")
    for pair in request.headers.get("Forwarded", "").replace(",", ";").split(";"):
        name, _, value = pair.partition("=")
        if name.strip().lower() == "host":
            claimed.append(value.strip().strip('"'))
    return all(host_is_trusted(one.strip(), ours) for one in claimed if one.strip())


def _drop_nul() -> None:
    """Read an address without the character U+0000: no person types it, and PostgreSQL keeps no text with it."""
    if "\x00" in request.path:
        raise NotFound("no such address")
    request.query_string = request.query_string.replace(b"%00", b"").replace(b"\x00", b"")


def is_for_machine() -> bool:
    """Whether the answer should be JSON."""
    return request.path.startswith("/api/")


def on_http_error(error: HTTPException) -> ResponseReturnValue:
    """Answer an error as a plain page, or as JSON for the phone; a redirect passes through."""
    status = error.code or 500
    if status < 400:
        return error
    if error.response is not None:
        return error.response
    headers = {k: v for k, v in error.get_headers() if k.lower() in {"allow", "retry-after"}}
    if status == 503:
        headers.setdefault("Retry-After", str(RETRY_AFTER_S))
    if is_for_machine():
        body = {"error": error.name, "status": status, "request_id": request_id()}
        return jsonify(body), status, headers
    page = render_template(
        "base/error.html",
        status=status,
        request_id=request_id(),
        is_write=request.method not in {"GET", "HEAD", "OPTIONS"},
        reason="csrf" if isinstance(error, CSRFError) else None,
    )
    return page, status, headers


def _not_durable(error: NotDurable) -> ResponseReturnValue:
    log.error("could not be made durable", extra={"request_id": request_id(), "why": str(error)})
    _let_go()
    return on_http_error(ServiceUnavailable())


def _let_go() -> None:
    """Undo what was begun, messages of success in the cookie too, and forget the person.

    Reading who they are would ask the database again.
    """
    person = g.get("person")
    g.person_id = _id_of(person)
    g.person = None
    session.modified = False
    db.session.rollback()


def _id_of(person: Any) -> int | None:
    """Return the account's id without asking the database, whatever has been expired."""
    identity = inspect(person).identity if person is not None else None
    return int(identity[0]) if identity else None


def _can_never_work(error: DBAPIError) -> bool:
    """Whether the statement itself is at fault, so that trying again cannot help.

    SQLite gives one kind of error for a bad statement and for a full disk; its code tells them apart.
    """
    if isinstance(error, DataError | ProgrammingError):
        return True
    return getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


def _no_connection(_error: NoConnection) -> ResponseReturnValue:
    return _not_durable(NotDurable("every connection to the database is in use"))


def _database_trouble(error: DBAPIError) -> ResponseReturnValue:
    if _can_never_work(error):
        return _bug(error)
    log.error(
        "database trouble",
        extra={"request_id": request_id(), "why": type(error.orig).__name__},
        exc_info=error,
    )
    _let_go()
    return on_http_error(ServiceUnavailable())


def _disk_trouble(error: OSError) -> ResponseReturnValue:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS}:
        return _not_durable(NotDurable(error.strerror or "disk"))
    return _bug(error)


def _bug(error: Exception) -> ResponseReturnValue:
    if current_app.config.get("TESTING"):
        raise error
    log.error(
        "bug", extra={"request_id": request_id(), "endpoint": request.endpoint}, exc_info=error
    )
    _let_go()
    return on_http_error(InternalServerError())


def _headers(response: Response) -> Response:
    head = response.headers
    head.setdefault(
        "Content-Security-Policy",
        "default-src 'self'; "
        f"script-src 'self' 'nonce-{csp_nonce()}'; "
        "style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
    head.setdefault("X-Content-Type-Options", "nosniff")
    head.setdefault("X-Frame-Options", "DENY")
    head.setdefault("Referrer-Policy", "same-origin")
    head.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    head.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    head.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
    head.setdefault("X-Robots-Tag", "noindex")
    if current_app.extensions["doorstep"].settings.is_secure:
        head.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint != "static" and "Cache-Control" not in head:
        head["Cache-Control"] = "no-store"
    return response


def _log_line(response: Response) -> Response:
    log.info(
        "request",
        extra={
            "request_id": request_id(),
            "method": request.method,
            "route": request.url_rule.rule if request.url_rule else None,
            "status": response.status_code,
            "ms": round(1000 * (time.monotonic() - g.get("started", time.monotonic())), 1),
            "person": _id_of(g.get("person")) or g.get("person_id"),
        },
    )
    return response
