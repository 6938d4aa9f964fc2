"""Timeline lines as people read them: names for staff, "the council" for a provider, no name of a young inspector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.accounts.rules import ROLE_LABELS, Role
from qa_app.audit.models import Event
from qa_app.base.text import iso, moment


def shown(
    session: Session, events: Sequence[Event], *, is_for_provider: bool
) -> list[dict[str, str]]:
    """Return the lines of a timeline for ``timeline`` of ``base/_macros.html``, newest first."""
    names = {} if is_for_provider else _names(session, events)
    return [
        {
            "when": moment(one.at),
            "iso": iso(one.at) or "",
            "who": _who(one, names, is_for_provider=is_for_provider),
            "what": one.what,
            "note": one.note,
        }
        for one in reversed(events)
    ]


def _who(event: Event, names: Mapping[int, str], *, is_for_provider: bool) -> str:
    if is_for_provider:
        return "your organisation" if event.who_role == Role.PROVIDER else "the council"
    if event.who_role == Role.YOUNG_INSPECTOR:
        return "a young inspector"
    name = names.get(event.who_id or 0, "")
    if not event.who_role or not name:
        return name or "Doorstep"
    return f"{name} ({ROLE_LABELS[Role(event.who_role)].lower()})"


def _names(session: Session, events: Sequence[Event]) -> dict[int, str]:
    ids = {one.who_id for one in events if one.who_id is not None}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {row.id: row.name for row in rows}
