"""Photos become rows: once each for an owner, only after their bytes are durable."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from flask import current_app
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_app.jobs import service as jobs
from qa_app.photos import queries
from qa_app.photos.intake import Intake, Received
from qa_app.photos.models import Photo
from qa_app.photos.rules import PhotoState, sweep_hour
from qa_app.ports import Ports, ports

TIDY = "photos.tidy"
SWEEP = "photos.sweep"


def intake() -> Intake:
    """Return the intake of the current app, in its instance folder."""
    made = current_app.extensions.get("photo_intake")
    if made is None:
        settings = ports().settings
        made = Intake(settings.uploads, limit=settings.photo_limit)
        current_app.extensions["photo_intake"] = made
    return cast("Intake", made)


def take_in(
    session: Session,
    received: Received,
    *,
    owner_kind: str,
    owner_id: str,
    user_id: int | None,
    now: datetime,
) -> tuple[Photo, bool]:
    """Return the owner's photo with these bytes, and whether it is new; the worker then tidies it.

    ``received`` comes from ``intake().take(stream)``, which reads the network and waits for the disk:
    call that before the transaction (``@writes(before=...)``). The same bytes again give the same
    photo; if its upload and a clean copy have both been lost, the new bytes take their place.
    Raises ``ValueError`` for a file that was not kept first: no row may name what is not durable.
    """
    if not received.is_kept or received.kind is None:
        raise ValueError("a photo must be durable before a row names it")
    found = queries.by_hash(
        session, owner_kind=owner_kind, owner_id=owner_id, sha256=received.sha256
    )
    photo: Photo | None = None
    if found is None:
        photo = Photo(
            id=received.name,
            owner_kind=owner_kind,
            owner_id=owner_id,
            user_id=user_id,
            sha256=received.sha256,
            content_type=received.kind.content_type,
            size=received.size,
            state=PhotoState.RECEIVED,
            upload_name=received.name,
            received_at=now,
        )
        try:
            with session.begin_nested():
                session.add(photo)
        except (
            IntegrityError
        ):  # the same bytes at the same moment (PostgreSQL): the first row is the photo
            photo = None
            found = queries.by_hash(
                session, owner_kind=owner_kind, owner_id=owner_id, sha256=received.sha256
            )
            if found is None:
                raise
    if photo is not None:
        _promise(session, photo, now=now)
        return photo, True
    assert found is not None  # noqa: S101 - one of the two is a photo
    if _is_lost(found, ports()):
        found.upload_name = received.name
        found.state = PhotoState.RECEIVED
        session.flush()
        _promise(session, found, now=now)
    elif found.upload_name != received.name:
        intake().discard(received)
    return found, False


def is_held(photo: Photo) -> bool:
    """Whether the bytes of a photo, or both clean copies, are really there; an unreadable one needs none."""
    return not _is_lost(photo, ports())


def _is_lost(photo: Photo, doors: Ports) -> bool:
    if photo.state == PhotoState.UNREADABLE or intake().holds(photo.upload_name):
        return False
    keys = (photo.large_key, photo.small_key)
    return not all(key is not None and doors.photos.exists(key) for key in keys)


def _promise(session: Session, photo: Photo, *, now: datetime) -> None:
    jobs.enqueue(session, TIDY, {"photo": photo.id}, now=now)
    key, run_at = sweep_hour(now)
    if jobs.is_promised(session, key):
        return
    try:
        with session.begin_nested():
            jobs.enqueue(session, SWEEP, {}, now=now, key=key, run_at=run_at)
    except IntegrityError:
        pass  # another upload of this hour promised the same sweep at the same moment
