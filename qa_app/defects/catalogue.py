"""Categories, priorities with their usual times, and hazards, read from the data files and checked when read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from qa_app.base.data_files import DataFileError, Entry, parse_yaml, read_text, read_yaml
from qa_app.base.errors import DomainError
from qa_app.defects.rules import Priority, Target, Targets

KINDS = frozenset({"repair", "not-a-repair"})


@dataclass(frozen=True)
class Category:
    """What can be wrong. ``id`` is a path such as ``doors.lock``; ``default`` is None for what is no repair."""

    id: str
    label: str
    default: Priority | None
    winter_default: Priority | None
    worse_when: str
    worse_priority: Priority | None
    hazards: tuple[str, ...]
    is_repair: bool
    parent: str | None

    def default_in(self, month: int, winter_months: frozenset[int]) -> Priority | None:
        """Return the priority it starts with in a month (1 to 12)."""
        if self.winter_default is not None and month in winter_months:
            return self.winter_default
        return self.default


@dataclass(frozen=True)
class Categories:
    """The whole tree, in the order of the file, each parent before its children."""

    by_id: Mapping[str, Category]
    winter_months: frozenset[int]

    def groups(self) -> list[tuple[Category, list[Category]]]:
        """Return the repairs as people choose them: each top category with what is under it."""
        tops = [found for found in self.by_id.values() if found.parent is None and found.is_repair]
        return [(top, [sub for sub in self.by_id.values() if sub.parent == top.id]) for top in tops]


@dataclass(frozen=True)
class PriorityWords:
    """How a priority is shown."""

    id: Priority
    label: str
    help: str


@dataclass(frozen=True)
class HazardScheme:
    """The numbering of possible hazards that was in force; the year is its name."""

    id: int
    hazards: Mapping[str, str]


# -- Categories ------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def categories() -> Categories:
    """Return the tree of ``categories.yaml``; ``DataFileError`` when the file is wrong."""
    return parse_categories(
        read_text("categories.yaml"), hazards=frozenset(hazard_scheme(2026).hazards)
    )


def category(id: str) -> Category:
    """Return one category; ``DomainError`` for one that nobody knows."""
    try:
        return categories().by_id[id]
    except KeyError:
        raise DomainError(f"There is no category called '{id}'.") from None


def label(id: str) -> str:
    """Return the words for a category ("Door lock"), or the id itself for one that has gone from the file."""
    found = categories().by_id.get(id)
    return id if found is None else found.label


def default_priority(id: str, *, month: int) -> Priority | None:
    """Return the priority a category starts with in a month; None for what is no repair. ``DomainError`` when unknown."""
    return category(id).default_in(month, categories().winter_months)


def parse_categories(text: str, *, hazards: frozenset[str]) -> Categories:
    """Read a tree; ``DataFileError`` names what is wrong."""
    top = parse_yaml(text, "categories.yaml")
    top.certainty()
    months = top.raw("winter_months")
    if not isinstance(months, list) or not all(
        isinstance(month, int) and 1 <= month <= 12 for month in months
    ):
        raise top.fail("'winter_months' must be a list of months from 1 to 12")
    found: dict[str, Category] = {}
    for entry in top.entries("categories"):
        parent = _category(entry, None, hazards)
        found[parent.id] = parent
        for sub in entry.entries("sub"):
            child = _category(sub, parent, hazards)
            found[child.id] = child
            sub.done()
        entry.done()
    top.done()
    return Categories(MappingProxyType(found), frozenset(months))


def _category(entry: Entry, parent: Category | None, hazards: frozenset[str]) -> Category:
    name = entry.text("id")
    if "." in name:
        raise entry.fail("an id holds no dot: put it under its parent")
    is_repair = entry.one_of("kind", KINDS, default="repair") == "repair"
    default = _priority(entry, "default")
    winter = _priority(entry, "winter_default")
    if parent is not None:
        is_repair = parent.is_repair
        if default is None:
            default, winter = parent.default, winter or parent.winter_default
    if is_repair and default is None:
        raise entry.fail("a repair needs a 'default' priority")
    tags = entry.texts("hazards") or (parent.hazards if parent else ())
    unknown = sorted(set(tags) - hazards)
    if unknown:
        raise entry.fail(f"there is no hazard {', '.join(unknown)} in the scheme of 2026")
    return Category(
        id=name if parent is None else f"{parent.id}.{name}",
        label=entry.text("label"),
        default=default,
        winter_default=winter,
        worse_when=entry.text_or_none("worse_when") or "",
        worse_priority=_priority(entry, "worse_priority"),
        hazards=tags,
        is_repair=is_repair,
        parent=None if parent is None else parent.id,
    )


def _priority(entry: Entry, key: str) -> Priority | None:
    if entry.raw(key) is None:
        return None
    return Priority(entry.one_of(key, {priority.value for priority in Priority}))


# -- Priorities and their times --------------------------------------------------------------------


@lru_cache(maxsize=1)
def _priorities() -> tuple[Mapping[Priority, PriorityWords], Targets]:
    top = read_yaml("priorities.yaml")
    words: dict[Priority, PriorityWords] = {}
    targets: dict[Priority, Target] = {}
    if top.text("due_time") != "23:59":
        raise top.fail("'due_time' is fixed in the rules at 23:59")
    top.text("due_time_certainty")
    for entry in top.entries("priorities"):
        id = Priority(entry.one_of("id", {priority.value for priority in Priority}))
        words[id] = PriorityWords(id, entry.text("label"), entry.text("help"))
        targets[id] = Target(entry.whole("make_safe_hours"), entry.whole("fix_working_days"))
        entry.certainty()
        entry.done()
    top.done()
    if set(words) != set(Priority):
        raise top.fail("every priority from P1 to P4 must be there")
    return MappingProxyType(words), MappingProxyType(targets)


def priorities() -> Mapping[Priority, PriorityWords]:
    """Return the words for each priority, the worst first."""
    return _priorities()[0]


def targets(contract: Mapping[str, Any] | None = None) -> Targets:
    """Return the times that count: the contract's where it says something, else the default ones.

    ``contract`` is the column ``Contract.targets``: ``{"P1": {"hours": 24}, "P3": {"working_days": 28}}``. A contract
    that sets one of the two for a priority leaves the other at its default. ``DataFileError`` when it is malformed.
    """
    merged = dict(_priorities()[1])
    for name, times in (contract or {}).items():
        if name not in {priority.value for priority in Priority} or not isinstance(times, Mapping):
            raise DataFileError(f"targets of the contract: '{name}' is no priority with times")
        entry = Entry(f"targets of the contract, {name}", times)
        usual = merged[Priority(name)]
        merged[Priority(name)] = Target(
            make_safe_hours=entry.whole("hours", usual.make_safe_hours),
            fix_working_days=entry.whole("working_days", usual.fix_working_days),
        )
        entry.done()
    return MappingProxyType(merged)


# -- Hazards ---------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _hazard_schemes() -> Mapping[int, HazardScheme]:
    top = read_yaml("hazards.yaml")
    found: dict[int, HazardScheme] = {}
    for entry in top.entries("schemes"):
        if not entry.text("id").isdigit():
            raise entry.fail("a scheme is called by its year")
        entry.day("applies_from")
        entry.certainty()
        names = {tag.text("id"): tag.text("label") for tag in entry.entries("hazards")}
        found[int(entry.text("id"))] = HazardScheme(int(entry.text("id")), MappingProxyType(names))
        entry.done()
    top.done()
    return MappingProxyType(found)


def hazard_scheme(year: int) -> HazardScheme:
    """Return the scheme of 2005 or 2026; ``DomainError`` for any other."""
    found = _hazard_schemes().get(year)
    if found is None:
        raise DomainError(f"There is no hazard scheme of {year}.")
    return found


def hazard_label(tag: str, *, scheme: int) -> str:
    """Return the words for a possible hazard ("Damp and mould growth"), or the tag when it is unknown."""
    return hazard_scheme(scheme).hazards.get(tag, tag)
