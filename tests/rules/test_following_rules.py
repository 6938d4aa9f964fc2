"""Rules of what follows a visit: the other voice, actions, lists that leave as spreadsheets."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from qa_app.actions import rules as actions
from qa_app.base.spreadsheets import as_text, csv_lines
from qa_app.inspections.rules.other_voice import Expected, is_open

FIRST = datetime(2026, 11, 22, 10, tzinfo=UTC)
SOON, LATER = FIRST + timedelta(hours=47, minutes=59), FIRST + timedelta(hours=48)


@pytest.mark.parametrize(
    ("people", "now", "expected"),
    [
        ([Expected(1, has_sent=True), Expected(2, has_sent=True)], FIRST, True),
        ([Expected(1, has_sent=True), Expected(2, has_sent=False)], SOON, False),
        ([Expected(1, has_sent=True), Expected(2, has_sent=False)], LATER, True),
        ([Expected(1, has_sent=True), Expected(2, has_sent=False, is_absent=True)], FIRST, True),
        ([Expected(1, has_sent=True), Expected(2, has_sent=False, has_left=True)], FIRST, True),
        ([Expected(1, has_sent=False), Expected(2, has_sent=True)], FIRST, False),
    ],
)
def test_when_the_other_voice_opens(people: list[Expected], now: datetime, expected: bool) -> None:
    assert is_open(people, first_sent_at=FIRST, now=now) is expected


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (date(2026, 11, 20), "2 days late"),
        (date(2026, 11, 22), "due today"),
        (date(2026, 11, 23), "due tomorrow"),
        (date(2026, 11, 29), "due in 7 days"),
        (date(2026, 12, 5), "due on 5 December 2026"),
    ],
)
def test_due_words(due_on: date, words: str) -> None:
    assert actions.due_words(due_on, date(2026, 11, 22)) == words


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "open"),
        ({"due_on": date(2026, 11, 21)}, "overdue"),
        ({"is_proposed": True}, "proposed"),
        ({"is_done": True, "due_on": date(2026, 11, 1)}, "done"),
        ({"declined_because": "No", "is_proposed": True}, "declined"),
    ],
)
def test_where_an_action_stands(given: dict[str, object], expected: str) -> None:
    usual = {
        "is_proposed": False, "declined_because": "", "is_done": False, "due_on": date(2026, 11, 22),
        "today": date(2026, 11, 22),
    }  # fmt: skip
    assert actions.state(**{**usual, **given}) == expected  # type: ignore[arg-type]  # a table of cases


@pytest.mark.parametrize(
    ("share", "released", "owner", "expected"),
    [
        ("yes", (), "provider", True),
        ("yes", (), "officer", False),
        ("reviewed", (), "provider", False),
        ("reviewed", ("O50",), "provider", True),
        ("never", ("O50",), "provider", False),
    ],
)
def test_which_actions_a_provider_sees(
    share: str, released: tuple[str, ...], owner: str, expected: bool
) -> None:
    found = actions.is_for_provider(
        owner=owner, share=share, question="O50", released=released, is_wanted=True
    )
    assert found is expected


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "＝"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert as_text(f"{start}1+1").startswith("'")


def test_plain_cells_stay_as_they_are() -> None:
    lines = list(csv_lines(["A", "B"], [["Maple, House", None], ['say "hi"', 3]]))
    assert lines == ["\ufeffA,B\r\n", '"Maple, House",\r\n', '"say ""hi""",3\r\n']
