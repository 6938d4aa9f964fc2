"""Lists that leave as CSV: no cell of them is ever a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula (the wide forms too)."""


def as_text(value: object) -> str:
    """Return a cell that a spreadsheet shows as text, whatever it begins with."""
    text = "" if value is None else str(value)
    bare = text.lstrip(" \u00a0")
    return f"'{text}" if bare.startswith(FORMULA_STARTS) else text


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield a CSV line by line, with the mark that makes Excel read it as UTF-8."""
    yield "\ufeff" + _line(head)
    for row in rows:
        yield _line([as_text(cell) for cell in row])


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
