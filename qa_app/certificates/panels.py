"""What certificates add to the page of a home."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.base.registry import Panel, Viewer, panels
from qa_app.base.text import local_day
from qa_app.certificates import queries, rules
from qa_app.certificates.kinds import kind_label
from qa_app.homes.models import Home
from qa_app.ports import clock


def certificates_of_home(session: Session, home: object, viewer: Viewer) -> Panel | None:
    """Return how every certificate that a home must hold stands today, and what was held before."""
    assert isinstance(home, Home)  # noqa: S101  # tells the type checker whose page this is
    if not viewer.can("certificates.read"):
        return None
    lines = queries.overview(session, home, local_day(clock().now()))
    needed = [
        line
        for line in lines
        if line.is_required and line.standing != rules.Standing.NOT_APPLICABLE
    ]
    return Panel(
        "certificates/_of_home.html",
        {
            "home": home,
            "needed": len(needed),
            "in_date": sum(line.standing == rules.Standing.IN_DATE for line in needed),
            "lines": [line for line in lines if line.is_required],
            "others": [line for line in lines if not line.is_required],
            "labels": rules.STANDING_LABELS,
            "before": [row for row in queries.history(session, home) if row.ended_at is not None],
            "kind_label": kind_label,
        },
    )


def connect() -> None:
    """Register the panel."""
    panels.add("homes.show", 40, certificates_of_home)
