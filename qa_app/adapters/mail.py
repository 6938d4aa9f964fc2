"""Mail that stays here: a twin that keeps letters in memory, and one that only logs that a letter was due."""

from __future__ import annotations

import logging

from qa_app.ports import Letter

log = logging.getLogger(__name__)


class KeptMail:
    """Keeps every letter, for tests."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> None:
        """Keep the letter."""
        self.letters.append(letter)


class LoggedMail:
    """Sends nothing while no mail server is set; the message is marked sent and readable on its page."""

    def send(self, letter: Letter) -> None:
        """Log that a letter was due, without its words or its recipient."""
        log.info(
            "no mail server is set; a letter was kept here",
            extra={"subject_length": len(letter.subject)},
        )
