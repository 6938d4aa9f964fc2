"""Which photos there are; whether somebody may see one is asked of its owner's rule, never decided here."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.base.errors import NotFound
from qa_app.base.registry import Viewer, may_see
from qa_app.photos.models import Photo


def visible(session: Session, photo_id: str, *, viewer: Viewer) -> Photo:
    """Return a photo; ``NotFound`` when there is none or its owner's rule says no (reliability.md T32).

    An owner may add a rule for one photo of its own, "<kind>.photo", beside the one for all of them.
    """
    photo = session.get(Photo, photo_id)
    if photo is None or not (
        may_see.allows(photo.owner_kind, session, photo.owner_id, viewer)
        or may_see.allows(f"{photo.owner_kind}.photo", session, photo.id, viewer)
    ):
        raise NotFound("There is no such photo.")
    return photo


def of_owner(session: Session, *, owner_kind: str, owner_id: str) -> Sequence[Photo]:
    """Return every photo of one owner, in the order they arrived."""
    return session.scalars(
        select(Photo)
        .where(Photo.owner_kind == owner_kind, Photo.owner_id == owner_id)
        .order_by(Photo.received_at, Photo.id)
    ).all()


def by_hash(session: Session, *, owner_kind: str, owner_id: str, sha256: str) -> Photo | None:
    """Return an owner's photo with these bytes, or None."""
    return session.scalar(
        select(Photo).where(
            Photo.owner_kind == owner_kind, Photo.owner_id == owner_id, Photo.sha256 == sha256
        )
    )


def by_hashes(
    session: Session, *, owner_kind: str, owner_id: str, hashes: Collection[str]
) -> dict[str, Photo]:
    """Return an owner's photos by the SHA-256 of the bytes received, those of ``hashes`` that there are."""
    if not hashes:
        return {}
    return {
        photo.sha256: photo
        for photo in of_owner(session, owner_kind=owner_kind, owner_id=owner_id)
        if photo.sha256 in hashes
    }


def upload_names(session: Session, names: Collection[str]) -> set[str]:
    """Return those of ``names`` that a row still needs."""
    found: set[str] = set()
    wanted = list(names)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        rows = session.scalars(select(Photo.upload_name).where(Photo.upload_name.in_(part)))
        found.update(name for name in rows if name)
    return found
