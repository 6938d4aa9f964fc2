"""Clocks: elapsed hours, working days in England, and what they are called (domain.md 3.2 and 3.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.base.text import LONDON
from qa_app.defects import catalogue
from qa_app.defects.rules import (
    DueTimes,
    Priority,
    State,
    Target,
    Timeliness,
    add_working_days,
    due_at,
    due_words,
    is_overdue,
    is_working_day,
    next_due,
    timeliness,
)
from qa_app.defects.rules.clocks import bank_holidays, end_of

TARGETS = {
    Priority.P1: Target(make_safe_hours=24),
    Priority.P2: Target(fix_working_days=3),
    Priority.P3: Target(fix_working_days=20),
    Priority.P4: Target(),
}


def london(text: str) -> datetime:
    """A moment written as London reads it."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


# domain.md 3.4: "England bank holidays still to come"
TABLE = {
    2026: [date(2026, 12, 25), date(2026, 12, 28)],
    2027: [
        date(2027, 1, 1),
        date(2027, 3, 26),
        date(2027, 3, 29),
        date(2027, 5, 3),
        date(2027, 5, 31),
        date(2027, 8, 30),
        date(2027, 12, 27),
        date(2027, 12, 28),
    ],
    2028: [
        date(2028, 1, 3),
        date(2028, 4, 14),
        date(2028, 4, 17),
        date(2028, 5, 1),
        date(2028, 5, 29),
        date(2028, 8, 28),
        date(2028, 12, 25),
        date(2028, 12, 26),
    ],
}


@pytest.mark.parametrize("year", TABLE)
def test_bank_holidays_agree_with_the_table(year: int) -> None:
    first = date(2026, 11, 22) if year == 2026 else date(year, 1, 1)
    weekdays = [on for on in sorted(bank_holidays(year)) if on >= first and on.weekday() < 5]
    assert weekdays == TABLE[year]


def test_england_not_scotland_or_northern_ireland() -> None:
    assert is_working_day(date(2028, 1, 4))  # 2 January is kept in Scotland (in 2028 on the 4th)
    assert is_working_day(date(2027, 11, 30))  # St Andrew's Day
    assert is_working_day(date(2027, 3, 17))  # St Patrick's Day
    assert not is_working_day(date(2027, 8, 30))  # the last Monday of August


@pytest.mark.parametrize(
    ("aware", "priority", "local_due"),
    [
        # an ordinary week: Monday morning, three working days
        ("2026-11-23 09:00", Priority.P2, "2026-11-26 23:59"),
        # the evening counts as that day, a minute to midnight too
        ("2026-11-23 23:59", Priority.P2, "2026-11-26 23:59"),
        # Friday evening: Monday is day 1
        ("2026-11-27 20:00", Priority.P2, "2026-12-02 23:59"),
        # Saturday and Sunday are day 0 as well, Monday is day 1
        ("2026-11-28 02:00", Priority.P2, "2026-12-02 23:59"),
        ("2026-11-29 02:00", Priority.P2, "2026-12-02 23:59"),
        # over Christmas 2026: Thu 24 Dec; Fri 25 and Mon 28 are holidays, so 29, 30, 31
        ("2026-12-24 16:00", Priority.P2, "2026-12-31 23:59"),
        # over New Year: Thu 31 Dec; Fri 1 Jan is a holiday, so Mon 4, Tue 5, Wed 6
        ("2026-12-31 12:00", Priority.P2, "2027-01-06 23:59"),
        # over Easter 2027: Thu 25 Mar; Fri 26 and Mon 29 are holidays; the clocks go forward on 28 March
        ("2027-03-25 10:00", Priority.P2, "2027-04-01 23:59"),
        # routine: twenty working days, over Christmas and New Year
        ("2026-12-01 10:00", Priority.P3, "2026-12-31 23:59"),
        # in summer the local end of the day is 22:59 in UTC
        ("2027-07-05 10:00", Priority.P2, "2027-07-08 23:59"),
    ],
)
def test_working_day_clocks(aware: str, priority: Priority, local_due: str) -> None:
    due = due_at(priority, london(aware), targets=TARGETS)
    assert due == DueTimes(None, london(local_due).astimezone(UTC))
    assert due.fix_by is not None
    assert due.fix_by.tzinfo is UTC


def test_the_local_day_counts_not_the_day_in_utc() -> None:
    just_after_midnight = datetime(
        2027, 6, 7, 23, 30, tzinfo=UTC
    )  # 00:30 on Tuesday 8 June in London
    due = due_at(Priority.P2, just_after_midnight, targets=TARGETS)
    assert due.fix_by == london("2027-06-11 23:59")


