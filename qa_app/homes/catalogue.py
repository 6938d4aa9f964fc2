"""Kinds of home and room, Ofsted's categories, tenures, risk tiers and authorities, read from the data files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from qa_app.base.data_files import DataFileError, Entry, read_csv, read_yaml
from qa_app.base.errors import DomainError


@dataclass(frozen=True)
class Choice:
    """One thing to choose from: what is kept, what is shown, and a word of help."""

    id: str
    label: str
    help: str = ""


@dataclass(frozen=True)
class RoomKind:
    """A kind of room; ``is_several`` when a home usually has more than one, so that labels are numbered."""

    id: str
    label: str
    is_several: bool


@dataclass(frozen=True)
class RiskTier:
    """How often homes of one tier are visited."""

    id: str
    label: str
    visit_every_months: int


@dataclass(frozen=True)
class Authority:
    """A local authority: ONS code and name."""

    code: str
    name: str


# -- Homes -----------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _home_file() -> tuple[Mapping[str, Choice], Mapping[str, Choice], Mapping[str, Choice]]:
    top = read_yaml("home_types.yaml")
    top.certainty()
    categories = _choices(top, "ofsted_categories")
    found: dict[str, Choice] = {}
    for entry in top.entries("home_types"):
        unknown = sorted(set(entry.texts("categories")) - set(categories))
        if unknown:
            raise entry.fail(f"there is no Ofsted category {', '.join(unknown)}")
        found[entry.text("id")] = _choice(entry)
    tenures = _choices(top, "tenures")
    top.done()
    return MappingProxyType(found), categories, tenures


def home_types() -> Mapping[str, Choice]:
    """Return the kinds of home by id, in the order in which they are offered."""
    return _home_file()[0]


def ofsted_categories() -> Mapping[int, Choice]:
    """Return Ofsted's categories of supported accommodation, 1 to 4 (domain.md 1)."""
    return {int(id): choice for id, choice in _home_file()[1].items()}


def tenures() -> Mapping[str, Choice]:
    """Return the ways in which residents hold their room."""
    return _home_file()[2]


# -- Rooms -----------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def room_kinds() -> Mapping[str, RoomKind]:
    """Return the kinds of room by id, in the order in which a visit walks through a home."""
    top = read_yaml("room_kinds.yaml")
    top.certainty()
    found: dict[str, RoomKind] = {}
    for entry in top.entries("kinds"):
        found[entry.text("id")] = RoomKind(
            entry.text("id"), entry.text("label"), entry.flag("several", default=False)
        )
        entry.done()
    top.done()
    return MappingProxyType(found)


def room_label(kind: str, number: int) -> str:
    """Return the usual label of the ``number``-th room of a kind: "Bedroom 3", "Kitchen". ``DomainError`` when unknown."""
    found = room_kinds().get(kind)
    if found is None:
        raise DomainError(f"There is no kind of room called '{kind}'.")
    return f"{found.label} {number}" if found.is_several or number > 1 else found.label


# -- Risk ------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _risk_file() -> tuple[Mapping[str, RiskTier], int]:
    top = read_yaml("risk_tiers.yaml")
    top.certainty()
    top.whole("unannounced_at_least_one_in")
    weeks = top.whole("weeks_after_critical")
    if not weeks:
        raise top.fail("'weeks_after_critical' must be at least 1")
    found: dict[str, RiskTier] = {}
    for entry in top.entries("tiers"):
        months = entry.whole("visit_every_months")
        if not months:
            raise entry.fail("'visit_every_months' must be at least 1")
        found[entry.text("id")] = RiskTier(entry.text("id"), entry.text("label"), months)
        entry.done()
    top.done()
    return MappingProxyType(found), weeks


def risk_tiers() -> Mapping[str, RiskTier]:
    """Return the tiers by id, the riskiest first: high, standard, low (every 3, 6 and 12 months)."""
    return _risk_file()[0]


def weeks_after_critical() -> int:
    """Return within how many weeks of a critical finding a home is visited again."""
    return _risk_file()[1]


# -- Authorities -----------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def authorities() -> Mapping[str, Authority]:
    """Return every authority of England and Wales that postcodes point at, by ONS code."""
    found: dict[str, Authority] = {}
    for row in read_csv("authorities.csv", ("code", "name", "source")):
        code = row["code"]
        if len(code) != 9 or code[0] not in "EW" or not code[1:].isdigit() or code in found:
            raise DataFileError(f"authorities.csv: '{code}' is no ONS code, or is there twice")
        found[code] = Authority(code, row["name"])
    return MappingProxyType(found)


def authority_name(code: str | None) -> str:
    """Return the name of an authority; its code when the name is not known, "" for none at all."""
    if not code:
        return ""
    found = authorities().get(code)
    return code if found is None else found.name


def _choices(top: Entry, key: str) -> Mapping[str, Choice]:
    return MappingProxyType({entry.text("id"): _choice(entry) for entry in top.entries(key)})


def _choice(entry: Entry) -> Choice:
    choice = Choice(entry.text("id"), entry.text("label"), entry.text_or_none("help") or "")
    entry.raw("categories")
    entry.done()
    return choice
