"""Pages of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Row = TypeVar("Row")
PER_PAGE = 50


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows, which page it is (from 1), and how many rows there are in all."""

    rows: Sequence[Row]
    number: int
    total: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.per_page))


def page_of(
    session: Session, statement: Select[Any], number: int, *, per_page: int = PER_PAGE
) -> Page[Any]:
    """Return page ``number`` of the entities that a statement selects; a number out of range gives the nearest page."""
    total = (
        session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    )
    last = max(1, -(-total // per_page))
    number = min(max(1, number), last)
    rows = session.scalars(statement.limit(per_page).offset((number - 1) * per_page)).unique().all()
    return Page(rows=rows, number=number, total=total, per_page=per_page)
