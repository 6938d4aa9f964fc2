"""What pages of homes and providers show of defects."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from qa_app.base.registry import Panel, Viewer, panels
from qa_app.defects import queries, showing
from qa_app.homes.models import Home
from qa_app.ports import clock
from qa_app.providers.models import Provider

MOST = 10


def on_home(session: Session, home: Home, viewer: Viewer) -> Panel | None:
    """Show what is not over at a home."""
    if not viewer.can("defects.read"):
        return None
    found = queries.open_for_home(session, home.id, viewer)
    return _panel(found, {"home": home.ref}, show_home=False)


def on_provider(session: Session, provider: Provider, viewer: Viewer) -> Panel | None:
    """Show what is not over of a provider."""
    if not viewer.can("defects.read"):
        return None
    found = queries.open_for_provider(session, provider.id, viewer)
    return _panel(found, {"provider": provider.id}, show_home=True)


def _panel(found: Any, filters: dict[str, Any], *, show_home: bool) -> Panel:
    now = clock().now()
    rows = [showing.row(one, now=now) for one in found]
    rows.sort(key=lambda row: not row.is_late)
    return Panel(
        "defects/_panel.html",
        {
            "rows": rows[:MOST],
            "total": len(rows),
            "late": sum(row.is_late for row in rows),
            "filters": filters,
            "show_home": show_home,
        },
    )


def connect() -> None:
    """Register the panels."""
    panels.add("homes.show", 30, on_home)
    panels.add("providers.show", 30, on_provider)
