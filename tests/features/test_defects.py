"""Defects: told of again, clocks, moves, who sees what, the list and its export."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.accounts.models import User
from qa_app.accounts.rules import Role
from qa_app.adapters.clock import SetClock
from qa_app.audit.models import AuditEntry
from qa_app.audit.service import timeline
from qa_app.base.db import db
from qa_app.base.errors import DomainError, Refused
from qa_app.base.transaction import writing
from qa_app.defects import service
from qa_app.defects.models import Defect
from qa_app.defects.rules import State
from qa_app.homes.models import Home
from qa_app.jobs import worker
from qa_app.notifications.models import OutgoingMessage
from qa_app.ports import Ports
from qa_app.providers.models import Contract, Provider
from tests.support.client import Browser
from tests.support.world import World

Open = Callable[[str], Browser]
SOURCES = itertools.count()
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)  # a Sunday


def tell(world: World, home: Home, **more: Any) -> tuple[str, bool]:
    """Raise a defect as an officer and commit; return its reference and whether it is new."""
    officer_id, home_id = world.person("officer").id, home.id
    given: dict[str, Any] = {
        "category": "doors.lock", "priority": "P3", "words": "The lock is loose",
        "source_kind": "officer", "source_id": f"s{next(SOURCES)}", "room_id": None, "aware_at": world.now(),
        "now": world.now(),
    } | more  # fmt: skip
    with writing() as session:
        kept = session.get_one(Home, home_id)
        contract = kept.contracts[0].contract
        given.setdefault("provider_id", contract.provider_id)
        defect, is_new = service.raise_defect(
            session, home=kept, contract=contract, actor=session.get_one(User, officer_id), **given
        )
        return defect.ref, is_new


def found(ref: str) -> Defect:
    db.session.rollback()
    return db.session.scalars(select(Defect).where(Defect.ref == ref)).one()


def act(ref: str, do: Callable[[Any, Defect], None]) -> None:
    with writing() as session:
        do(session, session.scalars(select(Defect).where(Defect.ref == ref)).one())


def move(world: World, ref: str, to: State, role: str = "officer", **more: Any) -> None:
    person_id = world.person(role).id
    act(
        ref,
        lambda session, one: service.move(
            session, one, to, actor=session.get_one(User, person_id), now=world.now(), **more
        ),
    )


# -- Told of again ---------------------------------------------------------------------------------


def test_an_open_defect_takes_the_same_trouble_in_the_same_room_as_another_telling(
    world: World,
) -> None:
    home = world.home()
    room = home.rooms[0].id
    first, is_new = tell(world, home, room_id=room)
    again, is_second_new = tell(world, home, room_id=room, words="It still does not lock")
    assert (is_new, is_second_new) == (True, False)
    assert first == again
    assert [one.words for one in found(first).tellings] == [
        "The lock is loose",
        "It still does not lock",
    ]


def test_another_room_another_category_and_a_closed_one_are_new(world: World) -> None:
    home = world.home()
    one, other = home.rooms[0].id, home.rooms[1].id
    refs = {
        tell(world, home, room_id=one)[0],
        tell(world, home, room_id=other)[0],
        tell(world, home, room_id=None)[0],
        tell(world, home, room_id=one, category="windows")[0],
    }
    assert len(refs) == 4
    first = next(
        ref for ref in refs if found(ref).room_id == one and found(ref).category != "windows"
    )
    move(world, first, State.CLOSED)
    assert tell(world, home, room_id=one) not in {(ref, False) for ref in refs}


def test_the_same_finding_sent_twice_is_one_telling(world: World) -> None:
    home = world.home()
    for words in ("The lock is loose", "The lock is very loose"):
        ref, _ = tell(
            world, home, source_kind="inspection", source_id="i", question="O38", words=words
        )
    assert [one.words for one in found(ref).tellings] == ["The lock is very loose"]


def test_the_higher_priority_wins_and_no_limit_moves_back(world: World, clock: SetClock) -> None:
    home = world.home()
    ref, _ = tell(world, home, priority="P3")
    slow = found(ref).fix_by
    clock.move(timedelta(days=2))
    tell(world, home, priority="P1")
    defect = found(ref)
    assert defect.priority == "P1"
    assert defect.aware_at == NOW
    # the emergency was first heard of today: its 24 hours run from today
    assert defect.make_safe_by == NOW + timedelta(days=3)
    assert slow is not None
    assert defect.fix_by is not None
    assert defect.fix_by < slow
    tell(world, home, priority="P4")
    assert found(ref).priority == "P1"
    assert "Priority raised from P3 to P1" in [
        one.what for one in timeline(db.session(), "defect", ref)
    ]


def test_a_telling_that_was_on_a_phone_for_days_moves_the_start_back(
    world: World, clock: SetClock
) -> None:
    home = world.home()
    ref, _ = tell(world, home, priority="P2")
    early = NOW - timedelta(days=5)
    tell(world, home, priority="P2", aware_at=early)
    defect = found(ref)
    assert defect.aware_at == early
    assert defect.fix_by == datetime(2026, 11, 20, 23, 59, tzinfo=UTC)


def test_withheld_words_stay_withheld_until_somebody_else_tells_the_same(world: World) -> None:
    home = world.home()
    ref, _ = tell(world, home, words="secret-of-a-resident", is_withheld=True)
    assert found(ref).is_withheld
    tell(world, home, words="The lock is loose")
    defect = found(ref)
    assert not defect.is_withheld
    assert defect.words == "The lock is loose"
    assert [one.is_for_provider for one in defect.tellings] == [False, True]


# -- Clocks ----------------------------------------------------------------------------------------


def test_an_emergency_must_be_safe_24_hours_later_on_a_sunday_too(world: World) -> None:
    ref, _ = tell(world, world.home(), priority="P1")
    assert found(ref).make_safe_by == NOW + timedelta(hours=24)


def test_working_days_leave_out_weekends_and_bank_holidays(world: World) -> None:
    home = world.home()
    ref, _ = tell(world, home, priority="P2")
    assert found(ref).fix_by == datetime(2026, 11, 25, 23, 59, tzinfo=UTC)
    before_christmas = datetime(2026, 12, 23, 15, 0, tzinfo=UTC)
    ref, _ = tell(world, home, priority="P2", category="windows", aware_at=before_christmas)
    assert found(ref).fix_by == datetime(2026, 12, 30, 23, 59, tzinfo=UTC)


def test_the_contract_and_the_question_may_ask_for_less_or_more_time(world: World) -> None:
    home = world.home()
    contract_id = home.contracts[0].contract_id
    with writing() as session:
        session.get_one(Contract, contract_id).targets = {
            "P3": {"working_days": 28}, "P1": {"hours": 4},
        }  # fmt: skip
    slow, _ = tell(world, home, priority="P3")
    assert found(slow).fix_by == datetime(2027, 1, 4, 23, 59, tzinfo=UTC)
    quick, _ = tell(world, home, priority="P3", category="windows", target_working_days=5)
    assert found(quick).fix_by == datetime(2026, 11, 27, 23, 59, tzinfo=UTC)
    urgent, _ = tell(world, home, priority="P1", category="gas")
    assert found(urgent).make_safe_by == NOW + timedelta(hours=4)


def test_a_planned_repair_is_due_on_the_day_agreed(world: World) -> None:
    ref, _ = tell(world, world.home(), priority="P4")
    assert found(ref).fix_by is None
    move(world, ref, State.SCHEDULED, "provider", promised_on=date(2026, 12, 1))
    assert found(ref).fix_by == datetime(2026, 12, 1, 23, 59, tzinfo=UTC)


def test_another_priority_counts_again_from_the_first_day(world: World, clock: SetClock) -> None:
    home = world.home()
    ref, _ = tell(world, home, priority="P3")
    clock.move(timedelta(days=1))
    officer_id = world.person("officer").id
    act(
        ref,
        lambda session, one: service.reprioritise(
            session, one, "P1", because="It is the only way out", contract=home.contracts[0],
            actor=session.get_one(User, officer_id), now=world.now(),
        ),
    )  # fmt: skip
    assert found(ref).make_safe_by == NOW + timedelta(hours=24)


# -- Moves -----------------------------------------------------------------------------------------


def test_only_a_person_who_knows_closes_it_and_reopening_keeps_the_first_start(
    world: World, clock: SetClock
) -> None:
    ref, _ = tell(world, world.home())
    for role in ("provider", "monitor", "director"):
        with pytest.raises(DomainError):
            move(world, ref, State.CLOSED, role)
    move(world, ref, State.CLAIMED_FIXED, "provider")
    assert found(ref).claimed_fixed_at == NOW
    clock.move(timedelta(days=2))
    with pytest.raises(Refused):
        move(world, ref, State.OPEN)
    move(world, ref, State.OPEN, note="It still does not lock")
    defect = found(ref)
    assert (defect.claimed_fixed_at, defect.times_reopened, defect.aware_at) == (None, 1, NOW)
    move(world, ref, State.CLAIMED_FIXED, "provider")
    move(world, ref, State.CLOSED)
    assert found(ref).confirmed_fixed_at == world.now()


@pytest.mark.parametrize("to", [State.DECLINED, State.NOT_A_REPAIR, State.OPEN])
def test_a_new_report_is_set_aside_only_with_a_reason(world: World, to: State) -> None:
    ref, _ = tell(world, world.home())

    def as_reported(_session: Any, one: Defect) -> None:
        one.status = State.REPORTED

    act(ref, as_reported)
    if to is State.OPEN:
        move(world, ref, to)
    else:
        with pytest.raises(Refused):
            move(world, ref, to)
        move(world, ref, to, note="It is the neighbours' fence")
    assert found(ref).status == to


def test_a_dispute_is_decided_by_a_monitor(world: World) -> None:
    ref, _ = tell(world, world.home())
    move(world, ref, State.DISPUTED, "provider", note="It is the landlord's")
    with pytest.raises(DomainError):
        move(world, ref, State.OPEN, "officer", note="No")
    move(world, ref, State.OPEN, "monitor", note="It is in the contract")
    assert found(ref).status == "open"


def test_made_safe_is_stamped_once(world: World, clock: SetClock) -> None:
    ref, _ = tell(world, world.home(), priority="P1")
    person_id = world.person("provider").id
    for _ in range(2):
        act(
            ref,
            lambda session, one: service.make_safe(
                session, one, actor=session.get_one(User, person_id), now=world.now()
            ),
        )
        clock.move(timedelta(hours=1))
    assert found(ref).made_safe_at == NOW


# -- Telling the provider --------------------------------------------------------------------------


def test_the_provider_is_told_of_urgent_ones_by_reference_only_and_once(
    world: World, ports: Ports
) -> None:
    home = world.home(name="Canary House")
    address, postcode, words = home.address, home.postcode, "the words of the report"
    person = world.person("provider").email
    urgent, _ = tell(world, home, priority="P1", words=words)
    tell(world, home, priority="P3", category="windows", words=words)
    tell(world, home, priority="P1", category="gas", words=words, is_withheld=True)
    worker.run_all()
    worker.run_all()
    letters = ports.mailer.letters  # type: ignore[attr-defined]  # the twin keeps them
    assert sorted(one.recipient for one in letters) == ["duty@example.org", person]
    for one in letters:
        said = one.subject + one.body
        assert urgent in said
        for secret in (address, postcode, "Canary House", words, "officer", "Officer"):
            assert secret not in said
    assert found(urgent).first_told_at == NOW
    payload = db.session.scalars(select(Defect.id).where(Defect.ref == urgent)).one()
    with writing() as session:
        worker.handlers["defects.raised"](session, {"defect": payload, "why": "new"}, ports)
    assert len(list(db.session.scalars(select(OutgoingMessage)))) == 2


# -- Who sees what ---------------------------------------------------------------------------------

CAN = {
    "officer": 200, "monitor": 200, "manager": 200, "director": 200, "young-inspector": 404,
    "provider": 200, "adviser": 200, "administrator": 403,
}  # fmt: skip


@pytest.mark.parametrize(("role", "status"), CAN.items())
def test_who_may_open_a_repair(world: World, browser: Open, role: str, status: int) -> None:
    ref, _ = tell(world, world.home(), priority="P1", words="words-canary")
    page = browser(role).get(f"/defects/{ref}")
    assert page.status_code == status
    if role in {"adviser", "young-inspector", "administrator"}:
        assert "words-canary" not in page.text
    assert browser(role).get("/defects").status_code == (403 if role == "administrator" else 200)


def test_an_adviser_sees_only_urgent_ones_that_are_open(world: World, browser: Open) -> None:
    home = world.home()
    shown, _ = tell(world, home, priority="P2")
    slow, _ = tell(world, home, priority="P3", category="windows")
    closed, _ = tell(world, home, priority="P1", category="gas")
    move(world, closed, State.CLOSED)
    page = browser("adviser").get("/defects?status=all").text
    assert shown in page
    assert slow not in page
    assert closed not in page
    assert home.address not in page
    assert browser("adviser").get(f"/defects/{slow}").status_code == 404


def test_a_provider_sees_its_own_and_never_who_said_it_or_what_is_withheld(
    world: World, browser: Open
) -> None:
    home, other = world.home(), world.home(provider=world.provider("Other Homes"))
    world.person("officer")
    mine, _ = tell(world, home, words="words for all")
    tell(world, home, words="withheld-canary", is_withheld=True)
    hidden, _ = tell(world, home, category="gas", words="hidden-canary", is_withheld=True)
    theirs, _ = tell(world, other, words="theirs-canary")
    provider = browser("provider")
    pages = [
        provider.get(path).text
        for path in (
            "/defects",
            "/defects?status=all",
            f"/defects/{mine}",
            "/provider",
            "/defects.csv",
        )
    ]
    assert "words for all" in pages[2]
    for page in pages:
        for secret in (
            "withheld-canary",
            "hidden-canary",
            "theirs-canary",
            hidden,
            theirs,
            "Other Homes",
        ):
            assert secret not in page
        assert "officer@example.org" not in page
        assert ">Officer<" not in page
    for ref in (hidden, theirs):
        assert provider.get(f"/defects/{ref}").status_code == 404
        assert (
            provider.post(f"/defects/{ref}/answer", {"answer-answer": "fixed"}).status_code == 404
        )


POSTS = {
    "move": {"officer", "manager", "monitor"},
    "priority": {"officer", "manager"},
    "safe": {"officer", "manager"},
    "comment": {"officer", "manager", "monitor"},
    "answer": {"provider"},
}


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_who_may_do_what(world: World, browser: Open, role: str) -> None:
    ref, _ = tell(world, world.home(), priority="P1")
    someone = browser(role)
    for what, roles in POSTS.items():
        status = someone.post(f"/defects/{ref}/{what}").status_code
        if role in roles:
            assert status in {302, 422}, what
        else:
            assert status == 403, what


# -- Pages -----------------------------------------------------------------------------------------


def test_the_list_stands_worst_first_and_its_filters_in_the_address(
    world: World, browser: Open, clock: SetClock
) -> None:
    home = world.home()
    late, _ = tell(
        world, home, priority="P2", category="windows", aware_at=NOW - timedelta(days=20)
    )
    slow, _ = tell(world, home, priority="P3")
    urgent, _ = tell(world, home, priority="P1", category="gas")
    done, _ = tell(world, home, priority="P1", category="leak")
    move(world, done, State.CLOSED)
    officer = browser("officer")
    page = officer.get("/defects").text
    assert page.index(late) < page.index(urgent) < page.index(slow)
    assert done not in page
    assert "days late" in page
    assert "Make safe: due tomorrow by 10:00am" in page
    only = officer.get("/defects?overdue=yes").text
    assert late in only
    assert urgent not in only
    assert done in officer.get("/defects?status=closed").text
    assert slow not in officer.get("/defects?priority=P1").text
    assert "No repair fits" in officer.get("/defects?priority=P4").text
    assert officer.get("/defects?priority=P9&status=what&page=-3&provider=x").status_code == 200


def test_the_list_has_pages(world: World, browser: Open) -> None:
    home = world.home()
    for number in range(51):
        tell(world, home, category="windows", is_separate=True, words=f"window {number}")
    officer = browser("officer")
    assert "Page 1 of 2" in officer.get("/defects?priority=P3").text
    second = officer.get("/defects?priority=P3&page=2").text
    assert "Page 2 of 2" in second
    assert "priority=P3" in second


def test_the_export_shows_every_cell_as_text_and_is_audited(world: World, browser: Open) -> None:
    home = world.home(name='=HYPERLINK("http://bad")')
    ref, _ = tell(world, home)
    answer = browser("officer").get("/defects.csv?status=all")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0]["Reference"] == ref
    assert rows[0]["Name of the home"] == '\'=HYPERLINK("http://bad")'
    assert home.address not in answer.text
    assert home.postcode not in answer.text
    said = db.session.scalars(select(AuditEntry.what)).all()
    assert "defects.exported" in said


def test_a_mistake_keeps_what_was_typed(world: World, browser: Open) -> None:
    ref, _ = tell(world, world.home())
    provider = browser("provider")
    page = provider.post(f"/defects/{ref}/answer", {"answer-answer": "dispute", "answer-note": ""})
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert 'href="#answer-note"' in page.text
    page = provider.post(
        f"/defects/{ref}/answer",
        {
            "answer-answer": "date", "answer-promised_on-day": "1", "answer-promised_on-month": "1",
            "answer-promised_on-year": "2026", "answer-note": "we come in the morning",
        },
    )  # fmt: skip
    assert page.status_code == 422
    assert "The day must be today or later" in page.text
    assert "we come in the morning" in page.text
    assert found(ref).status == "open"


def test_provider_and_officer_take_it_to_its_end(world: World, browser: Open) -> None:
    ref, _ = tell(world, world.home(), priority="P1")
    provider, officer = browser("provider"), browser("officer")
    answers: list[dict[str, str]] = [
        {"answer": "acknowledge"},
        {"answer": "made-safe", "note": "Boarded up"},
        {"answer": "date", "promised_on-day": "24", "promised_on-month": "11", "promised_on-year": "2026"},
        {"answer": "date", "promised_on-day": "25", "promised_on-month": "11", "promised_on-year": "2026"},
        {"answer": "fixed", "note": "New lock"},
    ]  # fmt: skip
    for one in answers:
        sent = provider.post(f"/defects/{ref}/answer", {f"answer-{k}": v for k, v in one.items()})
        assert sent.status_code == 302, sent.text
    assert found(ref).promised_on == date(2026, 11, 25)
    page = officer.get(f"/defects/{ref}")
    assert "The provider says it is fixed" in page.text
    assert "Boarded up" in page.text
    sent = officer.post(f"/defects/{ref}/move", {"move-to": "open"})
    assert sent.status_code == 422
    sent = officer.post(f"/defects/{ref}/move", {"move-to": "closed", "move-note": "I tried it"})
    assert sent.status_code == 302
    assert found(ref).status == "closed"
    assert "Confirmed fixed" in provider.get(f"/defects/{ref}").text


def test_a_comment_is_for_the_provider_only_when_asked(world: World, browser: Open) -> None:
    ref, _ = tell(world, world.home())
    officer = browser("officer")
    for words, may in (("inner-canary", "no"), ("outer words", "yes")):
        officer.post(
            f"/defects/{ref}/comment", {"comment-words": words, "comment-is_for_provider": may}
        )
    page = browser("provider").get(f"/defects/{ref}").text
    assert "outer words" in page
    assert "inner-canary" not in page
    assert "inner-canary" in officer.get(f"/defects/{ref}").text


def test_the_same_as_another_needs_one_that_exists(world: World, browser: Open) -> None:
    home = world.home()
    ref, other = tell(world, home)[0], tell(world, home, category="windows")[0]
    officer = browser("officer")
    for wrong in ("", "D-00000", ref):
        answer = officer.post(
            f"/defects/{ref}/move",
            {"move-to": "duplicate", "move-note": "Told twice", "move-duplicate_of": wrong},
        )
        assert answer.status_code == 422, wrong
    answer = officer.post(
        f"/defects/{ref}/move",
        {"move-to": "duplicate", "move-note": "Told twice", "move-duplicate_of": other.lower()},
    )
    assert answer.status_code == 302
    assert other in officer.get(f"/defects/{ref}").text


def test_homes_and_providers_show_what_is_open(world: World, browser: Open, app: Flask) -> None:
    home = world.home()
    ref, _ = tell(world, home)
    provider: Provider = world.provider()
    for role in ("officer", "provider"):
        assert ref in browser(role).get(f"/homes/{home.ref}").text
    assert ref in browser("officer").get(f"/providers/{provider.id}").text
