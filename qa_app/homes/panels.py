"""What homes add to the pages of lower features: a provider's homes, now and before."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.base.registry import Panel, Viewer, panels
from qa_app.base.text import local_day
from qa_app.homes import queries, rules
from qa_app.ports import clock
from qa_app.providers.models import Provider


def homes_of_provider(session: Session, provider: object, viewer: Viewer) -> Panel | None:
    """Return the homes that a provider runs and those it ran before, as far as the viewer may know homes."""
    assert isinstance(provider, Provider)  # noqa: S101  # tells the type checker whose page this is
    if not viewer.can("homes.read"):
        return None
    today = local_day(clock().now())
    now, later, before = [], [], []
    for row in queries.under_contracts_of(session, provider.id, viewer):
        if row.starts_on > today:
            later.append(row)
        elif row.ends_on is None or row.ends_on >= today:
            now.append(row)
        else:
            before.append(row)
    still = {row.home_id for row in now}
    return Panel(
        "homes/_of_provider.html",
        {
            "now": now,
            "later": later,
            "before": [row for row in before if row.home_id not in still],
            "statuses": rules.STATUS_LABELS,
        },
    )


def connect() -> None:
    """Register the panels."""
    panels.add("providers.show", 10, homes_of_provider)
