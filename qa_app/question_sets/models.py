"""Question sets as they were loaded, one row a version; a version that has been answered never changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.base.db import Base, UtcDateTime


class QuestionSetVersion(Base):
    """One version of one question set, whole, as canonical JSON."""

    __tablename__ = "question_set_version"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(160))
    audience: Mapped[str] = mapped_column(String(40))
    content: Mapped[str] = mapped_column(Text)
    content_sha256: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was first answered; from then on it cannot be loaded again with other content."""
