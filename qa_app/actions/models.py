"""Actions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.base.db import Base, UtcDateTime


class Action(Base):
    """One thing to do, whose it is and by when. The next visit asks whether it was done."""

    __tablename__ = "action"
    __table_args__ = (
        UniqueConstraint("inspection_id", "question", "room_id", "kind"),
        Index("ix_action_home", "home_id", "done_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    home_id: Mapped[int] = mapped_column(ForeignKey("home.id"))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("visit.id"))
    inspection_id: Mapped[str | None] = mapped_column(ForeignKey("inspection.id"), index=True)
    question: Mapped[str] = mapped_column(String(20), default="")
    room_id: Mapped[str] = mapped_column(String(36), default="")
    kind: Mapped[str] = mapped_column(String(30))
    """records, placement, privacy, staffing, support, escalate-to-manager, pathway-plan..."""
    words: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(20))
    """provider, officer, manager or adviser."""
    due_on: Mapped[date]
    share: Mapped[str] = mapped_column(String(10), default="yes")
    """The question's: a provider sees the action once the visit is shared, unless never or not yet released."""
    shared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the provider was first allowed to see it; never before its visit was shared."""
    is_proposed: Mapped[bool] = mapped_column(default=False)
    declined_because: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    evidence: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    home: Mapped[Any] = relationship("Home", lazy="joined")
