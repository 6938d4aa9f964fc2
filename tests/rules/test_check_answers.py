"""Checking a submission: only the unknown is refused; gaps are listed; the odd is flagged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from qa_app.inspections.rules.check import Checked, check
from qa_app.inspections.rules.open_checks import check_question, is_check_id
from qa_app.inspections.rules.submission import Answer, Finding, RoomSeen
from qa_app.question_sets.rules import Facts
from tests.support.question_sets import (
    BATHROOM,
    BEDROOM_1,
    ENDED_BEDROOM,
    PHOTO,
    ROOMS,
    SUMMER,
    WINTER,
    answers,
    finding,
    officer_set,
    submission,
    young_set,
)


def checked(
    given: Mapping[str, object],
    *asked: str,
    rooms: tuple[RoomSeen, ...] = ROOMS,
    facts: Facts = SUMMER,
    seen: tuple[RoomSeen, ...] = (),
) -> Checked:
    order = asked or tuple(dict.fromkeys(one.partition(".")[0] for one in given))
    question_set = young_set() if order[0].startswith("Y") else officer_set()
    checks = {one: check_question(one, "Is it fixed?") for one in order if is_check_id(one)}
    return check(question_set, order, rooms, submission(given, rooms=seen), facts, checks=checks)


def kinds(found: Checked) -> list[tuple[str, str]]:
    return [(one.id, one.kind) for one in found.gaps]


@pytest.mark.parametrize(
    ("given", "gaps"),
    [
        # unanswered
        ({"O01": None}, [("O01", "answer")]),
        ({"O01": ""}, [("O01", "answer")]),
        ({"O01": finding(None, comment="It was dark")}, [("O01", "answer")]),
        ({"O01": "yes"}, []),
        ({"O01": "unchecked"}, []),
        ({"O01": "not-applicable"}, []),
        ({"Y01": "skip"}, []),
        ({"Y01": "not-sure"}, []),
        # a photo, or the reason why there is none
        ({"O05": "no"}, [("O05", "photo")]),
        ({"O05": finding("no", photos=(PHOTO,))}, []),
        ({"O05": finding("no", reason="Someone was in the way")}, []),
        ({"O05": finding("no", reason="  ")}, [("O05", "photo")]),
        ({"O05": "yes"}, []),
        ({"O08": "2"}, [("O08", "photo")]),
        ({"O08": "3"}, []),
        ({"O23": "yes"}, []),  # never a photo of gas
        # a critical question that could not be checked asks for a reason
        ({"O05": "unchecked"}, [("O05", "reason")]),
        ({"O05": finding("unchecked", reason="No key")}, []),
        ({"O53": "not-asked"}, [("O53", "reason")]),
        ({"O18": "unchecked"}, []),  # not critical in July
        ({"O49": "unchecked"}, []),  # not staffed round the clock
        # why, and words
        ({"O64": "with-actions"}, [("O64", "why")]),
        ({"O64": finding("with-actions", comment="Two locks")}, []),
        ({"O64": "suitable"}, []),
        ({"Y08": "yes"}, [("Y08", "words")]),
        ({"Y08": finding("yes", comment="The kettle")}, []),
        ({"Y09": "no"}, [("Y09", "why")]),
        ({"Y09": "maybe"}, []),
        ({"Y26": finding("no", comment=" ")}, [("Y26", "why")]),
        # numbers and words
        ({"O19": 17.5}, []),
        ({"O19": None}, [("O19", "answer")]),
        ({"O19": Finding(status="unchecked")}, []),
        ({"O52": Finding(status="unchecked")}, [("O52", "answer")]),
        ({"O52": 0}, []),
        ({"Y27": "The garden"}, []),
        ({"Y27": Finding(status="skip")}, []),
        ({"Y27": Finding(status="not-sure")}, []),
        ({"Y27": Finding(status="unchecked")}, [("Y27", "answer")]),
        ({"Y27": " "}, [("Y27", "answer")]),
    ],
)
def test_what_is_missing(given: Mapping[str, object], gaps: list[tuple[str, str]]) -> None:
    found = checked(given)
    assert kinds(found) == gaps
    assert found.problems == ()


def test_reasons_are_asked_for_by_month_and_facts() -> None:
    assert kinds(checked({"O18": "unchecked"}, facts=WINTER)) == [("O18", "reason")]
    staffed = Facts(date(2026, 7, 1), staffed_24_hours=True)
    assert kinds(checked({"O49": "unchecked"}, facts=staffed)) == [("O49", "reason")]


def test_one_finding_can_lack_two_things_and_is_listed_once() -> None:
    question = "O64"
    found = checked({question: "not-suitable", "O05": "no"}, "O05", question)
    assert kinds(found) == [("O05", "photo"), ("O64", "why")]
    assert found.gap_ids == ("O05", "O64")


def test_each_room_has_its_own_gap_in_the_order_of_set_and_rooms() -> None:
    found = checked({"O38.bed-2": "yes", "O39.bed-1": "unsafe"}, "O01", "O38", "O39")
    assert found.gap_ids == ("O01", "O38.bed-1", "O39.bed-1", "O39.bed-2")
    assert kinds(found)[2] == ("O39.bed-1", "photo")


def test_a_room_that_has_ended_is_not_asked_about() -> None:
    found = checked({}, "O38", rooms=(BEDROOM_1, ENDED_BEDROOM))
    assert found.gap_ids == ("O38.bed-1",)


def test_no_room_of_the_kind_is_flagged_and_a_critical_question_asks_why() -> None:
    found = checked({}, "O38", "O39", rooms=(BATHROOM,))
    assert found.flags == ("no-room:bedroom",)
    assert [one.question for one in found.flagged] == ["O38", "O39"]
    assert kinds(found) == [("O38", "reason")]
    explained = {"O38": finding(None, reason="Nobody has shown us the bedrooms")}
    assert kinds(checked(explained, "O38", rooms=(BATHROOM,))) == []
    assert checked({}, "O33", rooms=(BEDROOM_1,)).flags == ("no-room:bathroom",)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"O99": "yes"}, "There is no such question"),
        ({"O05": "perhaps"}, "'perhaps' is not one of the answers"),
        ({"O05": 1}, "is not one of the answers"),
        ({"O05": "skip"}, "is not one of the answers"),  # not on offer to officers
        ({"O19": "warm"}, "is not a number"),
        ({"O19": finding(Decimal("NaN"))}, "is not a number"),
        ({"O19": finding(Decimal("1e999999"))}, "more digits than we can keep"),
        ({"O19": Finding(status="later")}, "'later' is not one of: unchecked, skip, not-sure"),
        ({"Y27": 3}, "not words"),
        ({"D-7K3M9": "perhaps"}, "'perhaps' is not one of the answers"),
    ],
)
def test_only_an_unknown_question_or_value_is_a_problem(
    given: Mapping[str, object], words: str
) -> None:
    question_set = young_set() if "Y27" in given else officer_set()
    found = check(question_set, ("O01",), ROOMS, submission(given), SUMMER)
    assert [one.question for one in found.problems] == list(given)
    assert words in found.problems[0].message


@pytest.mark.parametrize(
    ("given", "flags"),
    [
        ({"O19": 46}, ("number-out-of-range",)),
        ({"O19": -11}, ("number-out-of-range",)),
        ({"O19": 45}, ()),
        ({"O19": -10}, ()),
        ({"O61": 3651}, ("number-out-of-range",)),
        ({"O19": 17.55}, ("too-many-decimals",)),
        ({"O52": 2.5}, ("too-many-decimals",)),
        ({"O38.bed-1": "yes", "O38.bed-2": "yes", "O38.bed-77": "yes"}, ("unknown-room",)),
        ({"O38.bed-1": "yes", "O38.bed-2": "yes", "O38.bed-9": "no"}, ("ended-room",)),
        ({"O38.bed-1": "yes", "O38.bed-2": "yes", "O38.bath-1": "no"}, ("wrong-room",)),
        ({"O38.bed-1": "yes", "O38.bed-2": "yes", "O38": "no"}, ("no-room-given",)),
        ({"O25.kitchen-1": "none"}, ()),
        ({"O06": finding("needs-attention", raise_to="P1", reason="x")}, ()),
        ({"O06": finding("good", raise_to="P1")}, ("raise-not-allowed",)),
        ({"O06": finding("needs-attention", raise_to="P2", reason="x")}, ("raise-not-allowed",)),
        ({"O07": finding("yes", raise_to="P1", reason="x")}, ("raise-not-allowed",)),
        ({"O02": finding("announced", raise_to="P1")}, ("raise-not-allowed",)),
        ({"O59": finding("no", photos=(PHOTO,))}, ("photo-not-allowed",)),
        ({"Y02": finding("no", photos=(PHOTO,))}, ("photo-not-allowed",)),
        ({"O02": finding("announced", photos=(PHOTO,))}, ()),
        ({"O52": Finding(status="skip")}, ("status-not-offered",)),
    ],
)
def test_what_is_odd_is_kept_and_flagged(
    given: Mapping[str, object], flags: tuple[str, ...]
) -> None:
    found = checked(given, rooms=(*ROOMS, ENDED_BEDROOM))
    assert found.flags == flags
    assert found.problems == ()


def test_answers_nobody_asked_for_are_kept_and_flagged() -> None:
    found = checked({"O01": "yes", "O08": "1"}, "O01")
    assert (found.flags, found.gap_ids, found.problems) == (("not-asked",), (), ())


def test_the_same_question_and_room_twice_is_flagged() -> None:
    twice = (*answers({"O08": "4"}), Answer("O08", (finding("5"),)))
    found = check(officer_set(), ("O08",), ROOMS, submission(twice), SUMMER)
    assert found.flags == ("answered-twice",)


def test_a_room_the_phone_saw_and_we_do_not_know_is_flagged_and_not_asked_about() -> None:
    seen = (RoomSeen("new", "bedroom", "Bedroom 3"),)
    assert checked({}, "O38", rooms=(BEDROOM_1,), seen=seen).gap_ids == ("O38.bed-1",)
    given = {"O38.bed-1": "yes", "O38.new": "yes"}
    assert checked(given, rooms=(BEDROOM_1,), seen=seen).flags == ("unknown-room",)


def test_open_checks_are_asked_like_questions() -> None:
    found = checked({"D-7K3M9": "fixed"}, "O01", "D-7K3M9", "A-0004")
    assert found.gap_ids == ("O01", "A-0004")
    assert found.problems == ()
    assert checked({"D-7K3M9": "unchecked"}, "D-7K3M9").gap_ids == ()


def test_a_check_that_is_no_longer_asked_is_kept() -> None:
    found = checked({"O01": "yes", "D-ZZZZZ": "fixed"}, "O01")
    assert (found.problems, found.flags) == ((), ("unknown-check",))


def test_check_questions_say_what_they_are_about() -> None:
    defect, action = check_question("D-7K3M9", "The lock"), check_question("A-0004", "The rota")
    assert [one.label for one in defect.choices] == ["Fixed", "Not fixed", "Could not check"]
    assert [one.label for one in action.choices] == ["Done", "Not done", "Could not check"]
    assert defect.weight == 0
    assert is_check_id("D-7K3M9")
    assert not is_check_id("O05")
    assert not is_check_id("D-")


@pytest.mark.parametrize("question_set", [officer_set(), young_set()], ids=lambda one: one.key)
def test_a_full_visit_with_nothing_answered_lists_every_question_once(question_set: object) -> None:
    asked = question_set.asked_on("full")  # type: ignore[attr-defined]  # parametrized
    found = check(question_set, asked, ROOMS, submission({}), SUMMER)  # type: ignore[arg-type]  # parametrized
    assert {one.partition(".")[0] for one in found.gap_ids} == set(asked)
    assert len(found.gap_ids) == len(set(found.gap_ids))
