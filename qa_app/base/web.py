"""What every request gets: an id, headers, a nonce, plain error pages, and one line in the log."""

from __future__ import annotations

import errno
import json
import logging
import secrets
import sys
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from qa_app.base.db import db
from qa_app.base.errors import NotDurable, NotFound

log = logging.getLogger("doorstep.request")
RETRY_AFTER_S = 5
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
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


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


def init_app(app: Flask) -> None:
    """Give every request of the app its id, headers, error pages and log line."""
    app.before_request(_begin)
    app.after_request(_headers)
    app.after_request(_log_line)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(NotFound, lambda _e: on_http_error(_http(404)))
    app.register_error_handler(NotDurable, _not_durable)
    app.register_error_handler(DBAPIError, _database_trouble)
    app.register_error_handler(OSError, _disk_trouble)
    app.register_error_handler(Exception, _bug)
    app.jinja_env.globals.update(csp_nonce=csp_nonce, request_id=request_id)


def _http(status: int) -> HTTPException:
    from werkzeug.exceptions import default_exceptions

    return default_exceptions[status]()


def _begin() -> None:
    g.started = time.monotonic()
    request_id()


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
    db.session.rollback()
    return on_http_error(ServiceUnavailable())


def _database_trouble(error: DBAPIError) -> ResponseReturnValue:
    log.error(
        "database trouble",
        extra={"request_id": request_id(), "why": type(error.orig).__name__},
        exc_info=error,
    )
    db.session.rollback()
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
    db.session.rollback()
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
    person = g.get("person")
    log.info(
        "request",
        extra={
            "request_id": request_id(),
            "method": request.method,
            "route": request.url_rule.rule if request.url_rule else None,
            "status": response.status_code,
            "ms": round(1000 * (time.monotonic() - g.get("started", time.monotonic())), 1),
            "person": person.id if person is not None else None,
        },
    )
    return response
