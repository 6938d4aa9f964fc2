"""Defects: who may move them where, priorities, references, awareness, and being told of again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.base.refs import ALPHABET
from qa_app.defects.rules import (
    LIVE,
    MOVES,
    STATE_LABELS,
    ActorKind,
    DueTimes,
    Priority,
    State,
    aware_at,
    higher_priority,
    is_reopening,
    may_move,
    moves_open_to,
    read_ref,
    ref_from,
    told_again,
)

OFFICER, MONITOR, PROVIDER, REPORTER = ActorKind
R, O, A, S, F, C, DUP, NR, DEC, DIS = State  # noqa: E741 - a table is read by its columns

# Written out from product.md (Lifecycles; "defects: act"), not from the table in code: everything else is forbidden.
ALLOWED = {
    *product([R], [O, DUP, NR, DEC], [OFFICER]),
    *product([O, A, S], [DUP, NR, DEC, C], [OFFICER]),
    *product([O, A, S], [F, DIS], [PROVIDER]),
    (O, A, PROVIDER),
    (O, S, PROVIDER),
    (A, S, PROVIDER),
    *product([F], [C, O], [OFFICER, REPORTER]),
    *product([DIS], [O, DEC, NR], [MONITOR]),
    *product([C, DUP, NR, DEC], [O], [OFFICER]),
}


@pytest.mark.parametrize(("frm", "to"), list(product(State, State)))
def test_every_move(frm: State, to: State) -> None:
    for actor in ActorKind:
        assert may_move(frm, to, actor) is ((frm, to, actor) in ALLOWED), actor


def test_a_provider_can_only_claim_a_fix() -> None:
    for state in State:
        assert State.CLOSED not in moves_open_to(state, PROVIDER)
    assert moves_open_to(State.CLAIMED_FIXED, PROVIDER) == ()


def test_nothing_is_a_dead_end_and_everything_can_be_reached() -> None:
    assert set(MOVES) == set(State) == set(STATE_LABELS)
    assert all(MOVES[state] for state in State)
    reached, waiting = {State.REPORTED}, [State.REPORTED]
    while waiting:
        new = set(MOVES[waiting.pop()]) - reached
        reached |= new
        waiting += new
    assert reached == set(State)


def test_live_states_are_those_that_a_new_finding_joins() -> None:
    assert set(State) - LIVE == {C, DUP, NR, DEC}


def test_reopening() -> None:
    assert is_reopening(F, O)
    assert is_reopening(C, O)
    assert not is_reopening(DIS, O)
    assert not is_reopening(R, O)


def test_moves_are_offered_in_order() -> None:
    assert moves_open_to(State.OPEN, PROVIDER) == (A, S, F, DIS)
    assert moves_open_to(State.CLAIMED_FIXED, REPORTER) == (O, C)


@pytest.mark.parametrize(
    ("a", "b", "worse"), [("P1", "P2", "P1"), ("P4", "P3", "P3"), ("P2", "P2", "P2")]
)
def test_the_higher_priority(a: str, b: str, worse: str) -> None:
    assert higher_priority(Priority(a), Priority(b)) is Priority(worse)
    assert higher_priority(Priority(b), Priority(a)) is Priority(worse)


# -- References ------------------------------------------------------------------------------------


@given(st.binary(min_size=4, max_size=16))
def test_references_have_five_signs_that_cannot_be_misheard(random: bytes) -> None:
    ref = ref_from(random)
    assert ref.startswith("D-")
    assert len(ref) == 7
    assert not set(ref[2:]) & set("ILOU")
    assert read_ref(ref) == ref
    assert read_ref(ref.lower()) == ref
    assert read_ref(ref.replace("-", " ")) == ref


@given(st.integers(0, (1 << 25) - 1), st.integers(0, (1 << 25) - 1))
def test_twenty_five_bits_of_chance_are_used(a: int, b: int) -> None:
    assert (ref_from(a.to_bytes(4, "big")) == ref_from(b.to_bytes(4, "big"))) is (a == b)


def test_the_alphabet() -> None:
    assert len(set(ALPHABET)) == 32
    assert ref_from(bytes(4)) == "D-00000"
    assert ref_from(b"\xff" * 4) == "D-ZZZZZ"


@pytest.mark.parametrize("short", [b"", b"123"])
def test_too_little_chance_is_refused(short: bytes) -> None:
    with pytest.raises(ValueError, match="4 random bytes"):
        ref_from(short)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("D-7K3M9", "D-7K3M9"),
        ("7k3m9", "D-7K3M9"),
        (" d 7k3m9 ", "D-7K3M9"),
        ("D-OIL00", "D-01100"),
        ("D-7K3M", None),
        ("D-7K3M99", None),
        ("H-0042", None),
        ("", None),
        ("D-7K3M9'--", None),
    ],
)
def test_references_as_people_type_them(typed: str, kept: str | None) -> None:
    assert read_ref(typed) == kept


# -- Awareness -------------------------------------------------------------------------------------

RECEIVED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "expected_ago", "is_flagged"),
    [
        (timedelta(0), timedelta(0), False),
        (timedelta(hours=5), timedelta(hours=5), False),
        (timedelta(days=14), timedelta(days=14), False),
        (timedelta(days=14, seconds=1), timedelta(0), True),
        (timedelta(days=20_000), timedelta(0), True),  # a phone that thinks it is 1970
        (-timedelta(hours=3), timedelta(0), False),  # a phone that is fast
    ],
)
def test_f19_the_clock_starts_when_finished_but_not_later_than_received(
    ago: timedelta, expected_ago: timedelta, *, is_flagged: bool
) -> None:
    found = aware_at(RECEIVED - ago, RECEIVED)
    assert found.at == RECEIVED - expected_ago
    assert found.is_flagged is is_flagged


# -- Told of again ---------------------------------------------------------------------------------

MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
PRIORITIES = st.sampled_from(Priority)


@given(PRIORITIES, MOMENTS, PRIORITIES, MOMENTS)
def test_told_again_keeps_the_worse_priority_and_the_first_start(
    priority: Priority, at: datetime, told: Priority, told_at: datetime
) -> None:
    merged = told_again(priority=priority, aware_at=at, told_priority=told, told_aware_at=told_at)
    other = told_again(priority=told, aware_at=told_at, told_priority=priority, told_aware_at=at)
    assert merged.priority == min(priority, told)
    assert merged.aware_at == min(at, told_at)
    assert merged.is_worse is (told < priority)
    assert (merged.priority, merged.aware_at) == (other.priority, other.aware_at)  # in any order


def test_due_times_only_move_earlier() -> None:
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    assert DueTimes(None, early).earlier(DueTimes(early, late)) == DueTimes(early, early)
    assert DueTimes().earlier(DueTimes()) == DueTimes()
