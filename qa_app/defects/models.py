"""Defects: one record about one home, whoever noticed it, with three stamps and every telling."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.base.db import Base, Json, UtcDateTime


class Defect(Base):
    """Something that is broken or wrong in a home. ``aware_at`` starts the clock, and reopening keeps it."""

    __tablename__ = "defect"
    __table_args__ = (
        Index("ix_defect_home", "home_id", "status"),
        Index("ix_defect_provider", "provider_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    home_id: Mapped[int] = mapped_column(ForeignKey("home.id"))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    room_id: Mapped[str | None] = mapped_column(ForeignKey("room.id"))
    category: Mapped[str] = mapped_column(String(40))
    priority: Mapped[str] = mapped_column(String(2))
    hazard_scheme: Mapped[int | None]
    hazards: Mapped[list[str]] = mapped_column(Json, default=list)
    words: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(20))
    """inspection, officer, or (later) concern."""
    repairer: Mapped[str] = mapped_column(String(20), default="provider")
    aware_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    make_safe_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fix_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    target_working_days: Mapped[int | None]
    made_safe_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_fixed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_fixed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    promised_on: Mapped[date | None]
    """The day the repairer gave."""
    times_reopened: Mapped[int] = mapped_column(default=0)
    """How often somebody said "not fixed" after a claim; it counts against the repairer."""
    status: Mapped[str] = mapped_column(String(15), default="open")
    closed_because: Mapped[str] = mapped_column(Text, default="")
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("defect.id"))
    is_withheld: Mapped[bool] = mapped_column(default=False)
    """Hidden from the provider: it rests on an answer that is not shared with it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    home: Mapped[Any] = relationship("Home", lazy="joined")
    room: Mapped[Any] = relationship("Room", lazy="joined")
    tellings: Mapped[list[Telling]] = relationship(
        back_populates="defect", order_by="Telling.told_at, Telling.id"
    )


class Telling(Base):
    """One time that somebody told us of a defect: which finding, in which words, with which photos."""

    __tablename__ = "telling"

    id: Mapped[int] = mapped_column(primary_key=True)
    defect_id: Mapped[int] = mapped_column(ForeignKey("defect.id"), index=True)
    source_kind: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[str] = mapped_column(String(80))
    question: Mapped[str] = mapped_column(String(20), default="")
    room_id: Mapped[str] = mapped_column(String(36), default="")
    words: Mapped[str] = mapped_column(Text, default="")
    photos: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    """[{"owner_id": ..., "sha256": ..., "caption": ...}]"""
    is_for_provider: Mapped[bool] = mapped_column(default=False)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)

    defect: Mapped[Defect] = relationship(back_populates="tellings")
