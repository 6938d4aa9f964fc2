"""The kinds of certificate, read from the data file and checked when read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from qa_app.base.data_files import parse_yaml, read_text
from qa_app.certificates.rules import Kind

APPLIES_TO = frozenset({"home", "provider"})
REQUIRED = frozenset(
    {
        "always",
        "never",
        "under-18s",
        "five-or-more-places",
        "three-or-four-places",
        "not-required-until-checked",
    }
)
PRIORITIES = frozenset({"P1", "P2", "P3", "P4"})


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """Return the kinds by id, in the order of the file; ``DataFileError`` when the file is wrong."""
    return parse_kinds(read_text("certificate_kinds.yaml"))


def kind_label(id: str) -> str:
    """Return the words for a kind, or the id itself for one that has gone from the file."""
    found = kinds().get(id)
    return id if found is None else found.label


def parse_kinds(text: str) -> Mapping[str, Kind]:
    """Read the kinds; ``DataFileError`` names what is wrong."""
    top = parse_yaml(text, "certificate_kinds.yaml")
    found: dict[str, Kind] = {}
    for entry in top.entries("kinds"):
        has_priority = entry.raw("priority") is not None
        kind = Kind(
            id=entry.text("id"),
            label=entry.text("label"),
            applies_to=entry.one_of("applies_to", APPLIES_TO),
            required=entry.one_of("required", REQUIRED),
            period_months=entry.whole("period_months"),
            is_for_calendar_year=entry.one_of("lasts", {"calendar-year", "period"}, "period")
            == "calendar-year",
            only_in=frozenset(entry.texts("only_in")),
            priority=entry.one_of("priority", PRIORITIES) if has_priority else None,
            when_expired=entry.text_or_none("when_expired") or "",
            issued_by=entry.text("issued_by"),
            law=entry.text("law"),
            note=entry.text_or_none("note") or "",
            is_verified=entry.certainty() == "verified",
        )
        if kind.period_months == 0:
            raise entry.fail("'period_months' must be at least 1, or left out")
        entry.done()
        found[kind.id] = kind
    top.done()
    return MappingProxyType(found)
