"""The programme: this person's day first, then every visit they may know of."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from qa_app.accounts.access import needs
from qa_app.accounts.rules import Role
from qa_app.base.db import db
from qa_app.base.fields import clean_text
from qa_app.base.paging import page_of
from qa_app.base.text import local_day
from qa_app.ports import clock
from qa_app.visits import queries, rules
from qa_app.visits.purposes import purposes
from qa_app.visits.queries import Filters
from qa_app.visits.showing import shown
from qa_app.visits.views import bp


@bp.get("")
@needs("visits.read")
def index() -> ResponseReturnValue:
    """Show this person's day first, for those who make visits; then the programme, narrowed and in pages."""
    session, ask, now = db.session(), request.args, clock().now()
    goes_herself = g.person.can("inspections.fill")
    filters = Filters(
        words=clean_text(ask.get("words", ""))[:100],
        who=_account(ask.get("who", type=int)),
        status=_known(ask.get("status", ""), {"open", *rules.State}),
        purpose=_known(ask.get("purpose", ""), purposes()),
        home=clean_text(ask.get("home", ""))[:12],
    )
    is_narrowed = filters != Filters() or "page" in ask
    day = (
        queries.my_day(session, g.person, today=local_day(now))
        if goes_herself and not is_narrowed
        else None
    )
    is_young = g.person.role == Role.YOUNG_INSPECTOR
    page = (
        None
        if is_young
        else page_of(session, queries.listed(g.person, filters), ask.get("page", 1, type=int))
    )
    return render_template(
        "visits/index.html",
        day=day,
        page=page,
        filters=filters,
        is_narrowed=is_narrowed,
        is_young=is_young,
        purposes=purposes().values(),
        officers=queries.officers(session) if g.person.role != Role.PROVIDER else [],
        shown=lambda visit: shown(visit, now),
        today=local_day(now),
    )


def _account(number: int | None) -> int | None:
    """A number that can be an account's, or none: what the address says is anybody's."""
    return number if number is not None and 0 < number < 2**31 else None


def _known(value: str, known: Any) -> str:
    return value if value in known else ""
