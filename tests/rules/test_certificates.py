"""Certificates: expired, missing and not applicable are three states; warnings; which ones a home must have."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.certificates import kinds
from qa_app.certificates.rules import (
    STANDING_LABELS,
    Held,
    HomeFacts,
    Kind,
    Standing,
    days_left,
    expired_or_missing,
    required_kinds,
    required_of_provider,
    standing,
    usual_expiry,
    warning,
)

TODAY = date(2026, 11, 22)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def gas(issued_on: date | None = None, expires_on: date | None = None, because: str = "") -> Held:
    return Held("gas-safety-record", issued_on, expires_on, because)


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([], Standing.MISSING),
        ([gas(date(2026, 1, 1), TOMORROW)], Standing.IN_DATE),
        ([gas(date(2026, 1, 1), TODAY)], Standing.IN_DATE),  # its last day still counts
        ([gas(date(2026, 1, 1), YESTERDAY)], Standing.EXPIRED),
        ([gas(None, YESTERDAY)], Standing.EXPIRED),
        ([gas(TODAY, None)], Standing.IN_DATE),  # no last day: kept under review
        ([gas(TOMORROW, date(2027, 11, 22))], Standing.MISSING),  # was not there yet on the day
        ([gas(date(2025, 1, 1), YESTERDAY), gas(TODAY, date(2027, 1, 1))], Standing.IN_DATE),
        ([gas(because="no gas in this home")], Standing.NOT_APPLICABLE),
        (
            [gas(date(2025, 1, 1), YESTERDAY), gas(because="gas was taken out")],
            Standing.NOT_APPLICABLE,
        ),
        ([gas(TODAY, TOMORROW), gas(because="entered by mistake")], Standing.IN_DATE),
        ([gas(because="   ")], Standing.MISSING),  # a reason without words is none
        ([gas()], Standing.MISSING),  # a row without any date proves nothing
        ([Held("eicr", TODAY, TOMORROW)], Standing.MISSING),  # another kind does not stand in
    ],
)
def test_standing(held: list[Held], expected: Standing) -> None:
    assert standing(held, "gas-safety-record", TODAY) is expected
    assert expected in STANDING_LABELS
    lacking = expected in {Standing.EXPIRED, Standing.MISSING}
    assert expired_or_missing(held, ["gas-safety-record"], TODAY) == (
        {"gas-safety-record"} if lacking else frozenset()
    )


def test_only_required_kinds_are_named() -> None:
    held = [gas(date(2025, 1, 1), YESTERDAY), Held("eicr", date(2024, 1, 1), date(2029, 1, 1))]
    required = ["eicr", "fire-risk-assessment"]
    assert expired_or_missing(held, required, TODAY) == {"fire-risk-assessment"}
    assert expired_or_missing(iter(held), ["eicr", "gas-safety-record"], TODAY) == {
        "gas-safety-record"
    }


@pytest.mark.parametrize(
    ("days", "expected"),
    [(None, None), (61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)],
)
def test_warnings(days: int | None, expected: int | None) -> None:
    assert warning(days) == expected


def test_days_left_counts_the_longest_valid_one() -> None:
    held = [gas(date(2026, 1, 1), TOMORROW), gas(date(2026, 2, 1), TODAY + timedelta(days=30))]
    assert days_left(held, "gas-safety-record", TODAY) == 30
    assert days_left([gas(TODAY, TODAY)], "gas-safety-record", TODAY) == 0
    assert days_left([*held, gas(TODAY, None)], "gas-safety-record", TODAY) is None
    assert days_left([gas(date(2025, 1, 1), YESTERDAY)], "gas-safety-record", TODAY) is None
    assert days_left([], "gas-safety-record", TODAY) is None


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 400), st.integers(-500, 500))
def test_in_date_from_issue_to_the_last_day_and_never_otherwise(
    issued: date, lasts: int, later: int
) -> None:
    held = [gas(issued, issued + timedelta(days=lasts))]
    on = issued + timedelta(days=later)
    assert (standing(held, "gas-safety-record", on) is Standing.IN_DATE) is (0 <= later <= lasts)


# -- Kinds and homes -------------------------------------------------------------------------------

HOME = HomeFacts(places=6, youngest_age=18, host_authority="E09000023")


def test_the_three_that_questions_name_are_always_required() -> None:
    required = required_kinds(kinds.kinds().values(), HOME)
    assert required >= {"gas-safety-record", "eicr", "fire-risk-assessment"}


def test_what_nobody_has_verified_is_counted_against_nobody() -> None:
    unverified = {kind.id for kind in kinds.kinds().values() if not kind.is_verified}
    assert unverified  # there are some, or this test shows nothing
    every_home = [
        HomeFacts(places, age, host)
        for places in range(1, 12)
        for age in (None, 16, 18)
        for host in (None, "E09000028", "E09000023")
    ]
    for home in every_home:
        assert not required_kinds(kinds.kinds().values(), home) & unverified
    assert not required_of_provider(kinds.kinds().values(), youngest_age=16) & unverified


def test_local_licences_hold_where_they_hold() -> None:
    inside = HomeFacts(places=4, youngest_age=18, host_authority="E09000028")
    outside = HomeFacts(places=4, youngest_age=18, host_authority="E09000023")
    larger = HomeFacts(places=5, youngest_age=18, host_authority="E09000028")
    unknown = HomeFacts(places=4, youngest_age=18, host_authority=None)
    licence = "additional-hmo-licence"
    assert licence in required_kinds(kinds.kinds().values(), inside)
    for home in (outside, larger, unknown):
        assert licence not in required_kinds(kinds.kinds().values(), home)


@pytest.mark.parametrize(
    ("age", "is_required"), [(16, True), (17, True), (18, False), (None, True)]
)
def test_registration_goes_by_age(age: int | None, *, is_required: bool) -> None:
    """domain.md 0, trap 3: registration covers 16 and 17 year olds only."""
    required = required_of_provider(kinds.kinds().values(), youngest_age=age)
    assert ("ofsted-registration" in required) is is_required
    assert "gas-safety-record" not in required


@pytest.mark.parametrize(
    ("months", "issued", "last"),
    [
        (12, date(2026, 3, 5), date(2027, 3, 4)),
        (12, date(2026, 1, 1), date(2026, 12, 31)),
        (60, date(2024, 2, 29), date(2029, 2, 27)),
        (6, date(2026, 8, 31), date(2027, 2, 27)),
        (None, date(2026, 8, 31), None),
    ],
)
def test_usual_expiry(months: int | None, issued: date, last: date | None) -> None:
    assert usual_expiry(Kind("x", "X", "home", "always", months), issued) == last


def test_a_location_assessment_lasts_its_calendar_year() -> None:
    assert usual_expiry(kinds.kinds()["location-assessment"], date(2026, 11, 22)) == date(
        2026, 12, 31
    )
