"""Errors that a person can do something about."""

from __future__ import annotations

from collections.abc import Mapping


class DomainError(Exception):
    """A rule says no; the message is plain English for the person who asked."""


class Refused(DomainError):
    """Some fields cannot be taken; ``fields`` maps a field name to what to do about it."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(fields.values()))
        self.fields = dict(fields)


class NotFound(DomainError):
    """There is no such thing, or this person may not know whether there is."""


class NotDurable(Exception):
    """The work could not be made safe on disk (full, locked or away); the sender must keep it and try again."""
