"""The one table of roles and permissions (product.md, "Who may see and do what"); deny by default."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum


class Role(StrEnum):
    """What a person is to Doorstep."""

    OFFICER = "officer"
    MONITOR = "monitor"
    MANAGER = "manager"
    DIRECTOR = "director"
    YOUNG_INSPECTOR = "young-inspector"
    PROVIDER = "provider"
    ADVISER = "adviser"
    ADMINISTRATOR = "administrator"


ROLE_LABELS = {
    Role.OFFICER: "Officer",
    Role.MONITOR: "Contract monitor",
    Role.MANAGER: "Manager",
    Role.DIRECTOR: "Director",
    Role.YOUNG_INSPECTOR: "Young inspector",
    Role.PROVIDER: "Provider",
    Role.ADVISER: "Personal adviser",
    Role.ADMINISTRATOR: "Administrator",
}

_O, _MO, _MA, _D = Role.OFFICER, Role.MONITOR, Role.MANAGER, Role.DIRECTOR
_Y, _P, _A, _AD = Role.YOUNG_INSPECTOR, Role.PROVIDER, Role.ADVISER, Role.ADMINISTRATOR

# A permission says that a role may do a thing at all; which rows of it, the queries decide.
PERMISSIONS: dict[str, frozenset[Role]] = {
    "self": frozenset(Role),  # one's own day, sign-out, own account
    "homes.read": frozenset({_O, _MO, _MA, _D, _P, _AD}),  # administrator: no addresses
    "homes.address": frozenset({_O, _MO, _MA, _D, _P}),
    "homes.write": frozenset({_O, _MA}),
    "homes.propose": frozenset({_O, _MO, _MA}),  # ask for a pause or first use
    "homes.move": frozenset({_MA}),  # pause, first use, close
    "homes.card": frozenset({_O, _MO, _MA, _D, _A}),
    "visits.read": frozenset({_O, _MO, _MA, _D, _Y, _P}),
    "visits.plan": frozenset({_O, _MA}),
    "visits.answer": frozenset({_Y}),  # accept, decline
    "inspections.fill": frozenset({_O, _MA, _Y}),
    "inspections.read": frozenset({_O, _MO, _MA, _D, _Y, _P}),
    "inspections.share": frozenset({_O, _MA}),
    "inspections.follow": frozenset({_O, _MA}),  # confirm, edit, decline what is proposed
    "attention": frozenset({_O, _MA}),
    "providers.read": frozenset({_O, _MO, _MA, _D, _P}),
    "providers.list": frozenset({_O, _MO, _MA, _D}),  # a provider contact has its own page
    "providers.write": frozenset({_MO, _MA}),
    "prices.read": frozenset({_O, _MO, _MA, _D, _P}),
    "actions.read": frozenset({_O, _MO, _MA, _D, _P}),
    "actions.write": frozenset({_O, _MA}),
    "actions.answer": frozenset({_P}),
    "defects.read": frozenset({_O, _MO, _MA, _D, _Y, _P, _A}),
    "defects.move": frozenset({_O, _MA}),
    "defects.comment": frozenset({_O, _MO, _MA}),
    "defects.answer": frozenset({_P}),
    "certificates.read": frozenset({_O, _MO, _MA, _D, _P}),
    "certificates.write": frozenset({_MO, _MA}),
    "safeguarding.read": frozenset({_O, _MA}),  # and on duty that day
    "provider.desk": frozenset({_P}),
    "audit.read": frozenset({_MA, _AD}),
    "photos.read": frozenset({_O, _MO, _MA, _D, _Y, _P, _A}),  # then the owner's may-see rule
}


class DutyKind(StrEnum):
    """What a person is on duty for, between two days."""

    SAFEGUARDING = "safeguarding-duty-officer"
    PROGRAMME_LEAD = "programme-lead"
    ON_CALL = "on-call"
    DEPUTY = "deputy"


def may(role: str, permission: str) -> bool:
    """Whether a role holds a permission; ``KeyError`` for a permission that is not in the table."""
    return role in PERMISSIONS[permission]


def is_on_duty(starts_on: date, ends_on: date | None, *, today: date) -> bool:
    """Whether a duty from one day to another (both included; open when there is no end) covers today."""
    return starts_on <= today and (ends_on is None or today <= ends_on)


# Sign-in throttle: ten wrong passwords for one account or forty from one place in fifteen minutes.
THROTTLE_WINDOW = timedelta(minutes=15)
MOST_FAILURES_PER_ACCOUNT = 10
MOST_FAILURES_PER_PLACE = 40

SHORTEST_PASSWORD = 12
SESSION_IDLE = timedelta(hours=12)
SESSION_LIFE = timedelta(days=30)


def is_throttled(failures_for_account: int, failures_from_place: int) -> bool:
    """Whether another try at signing in must wait."""
    return (
        failures_for_account >= MOST_FAILURES_PER_ACCOUNT
        or failures_from_place >= MOST_FAILURES_PER_PLACE
    )
