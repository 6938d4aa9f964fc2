"""Why a visit is made, and the form that usually goes with it, read from the data file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from qa_app.base.data_files import read_yaml


@dataclass(frozen=True)
class Purpose:
    """Why a visit is made; ``form`` is the form of the officer's question set that it proposes."""

    id: str
    label: str
    form: str


@lru_cache(maxsize=1)
def purposes() -> Mapping[str, Purpose]:
    """Return the purposes by id, in the order in which they are offered; ``DataFileError`` when the file is wrong."""
    top = read_yaml("visit_purposes.yaml")
    top.certainty()
    found: dict[str, Purpose] = {}
    for entry in top.entries("purposes"):
        found[entry.text("id")] = Purpose(entry.text("id"), entry.text("label"), entry.text("form"))
        entry.done()
    top.done()
    return MappingProxyType(found)


def purpose_label(id: str) -> str:
    """Return the words for a purpose, or the id itself for one that has gone from the file."""
    found = purposes().get(id)
    return id if found is None else found.label
