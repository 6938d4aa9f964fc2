"""What visits add to the pages of others: the visits of a home."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.base.registry import Panel, Viewer, panels
from qa_app.homes.models import Home
from qa_app.visits import queries
from qa_app.visits.purposes import purpose_label
from qa_app.visits.rules import STATE_LABELS


def of_home(session: Session, home: Home, viewer: Viewer) -> Panel | None:
    """Show the last visits of a home that this viewer may know of."""
    if not viewer.can("visits.read"):
        return None
    return Panel(
        "visits/_of_home.html",
        {
            "home": home,
            "visits": queries.of_home(session, home, viewer),
            "purpose_label": purpose_label,
            "state_labels": STATE_LABELS,
        },
    )


def connect() -> None:
    """Register the panels."""
    panels.add("homes.show", 20, of_home)
