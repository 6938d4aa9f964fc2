"""What follows from answers: repairs, actions, prompts, emergencies, checks of what was open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from qa_app.inspections.rules.follows import Follows, failed_last_time, follows, said
from qa_app.inspections.rules.open_checks import check_question
from qa_app.inspections.rules.submission import Finding
from qa_app.question_sets.rules import Facts
from tests.support.question_sets import (
    PHOTO,
    SUMMER,
    WINTER,
    finding,
    officer_set,
    submission,
    young_set,
)


def after(given: Mapping[str, object], facts: Facts = SUMMER) -> Follows:
    is_young = any(one.startswith("Y") for one in given)
    return follows(young_set() if is_young else officer_set(), submission(given), facts)


@pytest.mark.parametrize(
    ("question", "value", "facts", "category", "priority", "is_immediate"),
    [
        # critical and P1
        ("O05", "no", SUMMER, "doors.lock", "P1", True),
        # critical, though only P2: raised at once
        ("O04", "unsafe", SUMMER, "structure.access", "P2", True),
        ("O27", "infestation", SUMMER, "pests", "P2", True),
        ("O20", "unsafe", SUMMER, "hotwater", "P2", True),
        # P1 and not critical: raised at once
        ("O21", "needs-attention", SUMMER, "electrics", "P1", True),
        # neither: proposed
        ("O04", "needs-attention", SUMMER, "structure.access", "P2", False),
        ("O08", "2", SUMMER, "garden.bins", "P3", False),
        ("O34", "no", SUMMER, "doors.lock", "P2", False),
        ("O43", "1", SUMMER, "structure.noise", "P4", False),
        ("O19", 17.9, SUMMER, "heating", "P2", False),
        # by month
        ("O18", "unsafe", WINTER, "heating", "P1", True),
        ("O18", "unsafe", SUMMER, "heating", "P2", False),
        # by value
        ("O24", "unsafe", SUMMER, "leak", "P1", True),
        ("O24", "needs-attention", SUMMER, "leak", "P2", False),
        ("O25", "widespread", SUMMER, "damp", "P1", True),
        # by facts
        ("O62", "no", SUMMER, "document", "P2", False),
        ("O62", "no", Facts(date(2026, 7, 1), expired_or_missing=frozenset({"eicr"})), "document", "P2", True),
    ],
)  # fmt: skip
def test_what_an_officer_raises_and_proposes(
    *,
    question: str,
    value: object,
    facts: Facts,
    category: str,
    priority: str,
    is_immediate: bool,
) -> None:
    found = after({question: value}, facts)
    (defect,) = found.defects
    assert (defect.category, defect.priority) == (category, priority)
    assert defect.is_immediate is is_immediate
    assert (defect in found.immediate, defect in found.proposed) == (is_immediate, not is_immediate)
    assert defect.hazards == officer_set().questions[question].hazards


@pytest.mark.parametrize(
    ("question", "value"),
    [
        *[("O05", one) for one in ("yes", "not-applicable", "unchecked", None)],
        *[("O06", one) for one in ("good", "unchecked")],
        *[("O07", one) for one in ("no", "unchecked")],
        *[("O08", one) for one in ("3", "4", "5", "not-applicable")],
        ("O19", 18),
        ("O42", "1"),
        ("O44", "weak"),
        ("O25", "none"),
        ("Y06", "a-bit-cold"),
        ("Y07", "a-little"),
        ("Y05", "skip"),
        ("Y16", "3"),
    ],
)
def test_answers_that_raise_nothing(question: str, value: object) -> None:
    assert after({question: value}) == Follows()


def test_an_officer_may_raise_only_where_the_set_allows_it() -> None:
    (raised,) = after({"O06": finding("needs-attention", raise_to="P1")}).defects
    assert (raised.priority, raised.is_immediate, raised.may_raise_to) == ("P1", True, "P1")
    (left,) = after({"O06": "needs-attention"}).defects
    assert (left.priority, left.is_immediate, left.may_raise_to) == ("P2", False, "P1")
    (ignored,) = after({"O07": finding("yes", raise_to="P1")}).defects
    assert (ignored.priority, ignored.is_immediate, ignored.may_raise_to) == ("P2", False, None)


def test_a_target_of_the_set_comes_along() -> None:
    (fans,) = after({"O26": "no"}).defects
    (wifi,) = after({"O44": "charged"}).defects
    (lock,) = after({"O05": "no"}).defects
    assert (fans.target_working_days, wifi.target_working_days) == (7, 5)
    assert lock.target_working_days is None


def test_each_room_raises_its_own_repair_with_its_own_photos() -> None:
    found = after({"O38.bed-1": finding("no", "bed-1", photos=(PHOTO,)), "O38.bed-2": "no"})
    assert [(one.room, one.photos) for one in found.defects] == [
        ("bed-1", (PHOTO,)),
        ("bed-2", ()),
    ]


def test_danger_counts_in_a_room_nobody_knows_and_on_a_form_that_did_not_ask() -> None:
    assert [one.room for one in after({"O38.ended": "no"}).immediate] == ["ended"]
    assert after({"O38": "no"}).immediate[0].room is None


def test_words_hold_question_and_answer_but_not_the_comment() -> None:
    (defect,) = after({"O06": finding("unsafe", comment=" Amal's window ")}).defects
    assert defect.words == (
        "Do the windows close and lock, with restrictors where a fall is possible? Unsafe"
    )
    assert defect.comment == "Amal's window"
    (cold,) = after({"O19": 14.5}).defects
    assert cold.words.endswith("14.5 degrees Celsius")


@pytest.mark.parametrize(
    ("given", "kind", "is_immediate"),
    [
        ({"O01": "no"}, "records", False),
        ({"O37.bed-1": "no"}, "placement", True),
        ({"O45": "shared-not-signed-or-agreed"}, "privacy", False),
        ({"O45": "in-a-private-room"}, "privacy", True),
        ({"O49": "none"}, "staffing", False),
        ({"O50": "2"}, "staffing", False),
        ({"O57": "no"}, "support", False),
        ({"Y03": "1"}, "staffing", False),
        ({"Y18": "no"}, "support", False),
    ],
)
def test_actions_that_are_no_repair(
    given: Mapping[str, object], kind: str, is_immediate: bool
) -> None:
    found = after(given)
    assert found.defects == ()
    (action,) = found.actions
    assert (action.kind, action.is_immediate) == (kind, is_immediate)


def test_staffing_is_critical_where_the_home_is_staffed_round_the_clock() -> None:
    (action,) = after({"O49": "none"}, Facts(date(2026, 7, 1), staffed_24_hours=True)).actions
    assert action.is_immediate


@pytest.mark.parametrize(
    ("given", "kind", "is_critical"),
    [
        ({"O58": "yes"}, "safeguarding", True),
        ({"O59": "yes"}, "safeguarding", True),
        ({"O53": "some"}, "safeguarding", False),
        ({"O53": "none"}, "safeguarding", True),
        ({"O64": "not-suitable"}, "escalate-to-manager", True),
        ({"O60": "some"}, "reopen-actions", False),
        ({"O61": 3}, "match-defects", False),
        ({"O63": "yes"}, "pathway-plan", False),
        ({"Y24": "no"}, "safeguarding", False),
    ],
)
def test_prompts(given: Mapping[str, object], kind: str, is_critical: bool) -> None:
    (prompt,) = after(given).prompts
    assert (prompt.kind, prompt.is_critical) == (kind, is_critical)
    assert prompt.is_always is (kind == "match-defects")


def test_no_prompt_without_the_answer() -> None:
    given = {"O58": "no", "O53": "most", "O60": "first-visit", "O61": None, "O63": "no"}
    assert after(given).prompts == ()


def test_gas_shows_the_emergency_panel_before_anything_else() -> None:
    (panel,) = after({"O23": "yes", "O05": "no"}).emergencies
    assert (panel.panel, panel.question, panel.before) == ("gas", "O23", "anything else")
    assert after({"O23": "no"}).emergencies == ()


def test_everything_of_a_young_inspector_is_proposed() -> None:
    found = after({"Y14": "no", "Y06": "cold", "Y12": "no", "Y21": "no"})
    assert [one.priority for one in found.proposed] == ["P2", "P2", "P1", "P2"]
    assert found.immediate == ()
    raised = after({"Y14": finding("no", raise_to="P1")})
    assert raised.immediate == ()


def test_an_officer_picks_what_a_young_inspector_found_broken() -> None:
    (broken,) = after({"Y08": finding("yes", comment="The kettle", photos=(PHOTO,))}).defects
    assert (broken.category, broken.priority, broken.is_immediate) == (None, None, False)
    assert (broken.comment, broken.photos) == ("The kettle", (PHOTO,))


def test_sharing_follows_the_question() -> None:
    assert after({"Y14": "no"}).defects[0].share == "reviewed"
    assert after({"O45": "in-a-private-room"}).actions[0].share == "reviewed"
    assert after({"O05": "no"}).defects[0].share == "yes"


def test_checks_of_what_was_open_say_fixed_or_not() -> None:
    checks = {one: check_question(one, "?") for one in ("D-7K3M9", "D-AAAAA", "A-0004", "D-BBBBB")}
    given = {
        "D-7K3M9": finding("not-fixed", comment="Still loose", photos=(PHOTO,)),
        "D-AAAAA": "unchecked",
        "A-0004": "fixed",
    }
    found = follows(officer_set(), submission(given), SUMMER, checks=checks).checks
    assert [(one.id, one.is_fixed, one.comment) for one in found] == [
        ("D-7K3M9", False, "Still loose"),
        ("A-0004", True, ""),
    ]
    assert found[0].photos == (PHOTO,)


def test_what_failed_last_time_is_asked_again_in_the_order_of_the_set() -> None:
    given = {
        "O64": "with-actions",
        "O61": 3,
        "O58": "yes",
        "O50": "1",
        "O08": "5",
        "O38.bed-1": "yes",
        "O38.bed-2": "no",
        "O06": "needs-attention",
        "O02": "announced",
    }
    failed = failed_last_time(officer_set(), submission(given), SUMMER)
    assert failed == ("O06", "O38", "O50", "O58")
    asked = officer_set().asked_on("follow-up", extra=failed)
    assert asked == ("O02", "O06", "O38", "O50", "O58", "O59", "O60", "O64")


def test_every_answer_of_both_sets_follows_its_own_rules() -> None:
    """Over every choice of every question: raising is exactly what the file says."""
    for question_set in (officer_set(), young_set()):
        for question in question_set.questions.values():
            for choice in question.choices:
                if question.kind != "choice":
                    continue
                found = follows(question_set, submission({question.id: choice.value}), WINTER)
                rule = question.defect
                assert bool(found.defects) is (rule is not None and choice.value in rule.when)
                assert bool(found.actions) is (
                    question.follow_up is not None and choice.value in question.follow_up.when
                )


def test_words_of_a_question_that_is_no_question_are_told_from_the_answer() -> None:
    question = officer_set().questions["O64"]
    words = said(question, Finding(value="not-suitable", comment="Not for the provider"))
    assert words == "Your judgement, with reasons: Not suitable"
