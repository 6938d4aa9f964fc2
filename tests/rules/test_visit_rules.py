"""The rules of visits: states, who may go, who may know where the home is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from qa_app.visits import rules
from qa_app.visits.purposes import purposes
from qa_app.visits.rules import Going, State, When, young_inspector_may_see_address

TODAY = date(2026, 11, 22)
OFFICER = Going(1, "Olu", "officer")
YOUNG = Going(2, "Sam", "young-inspector")


def problems(**given):
    plan = {
        "officer": OFFICER, "young_inspectors": (), "due_on": TODAY, "starts_at": None,
        "is_home_closed": False, "today": TODAY, **given,
    }  # fmt: skip
    return dict(rules.plan_problems(**plan))


def test_a_plain_plan_has_no_problem():
    assert problems(young_inspectors=(YOUNG,)) == {}


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"officer": None}, "officer", "Choose the officer"),
        ({"officer": None, "young_inspectors": (YOUNG,)}, "officer", "never goes alone"),
        ({"officer": Going(3, "Ana", "monitor")}, "officer", "cannot make visits"),
        ({"officer": Going(3, "Ana", "officer", is_active=False)}, "officer", "cannot make"),
        ({"young_inspectors": (OFFICER,)}, "young_inspectors", "no young inspector"),
        ({"young_inspectors": (Going(2, "Sam", "young-inspector", is_active=False),)}, "young_inspectors", "Sam"),
        ({"is_home_closed": True}, "home", "closed"),
        ({"due_on": TODAY - timedelta(days=1)}, "due_on", "today or a later day"),
        ({"due_on": date(2126, 11, 22)}, "due_on", "two years"),
        ({"starts_at": datetime(2026, 11, 23, 10, tzinfo=UTC)}, "starts_at", "on the day"),
    ],
)  # fmt: skip
def test_what_stands_against_a_plan(given, field, words):
    found = problems(**given)
    assert list(found) == [field]
    assert words in found[field]


def test_a_manager_may_go_on_a_visit():
    assert problems(officer=Going(4, "Bea", "manager")) == {}


def test_a_plan_that_was_for_an_earlier_day_may_keep_it():
    yesterday = TODAY - timedelta(days=1)
    assert problems(due_on=yesterday, earliest=yesterday) == {}


@pytest.mark.parametrize(
    ("now", "to", "may"),
    [
        (State.PLANNED, State.IN_PROGRESS, True),
        (State.PLANNED, State.DONE, True),
        (State.PLANNED, State.CANCELLED, True),
        (State.IN_PROGRESS, State.DONE, True),
        (State.IN_PROGRESS, State.CANCELLED, True),
        (State.IN_PROGRESS, State.PLANNED, False),
        (State.DONE, State.CANCELLED, False),
        (State.CANCELLED, State.DONE, False),
    ],
)
def test_moves(now, to, may):
    assert rules.may_move(now, to) is may


def sees(now, **given):
    visit = {
        "state": "planned", "answer": "accepted", "due_on": date(2026, 7, 10), "starts_at": None,
        "checked_in_at": None, "checked_out_at": None, "is_replaced": False, **given,
    }  # fmt: skip
    return young_inspector_may_see_address(now=now, **visit)


BEFORE = datetime(2026, 7, 9, 22, 59, tzinfo=UTC)
MORNING = datetime(2026, 7, 9, 23, 0, tzinfo=UTC)  # midnight in London, in summer
NOON = datetime(2026, 7, 10, 11, 0, tzinfo=UTC)
NEXT_DAY = datetime(2026, 7, 10, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "given", "expected"),
    [
        (BEFORE, {}, False),
        (MORNING, {}, True),
        (NOON, {}, True),
        (NOON, {"answer": "asked"}, True),
        (NOON, {"answer": "declined"}, False),
        (NOON, {"is_replaced": True}, False),
        (NOON, {"state": "cancelled"}, False),
        (NOON, {"state": "in-progress", "checked_in_at": NOON}, True),
        (NOON, {"state": "in-progress", "checked_in_at": MORNING, "checked_out_at": NOON}, False),
        (NOON, {"state": "done", "checked_in_at": MORNING}, True),
        (NEXT_DAY, {}, False),
        (NEXT_DAY, {"state": "in-progress", "checked_in_at": NOON}, False),
        (NEXT_DAY, {"state": "in-progress", "checked_in_at": NEXT_DAY}, True),
    ],
)
def test_a_young_inspector_sees_the_address_from_the_morning_to_check_out(now, given, expected):
    assert sees(now, **given) is expected


@pytest.mark.parametrize(
    ("state", "due_on", "expected"),
    [
        ("planned", TODAY, When.TODAY),
        ("planned", TODAY - timedelta(days=1), When.OVERDUE),
        ("planned", TODAY + timedelta(days=1), When.NEXT),
        ("in-progress", TODAY - timedelta(days=9), When.TODAY),
        ("done", TODAY, When.OVER),
        ("cancelled", TODAY, When.OVER),
    ],
)
def test_where_a_visit_stands_in_a_day(state, due_on, expected):
    assert rules.when(state=state, due_on=due_on, today=TODAY) is expected


def test_a_conflict_is_asked_of_every_check_and_never_explained():
    asked = []

    def remember(session, home, user):
        asked.append((session, home, user))
        return False

    checks = rules.ConflictChecks()
    checks.add(remember)
    checks.add(lambda session, home, user: user == "Sam")
    assert checks.any("session", "home", "Sam")
    assert not checks.any("session", "home", "Olu")
    assert asked == [("session", "home", "Sam"), ("session", "home", "Olu")]
    assert "because" not in rules.conflict_words("Sam")


def test_every_purpose_names_a_form_of_the_officers_set():
    from tests.support.question_sets import officer_set

    assert {one.form for one in purposes().values()} <= set(officer_set().forms)
