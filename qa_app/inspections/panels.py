"""What inspections register elsewhere: who may see their photos, and which repairs a young inspector may know."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists

from qa_app.accounts.rules import Role
from qa_app.base.registry import Viewer, may_see
from qa_app.defects import queries as defects
from qa_app.defects.models import Defect, Telling
from qa_app.inspections import queries, sharing
from qa_app.inspections.models import Inspection
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


def connect() -> None:
    """Register the rules."""
    if has_been_shared not in visits.shared_with_provider:
        visits.shared_with_provider.append(has_been_shared)
    may_see.add(queries.OWNER_KIND, queries.may_see_photo)
    may_see.add(f"{queries.OWNER_KIND}.photo", sharing.may_see_photo)
    defects.scope_rules[Role.YOUNG_INSPECTOR] = of_own_visits
