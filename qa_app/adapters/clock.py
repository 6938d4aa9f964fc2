"""The real clock, and one that a test sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SystemClock:
    """Tells the time of this machine."""

    def now(self) -> datetime:
        """Return this moment in UTC."""
        return datetime.now(UTC)


class SetClock:
    """Tells the time it was set to, until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self.moment

    def move(self, step: timedelta) -> None:
        """Go forward (or back) by a step."""
        self.moment += step
