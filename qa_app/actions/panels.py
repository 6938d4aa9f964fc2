"""What the page of a home shows of actions."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.actions import queries, rules
from qa_app.actions.models import Action
from qa_app.base.registry import Panel, Viewer, panels
from qa_app.base.text import local_day
from qa_app.homes.models import Home
from qa_app.ports import clock


def on_home(session: Session, home: Home, viewer: Viewer) -> Panel | None:
    """Show what is still to do for a home, as far as this viewer may know."""
    if not viewer.can("actions.read"):
        return None
    known = set(
        session.scalars(select(Action.id).where(queries.scope(viewer), Action.home_id == home.id))
    )
    found = [one for one in queries.open_for_home(session, home.id) if one.id in known]
    if not found:
        return None
    today = local_day(clock().now())
    rows = [
        {
            "ref": one.ref,
            "words": one.words,
            "owner": rules.OWNER_LABELS.get(one.owner, one.owner),
            "due": rules.due_words(one.due_on, today),
            "is_late": one.due_on < today,
        }
        for one in found
    ]
    return Panel("actions/_panel.html", {"rows": rows})


def connect() -> None:
    """Register the panel."""
    panels.add("homes.show", 40, on_home)
