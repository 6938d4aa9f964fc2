"""Shapes of JSON: one description that both checks what came and says in OpenAPI what may come."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

Path = tuple[str | int, ...]
Wrong = tuple[Path, str]

_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_FIRST_YEAR, _LAST_YEAR = 1970, 2200


class Shape(Protocol):
    """What a value may look like."""

    def check(self, value: Any, path: Path) -> Iterator[Wrong]:
        """Yield what is wrong, and where; nothing when the value fits."""
        ...

    def schema(self) -> dict[str, Any]:
        """Return the shape as JSON Schema."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """Words of at most ``most`` characters, of a pattern when one is given (ECMAScript and Python agree on it)."""

    most: int
    pattern: str | None = None
    example: str | None = None

    def check(self, value: Any, path: Path) -> Iterator[Wrong]:
        """See ``Shape``."""
        if not isinstance(value, str):
            yield path, "must be text"
        elif len(value) > self.most:
            yield path, f"must have at most {self.most} characters"
        elif "\x00" in value:
            yield path, "must not hold the character U+0000"
        elif self.pattern is not None and not re.fullmatch(self.pattern, value):
            yield path, f"must look like {self.example or self.pattern}"

    def schema(self) -> dict[str, Any]:
        """See ``Shape``."""
        found: dict[str, Any] = {"type": "string", "maxLength": self.most}
        if self.pattern is not None:
            found["pattern"] = f"^{self.pattern}$"
        if self.example is not None:
            found["examples"] = [self.example]
        return found


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words."""

    values: tuple[str, ...]

    def check(self, value: Any, path: Path) -> Iterator[Wrong]:
        """See ``Shape``."""
        if not isinstance(value, str) or value not in self.values:
            yield path, f"must be one of {', '.join(self.values)}"

    def schema(self) -> dict[str, Any]:
        """See ``Shape``."""
        return {"type": "string", "enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class Either:
    """One of several shapes; the mistakes named are those of the first."""

    shapes: tuple[Shape, ...]

    def check(self, value: Any, path: Path) -> Iterator[Wrong]:
        """See ``Shape``."""
        found = [list(one.check(value, path)) for one in self.shapes]
        if all(found):
            yield from found[0]

    def schema(self) -> dict[str, Any]:
        """See ``Shape``."""
        return {"anyOf": [one.schema() for one in self.shapes]}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def check(self, value: Any, path: Path) -> Iterator[Wrong]:
        """See ``Shape``."""
        if not isinstance(value, bool):
            yield path, "must be true or false"

    def schema(self) -> dict[str, Any]:
        """See ``Shape``."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from 1 to ``most``."""

    most: int

    def check(self, value: Any, path: Path) -> Iterator[Wrong]:
        """See ``Shape``."""
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= self.most:
            yield path, f"must be a whole number from 1 to {self.most}"

    def schema(self) -> dict[str, Any]:
        """See ``Shape``."""
        return {"type": "integer", "minimum": 1, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class AnswerValue:
    """What was answered: the value of a choice, a JSON number, or text."""

    most: int

    def check(self, value: Any, path: Path) -> Iterator[Wrong]:
        """See ``Shape``."""
        if isinstance(value, str):
            yield from Text(self.most).check(value, path)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            yield path, "must be text, a number or null"

    def schema(self) -> dict[str, Any]:
        """See ``Shape``."""
        return {"oneOf": [{"type": "string", "maxLength": self.most}, {"type": "number"}]}


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as in RFC 3339, with its offset from UTC."""

    def check(self, value: Any, path: Path) -> Iterator[Wrong]:
        """See ``Shape``."""
        words = "must be a moment with its offset, such as 2026-11-22T10:00:00+00:00"
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            yield path, words
            return
        try:
            found = datetime.fromisoformat(value.upper())
        except ValueError:
            yield path, words
            return
        if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
            yield path, f"must lie between {_FIRST_YEAR} and {_LAST_YEAR}"

    def schema(self) -> dict[str, Any]:
        """See ``Shape``."""
        return {"type": "string", "format": "date-time"}


@dataclass(frozen=True, slots=True)
class ListOf:
    """At most ``most`` things of one shape."""

    item: Shape
    most: int

    def check(self, value: Any, path: Path) -> Iterator[Wrong]:
        """See ``Shape``."""
        if not isinstance(value, list):
            yield path, "must be a list"
            return
        if len(value) > self.most:
            yield path, f"must have at most {self.most} entries"
            return
        for number, one in enumerate(value):
            yield from self.item.check(one, (*path, number))

    def schema(self) -> dict[str, Any]:
        """See ``Shape``."""
        return {"type": "array", "items": self.item.schema(), "maxItems": self.most}


@dataclass(frozen=True, slots=True)
class Maybe:
    """A shape, or null."""

    shape: Shape

    def check(self, value: Any, path: Path) -> Iterator[Wrong]:
        """See ``Shape``."""
        if value is not None:
            yield from self.shape.check(value, path)

    def schema(self) -> dict[str, Any]:
        """See ``Shape``."""
        return {"oneOf": [self.shape.schema(), {"type": "null"}]}


@dataclass(frozen=True, slots=True)
class Thing:
    """An object. What is in ``may`` may be left out; keys that nobody named are kept and not looked at,
    so that an app newer than the server is not refused (reliability.md F37, F41)."""

    must: Mapping[str, Shape]
    may: Mapping[str, Shape]

    def check(self, value: Any, path: Path) -> Iterator[Wrong]:
        """See ``Shape``."""
        if not isinstance(value, dict):
            yield path, "must be an object"
            return
        for key in self.must:
            if key not in value:
                yield (*path, key), "is missing"
        for key, shape in {**self.must, **self.may}.items():
            if key in value:
                yield from shape.check(value[key], (*path, key))

    def schema(self) -> dict[str, Any]:
        """See ``Shape``."""
        shapes = {**self.must, **self.may}
        found: dict[str, Any] = {
            "type": "object",
            "properties": {key: shape.schema() for key, shape in shapes.items()},
        }
        if self.must:
            found["required"] = list(self.must)
        return found
