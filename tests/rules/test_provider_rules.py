"""Contracts: which days they cover, and the target times that they may set."""

from __future__ import annotations

from datetime import date

import pytest

from qa_app.defects import catalogue as defects
from qa_app.defects.rules import Priority
from qa_app.providers import catalogue, rules
from qa_app.providers.rules import Standing


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "expected"),
    [
        (date(2026, 11, 23), None, Standing.LATER),
        (date(2026, 11, 22), None, Standing.RUNNING),
        (date(2025, 4, 1), date(2026, 11, 22), Standing.RUNNING),  # the last day belongs to it
        (date(2025, 4, 1), date(2026, 11, 21), Standing.ENDED),
    ],
)
def test_where_a_contract_stands(starts_on, ends_on, expected):
    assert rules.standing(starts_on, ends_on, today=date(2026, 11, 22)) is expected


def test_target_times_go_into_the_contract_and_come_back():
    boxes = {"p1_hours": 12, "p1_days": None, "p2_days": 2, "p3_days": 28, "p4_days": None}
    kept = rules.targets(boxes)
    assert kept == {"P1": {"hours": 12}, "P2": {"working_days": 2}, "P3": {"working_days": 28}}
    assert rules.boxes(kept) == boxes
    assert rules.boxes({}) == dict.fromkeys(boxes)


def test_repairs_read_what_a_contract_keeps():
    found = defects.targets(rules.targets({"p1_hours": 12, "p3_days": 28}))
    usual = defects.targets()
    assert found[Priority.P1].make_safe_hours == 12
    assert found[Priority.P1].fix_working_days == usual[Priority.P1].fix_working_days
    assert found[Priority.P3].fix_working_days == 28
    assert found[Priority.P2] == usual[Priority.P2]


@pytest.mark.parametrize(
    ("boxes", "wrong"),
    [
        ({}, set()),
        ({"p1_hours": 1, "p2_days": 365}, set()),
        ({"p1_hours": 0}, {"p1_hours"}),
        ({"p1_hours": 169}, {"p1_hours"}),
        ({"p2_days": -3, "p3_days": 366}, {"p2_days", "p3_days"}),
        ({"p2_days": 5, "p3_days": 5}, set()),
        ({"p2_days": 5, "p3_days": 4}, {"p3_days"}),
        ({"p1_days": 10, "p4_days": 3}, {"p4_days"}),
    ],
)
def test_what_is_wrong_with_target_times(boxes, wrong):
    assert set(rules.target_mistakes(boxes)) == wrong


def test_every_list_of_terms_is_read():
    assert list(catalogue.support_bands()) == ["1-6", "7-15", "16-35", "36-167", "168"]
    assert {"spot", "block", "commissioning-alliance", "partnership"} == set(catalogue.frameworks())
    assert "registered" in catalogue.ofsted_statuses()
