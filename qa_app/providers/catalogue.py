"""Frameworks, bands of support and Ofsted statuses, read from the data file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from qa_app.base.data_files import Entry, read_yaml


@dataclass(frozen=True)
class Choice:
    """One thing to choose from: what is kept, what is shown, and a word of help."""

    id: str
    label: str
    help: str = ""


@lru_cache(maxsize=1)
def _terms() -> tuple[Mapping[str, Choice], Mapping[str, Choice], Mapping[str, Choice]]:
    top = read_yaml("contract_terms.yaml")
    top.certainty()
    found = (
        _choices(top, "frameworks"),
        _choices(top, "support_bands"),
        _choices(top, "ofsted_statuses"),
    )
    top.done()
    return found


def frameworks() -> Mapping[str, Choice]:
    """Return the ways of buying by id, in the order in which they are offered."""
    return _terms()[0]


def support_bands() -> Mapping[str, Choice]:
    """Return the bands of support hours a week, the fewest first (domain.md 6)."""
    return _terms()[1]


def ofsted_statuses() -> Mapping[str, Choice]:
    """Return where a provider can stand with Ofsted."""
    return _terms()[2]


def _choices(top: Entry, key: str) -> Mapping[str, Choice]:
    found: dict[str, Choice] = {}
    for entry in top.entries(key):
        found[entry.text("id")] = Choice(
            entry.text("id"), entry.text("label"), entry.text_or_none("help") or ""
        )
        entry.done()
    return MappingProxyType(found)
