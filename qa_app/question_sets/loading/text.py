"""From YAML text to plain values, remembering the line of every key and item."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import yaml

from qa_app.question_sets.loading.mistakes import Path, Report

LONGEST_TEXT = 500_000
DEEPEST = 16
_TAG = "tag:yaml.org,2002:"
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,6})?")


class _Unreadable:
    """Stands for a value whose mistake is noted already, so that it is not noted twice."""


UNREADABLE = _Unreadable()


class _Stop(Exception):
    """Reading on makes no sense."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class _PlainLoader(yaml.SafeLoader):
    """Composes nodes, and refuses what lets a small file grow large: anchors, aliases, depth."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it untyped
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Stop(line, "Anchors (&name) and aliases (*name) are not allowed. Write it out.")
        if self._depth >= DEEPEST:
            raise _Stop(line, "This is nested too deeply.")
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def _compose(text: str) -> yaml.Node:
    if len(text) > LONGEST_TEXT:
        raise _Stop(1, f"This file is longer than {LONGEST_TEXT} characters.")
    loader = _PlainLoader(text)
    try:
        node = loader.get_single_node()
    finally:
        loader.dispose()
    if node is None:
        raise _Stop(1, "This file is empty.")
    return node


def read_text(text: str) -> tuple[object, dict[Path, int], Report]:
    """The plain values of a YAML document, the line (from 1) of each place, and its mistakes.

    Values are mappings, lists, texts, whole numbers, Decimals, true, false and None.
    QuestionSetInvalid: the text is not YAML at all, or is no one document.
    """
    lines: dict[Path, int] = {}
    report = Report(lines)
    try:
        return _Plain(lines, report).value(_compose(text), ()), lines, report
    except _Stop as stop:
        report.add_on_line(stop.line, stop.message)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or "it cannot be read"
        began = error.context_mark
        hint = f" (what surrounds it began on line {began.line + 1})" if began else ""
        report.add_on_line(mark.line + 1 if mark else 1, f"This is not YAML: {what}{hint}.")
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, int(error.position)) + 1
        report.add_on_line(line, "There is a character here that YAML does not allow.")
    report.raise_if_any()
    raise AssertionError("unreachable: a mistake was noted above")


class _Plain:
    """Turns nodes into plain values and fills in the lines."""

    def __init__(self, lines: dict[Path, int], report: Report) -> None:
        self._lines = lines
        self._report = report

    def value(self, node: yaml.Node, path: Path) -> object:
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
            return [self.value(one, (*path, i)) for i, one in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        self._report.add(path, f"The tag {node.tag} is not allowed.")
        return UNREADABLE

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag != f"{_TAG}str":
                line = key_node.start_mark.line + 1
                self._report.add(path, "A key must be words, in quotes if need be.", line=line)
                continue
            key = key_node.value
            inside = (*path, key)
            if key in found:
                line = key_node.start_mark.line + 1
                self._report.add(inside, "This key is here twice.", line=line)
                continue
            self._lines[inside] = key_node.start_mark.line + 1
            found[key] = self.value(value_node, inside)
        return found

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> object:
        kind, raw = node.tag.removeprefix(_TAG), str(node.value)
        if kind == "str":
            return raw
        if kind == "null":
            return None
        if kind == "bool" and raw.lower() in {"true", "false"}:
            return raw.lower() == "true"
        if kind in {"int", "float"} and _NUMBER.fullmatch(raw):
            return int(raw) if kind == "int" and "." not in raw else Decimal(raw)
        if kind in {"int", "float"}:
            self._report.add(path, f"Write the number {raw} in plain digits, such as 12 or 0.5.")
        else:
            self._report.add(path, f"Put '{raw}' in quotes, so that it is read as words.")
        return UNREADABLE
