"""Certificates of homes and providers: issued, expires, or not applicable with a reason."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.base.db import Base, UtcDateTime


class Certificate(Base):
    """One document of one kind; dates as written on it, never worked out again."""

    __tablename__ = "certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    home_id: Mapped[int | None] = mapped_column(ForeignKey("home.id"), index=True)
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    not_applicable_because: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a later entry replaced it; it stays as history."""
