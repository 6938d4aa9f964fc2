"""The worker sends what was promised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.jobs import worker
from qa_app.notifications.models import OutgoingMessage
from qa_app.ports import DeliveryError, Letter, Ports


def send(payload: Mapping[str, Any], doors: Ports) -> None:
    """Send one message; a passing failure is raised, so that the worker tries again with back-off."""
    message = db.session().get(OutgoingMessage, payload["message"])
    if message is None or message.state != "waiting":
        return
    letter = Letter(recipient=message.recipient, subject=message.subject, body=message.body)
    message_id = message.id
    db.session().rollback()
    try:
        doors.mailer.send(letter)
        state = "sent"
    except DeliveryError as error:
        if not error.is_final:
            raise
        state = "given-up"
    with writing() as session:
        again = session.get(OutgoingMessage, message_id)
        if again is not None:
            again.state = state
            again.attempts += 1
            again.sent_at = doors.clock.now() if state == "sent" else None


def connect() -> None:
    """Register the handler."""
    worker.long_handlers["notifications.send"] = send
