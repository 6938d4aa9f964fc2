"""Homes, their rooms, the contract each was under when, and the authorities around them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.base.db import Base, Json, UtcDateTime, new_id


class HostAuthority(Base):
    """A council in whose area homes stand: what may be claimed there and whom to ring. Keyed by ONS code."""

    __tablename__ = "host_authority"

    code: Mapped[str] = mapped_column(String(9), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    council_tax_rule: Mapped[str] = mapped_column(Text, default="")
    contacts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    checked_on: Mapped[date | None]


class Home(Base):
    """A place where care leavers live. Its address is the most dangerous thing held here."""

    __tablename__ = "home"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(300))
    postcode: Mapped[str] = mapped_column(String(8), index=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    pin_source: Mapped[str] = mapped_column(String(20), default="")
    """postcode or by-hand; empty when there is no pin yet."""
    host_authority_code: Mapped[str | None] = mapped_column(
        ForeignKey("host_authority.code"), index=True
    )
    type: Mapped[str] = mapped_column(String(40))
    ofsted_category: Mapped[int | None]
    tenure: Mapped[str] = mapped_column(String(30), default="")
    places: Mapped[int] = mapped_column(default=1)
    vacancies: Mapped[int] = mapped_column(default=0)
    youngest_age: Mapped[int | None]
    oldest_age: Mapped[int | None]
    is_staffed_24_hours: Mapped[bool] = mapped_column(default=False)
    is_council_owned: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(20), default="not-yet-used")
    """not-yet-used, in-use, paused or closed."""
    proposed_status: Mapped[str] = mapped_column(String(20), default="")
    """What somebody asked a manager to make it; empty when nobody waits for an answer."""
    proposed_because: Mapped[str] = mapped_column(Text, default="")
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    risk_tier: Mapped[str] = mapped_column(String(10), default="standard")
    report_code: Mapped[str] = mapped_column(String(20), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    host_authority: Mapped[HostAuthority | None] = relationship(lazy="joined")
    rooms: Mapped[list[Room]] = relationship(
        back_populates="home", order_by="Room.position, Room.label"
    )
    contracts: Mapped[list[HomeUnderContract]] = relationship(
        back_populates="home", order_by="HomeUnderContract.starts_on"
    )


class Room(Base):
    """A room of a home; it ends, it never vanishes."""

    __tablename__ = "room"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    home_id: Mapped[int] = mapped_column(ForeignKey("home.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    label: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(default=0)
    ended_on: Mapped[date | None]

    home: Mapped[Home] = relationship(back_populates="rooms")


class HomeUnderContract(Base):
    """Which contract a home was under, from one day to another (both included)."""

    __tablename__ = "home_under_contract"
    __table_args__ = (Index("ix_home_under_contract_home", "home_id", "starts_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    home_id: Mapped[int] = mapped_column(ForeignKey("home.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    home: Mapped[Home] = relationship(back_populates="contracts")
    contract: Mapped[Any] = relationship("Contract", lazy="joined")
