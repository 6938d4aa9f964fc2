"""The worker's part: makes the clean copies, and only when they are durable deletes the upload; sweeps what crashes left."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from typing import Any

from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.jobs import worker
from qa_app.photos import queries, sandbox
from qa_app.photos.models import Photo
from qa_app.photos.rules import ORPHAN_AFTER, PhotoState, Tidied, capture_moment, store_key
from qa_app.photos.sandbox import Unreadable
from qa_app.photos.service import SWEEP, TIDY, intake
from qa_app.ports import PhotoStore, Ports, StorageError

log = logging.getLogger(__name__)


class UploadLost(Exception):
    """The bytes of a photo are gone or changed before they were cleaned; the sender may send them again."""


def tidy(payload: Mapping[str, Any], doors: Ports) -> None:
    """Clean one photo. May be repeated after a crash at any point.

    The order: clean copies durable and read back, the row says so, the upload is deleted, the row
    forgets the upload. Decoding and storing happen outside any transaction.
    """
    photo = db.session().get(Photo, payload["photo"])
    if photo is None or photo.upload_name is None:
        return
    photo_id, name, sha256, state = photo.id, photo.upload_name, photo.sha256, photo.state
    db.session().rollback()
    if state == PhotoState.RECEIVED and not _clean(photo_id, name, sha256, doors):
        return
    intake().forget(name)
    with writing() as session:
        again = session.get(Photo, photo_id)
        if again is not None and again.upload_name == name:
            again.upload_name = None


def _clean(photo_id: str, name: str, sha256: str, doors: Ports) -> bool:
    """Make and record the clean copies, or record that there can be none; False when the row has moved on."""
    data = _upload(name, sha256)
    try:
        tidied = sandbox.shared().tidy(data)
    except Unreadable as problem:
        log.warning("a photo is unreadable", extra={"photo": photo_id, "why": str(problem)})
        tidied = None
    if tidied is not None:
        for size, copy in (("large", tidied.large), ("small", tidied.small)):
            _put(doors.photos, store_key(photo_id, size), copy)
    with writing() as session:
        photo = session.get(Photo, photo_id)
        if photo is None or photo.upload_name != name:
            return False
        _record(photo, tidied, doors)
    return True


def _upload(name: str, sha256: str) -> bytes:
    try:
        data = intake().read(name)
    except KeyError:
        raise UploadLost("the upload is gone") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise UploadLost("the upload is no longer what was received")
    return data


def _put(store: PhotoStore, key: str, copy: bytes) -> None:
    """Keep a clean copy and read it back; ``StorageError`` unless it is there, the same."""
    store.put(key, copy)
    try:
        is_same = store.get(key) == copy
    except KeyError:
        is_same = False
    if not is_same:
        raise StorageError("The photo store gave back something else than was put in.")


def _record(photo: Photo, tidied: Tidied | None, doors: Ports) -> None:
    photo.cleaned_at = doors.clock.now()
    if tidied is None:
        photo.state = PhotoState.UNREADABLE
        return
    photo.state = PhotoState.CLEAN
    photo.large_key = store_key(photo.id, "large")
    photo.small_key = store_key(photo.id, "small")
    photo.width, photo.height = tidied.width, tidied.height
    photo.phash = tidied.phash
    photo.taken_at = capture_moment(tidied.taken_at, received_at=photo.received_at)


def sweep(_payload: Mapping[str, Any], _doors: Ports) -> None:
    """Delete what crashes left behind: half-written files, and whole ones that no row names."""
    place = intake()
    parts = place.sweep(older_than=ORPHAN_AFTER)
    old = place.old_names(older_than=ORPHAN_AFTER)
    needed = queries.upload_names(db.session(), old)
    db.session().rollback()
    orphans = [name for name in old if name not in needed]
    for name in orphans:
        place.forget(name)
    if parts or orphans:
        log.info("swept uploads", extra={"parts": parts, "orphans": len(orphans)})


def connect() -> None:
    """Register the handlers."""
    worker.long_handlers[TIDY] = tidy
    worker.long_handlers[SWEEP] = sweep
