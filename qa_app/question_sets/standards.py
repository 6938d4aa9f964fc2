"""The four standards that questions belong to, in words, read from the data file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from qa_app.base.data_files import read_yaml


@lru_cache(maxsize=1)
def standards() -> Mapping[str, str]:
    """Return the words for each standard ("PR": "Protection"), in the order of the regulations (domain.md 2.1)."""
    top = read_yaml("standards.yaml")
    top.certainty()
    found: dict[str, str] = {}
    for entry in top.entries("standards"):
        found[entry.text("id")] = entry.text("label")
        entry.done()
    top.done()
    return MappingProxyType(found)
