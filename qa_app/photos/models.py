"""Photos: the upload that waits, and what its two clean copies are called."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.base.db import Base, UtcDateTime


class Photo(Base):
    """One picture that belongs to one thing. ``taken_at`` is private; no name of a file is ever kept."""

    __tablename__ = "photo"
    __table_args__ = (
        UniqueConstraint("owner_kind", "owner_id", "sha256"),
        Index("ix_photo_sha256", "sha256"),
        Index("ix_photo_state", "state"),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    owner_kind: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[str] = mapped_column(String(80))
    """For an inspection "<account id>/<id made on the phone>", so that a photo may come before its answers."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    content_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="received")
    """received (durable, waiting for the worker), clean or unreadable."""
    upload_name: Mapped[str | None] = mapped_column(String(80))
    large_key: Mapped[str | None] = mapped_column(String(80))
    small_key: Mapped[str | None] = mapped_column(String(80))
    width: Mapped[int | None]
    height: Mapped[int | None]
    phash: Mapped[str | None] = mapped_column(String(32), index=True)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cleaned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
