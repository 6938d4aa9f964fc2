"""Photos that come with a form: made durable before the database is locked, named by a row after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import g, request
from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.config import MIB
from qa_app.inspections.forms import Taken
from qa_app.inspections.forms.fields import photo_place
from qa_app.inspections.queries import OWNER_KIND
from qa_app.photos import service as photo_service
from qa_app.photos.intake import Received
from qa_app.photos.rules import NotAPicture, PhotoTooLarge
from qa_app.question_sets.rules import Question

LARGEST_BODY = 400 * MIB
"""As much as the server takes in one request: twenty photos of the largest size, and the answers."""


@dataclass(frozen=True)
class _File:
    field: str
    filename: str
    received: Received | None
    refused: str


def take_files(**_address: object) -> None:
    """Write every file of the form to disk, hashed and looked at; what is no photo is noted by its name.

    ``NotDurable`` when the disk refuses: then nothing of the form is saved, and the sender is told.
    """
    g.files = []
    for field, upload in request.files.items(multi=True):
        if not upload.filename:
            continue
        name = upload.filename[:100]
        try:
            received = photo_service.intake().take(upload.stream)
        except (NotAPicture, PhotoTooLarge) as error:
            g.files.append(_File(field, name, None, f"{name} was not taken. {error}"))
        else:
            g.files.append(_File(field, name, received, ""))


def take_rows(
    session: Session,
    known: Mapping[str, Question],
    *,
    owner_id: str,
    person: User,
    now: datetime,
) -> list[Taken]:
    """Give every photo of this form its row, and return them all, the refused ones too."""
    taken = []
    for file in g.get("files", ()):
        place = photo_place(file.field, known)
        if file.received is None:
            taken.append(Taken(file.field, place, file.filename, refused=file.refused))
            continue
        if place is None or not known[place[0]].photo.allowed:
            photo_service.intake().discard(file.received)
        else:
            photo_service.take_in(
                session, file.received, owner_kind=OWNER_KIND, owner_id=owner_id,
                user_id=person.id, now=now,
            )  # fmt: skip
        taken.append(Taken(file.field, place, file.filename, sha256=file.received.sha256))
    return taken
