"""Words, days and moments as people read them; Europe/London on screens, UTC inside."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def local(moment: datetime) -> datetime:
    """Return a moment in Europe/London; ``ValueError`` when it has no time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(LONDON)


def local_day(moment: datetime) -> date:
    """Return the day in London on which a moment falls."""
    return local(moment).date()


def day(value: date | datetime | None) -> str:
    """Return "22 November 2026", or "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = local_day(value)
    return f"{value.day} {value:%B %Y}"


def weekday(value: date | datetime | None) -> str:
    """Return "Sunday 22 November 2026", or "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = local_day(value)
    return f"{value:%A} {value.day} {value:%B %Y}"


def moment(value: datetime | None) -> str:
    """Return "22 November 2026 at 6:05pm" in London time, or "" for nothing."""
    if value is None:
        return ""
    here = local(value)
    hour = here.hour % 12 or 12
    return f"{day(here)} at {hour}:{here:%M}{'am' if here.hour < 12 else 'pm'}"


def iso(value: datetime | None) -> str | None:
    """Return an RFC 3339 moment in UTC ("2026-11-22T18:05:00Z"), or None."""
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def pounds(pence: int | None) -> str:
    """Return "£1,234.50" for 123450 pence, or "" for nothing."""
    return "" if pence is None else f"£{pence // 100:,}.{pence % 100:02}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return "1 photo" or "3 photos"."""
    return f"{count} {one if count == 1 else (many or one + 's')}"
