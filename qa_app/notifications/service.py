"""Tell somebody something: the message is written with what caused it, and sent by the worker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.jobs import service as jobs
from qa_app.notifications.models import OutgoingMessage


def tell(
    session: Session,
    user: User,
    *,
    template: str,
    subject: str,
    body: str,
    now: datetime,
    key: str | None = None,
) -> OutgoingMessage | None:
    """Promise an e-mail to a person; None when one with this ``key`` was promised before.

    Say references, never addresses, names of residents or safeguarding words (reliability.md T10).
    """
    return tell_address(
        session,
        user.email,
        template=template,
        subject=subject,
        body=body,
        now=now,
        key=key,
        user_id=user.id,
    )


def tell_address(
    session: Session,
    recipient: str,
    *,
    template: str,
    subject: str,
    body: str,
    now: datetime,
    key: str | None = None,
    user_id: int | None = None,
) -> OutgoingMessage | None:
    """Promise an e-mail to an address (a provider's contact has no account)."""
    if key is not None and session.scalar(
        select(OutgoingMessage.id).where(OutgoingMessage.key == key)
    ):
        return None
    message = OutgoingMessage(
        user_id=user_id,
        recipient=recipient,
        template=template,
        subject=" ".join(subject.split())[:200],
        body=body,
        key=key,
        created_at=now,
    )
    session.add(message)
    session.flush()
    jobs.enqueue(
        session, "notifications.send", {"message": message.id}, now=now, key=f"message:{message.id}"
    )
    return message
