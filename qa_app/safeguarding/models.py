"""Safeguarding records; nothing below this floor may read them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.base.db import Base, UtcDateTime


class SafeguardingRecord(Base):
    """What somebody saw or was told on a visit; every opening is audited."""

    __tablename__ = "safeguarding_record"
    __table_args__ = (UniqueConstraint("inspection_id", "revision_number", "question", "room_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    home_id: Mapped[int] = mapped_column(ForeignKey("home.id"), index=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    inspection_id: Mapped[str] = mapped_column(ForeignKey("inspection.id"), index=True)
    revision_number: Mapped[int] = mapped_column(default=1)
    question: Mapped[str] = mapped_column(String(20), default="")
    """The question, or "worry-1", "worry-2"... for what worried a young inspector."""
    room_id: Mapped[str] = mapped_column(String(36), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[str] = mapped_column(Text, default="")
    to: Mapped[str] = mapped_column(String(30), default="safeguarding-duty-officer")
    """Who shall hear of it: a kind of duty, or "officer": the one who went along."""
    hearer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """A person chosen by name, who may read this one beside the duty officers."""
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    done_note: Mapped[str] = mapped_column(Text, default="")

    @property
    def ref(self) -> str:
        """What messages call it: "S-12"."""
        return f"S-{self.id}"
