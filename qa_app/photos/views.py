"""Shows a photo's clean copies, after the rule of whatever owns it; the upload itself is never served."""

from __future__ import annotations

import functools
import logging
from typing import Final

from flask import Blueprint, Response, abort, g, request
from flask.typing import ResponseReturnValue

from qa_app.accounts.access import needs
from qa_app.base.db import db
from qa_app.base.errors import NotDurable
from qa_app.config import STATIC
from qa_app.photos import queries
from qa_app.photos.models import Photo
from qa_app.photos.rules import PhotoState
from qa_app.ports import StorageError, ports

log = logging.getLogger(__name__)
bp = Blueprint("photos", __name__, url_prefix="/photos")

KEEP_S: Final = 600
RETRY_S: Final = 5
ALONE: Final = "default-src 'none'; sandbox"
"""A picture opened by itself may load nothing and run nothing (reliability.md T35)."""


@bp.get("/<photo_id>/<any(large, small):size>")
@needs("photos.read")
def show(photo_id: str, size: str) -> ResponseReturnValue:
    """Show one size of a photo; a drawing says so while it is being prepared or when it cannot be read."""
    photo = queries.visible(db.session(), photo_id, viewer=g.person)
    if photo.state == PhotoState.RECEIVED:
        return _drawing("being-prepared.svg", status=202)
    if photo.state == PhotoState.UNREADABLE:
        return _drawing("unreadable.svg", status=200)
    return _picture(photo, size)


def _picture(photo: Photo, size: str) -> Response:
    answer = Response(mimetype="image/jpeg")
    made = photo.cleaned_at.timestamp() if photo.cleaned_at else 0
    answer.set_etag(f"{photo.id}-{size}-{made:.0f}")
    answer.headers["Cache-Control"] = f"private, max-age={KEEP_S}"
    # Another person on the same phone has another cookie, and so never gets this one's copy.
    answer.headers["Vary"] = "Cookie"
    answer.headers["Content-Security-Policy"] = ALONE
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Disposition"] = f'inline; filename="{photo.id}.jpg"'
    if request.if_none_match.contains_weak(answer.get_etag()[0] or ""):
        answer.status_code = 304
        return answer
    answer.set_data(_bytes(photo, size))
    return answer


def _bytes(photo: Photo, size: str) -> bytes:
    key = photo.large_key if size == "large" else photo.small_key
    try:
        return ports().photos.get(key or "")
    except StorageError as error:
        raise NotDurable("The photo store is away.") from error
    except (KeyError, ValueError):
        log.error("a clean copy is missing", extra={"photo": photo.id, "size": size})
        abort(404)


def _drawing(name: str, *, status: int) -> Response:
    answer = Response(_drawn(name), status=status, mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = ALONE
    if status == 202:
        answer.headers["Retry-After"] = str(RETRY_S)
    return answer


@functools.cache
def _drawn(name: str) -> bytes:
    return (STATIC / "images" / "photos" / name).read_bytes()
