"""Homes: states, inside or outside, postcodes and references as people write them, when a visit is due."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.base.errors import DomainError
from qa_app.homes import catalogue
from qa_app.homes.rules import (
    MOVES,
    PIN_LABELS,
    STATUS_LABELS,
    PinSource,
    Status,
    add_months,
    area_words,
    check_pin,
    is_inside,
    may_move,
    next_visit_on,
    outward,
    postcode,
    read_ref,
    ref,
)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("SE15 4NX", "SE15 4NX"),
        ("se154nx", "SE15 4NX"),
        ("  Se 15 - 4n x ", "SE15 4NX"),
        ("SE15\u20134NX", "SE15 4NX"),
        ("S1 2AB", "S1 2AB"),
        ("s12ab", "S1 2AB"),
        ("SW1A1AA", "SW1A 1AA"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("M1 1AE", "M1 1AE"),
        ("SE15", None),
        ("SE15 4N", None),
        ("SE15 4NXX", None),
        ("SE15 4CX", None),  # the last two signs never are C, I, K, M, O or V
        ("15SE 4NX", None),
        ("", None),
        ("SE15 4NX\x00", None),
        ("ＳＥ15 4NX", None),
        ("S" * 5000, None),
    ],
)
def test_postcodes(typed: str, written: str | None) -> None:
    assert postcode(typed) == written


@given(st.text())
def test_t51_any_text_at_all_is_read_or_refused(text: str) -> None:
    found = postcode(text)
    assert found is None or postcode(found) == found


@pytest.mark.parametrize(
    ("text", "area"), [("SE15 4NX", "SE15"), ("s1 2ab", "S1"), ("nonsense", "")]
)
def test_outward(text: str, area: str) -> None:
    assert outward(text) == area


def test_a_young_inspector_hears_the_area_and_no_more() -> None:
    assert area_words("SE15 4NX", "Southwark") == "SE15, Southwark"
    assert area_words("SE15 4NX", None) == "SE15"
    assert area_words("", "Southwark") == "Southwark"
    assert area_words("", None) == "Area not known"
    assert "4NX" not in area_words("SE154NX", "Southwark")


@pytest.mark.parametrize(
    ("host", "own", "expected"),
    [
        ("E09000028", "E09000028", True),
        ("E09000023", "E09000028", False),
        (None, "E09000028", False),
        ("", "", False),
    ],
)
def test_inside_is_derived(host: str | None, own: str, *, expected: bool) -> None:
    assert is_inside(host or None, own) is expected


@given(st.integers(1, 999_999))
def test_references_come_back(number: int) -> None:
    assert read_ref(ref(number)) == ref(number)
    assert read_ref(str(number)) == ref(number)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("h42", "H-0042"),
        ("H-42", "H-0042"),
        (" h 0042 ", "H-0042"),
        ("H-12345", "H-12345"),
        ("H-0000", None),
        ("D-7K3M9", None),
        ("", None),
        ("H-" + "9" * 400, None),
    ],
)
def test_references_as_typed(typed: str, kept: str | None) -> None:
    assert read_ref(typed) == kept


def test_there_is_no_home_number_nought() -> None:
    assert ref(42) == "H-0042"
    with pytest.raises(ValueError, match="numbered from 1"):
        ref(0)


@pytest.mark.parametrize(
    ("frm", "allowed"),
    [
        (Status.NOT_YET_USED, {Status.IN_USE, Status.CLOSED}),
        (Status.IN_USE, {Status.PAUSED, Status.CLOSED}),
        (Status.PAUSED, {Status.IN_USE, Status.CLOSED}),
        (Status.CLOSED, {Status.NOT_YET_USED}),
    ],
)
def test_moves(frm: Status, allowed: set[Status]) -> None:
    assert {to for to in Status if may_move(frm, to)} == allowed
    assert set(MOVES) == set(Status) == set(STATUS_LABELS)


def test_every_pin_says_where_it_came_from() -> None:
    assert set(PIN_LABELS) == set(PinSource)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(51.4674, -0.0683), (50.12, -5.53), (60.15, -1.14)]
)
def test_pins_in_great_britain(latitude: float, longitude: float) -> None:
    check_pin(latitude, longitude)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(0, 0), (-0.0683, 51.4674), (51.4674, 48.0), (float("nan"), 0.0)]
)
def test_a_pin_at_sea_or_swapped_is_refused(latitude: float, longitude: float) -> None:
    with pytest.raises(DomainError, match="Latitude comes first"):
        check_pin(latitude, longitude)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 22), 3, date(2027, 2, 22)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 8, 31), 12, date(2027, 8, 31)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 5, 31), 0, date(2026, 5, 31)),
    ],
)
def test_adding_months(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


def test_the_next_visit_goes_by_the_risk_tier() -> None:
    tiers = catalogue.risk_tiers()
    today, last = date(2026, 11, 22), date(2026, 10, 1)
    due = {
        id: next_visit_on(last, every_months=tier.visit_every_months, today=today)
        for id, tier in tiers.items()
    }
    assert due == {
        "high": date(2027, 1, 1),
        "standard": date(2027, 4, 1),
        "low": date(2027, 10, 1),
    }
    assert next_visit_on(None, every_months=12, today=today) == today
