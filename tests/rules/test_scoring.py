"""Scoring: the rules of the sets (`scoring.rules`) and domain.md 2.6, case by case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from qa_app.inspections.rules.arithmetic import listed, one_decimal
from qa_app.inspections.rules.scoring import CriticalFailure, ScoreCard, score
from qa_app.inspections.rules.submission import Finding, RoomSeen
from qa_app.question_sets.rules import Facts
from tests.support.question_sets import (
    BATHROOM,
    BEDROOM_1,
    BEDROOM_2,
    ENDED_BEDROOM,
    KITCHEN,
    ROOMS,
    SUMMER,
    WINTER,
    answers,
    finding,
    officer_set,
    young_set,
)


@dataclass(frozen=True)
class Score:
    percent: Decimal | None
    coverage: Decimal | None
    band: str | None
    partial: bool = False


def card(
    given: Mapping[str, object],
    asked: tuple[str, ...],
    *,
    rooms: tuple[RoomSeen, ...] = ROOMS,
    facts: Facts = SUMMER,
    released: tuple[str, ...] | None = None,
) -> ScoreCard:
    question_set = young_set() if asked[0].startswith("Y") else officer_set()
    if released is None:
        return score(question_set, asked, answers(given), rooms, facts)
    return score(
        question_set, asked, answers(given), rooms, facts, visible="provider", released=released
    )


def short(found: ScoreCard) -> Score:
    return Score(
        found.percent, found.coverage, found.band.id if found.band else None, found.is_partial
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # two of two questions asked on this small set: O05 (weight 5, critical), O08 (weight 2)
        ({"O05": "yes", "O08": "5"}, Score(Decimal("100.0"), Decimal(100), "good")),
        ({"O05": "no", "O08": "5"}, Score(Decimal("28.6"), Decimal(100), "urgent-action")),
        ({"O05": "yes"}, Score(Decimal("100.0"), Decimal("71.4"), "good", partial=True)),
    ],
)
def test_a_critical_failure_caps_the_band_whatever_the_score(
    given: Mapping[str, object], expected: Score
) -> None:
    assert short(card(given, ("O05", "O08"))) == expected


@pytest.mark.parametrize(
    ("asked", "given", "expected"),
    [
        # needs attention is 0.4: (4 x 0.4) / 4
        (("O06",), {"O06": "needs-attention"}, Score(Decimal(40), Decimal(100), "not-good-enough")),
        # reversed: yes to damage is bad
        (("O07",), {"O07": "yes"}, Score(Decimal(0), Decimal(100), "not-good-enough")),
        (("O07",), {"O07": "no"}, Score(Decimal(100), Decimal(100), "good")),
        # does not apply leaves score and coverage; could not check leaves the score, costs coverage
        (
            ("O01", "O03", "O08"),
            {"O01": "yes", "O03": "not-applicable", "O08": "3"},
            Score(Decimal("75.0"), Decimal(100), "mostly-good"),
        ),
        (
            ("O01", "O03", "O08"),
            {"O01": "yes", "O03": "unchecked", "O08": "3"},
            Score(Decimal("75.0"), Decimal("57.1"), "mostly-good", partial=True),
        ),
        # unanswered counts as missing
        (
            ("O01", "O03", "O08"),
            {"O01": "yes", "O08": "3"},
            Score(Decimal("75.0"), Decimal("57.1"), "mostly-good", partial=True),
        ),
        # not asked on this form: no part of anything
        (("O01",), {"O01": "yes", "O08": "1"}, Score(Decimal(100), Decimal(100), "good")),
        # numbers with bands; weight 0 is information only
        (("O19",), {"O19": 17.9}, Score(Decimal(40), Decimal(100), "not-good-enough")),
        (
            ("O19", "O01"),
            {"O19": Finding(status="unchecked"), "O01": "yes"},
            Score(Decimal(100), Decimal(50), "good", partial=True),
        ),
        (("O02", "O52"), {"O02": "announced", "O52": 3}, Score(None, None, None)),
        (("O52", "O01"), {"O52": 0, "O01": "yes"}, Score(Decimal(100), Decimal(100), "good")),
        # first visit leaves the sum; not asked costs coverage
        (("O60", "O01"), {"O60": "first-visit", "O01": "no"}, Score(Decimal(0), Decimal(100), "not-good-enough")),
        (("O54", "O55"), {"O54": "not-asked", "O55": "yes"}, Score(Decimal(100), Decimal(50), "good", partial=True)),
        # nothing scored: no band
        (("O01", "O03"), {}, Score(None, Decimal(0), None, partial=True)),
        (("O01",), {"O01": "not-applicable"}, Score(None, None, None)),
        # ...unless a critical answer gives urgent action
        (("O64", "O01"), {"O64": "not-suitable"}, Score(None, Decimal(0), "urgent-action", partial=True)),
        # a young inspector's set: stars, skip, nobody offered
        (("Y01", "Y02"), {"Y01": "3", "Y02": "mostly"}, Score(Decimal(50), Decimal(100), "needs-work")),
        (("Y01", "Y02"), {"Y01": "skip", "Y02": "yes"}, Score(Decimal(100), Decimal(60), "good", partial=True)),
        (("Y13", "Y02"), {"Y13": "nobody-offered", "Y02": "yes"}, Score(Decimal(100), Decimal(100), "good")),
        (("Y25", "Y27"), {"Y25": "sure", "Y27": "The garden"}, Score(None, None, None)),
        # no cap by a young inspector
        (("Y24", "Y26"), {"Y24": "no", "Y26": "yes"}, Score(Decimal(50), Decimal(100), "needs-work")),
    ],
)  # fmt: skip
def test_score_coverage_and_band(
    asked: tuple[str, ...], given: Mapping[str, object], expected: Score
) -> None:
    assert short(card(given, asked)) == expected


def test_the_band_uses_the_unrounded_value_and_the_page_the_rounded_one() -> None:
    officer = officer_set()
    bands = (replace(officer.bands[0], at_least=Decimal("28.6")), *officer.bands[1:])
    moved = replace(officer, bands=bands)
    found = score(moved, ("O05", "O08"), answers({"O05": "no", "O08": "5"}), ROOMS, SUMMER)
    assert found.exact == Fraction(200, 7)  # 28.571..., shown as 28.6
    assert found.percent == Decimal("28.6")
    assert found.uncapped_band is not None
    assert found.uncapped_band.id != "good"


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        (Fraction(8495, 100), "85.0"),
        (Fraction(84949, 1000), "84.9"),
        (Fraction(1, 20), "0.1"),
        (Fraction(49, 1000), "0.0"),
        (Fraction(100), "100.0"),
    ],
)
def test_percentages_round_half_up_to_one_decimal(exact: Fraction, shown: str) -> None:
    assert one_decimal(exact) == Decimal(shown)
    assert str(one_decimal(exact)) == shown


def test_eighty_percent_of_coverage_is_not_partial_and_less_is() -> None:
    # O05 5, O04 3, O08 2, O09 2: 8 of 10 and 8 of 12
    asked = ("O04", "O05", "O08")
    given = {"O04": "good", "O05": "yes"}
    assert card(given, asked).coverage == Decimal(80)
    assert card(given, asked).is_partial is False
    assert card(given, (*asked, "O09")).is_partial is True


@pytest.mark.parametrize(
    ("given", "rooms", "percent", "coverage", "failures", "missing"),
    [
        # O38 (weight 5) asked for each bedroom, O08 (weight 2) once
        (
            {"O38.bed-1": "yes", "O38.bed-2": "yes", "O08": "1"},
            ROOMS,
            "71.4",
            "100",
            (),
            (),
        ),
        # the mean of two rooms: (5 x 0.5 + 0) / 7, and critical when any room is
        (
            {"O38.bed-1": "yes", "O38.bed-2": "no", "O08": "1"},
            ROOMS,
            "35.7",
            "100",
            (CriticalFailure("O38", "bed-2"),),
            (),
        ),
        # one room of two could not be checked: half of the weight counts
        (
            {"O38.bed-1": "yes", "O38.bed-2": "unchecked", "O08": "1"},
            ROOMS,
            "55.6",
            "64.3",
            (),
            ("O38",),
        ),
        ({"O38.bed-1": "yes", "O08": "1"}, ROOMS, "55.6", "64.3", (), ("O38",)),
        # one room of two does not apply: its half leaves the coverage too
        (
            {"O38.bed-1": "yes", "O38.bed-2": "not-applicable", "O08": "1"},
            ROOMS,
            "55.6",
            "100",
            (),
            (),
        ),
        (
            {"O38.bed-1": "not-applicable", "O38.bed-2": "not-applicable", "O08": "5"},
            ROOMS,
            "100",
            "100",
            (),
            (),
        ),
        # no room of that kind: missing
        ({"O08": "5"}, (BATHROOM, KITCHEN), "100", "28.6", (), ("O38",)),
        ({"O08": "5"}, (), "100", "28.6", (), ("O38",)),
        # ... and an answer without a room does not count, but caps
        (
            {"O38": "no", "O08": "5"},
            (),
            "100",
            "28.6",
            (CriticalFailure("O38", None),),
            (),
        ),
        # a room that has ended is not asked about, but counts when it was answered for
        (
            {"O38.bed-1": "yes", "O08": "5"},
            (BEDROOM_1, ENDED_BEDROOM),
            "100",
            "100",
            (),
            (),
        ),
        (
            {"O38.bed-1": "yes", "O38.bed-9": "no", "O08": "5"},
            (BEDROOM_1, ENDED_BEDROOM),
            "64.3",
            "100",
            (CriticalFailure("O38", "bed-9"),),
            (),
        ),
        # a room nobody knows: likewise
        (
            {"O38.bed-1": "yes", "O38.new": "no", "O08": "5"},
            (BEDROOM_1,),
            "64.3",
            "100",
            (CriticalFailure("O38", "new"),),
            (),
        ),
        # a room of another kind leaves the score alone
        (
            {"O38.bed-1": "yes", "O38.kitchen-1": "yes", "O08": "1"},
            (BEDROOM_1, KITCHEN),
            "71.4",
            "100",
            (),
            (),
        ),
    ],
)
def test_per_room_questions_count_pro_rata(
    *,
    given: Mapping[str, object],
    rooms: tuple[RoomSeen, ...],
    percent: str,
    coverage: str,
    failures: tuple[CriticalFailure, ...],
    missing: tuple[str, ...],
) -> None:
    found = card(given, ("O08", "O38"), rooms=rooms)
    assert (found.percent, found.coverage) == (Decimal(percent), Decimal(coverage))
    assert found.critical_failures == failures
    assert found.is_capped is bool(failures)
    assert found.missing_critical == missing


def test_a_room_only_the_phone_saw_counts_by_its_kind_once_answered() -> None:
    seen = (RoomSeen("new", "bedroom", "Bedroom 3"), RoomSeen("shed", "store", "Shed"))
    given = answers({"O38.bed-1": "yes", "O38.new": "no", "O38.shed": "no", "O08": "5"})
    found = score(officer_set(), ("O08", "O38"), given, (BEDROOM_1,), SUMMER, seen=seen)
    assert found.percent == Decimal("64.3")


@pytest.mark.parametrize(
    ("given", "facts", "missing"),
    [
        ({"O05": "yes", "O18": "good"}, WINTER, ()),
        ({"O05": "unchecked", "O18": "good"}, WINTER, ("O05",)),
        ({"O05": "unchecked"}, WINTER, ("O05", "O18")),
        ({"O05": "yes"}, SUMMER, ()),  # O18 is not critical in summer
        ({"O05": "not-applicable"}, SUMMER, ()),
        ({"O05": "no", "O18": "unchecked"}, WINTER, ("O18",)),
    ],
)
def test_a_critical_question_that_is_missing_is_named(
    given: Mapping[str, object], facts: Facts, missing: tuple[str, ...]
) -> None:
    assert card(given, ("O05", "O18"), facts=facts).missing_critical == missing


def test_a_judgement_without_weight_is_critical_and_named_when_missing() -> None:
    assert card({"O01": "yes"}, ("O01", "O64")).missing_critical == ("O64",)
    judged = card({"O01": "yes", "O64": "not-suitable"}, ("O01", "O64"))
    assert short(judged) == Score(Decimal(100), Decimal(100), "urgent-action")


@pytest.mark.parametrize(
    ("given", "facts", "band"),
    [
        ({"O18": "unsafe"}, WINTER, "urgent-action"),
        ({"O18": "unsafe"}, SUMMER, "not-good-enough"),
        ({"O49": "none"}, SUMMER, "not-good-enough"),
        ({"O49": "none"}, Facts(date(2026, 7, 1), staffed_24_hours=True), "urgent-action"),
        ({"O62": "no"}, SUMMER, "not-good-enough"),
        (
            {"O62": "no"},
            Facts(date(2026, 7, 1), expired_or_missing=frozenset({"fire-risk-assessment"})),
            "urgent-action",
        ),
        ({"O62": "no"}, Facts(date(2026, 7, 1), expired_or_missing=frozenset({"epc"})), "not-good-enough"),
    ],
)  # fmt: skip
def test_months_and_facts_decide_what_caps(
    given: Mapping[str, object], facts: Facts, band: str
) -> None:
    found = card(given, tuple(given), facts=facts)
    assert found.band is not None
    assert found.band.id == band


def test_a_question_with_several_standards_counts_fully_in_each() -> None:
    asked = ("Y26", "Y02", "Y12")  # Y26 LM PR AC SU weight 5; Y02 AC weight 3; Y12 PR weight 4
    found = card({"Y26": "yes", "Y02": "no", "Y12": "yes"}, asked)
    assert {name: part.percent for name, part in found.by_standard.items()} == {
        "AC": Decimal("62.5"),
        "LM": Decimal(100),
        "PR": Decimal(100),
        "SU": Decimal(100),
    }
    assert found.by_standard["PR"].counted == 9
    assert found.percent == Decimal(75)


def test_each_section_has_its_own_score_and_coverage() -> None:
    found = card({"O01": "yes", "O04": "unsafe", "O05": "unchecked"}, ("O01", "O02", "O04", "O05"))
    assert {key: (one.percent, one.coverage) for key, one in found.by_section.items()} == {
        "arrival": (Decimal(100), Decimal(100)),
        "outside": (Decimal(0), Decimal("37.5")),
    }


def test_the_arithmetic_in_full_adds_up_and_says_why() -> None:
    given = {
        "O01": "yes",
        "O02": "announced",
        "O03": "not-applicable",
        "O05": "unchecked",
        "O06": "needs-attention",
        "O38.bed-1": "yes",
        "O33": "good",
    }
    asked = ("O01", "O02", "O03", "O05", "O06", "O07", "O33", "O38")
    found = card(given, asked, rooms=(BEDROOM_1, BEDROOM_2))
    assert {one.question: one.why for one in found.lines} == {
        "O01": "scored",
        "O02": "information",
        "O03": "excluded",
        "O05": "missing",
        "O06": "scored",
        "O07": "unanswered",
        "O33": "no-room",
        "O38": "partly",
    }
    by_id = {one.question: one for one in found.lines}
    assert by_id["O06"].mean == Fraction(2, 5)
    assert by_id["O38"].counted == Fraction(5, 2)
    assert by_id["O05"].mean is None
    assert sum(one.points for one in found.lines) == found.total.points == Fraction(61, 10)
    assert sum(one.counted for one in found.lines) == found.total.counted == Fraction(17, 2)
    assert sum(one.due for one in found.lines) == found.total.due == 22


@pytest.mark.parametrize(
    ("given", "asked", "words"),
    [
        (
            {"O05": "yes"},
            ("O05", "O08"),
            "The answers earned 5 of 5 points, which is 100.0%, and they cover 5 of the 7 points"
            " asked about, which is 71.4%; the band is “Good”.",
        ),
        (
            {"O05": "no", "O08": "5"},
            ("O05", "O08"),
            "The answers earned 2 of 7 points, which is 28.6%, and they cover 7 of the 7 points"
            " asked about, which is 100.0%; whatever the score, it is “Urgent action” because of:"
            " “Does the front door shut, lock, and open from inside without a key?”.",
        ),
        ({}, ("O05", "O08"), "None of the 7 points of weight asked about got a score."),
        ({"O02": "announced"}, ("O02",), "No question asked on this form carries weight, so there is no score."),
    ],
)  # fmt: skip
def test_the_arithmetic_in_one_sentence(
    given: Mapping[str, object], asked: tuple[str, ...], words: str
) -> None:
    assert card(given, asked).sentence == words


def test_words_in_a_row() -> None:
    assert listed(("Is it warm?",)) == "“Is it warm?”."
    assert listed(("Is it warm?", "Is it dry?")) == "“Is it warm?”, “Is it dry?”."


def test_a_provider_sees_a_score_of_what_it_may_see() -> None:
    # O08 yes, weight 2; O55 reviewed, weight 4; O53 reviewed and critical; O58 never and critical
    asked = ("O08", "O53", "O55", "O58")
    given = {"O08": "3", "O53": "none", "O55": "yes", "O58": "yes"}
    ours = card(given, asked)
    assert {one.question for one in ours.critical_failures} == {"O53", "O58"}
    theirs = card(given, asked, released=())
    assert short(theirs) == Score(Decimal(50), Decimal(100), "needs-work")
    assert [one.question for one in theirs.lines] == ["O08"]
    assert theirs.missing_critical == ()
    assert set(theirs.by_section) == {"outside"}
    assert set(theirs.by_standard) == {"AC"}
    released = card(given, asked, released=("O55", "O58"))
    assert [one.question for one in released.lines] == ["O08", "O55"]  # never stays never
    assert released.percent == Decimal("83.3")
    assert card(given, asked, released=("O53",)).is_capped


def test_a_check_of_an_open_defect_is_no_part_of_the_score() -> None:
    with_check = card({"O08": "3", "D-7K3M9": "not-fixed"}, ("O08", "D-7K3M9"))
    assert with_check == card({"O08": "3"}, ("O08",))


def test_told_twice_the_last_answer_counts() -> None:
    twice = (*answers({"O08": "1"}), *answers({"O08": "5"}))
    assert score(officer_set(), ("O08",), twice, ROOMS, SUMMER).percent == Decimal(100)
    wordless = (*answers({"O08": "1"}), *answers({"O08": finding(None, comment="dark")}))
    assert score(officer_set(), ("O08",), wordless, ROOMS, SUMMER).percent == Decimal(0)


def test_the_score_as_the_sync_contract_words_it() -> None:
    assert card({"O05": "unchecked", "O08": "4"}, ("O05", "O08")).for_api() == {
        "percent": 75.0,
        "coverage": 28.6,
        "band": "mostly-good",
        "partial": True,
        "missing_critical": ["O05"],
    }
    assert card({}, ("O02",)).for_api() == {
        "percent": None,
        "coverage": None,
        "band": None,
        "partial": False,
        "missing_critical": [],
    }
