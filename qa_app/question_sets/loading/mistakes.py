"""Mistakes in a question set file: each with its line, where it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa_app.base.errors import DomainError

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake. `line` counts from 1; 0 where the content has no lines."""

    line: int
    path: str
    message: str

    def __str__(self) -> str:
        """One line for a terminal or a page."""
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.path}: {self.message}" if self.path else f"{where}{self.message}"


class QuestionSetInvalid(DomainError):
    """The file cannot be used; `mistakes` names every mistake found, in the order of the file."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(one) for one in mistakes))
        self.mistakes = mistakes


class Report:
    """Collects mistakes while a document is read; knows on which line each place is."""

    def __init__(self, lines: Mapping[Path, int]) -> None:
        self._lines = lines
        self._names: dict[Path, str] = {}
        self._mistakes: list[tuple[int, Path, str]] = []

    def name(self, path: Path, name: str) -> None:
        """Call a place by a name people know, such as a question's id."""
        self._names[path] = name

    def add(self, path: Path, message: str, *, line: int = 0) -> None:
        """Note a mistake at a place; without a line, that of the nearest place that has one."""
        near = path
        while near and near not in self._lines:
            near = near[:-1]
        line = line or self._lines.get(near, 0)
        self._mistakes.append((line, path, message))

    def add_on_line(self, line: int, message: str) -> None:
        """Note a mistake that has a line and no place, such as broken YAML."""
        self._mistakes.append((line, (), message))

    def raise_if_any(self) -> None:
        """Raise QuestionSetInvalid when anything was noted."""
        if self._mistakes:
            found = {Mistake(line, self._shown(at), words) for line, at, words in self._mistakes}
            raise QuestionSetInvalid(tuple(sorted(found)))

    def _shown(self, path: Path) -> str:
        shown = ""
        for end in range(len(path), 0, -1):
            if path[:end] in self._names:
                shown, path = self._names[path[:end]], path[end:]
                break
        for part in path:
            if isinstance(part, int):
                shown += f"[{part + 1}]"
            else:
                shown += f".{part}" if shown else part
        return shown
