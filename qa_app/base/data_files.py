"""Reads the facts of the field from the files in ``qa_app/data``, and names the line of thought that is wrong in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from importlib import resources
from typing import Any

import yaml

CERTAINTIES = frozenset({"verified", "NV"})
"""``verified`` was seen in the named source; ``NV`` (not verified) is recalled, and must be checked before use."""


class DataFileError(Exception):
    """A data file is wrong; the message names the file, the entry and what was expected."""


class Entry:
    """One entry of a data file; every getter raises ``DataFileError`` when the value is not what it asks for."""

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self.where = where
        self._values = values
        self._read: set[str] = {"id"}

    def fail(self, words: str) -> DataFileError:
        """Return an error that says where it is."""
        return DataFileError(f"{self.where}: {words}")

    def raw(self, key: str) -> Any:
        """Return a value as it stands, None when it is not there."""
        self._read.add(key)
        return self._values.get(key)

    def text(self, key: str) -> str:
        """Return a text that must be there."""
        value = self.raw(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(f"'{key}' must be a text")
        return value.strip()

    def text_or_none(self, key: str) -> str | None:
        """Return a text, None when it is not there."""
        return None if self.raw(key) is None else self.text(key)

    def one_of(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """Return a text that is one of ``allowed``."""
        value = default if self.raw(key) is None and default is not None else self.text(key)
        if value not in allowed:
            raise self.fail(
                f"'{key}' is '{value}', and must be one of {', '.join(sorted(allowed))}"
            )
        return value

    def whole(self, key: str, default: int | None = None) -> int | None:
        """Return a whole number of at least 0, or the default when it is not there."""
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.fail(f"'{key}' must be a whole number, not {value!r}")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.fail(f"'{key}' must be true or false, not {value!r}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty when it is not there."""
        value = self.raw(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fail(f"'{key}' must be a list of texts")
        return tuple(value)

    def day(self, key: str) -> date:
        """Return a day, which must be there (in YAML: 2026-11-22)."""
        value = self.raw(key)
        if type(value) is not date:
            raise self.fail(f"'{key}' must be a day such as 2026-11-22")
        return value

    def certainty(self) -> str:
        """Return ``verified`` or ``NV``; a verified entry must name its source and the day it was checked."""
        value = self.one_of("certainty", CERTAINTIES)
        self.text("source")
        self.day("checked_on")
        return value

    def entries(self, key: str) -> list[Entry]:
        """Return the entries listed under ``key``, each with an ``id``, no two alike."""
        return entries(self.raw(key) or [], f"{self.where}, {key}")

    def done(self) -> None:
        """Refuse keys that nobody asked for: most often a slip of spelling."""
        unknown = sorted(str(key) for key in self._values if key not in self._read)
        if unknown:
            raise self.fail(f"nobody knows the key {', '.join(unknown)}")


def entries(listed: object, where: str) -> list[Entry]:
    """Turn a list of mappings, each with its own ``id``, into entries."""
    if not isinstance(listed, list):
        raise DataFileError(f"{where}: a list was expected")
    found: list[Entry] = []
    seen: set[str] = set()
    for number, values in enumerate(listed, start=1):
        if not isinstance(values, dict) or not isinstance(values.get("id"), str):
            raise DataFileError(f"{where}: entry {number} has no 'id' that is a text")
        if values["id"] in seen:
            raise DataFileError(f"{where}: two entries are called '{values['id']}'")
        seen.add(values["id"])
        found.append(Entry(f"{where}, '{values['id']}'", values))
    return found


def read_text(name: str) -> str:
    """Return the text of a file in ``qa_app/data``; ``DataFileError`` when there is none."""
    try:
        return resources.files("qa_app").joinpath("data", name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataFileError(f"{name}: there is no such data file") from None


def read_yaml(name: str) -> Entry:
    """Return the whole of a YAML file, whose top must be a mapping."""
    return parse_yaml(read_text(name), name)


def parse_yaml(text: str, name: str) -> Entry:
    """Return the whole of a YAML text as one entry called ``name``."""
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise DataFileError(f"{name}: not YAML: {error}") from None
    if not isinstance(values, dict):
        raise DataFileError(f"{name}: the top of the file must be a mapping")
    return Entry(name, values)


def read_csv(name: str, columns: Iterable[str]) -> list[dict[str, str]]:
    """Return the rows of a CSV file with exactly these columns; lines that begin with # are remarks."""
    lines = [line for line in read_text(name).splitlines() if line and not line.startswith("#")]
    reader = csv.DictReader(io.StringIO("\n".join(lines)), strict=True)
    if list(reader.fieldnames or []) != list(columns):
        raise DataFileError(f"{name}: the columns must be {', '.join(columns)}")
    rows: list[dict[str, str]] = []
    for number, row in enumerate(reader, start=1):
        if None in row or any(value is None for value in row.values()):
            raise DataFileError(f"{name}: row {number} has too many or too few columns")
        rows.append(row)
    return rows
