"""What a phone may rely on: whether the answers and every photo they name are safe with us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from qa_app.base.text import iso
from qa_app.inspections import queries
from qa_app.inspections.models import Inspection, InspectionRevision
from qa_app.photos import queries as photos
from qa_app.photos import service as photo_service
from qa_app.photos.models import Photo
from qa_app.photos.rules import PhotoState


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt of one revision (product.md, sync contract). Before any answers came, ``revision``,
    ``content_sha256`` and ``received_at`` are None. ``is_new``: this very request made the first revision."""

    id: str
    revision: int | None = None
    content_sha256: str | None = None
    received_at: datetime | None = None
    needs: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    unreadable: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    is_new: bool = False

    @property
    def status(self) -> Literal["needs", "complete"]:
        """``complete`` only when the row and every photo of the manifest that was not refused are durable."""
        return "complete" if self.revision is not None and not self.needs else "needs"

    @property
    def is_complete(self) -> bool:
        """Whether the phone may let go of its copy."""
        return self.status == "complete"

    def for_api(self) -> dict[str, Any]:
        """Return it as the sync contract words it."""
        return {
            "id": self.id,
            "revision": self.revision,
            "content_sha256": self.content_sha256,
            "received_at": iso(self.received_at),
            "status": self.status,
            "needs": list(self.needs),
            "refused": [{"sha256": sha256, "reason": reason} for sha256, reason in self.refused],
            "unreadable": list(self.unreadable),
            "gaps": list(self.gaps),
            "flags": list(self.flags),
        }


def receipt_of(session: Session, revision: InspectionRevision, *, is_new: bool = False) -> Receipt:
    """Return the receipt of one revision as things stand: photos are looked for on the disk each time."""
    inspection = revision.inspection
    held = photos.by_hashes(
        session,
        owner_kind=queries.OWNER_KIND,
        owner_id=queries.owner_id(inspection.user_id, inspection.client_id),
        hashes=frozenset(revision.manifest),
    )
    refusals = queries.refused_photos(session, inspection.user_id, inspection.client_id)
    refused = {
        sha256: refusals[sha256]
        for sha256 in revision.manifest
        if sha256 in refusals and sha256 not in held
    }
    return Receipt(
        id=inspection.client_id,
        revision=revision.number,
        content_sha256=revision.content_sha256,
        received_at=revision.received_at,
        needs=tuple(
            sha256
            for sha256 in revision.manifest
            if sha256 not in refused and not _is_safe(held.get(sha256))
        ),
        refused=tuple(refused.items()),
        unreadable=tuple(
            sha256
            for sha256 in revision.manifest
            if sha256 in held and held[sha256].state == PhotoState.UNREADABLE
        ),
        gaps=tuple(revision.gaps),
        flags=tuple(revision.flags),
        is_new=is_new,
    )


def receipt_before_answers(session: Session, user_id: int, client_id: str) -> Receipt | None:
    """Return the receipt of an id whose photos came first; None when nothing has come under it."""
    owner_id = queries.owner_id(user_id, client_id)
    refusals = queries.refused_photos(session, user_id, client_id)
    held = photos.of_owner(session, owner_kind=queries.OWNER_KIND, owner_id=owner_id)
    if not refusals and not held:
        return None
    have = {photo.sha256 for photo in held}
    return Receipt(
        id=client_id,
        refused=tuple((sha256, why) for sha256, why in refusals.items() if sha256 not in have),
        unreadable=tuple(one.sha256 for one in held if one.state == PhotoState.UNREADABLE),
    )


def latest_revision(inspection: Inspection) -> InspectionRevision:
    """Return the revision received last: the one a phone still holds a copy of."""
    return inspection.revisions[-1]


def _is_safe(photo: Photo | None) -> bool:
    return photo is not None and photo_service.is_held(photo)