@pytest.mark.parametrize(
    ("aware", "due"),
    [
        ("2026-11-29 02:00", "2026-11-30 02:00"),  # a Sunday night (domain.md 3.4)
        ("2026-12-25 10:00", "2026-12-26 10:00"),  # Christmas Day
        (
            "2027-03-27 12:00",
            "2027-03-28 13:00",
        ),  # an hour is lost: 24 hours later it is an hour later
        ("2026-10-24 12:00", "2026-10-25 11:00"),  # an hour is won
    ],
)
def test_emergency_clocks_run_through_everything(aware: str, due: str) -> None:
    assert due_at(Priority.P1, london(aware), targets=TARGETS) == DueTimes(
        london(due).astimezone(UTC), None
    )


def test_planned_work_has_no_limit_of_its_own() -> None:
    assert due_at(Priority.P4, london("2026-11-23 09:00"), targets=TARGETS) == DueTimes()


def test_the_contract_comes_before_the_default_and_the_earlier_of_question_and_contract_counts() -> (
    None
):
    aware = london("2026-11-23 09:00")
    contract = catalogue.targets({"P3": {"working_days": 28}})
    assert due_at(Priority.P3, aware, targets=contract).fix_by == end_of(
        add_working_days(date(2026, 11, 23), 28)
    )
    for question, days in ((7, 7), (28, 28), (40, 28), (None, 28)):
        due = due_at(Priority.P3, aware, targets=contract, target_working_days=question)
        assert due.fix_by == end_of(add_working_days(date(2026, 11, 23), days)), question
    only_question = due_at(Priority.P4, aware, targets=TARGETS, target_working_days=5)
    assert only_question.fix_by == london("2026-11-30 23:59")


def test_default_times_are_those_of_the_field() -> None:
    usual = catalogue.targets()
    assert usual[Priority.P1].make_safe_hours == 24
    assert usual[Priority.P2].fix_working_days == 3
    assert usual[Priority.P3].fix_working_days == 20
    assert usual[Priority.P4] == Target()
    assert catalogue.targets({"P1": {"hours": 2}})[Priority.P1].make_safe_hours == 2


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due_at(Priority.P2, datetime(2026, 11, 23, 9, 0), targets=TARGETS)  # noqa: DTZ001 - that is the point


