"""What is done to actions: ask for one, confirm or decline what was proposed, do it, open it again, answer it, share it.

Nothing here commits. Every act leaves a line on the timeline and an audit row.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.actions import queries, rules
from qa_app.actions.models import Action
from qa_app.actions.rules import Owner
from qa_app.audit import service as audit
from qa_app.base.errors import DomainError, Refused
from qa_app.base.text import day
from qa_app.homes.models import Home


def add(
    session: Session,
    *,
    home: Home,
    provider_id: int | None,
    visit_id: str | None,
    inspection_id: str | None,
    question: str,
    room_id: str | None,
    kind: str,
    words: str,
    owner: str | None,
    due_on: date | None,
    share: str,
    is_proposed: bool,
    now: datetime,
    actor: User | None = None,
) -> Action:
    """Ask for something; the same question, room and kind of one inspection twice gives the first again.

    ``owner`` and ``due_on`` None: the usual ones for this kind. ``share`` is the question's.
    """
    if inspection_id is not None:
        found = session.scalar(
            select(Action).where(
                Action.inspection_id == inspection_id,
                Action.question == question,
                Action.room_id == (room_id or ""),
                Action.kind == kind,
            )
        )
        if found is not None:
            return found
    action = Action(
        ref=_new_ref(session), home_id=home.id, provider_id=provider_id, visit_id=visit_id,
        inspection_id=inspection_id, question=question, room_id=room_id or "", kind=kind,
        words=words.strip(), owner=Owner(owner) if owner else rules.default_owner(kind),
        due_on=due_on or rules.default_due(kind, now.date()), share=share, is_proposed=is_proposed,
        created_at=now,
    )  # fmt: skip
    session.add(action)
    session.flush()
    _line(session, action, "Proposed" if is_proposed else "Asked for", actor, now=now)
    return action


def confirm(
    session: Session,
    action: Action,
    *,
    owner: str,
    due_on: date | None,
    words: str,
    actor: User,
    now: datetime,
) -> None:
    """Say that what was proposed shall be done, by whom and by when; ``Refused`` naming what is missing."""
    mistakes = {}
    if owner not in {one.value for one in Owner}:
        mistakes["owner"] = "Choose whose action this is"
    if due_on is None:
        mistakes["due_on"] = "Enter the day by which it must be done"
    if not words.strip():
        mistakes["words"] = "Say what must be done"
    if mistakes or due_on is None:
        raise Refused(mistakes)
    action.owner, action.due_on, action.words = Owner(owner), due_on, words.strip()
    action.is_proposed = False
    _line(session, action, "Asked for", actor, now=now, note=f"By {day(due_on)}")


def decline(session: Session, action: Action, because: str, *, actor: User, now: datetime) -> None:
    """Say that what was proposed is not needed, and why; ``Refused`` without a reason."""
    if not because.strip():
        raise Refused({"because": "Say why this is not needed"})
    action.is_proposed = False
    action.declined_because = because.strip()
    _line(session, action, "Declined", actor, now=now, note=because.strip())


def done(session: Session, action: Action, *, evidence: str, actor: User, now: datetime) -> None:
    """Say that it is done, and how we know; ``Refused`` without that, ``DomainError`` when it is not open."""
    _must_be_open(action)
    if not evidence.strip():
        raise Refused({"evidence": "Say how we know that it is done"})
    action.done_at, action.done_by_id = now, actor.id
    action.evidence = evidence.strip()
    _line(session, action, "Done", actor, now=now, note=evidence.strip(), is_for_provider=True)


def reopen(session: Session, action: Action, *, because: str, actor: User, now: datetime) -> None:
    """Say that it is not done after all, and why; the day it is due by stays."""
    if action.done_at is None:
        raise DomainError("This action is still open.")
    if not because.strip():
        raise Refused({"because": "Say what is not done"})
    action.done_at = action.done_by_id = None
    _line(
        session, action, "Opened again", actor, now=now, note=because.strip(), is_for_provider=True
    )


def answer(session: Session, action: Action, *, words: str, actor: User, now: datetime) -> None:
    """Add the provider's answer; whether it is done, an officer says. ``Refused`` when empty."""
    _must_be_open(action)
    if not words.strip():
        raise Refused({"words": "Write your answer"})
    _line(
        session, action, "The provider answered", actor, now=now, note=words.strip(),
        is_for_provider=True,
    )  # fmt: skip


def share(
    session: Session, inspection_id: str, *, released: Collection[str] = (), now: datetime
) -> None:
    """Let the provider see the actions of a shared inspection, by each question's ``share`` rule; safe to repeat."""
    for action in queries.of_inspection(session, inspection_id):
        is_free = action.share == "yes" or (
            action.share == "reviewed" and action.question in released
        )
        if is_free and action.shared_at is None:
            action.shared_at = now


def _must_be_open(action: Action) -> None:
    if action.done_at is not None or action.is_proposed or action.declined_because:
        raise DomainError(
            "This action is not open any more. Load the page again to see where it stands."
        )


def _new_ref(session: Session) -> str:
    while True:
        ref = rules.ref_from(secrets.token_bytes(4))
        if session.scalar(select(Action.id).where(Action.ref == ref)) is None:
            return ref


def _line(
    session: Session,
    action: Action,
    what: str,
    actor: User | None,
    *,
    now: datetime,
    note: str = "",
    is_for_provider: bool = False,
) -> None:
    audit.event(
        session, "action", action.ref, who=actor, what=what, now=now, note=note,
        is_for_provider=is_for_provider,
    )  # fmt: skip
    audit.record(
        session, actor, f"action.{what.lower().replace(' ', '-')}", "action", action.ref, now=now
    )
