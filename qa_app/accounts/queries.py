"""Questions about people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qa_app.accounts.models import Duty, User
from qa_app.accounts.rules import DutyKind, Role


def by_email(session: Session, email: str) -> User | None:
    """Return the account with this e-mail address, however it is capitalised."""
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def active_with_role(session: Session, *roles: Role) -> Sequence[User]:
    """Return the accounts in use that hold one of the roles, by name."""
    return session.scalars(
        select(User).where(User.role.in_(roles), User.disabled_at.is_(None)).order_by(User.name)
    ).all()


def on_duty(session: Session, kind: DutyKind, *, today: date) -> Sequence[User]:
    """Return who is on duty for ``kind`` today and may sign in, by name."""
    return session.scalars(
        select(User)
        .join(Duty, Duty.user_id == User.id)
        .where(
            Duty.kind == kind,
            Duty.starts_on <= today,
            or_(Duty.ends_on.is_(None), Duty.ends_on >= today),
            User.disabled_at.is_(None),
        )
        .order_by(User.name)
    ).all()


def is_on_duty(session: Session, user_id: int, kind: DutyKind, *, today: date) -> bool:
    """Whether one person is on duty for ``kind`` today."""
    return any(user.id == user_id for user in on_duty(session, kind, today=today))


def holds_demonstration(session: Session) -> bool:
    """Whether there are accounts of the demonstration."""
    return session.scalar(select(User.id).where(User.is_demo).limit(1)) is not None
