"""The table of roles and permissions, held to product.md cell by cell; duties and the throttle at their limits."""

from __future__ import annotations

from datetime import date

import pytest

from qa_app.accounts import rules
from qa_app.accounts.rules import Role

# The columns of product.md's table, in its order, and what each row of it comes to for each role.
COLUMNS = (
    "officer", "monitor", "manager", "director", "young-inspector", "provider", "adviser", "administrator",
)  # fmt: skip
TABLE = """
self               yes yes yes yes yes yes yes yes
homes.read         yes yes yes yes no  yes no  yes
homes.address      yes yes yes yes no  yes no  no
homes.write        yes no  yes no  no  no  no  no
homes.propose      yes yes yes no  no  no  no  no
homes.move         no  no  yes no  no  no  no  no
homes.card         yes yes yes yes no  no  yes no
visits.read        yes yes yes yes yes yes no  no
visits.plan        yes no  yes no  no  no  no  no
visits.answer      no  no  no  no  yes no  no  no
inspections.fill   yes no  yes no  yes no  no  no
inspections.read   yes yes yes yes yes yes no  no
inspections.share  yes no  yes no  no  no  no  no
inspections.follow yes no  yes no  no  no  no  no
attention          yes no  yes no  no  no  no  no
providers.read     yes yes yes yes no  yes no  no
providers.list     yes yes yes yes no  no  no  no
providers.write    no  yes yes no  no  no  no  no
prices.read        yes yes yes yes no  yes no  no
actions.read       yes yes yes yes no  yes no  no
actions.write      yes no  yes no  no  no  no  no
actions.answer     no  no  no  no  no  yes no  no
defects.read       yes yes yes yes yes yes yes no
defects.move       yes no  yes no  no  no  no  no
defects.comment    yes yes yes no  no  no  no  no
defects.answer     no  no  no  no  no  yes no  no
certificates.read  yes yes yes yes no  yes no  no
certificates.write no  yes yes no  no  no  no  no
safeguarding.read  yes no  yes no  no  no  no  no
provider.desk      no  no  no  no  no  yes no  no
audit.read         no  no  yes no  no  no  no  yes
photos.read        yes yes yes yes yes yes yes no
"""
ROWS = {line.split()[0]: line.split()[1:] for line in TABLE.strip().splitlines()}
CELLS = [
    (permission, role, cell == "yes")
    for permission, cells in ROWS.items()
    for role, cell in zip(COLUMNS, cells, strict=True)
]


@pytest.mark.parametrize(
    ("permission", "role", "expected"), CELLS, ids=[f"{one}-{role}" for one, role, _ in CELLS]
)
def test_a_role_holds_a_permission_as_written(permission: str, role: str, expected: bool) -> None:
    assert rules.may(role, permission) is expected


def test_every_role_is_a_column_and_every_permission_a_row() -> None:
    assert {str(role) for role in Role} == set(COLUMNS)
    assert set(rules.PERMISSIONS) == set(ROWS), "write the new permission into the table above"


def test_a_permission_that_nobody_wrote_down_is_an_error_and_not_a_yes() -> None:
    with pytest.raises(KeyError):
        rules.may("officer", "homes.demolish")


def test_a_role_that_nobody_wrote_down_holds_nothing() -> None:
    assert not any(rules.may("caretaker", permission) for permission in rules.PERMISSIONS)


@pytest.mark.parametrize(
    ("ends_on", "today", "expected"),
    [
        (date(2026, 11, 8), date(2026, 11, 1), False),
        (date(2026, 11, 8), date(2026, 11, 2), True),
        (date(2026, 11, 8), date(2026, 11, 8), True),
        (date(2026, 11, 8), date(2026, 11, 9), False),
        (None, date(2036, 1, 1), True),
        (None, date(2026, 11, 1), False),
    ],
)
def test_a_duty_covers_its_first_and_last_day(
    ends_on: date | None, today: date, expected: bool
) -> None:
    assert rules.is_on_duty(date(2026, 11, 2), ends_on, today=today) is expected


@pytest.mark.parametrize(
    ("account", "place", "expected"),
    [(0, 0, False), (9, 39, False), (10, 0, True), (0, 40, True), (11, 41, True)],
)
def test_the_tenth_wrong_password_or_the_fortieth_from_one_place_closes_the_door(
    account: int, place: int, expected: bool
) -> None:
    assert rules.is_throttled(account, place) is expected