MOMENTS = st.integers(0, 12 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
DAYS = st.dates(date(2024, 1, 1), date(2035, 12, 31))


@given(start=DAYS, count=st.integers(0, 60))
def test_counting_stops_on_a_working_day_with_so_many_between(start: date, count: int) -> None:
    end = add_working_days(start, count)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(map(is_working_day, between)) == count
    assert end == start if count == 0 else is_working_day(end)


@given(start=DAYS, a=st.integers(0, 30), b=st.integers(1, 30))
def test_more_days_end_later(start: date, a: int, b: int) -> None:
    assert add_working_days(start, a) < add_working_days(start, a + b)


@given(aware=MOMENTS)
def test_hours_are_elapsed_whatever_the_clocks_do(aware: datetime) -> None:
    due = due_at(Priority.P1, aware.astimezone(LONDON), targets=TARGETS)
    assert due.make_safe_by is not None
    assert due.make_safe_by - aware == timedelta(hours=24)


@given(aware=MOMENTS, days=st.integers(1, 30))
def test_working_day_limits_are_a_minute_before_local_midnight(aware: datetime, days: int) -> None:
    due = due_at(Priority.P4, aware, targets=TARGETS, target_working_days=days)
    assert due.fix_by is not None
    here = due.fix_by.astimezone(LONDON)
    assert (here.hour, here.minute) == (23, 59)
    assert is_working_day(here.date())
    assert due.fix_by > aware


@given(a=MOMENTS, b=MOMENTS)
def test_who_knew_earlier_is_never_due_later(a: datetime, b: datetime) -> None:
    first, second = sorted((a, b))
    for priority in (Priority.P2, Priority.P3):
        early = due_at(priority, first, targets=TARGETS).fix_by
        late = due_at(priority, second, targets=TARGETS).fix_by
        assert early is not None
        assert late is not None
        assert early <= late


# -- Overdue, on time and the words ----------------------------------------------------------------

P1_DUE = DueTimes(london("2026-11-24 10:00"), london("2026-11-26 23:59"))
BEFORE, AFTER = london("2026-11-24 09:59"), london("2026-11-24 10:01")
LONG_AFTER = london("2026-11-27 00:00")


@pytest.mark.parametrize(
    ("state", "made_safe", "claimed", "now", "expected"),
    [
        (State.OPEN, None, None, BEFORE, False),
        (State.OPEN, None, None, P1_DUE.make_safe_by, False),
        (State.OPEN, None, None, AFTER, True),
        (State.OPEN, BEFORE, None, AFTER, False),  # safe in time: now the fix is waited for
        (State.SCHEDULED, BEFORE, None, LONG_AFTER, True),
        (State.CLAIMED_FIXED, None, BEFORE, LONG_AFTER, False),
        (State.DISPUTED, None, None, LONG_AFTER, False),
        (State.CLOSED, None, BEFORE, LONG_AFTER, False),
        (State.DECLINED, None, None, LONG_AFTER, False),
    ],
)
def test_overdue(
    state: State,
    made_safe: datetime | None,
    claimed: datetime | None,
    now: datetime,
    *,
    expected: bool,
) -> None:
    assert (
        is_overdue(P1_DUE, state=state, made_safe_at=made_safe, claimed_fixed_at=claimed, now=now)
        is expected
    )


def test_a_priority_without_make_safe_runs_against_the_fix() -> None:
    due = DueTimes(None, london("2026-11-26 23:59"))
    assert next_due(due, made_safe_at=None, claimed_fixed_at=None) == due.fix_by
    assert next_due(DueTimes(), made_safe_at=None, claimed_fixed_at=None) is None


@pytest.mark.parametrize(
    ("state", "made_safe", "claimed", "confirmed", "expected"),
    [
        (State.OPEN, None, None, None, Timeliness.OVERDUE),
        (State.CLAIMED_FIXED, BEFORE, BEFORE, None, Timeliness.AWAITING_CONFIRMATION),
        (State.DISPUTED, None, None, None, Timeliness.DISPUTED),
        (
            State.CLOSED,
            None,
            BEFORE,
            LONG_AFTER,
            Timeliness.ON_TIME,
        ),  # the claim counts, once confirmed
        (
            State.CLOSED,
            BEFORE,
            AFTER,
            LONG_AFTER,
            Timeliness.ON_TIME,
        ),  # safe in time, fixed in time
        (
            State.CLOSED,
            None,
            AFTER,
            LONG_AFTER,
            Timeliness.LATE,
        ),  # fixed in time, never made safe in time
        (State.CLOSED, BEFORE, LONG_AFTER, LONG_AFTER, Timeliness.LATE),
        (
            State.CLOSED,
            BEFORE,
            None,
            LONG_AFTER,
            Timeliness.LATE,
        ),  # an officer saw it, without any claim
        (State.DUPLICATE, None, None, None, Timeliness.NOT_COUNTED),
        (State.DECLINED, None, None, None, Timeliness.NOT_COUNTED),
    ],
)
def test_how_it_counts(
    state: State,
    made_safe: datetime | None,
    claimed: datetime | None,
    confirmed: datetime | None,
    *,
    expected: Timeliness,
) -> None:
    found = timeliness(
        P1_DUE,
        state=state,
        made_safe_at=made_safe,
        claimed_fixed_at=claimed,
        confirmed_fixed_at=confirmed,
        now=LONG_AFTER,
    )
    assert found is expected


def test_not_yet_due_and_no_target() -> None:
    stamps = {"made_safe_at": None, "claimed_fixed_at": None, "confirmed_fixed_at": None}
    assert timeliness(P1_DUE, state=State.OPEN, now=BEFORE, **stamps) is Timeliness.NOT_YET_DUE
    assert timeliness(DueTimes(), state=State.OPEN, now=BEFORE, **stamps) is Timeliness.NO_TARGET
    assert timeliness(DueTimes(), state=State.CLOSED, now=BEFORE, **stamps) is Timeliness.NO_TARGET


@pytest.mark.parametrize(
    ("limit", "now", "words"),
    [
        ("2026-11-24 16:05", "2026-11-24 09:00", "due today by 4:05pm"),
        ("2026-11-24 00:30", "2026-11-24 00:10", "due today by 12:30am"),
        ("2026-11-24 23:59", "2026-11-24 09:00", "due today"),
        ("2026-11-25 16:05", "2026-11-24 20:00", "due tomorrow by 4:05pm"),
        ("2026-11-25 23:59", "2026-11-24 00:00", "due tomorrow"),
        ("2026-11-27 23:59", "2026-11-24 23:58", "due in 3 days"),
        ("2026-12-01 23:59", "2026-11-24 09:00", "due in 7 days"),
        ("2026-12-02 23:59", "2026-11-24 09:00", "due on 2 December 2026"),
        ("2026-11-24 09:00", "2026-11-24 09:30", "less than an hour late"),
        ("2026-11-24 09:00", "2026-11-24 10:00", "1 hour late"),
        ("2026-11-24 22:00", "2026-11-25 03:00", "5 hours late"),
        ("2026-11-24 09:00", "2026-11-25 09:00", "1 day late"),
        ("2026-11-24 23:59", "2026-11-25 00:01", "1 day late"),
        ("2026-11-24 23:59", "2026-11-26 12:00", "2 days late"),
    ],
)
def test_words(limit: str, now: str, words: str) -> None:
    assert due_words(london(limit).astimezone(UTC), now=london(now)) == words


def test_no_limit_no_words() -> None:
    assert due_words(None, now=BEFORE) == ""


@given(limit=MOMENTS, now=MOMENTS)
def test_words_say_late_exactly_when_it_is(limit: datetime, now: datetime) -> None:
    words = due_words(limit, now=now)
    assert words.endswith("late") == (now > limit)
    assert "due in 0" not in words
    assert not words.startswith(("0 ", "-"))
