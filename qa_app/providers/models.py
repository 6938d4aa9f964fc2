"""Providers, the people to ring, and contracts with their prices and target times."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.base.db import Base, Json, UtcDateTime


class Provider(Base):
    """An organisation that runs homes; with homes it can only be ended, never deleted."""

    __tablename__ = "provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(160), unique=True)
    framework: Mapped[str] = mapped_column(String(40), default="spot")
    """spot, block, commissioning-alliance or partnership."""
    ofsted_urn: Mapped[str] = mapped_column(String(20), default="")
    ofsted_status: Mapped[str] = mapped_column(String(40), default="")
    kpi_targets: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    notes: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_on: Mapped[date | None]

    contacts: Mapped[list[ProviderContact]] = relationship(
        back_populates="provider", order_by="ProviderContact.id", cascade="all, delete-orphan"
    )
    contracts: Mapped[list[Contract]] = relationship(
        back_populates="provider", order_by="Contract.starts_on"
    )


class ProviderContact(Base):
    """A person or desk to ring; ``is_emergency`` marks whom an officer rings about a P1."""

    __tablename__ = "provider_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    job: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    is_emergency: Mapped[bool] = mapped_column(default=False)

    provider: Mapped[Provider] = relationship(back_populates="contacts")


class Contract(Base):
    """What the council buys from a provider, from one day to another (both included)."""

    __tablename__ = "contract"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    support_hours_band: Mapped[str] = mapped_column(String(40), default="")
    """Hours of support a week, as a band (domain.md 6): "1-6", "7-15", "16-35", "36-167", "168"."""
    weekly_price_pence: Mapped[int | None]
    targets: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """Target times per priority where they differ from the default: {"P1": {"hours": 24}, "P3": {"working_days": 28}}."""

    provider: Mapped[Provider] = relationship(back_populates="contracts")
