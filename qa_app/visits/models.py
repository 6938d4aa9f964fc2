"""Visits, who goes, which questions each voice is asked, and drafts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.base.db import Base, Json, UtcDateTime, new_id


class Visit(Base):
    """One visit to one home. The provider then is copied here, so that a transfer never rewrites history."""

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_home", "home_id", "due_on"),
        Index("ix_visit_status", "status", "due_on"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    home_id: Mapped[int] = mapped_column(ForeignKey("home.id"))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    purpose: Mapped[str] = mapped_column(String(30))
    form: Mapped[str] = mapped_column(String(30))
    is_announced: Mapped[bool] = mapped_column(default=True)
    due_on: Mapped[date]
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(15), default="planned")
    """planned, in-progress, done or cancelled."""
    is_unplanned: Mapped[bool] = mapped_column(default=False)
    cancelled_because: Mapped[str] = mapped_column(Text, default="")
    facts: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Frozen when the visit starts: {"started_on": "2026-11-22", "staffed_24_hours": true, "expired_or_missing": [...]}."""
    planned_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    home: Mapped[Any] = relationship("Home", lazy="joined")
    people: Mapped[list[VisitPerson]] = relationship(
        back_populates="visit", order_by="VisitPerson.id"
    )
    questions: Mapped[list[VisitQuestions]] = relationship(back_populates="visit")


class VisitPerson(Base):
    """Somebody who goes, or was to go: an officer (one at a time) or a young inspector."""

    __tablename__ = "visit_person"
    __table_args__ = (UniqueConstraint("visit_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    voice: Mapped[str] = mapped_column(String(20))
    """officer or young-inspector."""
    answer: Mapped[str] = mapped_column(String(10), default="asked")
    """A young inspector's: asked, accepted or declined. An officer's is always accepted."""
    absent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When their answers first arrived."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody else took their place; what they send all the same is kept, and flagged."""

    visit: Mapped[Visit] = relationship(back_populates="people")
    user: Mapped[Any] = relationship("User", lazy="joined")


class VisitQuestions(Base):
    """What one voice is asked on one visit: a version of a set, a form of it, the questions, frozen when prepared."""

    __tablename__ = "visit_questions"
    __table_args__ = (UniqueConstraint("visit_id", "voice"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    voice: Mapped[str] = mapped_column(String(20))
    version_id: Mapped[int] = mapped_column(ForeignKey("question_set_version.id"))
    form: Mapped[str] = mapped_column(String(30))
    asked: Mapped[list[str] | None] = mapped_column(Json)
    checks: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    """Open defects and actions to check on a follow-up: id -> words."""
    prepared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    visit: Mapped[Visit] = relationship(back_populates="questions")
    version: Mapped[Any] = relationship("QuestionSetVersion", lazy="joined")


class Draft(Base):
    """An unfinished inspection of one person from one device; its id becomes the
    inspection's. Two devices may go on writing under one id."""

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("visit_id", "user_id", "device"),
        Index("ix_draft_client", "user_id", "client_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(String(36))
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    device: Mapped[str] = mapped_column(String(80))
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    """The same shape as an inspection in the sync contract, unfinished."""
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
