"""What inspections add to the pages of visits, homes and providers, and what they register elsewhere: who may see their
photos, which repairs a young inspector may know, which visits a provider may."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import Session

from qa_app.accounts.rules import Role
from qa_app.base.registry import Panel, Viewer, may_see, panels
from qa_app.defects import queries as defects
from qa_app.defects.models import Defect, Telling
from qa_app.homes.models import Home
from qa_app.inspections import queries, sharing
from qa_app.inspections.models import Inspection
from qa_app.inspections.summaries import compact
from qa_app.ports import clock
from qa_app.providers.models import Provider
from qa_app.visits import queries as visits
from qa_app.visits.models import Visit


def of_own_visits(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a repair was told of on a visit of which this young inspector has sent theirs; nothing
    that is withheld."""
    mine = Inspection.__table__.alias("mine")
    told = Inspection.__table__.alias("told")
    told_there = exists().where(
        Telling.is_for_provider.is_(True),
        Telling.defect_id == Defect.id,
        Telling.source_kind == queries.OWNER_KIND,
        Telling.source_id == told.c.id,
        told.c.visit_id == mine.c.visit_id,
        mine.c.user_id == viewer.id,
    )
    return and_(Defect.is_withheld.is_(False), told_there)


def has_been_shared() -> ColumnElement[bool]:
    """Return the condition that an inspection of a visit has been shared with its provider."""
    return exists().where(Inspection.visit_id == Visit.id, Inspection.shared_at.is_not(None))


MOST = 4
"""How many scores a page of a home or a provider shows."""


def on_visit(session: Session, visit: Visit, viewer: Viewer) -> Panel | None:
    """Show what each voice found on a visit, side by side."""
    return _panel(
        session, queries.of_visit(session, visit.id, viewer), viewer, title="What was found"
    )


def on_home(session: Session, home: Home, viewer: Viewer) -> Panel | None:
    """Show the newest scores of a home, each voice for itself."""
    found = queries.of_home(session, home.id, viewer)[:MOST]
    return _panel(session, found, viewer, title="Latest scores")


def on_provider(session: Session, provider: Provider, viewer: Viewer) -> Panel | None:
    """Show the newest scores of a provider's homes."""
    found = session.scalars(
        queries.scoped(viewer)
        .where(Inspection.provider_id == provider.id)
        .order_by(Inspection.received_at.desc(), Inspection.id)
        .limit(MOST)
    ).all()
    return _panel(session, found, viewer, title="Latest scores", is_of_one_home=False)


def _panel(
    session: Session,
    found: Sequence[Inspection],
    viewer: Viewer,
    *,
    title: str,
    is_of_one_home: bool = True,
) -> Panel | None:
    if not found:
        return None
    rows = [compact(session, one, viewer, now=clock().now()) for one in found]
    return Panel(
        "inspections/_panel.html", {"rows": rows, "title": title, "is_of_one_home": is_of_one_home}
    )


def connect() -> None:
    """Register the panels and the rules."""
    panels.add("visits.show", 10, on_visit)
    panels.add("homes.show", 15, on_home)
    panels.add("providers.show", 20, on_provider)
    if has_been_shared not in visits.shared_with_provider:
        visits.shared_with_provider.append(has_been_shared)
    may_see.add(queries.OWNER_KIND, queries.may_see_photo)
    may_see.add(f"{queries.OWNER_KIND}.photo", sharing.may_see_photo)
    defects.scope_rules[Role.YOUNG_INSPECTOR] = of_own_visits
