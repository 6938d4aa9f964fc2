"""The worker tells a provider of an emergency or an urgent repair: a reference and a time, never an address, never who said so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.accounts.rules import Role
from qa_app.base.text import day, moment
from qa_app.defects import catalogue, rules
from qa_app.defects.models import Defect
from qa_app.defects.rules import Priority, State
from qa_app.jobs import worker
from qa_app.notifications import service as notifications
from qa_app.ports import Ports
from qa_app.providers.models import ProviderContact

TOLD_AT_ONCE = frozenset({Priority.P1, Priority.P2})


def raised(session: Session, payload: Mapping[str, Any], doors: Ports) -> None:
    """Tell everybody at the provider who has an address; nothing is told of what is withheld, over or not urgent.

    Repeatable: nobody is told the same thing twice.
    """
    defect = session.get(Defect, payload["defect"])
    if defect is None or defect.is_withheld or defect.provider_id is None:
        return
    if State(defect.status) not in rules.LIVE or Priority(defect.priority) not in TOLD_AT_ONCE:
        return
    now = doors.clock.now()
    subject, body = letter(defect, str(payload["why"]), doors.settings.base_url)
    for address, user_id in _addresses(session, defect.provider_id):
        notifications.tell_address(
            session, address, user_id=user_id, template="defects.raised", subject=subject,
            body=body, now=now,
            key=f"defect:{defect.id}:{payload['why']}:{defect.priority}:{defect.times_reopened}:{address}"[:200],
        )  # fmt: skip
    if defect.first_told_at is None:
        defect.first_told_at = now


def letter(defect: Defect, why: str, base_url: str) -> tuple[str, str]:
    """Return the subject and the words of the message."""
    label = catalogue.priorities()[Priority(defect.priority)].label
    subject = {
        "reopened": f"{defect.ref} is not fixed: it is open again",
        "worse": f"{defect.ref} is now {defect.priority}: {label.lower()}",
    }.get(why, f"{defect.ref}: a new repair, {defect.priority} {label.lower()}")
    lines = [f"{defect.ref}: {label.lower()} ({defect.priority})."]
    if defect.make_safe_by is not None and defect.made_safe_at is None:
        lines.append(f"Make it safe by {moment(defect.make_safe_by)}.")
    if defect.fix_by is not None:
        lines.append(f"Fix it by the end of {day(defect.fix_by)}.")
    lines.append(
        f"Sign in to see what it is and where, and to answer: {base_url}/defects/{defect.ref}"
    )
    return subject, "\n".join(lines)


def _addresses(session: Session, provider_id: int) -> list[tuple[str, int | None]]:
    """Every address once: people with an account first, then contacts without one."""
    users = session.scalars(
        select(User).where(
            User.provider_id == provider_id,
            User.role == Role.PROVIDER,
            User.disabled_at.is_(None),
        )
    )
    found: dict[str, int | None] = {user.email.lower(): user.id for user in users}
    contacts = session.scalars(
        select(ProviderContact.email).where(
            ProviderContact.provider_id == provider_id, ProviderContact.email != ""
        )
    )
    for email in contacts:
        found.setdefault(email.strip().lower(), None)
    return sorted(found.items())


def connect() -> None:
    """Register the handler."""
    worker.handlers["defects.raised"] = raised
