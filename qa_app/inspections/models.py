"""Inspections as received, revision by revision; findings as rows; what was proposed from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.base.db import Base, Json, UtcDateTime, new_id


class Inspection(Base):
    """One voice's inspection on one visit.

    ``client_id`` was made on the phone and is unique per account; ``id`` is the same unless another
    account had used it first, and names the page.
    """

    __tablename__ = "inspection"
    __table_args__ = (UniqueConstraint("user_id", "client_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    client_id: Mapped[str] = mapped_column(String(36))
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    home_id: Mapped[int] = mapped_column(ForeignKey("home.id"), index=True)
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    voice: Mapped[str] = mapped_column(String(20))
    current_revision_id: Mapped[int | None]
    """Not a foreign key in the database: the two tables would wait for each other."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shared_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    released: Mapped[list[str]] = mapped_column(Json, default=list)
    """Ids of ``share: reviewed`` questions that a duty officer has released."""

    visit: Mapped[Any] = relationship("Visit")
    user: Mapped[Any] = relationship("User", foreign_keys=[user_id], lazy="joined")
    current: Mapped[InspectionRevision] = relationship(
        primaryjoin="foreign(Inspection.current_revision_id) == InspectionRevision.id",
        post_update=True,
    )
    revisions: Mapped[list[InspectionRevision]] = relationship(
        back_populates="inspection",
        foreign_keys="InspectionRevision.inspection_id",
        order_by="InspectionRevision.number",
    )


class InspectionRevision(Base):
    """One content received under an inspection's id; the first stays current until an officer decides."""

    __tablename__ = "inspection_revision"
    __table_args__ = (
        UniqueConstraint("inspection_id", "number"),
        UniqueConstraint("inspection_id", "content_sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[str] = mapped_column(ForeignKey("inspection.id"), index=True)
    number: Mapped[int]
    version_id: Mapped[int] = mapped_column(ForeignKey("question_set_version.id"))
    form: Mapped[str] = mapped_column(String(30))
    content: Mapped[str] = mapped_column(Text, deferred=True)
    """The body as received, canonical JSON (RFC 8785)."""
    content_sha256: Mapped[str] = mapped_column(String(64))
    asked: Mapped[list[str]] = mapped_column(Json)
    rooms: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    manifest: Mapped[list[str]] = mapped_column(Json)
    """SHA-256 of every photo the answers name, each once, in order."""
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    gaps: Mapped[list[str]] = mapped_column(Json)
    flags: Mapped[list[str]] = mapped_column(Json)
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    percent: Mapped[float | None]
    coverage: Mapped[float | None]
    band: Mapped[str | None] = mapped_column(String(30))
    is_partial: Mapped[bool] = mapped_column(default=False)
    missing_critical: Mapped[list[str]] = mapped_column(Json)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the answers and every photo of the manifest that was not refused had been received."""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When an officer looked at it on the attention page, for a revision after the first or one with flags."""

    inspection: Mapped[Inspection] = relationship(
        back_populates="revisions", foreign_keys=[inspection_id]
    )
    version: Mapped[Any] = relationship("QuestionSetVersion")
    findings: Mapped[list[FindingRow]] = relationship(
        back_populates="revision", order_by="FindingRow.id"
    )


class RefusedPhoto(Base):
    """A photo that can never be taken, named by the SHA-256 under which it was sent; it holds nothing up.

    Kept apart from the answers because it may come before them.
    """

    __tablename__ = "refused_photo"
    __table_args__ = (UniqueConstraint("user_id", "client_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    client_id: Mapped[str] = mapped_column(String(36))
    sha256: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(20))
    """not_a_picture or too_large."""
    refused_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LookedAt(Base):
    """Something on the attention page that a person has looked at and put away."""

    __tablename__ = "looked_at"
    __table_args__ = (UniqueConstraint("kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class FindingRow(Base):
    """One finding: a question, a room where the set asks room by room, and what was answered."""

    __tablename__ = "finding"
    __table_args__ = (Index("ix_finding_revision", "revision_id", "question"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("inspection_revision.id"))
    question: Mapped[str] = mapped_column(String(50))
    room_id: Mapped[str | None] = mapped_column(String(36))
    """Not a foreign key: a phone may name a room that the server does not know; that is flagged, not refused."""
    status: Mapped[str | None] = mapped_column(String(12))
    value: Mapped[str | None] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    raise_to: Mapped[str | None] = mapped_column(String(4))
    photos: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    """[{"sha256": ..., "caption": ...}] in order."""

    revision: Mapped[InspectionRevision] = relationship(back_populates="findings")


class Proposal(Base):
    """A defect that an answer suggests: an officer confirms, edits or declines it (or it was raised on receipt)."""

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("inspection_id", "question", "room_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[str] = mapped_column(ForeignKey("inspection.id"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("inspection_revision.id"))
    question: Mapped[str] = mapped_column(String(20))
    room_id: Mapped[str] = mapped_column(String(36), default="")
    category: Mapped[str | None] = mapped_column(String(40))
    priority: Mapped[str | None] = mapped_column(String(2))
    words: Mapped[str] = mapped_column(Text, default="")
    target_working_days: Mapped[int | None]
    hazards: Mapped[list[str]] = mapped_column(Json, default=list)
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    """proposed, raised, merged (another telling of an open defect) or declined."""
    defect_ref: Mapped[str | None] = mapped_column(String(12))
    declined_because: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
