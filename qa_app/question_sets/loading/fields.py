"""Reading one mapping key by key: whatever key nobody asked for is a mistake."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Self

from qa_app.question_sets.loading.mistakes import Path, Report
from qa_app.question_sets.loading.text import UNREADABLE

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = 2_000


class Fields:
    """The keys of one mapping. Use it in a `with`: on leaving, keys that were never asked for are
    named, because a key that is not honoured is a lie."""

    def __init__(self, data: object, path: Path, report: Report, *, what: str) -> None:
        self.path = path
        self.report = report
        self._what = what
        self._asked: list[str] = []
        self._data: dict[str, object] = {}
        if isinstance(data, dict):
            self._data = data
        elif data is not UNREADABLE:
            self.wrong(f"{what} must be a list of keys and values.")
        self._is_read = isinstance(data, dict)

    def __enter__(self) -> Self:
        """Start reading."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Name the keys that nobody asked for."""
        for key in self._data:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, n=1)
                hint = f" Did you mean '{near[0]}'?" if near else ""
                self.wrong(f"'{key}' is not a key of {self._what}.{hint}", key)

    def wrong(self, message: str, *inside: str | int) -> None:
        """Note a mistake here, or at a place inside."""
        self.report.add((*self.path, *inside), message)

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._data

    def keys(self) -> tuple[str, ...]:
        """Every key, all counted as asked for: for mappings whose keys are names."""
        self._asked.extend(self._data)
        return tuple(self._data)

    def refuse(self, keys: Iterable[str], why: str) -> None:
        """Name each of the keys that is there though it does not belong."""
        for key in keys:
            self._asked.append(key)
            if key in self._data:
                self.wrong(why, key)

    def take(self, key: str, *, needed: bool = False) -> object:
        """The value as it is; UNREADABLE when there is none or its mistake is noted already."""
        self._asked.append(key)
        if key not in self._data:
            if needed and self._is_read:
                self.wrong(f"{self._what} needs '{key}'.")
            return UNREADABLE
        return self._data[key]

    def text(self, key: str, *, needed: bool = False) -> str | None:
        """Words, not empty."""
        value = self.take(key, needed=needed)
        return None if value is UNREADABLE else read_words(value, self, key)

    def one_of(self, key: str, options: Sequence[str], *, needed: bool = False) -> str | None:
        """Words that must be one of the options."""
        value = self.text(key, needed=needed)
        if value is not None and value not in options:
            self.wrong(f"'{value}' is not one of: {', '.join(options)}.", key)
            return None
        return value

    def slug(self, key: str, *, needed: bool = False) -> str | None:
        """A name in small letters, digits and hyphens."""
        value = self.text(key, needed=needed)
        if value is not None and not SLUG.fullmatch(value):
            self.wrong(f"'{value}' must be small letters, digits and hyphens.", key)
            return None
        return value

    def number(
        self, key: str, *, least: int | None = None, most: int | None = None, needed: bool = False
    ) -> Decimal | None:
        """A number between least and most, both included."""
        value = self.take(key, needed=needed)
        return (
            None if value is UNREADABLE else read_number(value, self, key, least=least, most=most)
        )

    def whole(
        self, key: str, *, least: int | None = None, most: int | None = None, needed: bool = False
    ) -> int | None:
        """A whole number between least and most, both included."""
        value = self.number(key, least=least, most=most, needed=needed)
        if value is not None and value != int(value):
            self.wrong(f"{value} must be a whole number.", key)
            return None
        return None if value is None else int(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self.take(key)
        if value is UNREADABLE or isinstance(value, bool):
            return default if value is UNREADABLE else bool(value)
        self.wrong("This must be true or false.", key)
        return default

    def items(self, key: str, *, needed: bool = False) -> list[tuple[object, Path]]:
        """The items of a list that is not empty, each with its place."""
        value = self.take(key, needed=needed)
        if value is UNREADABLE:
            return []
        if not isinstance(value, list) or not value:
            self.wrong("This must be a list with at least one item.", key)
            return []
        return [(one, (*self.path, key, i)) for i, one in enumerate(value)]

    def texts(
        self, key: str, *, options: Sequence[str] | None = None, needed: bool = False
    ) -> tuple[str, ...]:
        """A list of words, none twice, each one of the options if there are any."""
        found: list[str] = []
        for i, (value, _) in enumerate(self.items(key, needed=needed)):
            words = read_words(value, self, key, i)
            if words is None:
                continue
            if words in found:
                self.wrong(f"'{words}' is here twice.", key, i)
            elif options is not None and words not in options:
                self.wrong(f"'{words}' is not one of: {', '.join(options)}.", key, i)
            else:
                found.append(words)
        return tuple(found)

    def months(self, key: str, *, needed: bool = False) -> tuple[int, ...]:
        """A list of months, 1 to 12, none twice."""
        found: list[int] = []
        for i, (value, _) in enumerate(self.items(key, needed=needed)):
            month = read_number(value, self, key, i, least=1, most=12)
            if month is None:
                continue
            if month != int(month):
                self.wrong(f"{month} is not a month from 1 to 12.", key, i)
            elif int(month) in found:
                self.wrong(f"{month} is here twice.", key, i)
            else:
                found.append(int(month))
        return tuple(found)


def read_words(value: object, fields: Fields, *inside: str | int) -> str | None:
    """Words that are not empty, or None with the mistake noted."""
    if value is UNREADABLE:
        return None
    if not isinstance(value, str):
        fields.wrong(f"This must be words; put {_shown(value)} in quotes.", *inside)
        return None
    if not value.strip() or len(value) > LONGEST:
        fields.wrong(f"This must be words, not empty, at most {LONGEST} characters.", *inside)
        return None
    return value


def read_number(
    value: object,
    fields: Fields,
    *inside: str | int,
    least: int | None = None,
    most: int | None = None,
) -> Decimal | None:
    """A number between least and most, or None with the mistake noted."""
    if value is UNREADABLE:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        fields.wrong("This must be a number.", *inside)
        return None
    if least is not None and value < least:
        fields.wrong(f"{value} is too small: it must be at least {least}.", *inside)
        return None
    if most is not None and value > most:
        fields.wrong(f"{value} is too large: it must be at most {most}.", *inside)
        return None
    return Decimal(value)


def _shown(value: object) -> str:
    if isinstance(value, bool | int | Decimal):
        return str(value).lower()
    return "it" if value is None else "the text"
