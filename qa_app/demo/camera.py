"""The phone of the demonstration: photos are drawn, taken in at the door, and cleaned by the worker's own function."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.adapters.clock import SetClock
from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.demo.answers import Shoot, Shot
from qa_app.demo.drawings import room_photo
from qa_app.inspections.queries import OWNER_KIND, owner_id
from qa_app.inspections.rules.submission import PhotoRef
from qa_app.jobs import service as jobs
from qa_app.jobs.models import Job
from qa_app.photos import service as photos
from qa_app.photos import tasks
from qa_app.photos.intake import Received
from qa_app.photos.models import Photo
from qa_app.ports import Ports

BETWEEN_SHOTS = timedelta(minutes=2)


class Camera:
    """Draws each picture once, and knows which files to forget when the whole is given up."""

    def __init__(self, draw: Callable[[str, str | None, int], bytes] = room_photo) -> None:
        """``draw`` returns the bytes of a photo of a kind of room, perhaps with a fault, for a seed."""
        self._draw = draw
        self._drawn: dict[tuple[str, str | None, int], bytes] = {}
        self._taken: list[Received] = []

    def of(self, session: Session, person: User, client_id: str, *, at: datetime) -> Shoot:
        """Return what takes photos for one person's inspection, from a moment on."""
        taken = 0

        def shoot(shot: Shot) -> PhotoRef:
            nonlocal taken
            taken += 1
            moment = at + taken * BETWEEN_SHOTS
            received = photos.intake().take(io.BytesIO(self._picture(shot)))
            self._taken.append(received)
            photos.take_in(
                session, received, owner_kind=OWNER_KIND, owner_id=owner_id(person.id, client_id),
                user_id=person.id, now=moment,
            )  # fmt: skip
            return PhotoRef(received.sha256, shot.caption, moment)

        return shoot

    def _picture(self, shot: Shot) -> bytes:
        key = (shot.kind, shot.fault, shot.seed)
        if key not in self._drawn:
            self._drawn[key] = self._draw(*key)
        return self._drawn[key]

    def forget(self) -> None:
        """Delete every file that was taken in, because no row will name it."""
        for received in self._taken:
            photos.intake().discard(received)


def develop(doors: Ports) -> int:
    """Clean every photo that waits, as the worker does; return how many. What fails is left to the worker."""
    waiting = list(db.session().execute(select(Photo.id, Photo.received_at)))
    db.session().rollback()
    for photo_id, received_at in waiting:
        then = replace(doors, clock=SetClock(received_at + timedelta(seconds=5)))
        tasks.tidy({"photo": photo_id}, then)
    with writing() as session:
        names = (photos.TIDY, photos.SWEEP)
        for job in session.scalars(select(Job).where(Job.name.in_(names), Job.done_at.is_(None))):
            jobs.finish(job, now=max(job.run_at, job.created_at))
    return len(waiting)
