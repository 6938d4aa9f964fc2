"""Taking in an inspection: one record whatever is repeated, and all that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from qa_app.accounts.models import User
from qa_app.actions.models import Action
from qa_app.adapters.clock import SetClock
from qa_app.audit import service as audit
from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.defects.models import Defect, Telling
from qa_app.inspections import queries, service, wire
from qa_app.inspections.models import FindingRow, Inspection, InspectionRevision, Proposal
from qa_app.inspections.preparing import prepare
from qa_app.inspections.receipts import Receipt
from qa_app.ports import ports
from qa_app.safeguarding.models import SafeguardingRecord
from qa_app.visits.models import Visit
from tests.support import sending
from tests.support.world import World


def send(
    app: Flask, person: User, body: Mapping[str, Any], client_id: str, *, is_form: bool = False
) -> Receipt:
    """Submit as a request would, in one writing transaction."""
    with writing() as session:
        return service.submit(
            session,
            session.get_one(User, person.id),
            client_id=client_id,
            submission=wire.submission_of(body),
            content_json=None if is_form else body,
            doors=ports(),
            now=ports().clock.now(),
        )


def count(model: Any) -> int:
    """How many rows a table has."""
    return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


@pytest.fixture
def visit(world: World) -> Visit:
    """A visit of the officer's today, to a home with every certificate."""
    home = world.home()
    world.certificates(home)
    return world.visit(home)


@pytest.fixture
def officer(world: World) -> User:
    return world.person("officer")


def test_a_perfect_visit_is_scored_and_done(
    app: Flask, world: World, visit: Visit, officer: User
) -> None:
    answers = {**sending.best_answers(db.session, visit), "O63": "no"}
    body = sending.body(visit, answers, now=world.now())
    receipt = send(app, officer, body, sending.new_id())
    assert (receipt.status, receipt.gaps, receipt.flags) == ("complete", (), ())
    assert receipt.is_new
    revision = db.session.scalar(select(InspectionRevision))
    assert revision is not None
    assert (revision.percent, revision.coverage, revision.band) == (100.0, 100.0, "good")
    assert db.session.get_one(Visit, visit.id).status == "done"
    assert (count(Defect), count(Proposal), count(Action)) == (0, 0, 0)
    assert revision.version.frozen_at is not None


def test_f26_the_same_content_again_changes_nothing(
    app: Flask, world: World, visit: Visit, officer: User, clock: SetClock
) -> None:
    client_id = sending.new_id()
    body = sending.body(visit, {"O05": "no", "O58": "yes", "O37": "no"}, now=world.now())
    first = send(app, officer, body, client_id)
    rows = {model: count(model) for model in (Inspection, FindingRow, Defect, Telling, Action)}
    clock.move(timedelta(hours=3))
    again = send(app, officer, {**body, "answers": list(body["answers"])}, client_id)
    assert again.for_api() == first.for_api()
    assert not again.is_new
    assert rows == {model: count(model) for model in rows}


def test_a_form_sent_twice_is_one_inspection_although_the_clock_ran_on(
    app: Flask, world: World, visit: Visit, officer: User, clock: SetClock
) -> None:
    client_id = sending.new_id()
    answers = {"O05": "yes"}
    send(app, officer, sending.body(visit, answers, now=world.now()), client_id, is_form=True)
    later = world.now() + timedelta(seconds=3)
    body = sending.body(visit, answers, now=later)
    body["started"] = (world.now() - timedelta(minutes=11)).isoformat()
    receipt = send(app, officer, body, client_id, is_form=True)
    assert (receipt.revision, count(InspectionRevision)) == (1, 1)


def test_an_officers_p1_is_raised_at_once_and_the_rest_proposed(
    app: Flask, world: World, visit: Visit, officer: User
) -> None:
    answers = {"O05": "no", "O04": "needs-attention", "O01": "no"}
    body = sending.body(visit, answers, now=world.now())
    send(app, officer, body, sending.new_id())
    raised = db.session.scalars(select(Defect)).one()
    assert (raised.category, raised.priority) == ("doors.lock", "P1")
    assert raised.aware_at == world.now()
    states = {one.question: one.state for one in db.session.scalars(select(Proposal))}
    assert states == {"O05": "raised", "O04": "proposed"}
    action = db.session.scalars(select(Action)).one()
    assert (action.kind, action.is_proposed) == ("records", True)


def test_nothing_of_a_young_inspector_is_raised_without_an_officer(
    app: Flask, world: World
) -> None:
    young = world.person("young-inspector")
    visit = world.visit(young_inspectors=(young,))
    body = sending.body(
        visit, {"Y14": "no", "Y12": "no", "Y20": "1"}, now=world.now(), voice="young-inspector"
    )
    send(app, young, body, sending.new_id())
    assert count(Defect) == 0
    urgent = queries.proposals(db.session(), db.session.scalars(select(Inspection)).one().id)
    assert [(one.question, one.priority, one.state) for one in urgent] == [
        ("Y14", "P1", "proposed"), ("Y12", "P2", "proposed"),
    ]  # fmt: skip
    assert [one.is_proposed for one in db.session.scalars(select(Action))] == [True]
    assert db.session.get_one(Visit, visit.id).status != "done"


def test_safeguarding_words_are_kept_apart(
    app: Flask, world: World, visit: Visit, officer: User
) -> None:
    secret = "SECRET-7713 a man with a knife"
    answers = {"O58": sending.finding("yes", comment=secret, reason=secret)}
    body = sending.body(visit, answers, now=world.now())
    send(app, officer, body, sending.new_id())
    record = db.session.scalars(select(SafeguardingRecord)).one()
    assert (record.question, record.words) == ("O58", secret)
    row = db.session.scalars(select(FindingRow)).one()
    assert (row.value, row.comment, row.reason) == ("yes", "", "")
    for model in (Proposal, Action, Defect):
        for thing in db.session.scalars(select(model)):
            assert secret not in str(vars(thing))


def test_a_worry_is_recorded_for_whom_it_was_meant(app: Flask, world: World) -> None:
    young = world.person("young-inspector")
    visit = world.visit(young_inspectors=(young,))
    body = sending.body(
        visit, {"Y01": "5"}, now=world.now(), voice="young-inspector",
        worries=[{"to": "officer", "words": "A man shouted"}],
    )  # fmt: skip
    send(app, young, body, sending.new_id())
    record = db.session.scalars(select(SafeguardingRecord)).one()
    assert (record.question, record.words) == ("worry-1", "A man shouted")
    assert record.hearer_id == world.person("officer").id


# -- What the questions are judged by --------------------------------------------------------------


def test_two_bedroom_locks_failing_are_two_repairs(
    app: Flask, world: World, visit: Visit, officer: User
) -> None:
    bedrooms = [room.id for room in visit.home.rooms if room.kind == "bedroom"]
    locks = [sending.finding("no", room) for room in bedrooms]
    body = sending.body(visit, {"O38": locks}, now=world.now())
    send(app, officer, body, sending.new_id())
    assert {one.room_id for one in db.session.scalars(select(Defect))} == set(bedrooms)
    assert count(Telling) == 2


def test_an_open_defect_in_the_same_room_takes_it_as_another_telling(
    app: Flask, world: World, visit: Visit, officer: User
) -> None:
    for _ in range(2):
        body = sending.body(visit, {"O05": "no"}, now=world.now())
        send(app, officer, body, sending.new_id())
    assert (count(Defect), count(Telling), count(Inspection)) == (1, 2, 2)
    states = [one.state for one in db.session.scalars(select(Proposal).order_by(Proposal.id))]
    assert states == ["raised", "merged"]
    flags = [one.flags for one in db.session.scalars(select(InspectionRevision))]
    assert flags == [[], ["second-inspection"]]


def test_the_clock_of_a_defect_starts_when_the_visit_was_finished(
    app: Flask, world: World, visit: Visit, officer: User
) -> None:
    ages = {"O05": timedelta(days=2), "O11": timedelta(days=20), "O12": timedelta(hours=-3)}
    for question, age in ages.items():
        body = sending.body(visit, {question: "no"}, now=world.now() - age)
        send(app, officer, body, sending.new_id())
    aware = {one.tellings[0].question: one.aware_at for one in db.session.scalars(select(Defect))}
    assert aware["O05"] == world.now() - timedelta(days=2)
    assert {aware[one] for one in ("O11", "O12") if one in aware} <= {world.now()}


def test_facts_are_those_of_the_local_day_on_which_the_visit_started(
    app: Flask, world: World, officer: User
) -> None:
    home = world.home(is_staffed_24_hours=True)
    visit = world.visit(home)
    body = sending.body(visit, {"O49": "none", "O62": "no"}, now=world.now())
    send(app, officer, body, sending.new_id())
    revision = db.session.scalars(select(InspectionRevision)).one()
    assert revision.band == "urgent-action"
    assert revision.facts["started_on"] == "2026-11-22"
    assert revision.facts["staffed_24_hours"] is True
    assert "gas-safety-record" in revision.facts["expired_or_missing"]
    with writing() as session:
        session.get_one(type(home), home.id).is_staffed_24_hours = False
    world.certificates(home)
    again = sending.body(visit, {"O49": "none", "O62": "no", "O05": "yes"}, now=world.now())
    send(app, officer, again, sending.new_id())
    facts = [one.facts for one in db.session.scalars(select(InspectionRevision))]
    assert facts[0] == facts[1]


def test_a_clock_from_1970_moves_neither_the_facts_nor_the_start_of_the_visit(
    app: Flask, world: World, visit: Visit, officer: User
) -> None:
    body = sending.body(visit, {"O05": "yes"}, now=world.now() - timedelta(days=19_000))
    send(app, officer, {**body, "visit": visit.id.upper()}, sending.new_id())
    kept = db.session.get_one(Visit, visit.id)
    assert kept.checked_in_at == world.now()
    assert (kept.facts or {})["started_on"] == world.today().isoformat()


def test_what_is_asked_was_frozen_although_the_phone_says_less(
    app: Flask, world: World, visit: Visit, officer: User
) -> None:
    with writing() as session:
        prepare(session, session.get_one(Visit, visit.id), "officer", now=world.now())
    body = sending.body(visit, {"O05": "yes"}, now=world.now(), asked=["O05"])
    receipt = send(app, officer, body, sending.new_id())
    assert receipt.flags == ("asked-differently",)
    revision = db.session.scalars(select(InspectionRevision)).one()
    assert len(revision.asked) == 64
    assert (revision.coverage or 100) < 10


def test_who_was_told_is_noted_on_the_urgent_repair(
    app: Flask, world: World, visit: Visit, officer: User
) -> None:
    at = world.now() - timedelta(minutes=5)
    body = sending.body(
        visit, {"O05": "no"}, now=world.now(),
        told=[{"who": "Duty desk", "how": "phone", "at": at.isoformat()}],
    )  # fmt: skip
    send(app, officer, body, sending.new_id())
    raised = db.session.scalars(select(Defect)).one()
    assert raised.first_told_at == at
    client_id = db.session.scalars(select(Inspection)).one().client_id
    answers = {"O05": "no", "O04": "good"}
    send(app, officer, {**body, **sending.body(visit, answers, now=world.now())}, client_id)
    for subject in (("defect", raised.ref), ("visit", visit.id)):
        notes = [one.note for one in audit.timeline(db.session(), *subject)]
        assert notes.count("Duty desk, phone") == 1


# -- Following up ----------------------------------------------------------------------------------


def test_a_follow_up_asks_what_failed_and_what_is_open(
    app: Flask, world: World, visit: Visit, officer: User
) -> None:
    answers = {"O05": "no", "O04": "needs-attention", "O01": "no", "O03": "yes"}
    body = sending.body(visit, answers, now=world.now() - timedelta(hours=1))
    send(app, officer, body, sending.new_id())
    defect = db.session.scalars(select(Defect)).one()
    action = db.session.scalars(select(Action)).one()
    with writing() as session:
        session.get_one(Action, action.id).is_proposed = False
    follow_up = world.visit(visit.home, form="follow-up")
    prepared = prepare(db.session(), follow_up, "officer", now=world.now())
    assert {"O05", "O04", "O01", "O60", "O64", defect.ref, action.ref} <= set(prepared.asked)
    assert "O03" not in prepared.asked
    assert prepared.last_answers["O05"][None].value == "no"
    follow_up = db.session.get_one(Visit, follow_up.id)
    again = prepare(db.session(), follow_up, "officer", now=world.now())
    assert again.asked == prepared.asked


@pytest.mark.parametrize(("answer", "status"), [("fixed", "closed"), ("not-fixed", "open")])
def test_an_officers_check_moves_what_was_open(
    answer: str, status: str, app: Flask, world: World, visit: Visit
) -> None:
    officer = world.person("officer")
    body = sending.body(visit, {"O05": "no", "O01": "no"}, now=world.now())
    send(app, officer, body, sending.new_id())
    with writing() as session:
        defect, action = (
            session.scalars(select(Defect)).one(),
            session.scalars(select(Action)).one(),
        )
        action.is_proposed = False
        defect.status, defect.claimed_fixed_at = "claimed-fixed", world.now()
        refs = (defect.ref, action.ref)
    follow_up = world.visit(visit.home, form="follow-up")
    prepare(db.session(), follow_up, "officer", now=world.now())
    follow_up = db.session.get_one(Visit, follow_up.id)
    secret = "SECRET words of the officer"
    checks = {ref: sending.finding(answer, comment=secret) for ref in refs}
    body = sending.body(follow_up, checks, now=world.now(), form="follow-up")
    receipt = send(app, officer, body, sending.new_id())
    assert not set(receipt.gaps) & set(refs)
    assert "unknown-check" not in receipt.flags
    assert db.session.scalars(select(Defect)).one().status == status
    assert (db.session.scalars(select(Action)).one().done_at is not None) is (answer == "fixed")
    for_provider = audit.timeline(db.session(), "defect", refs[0], is_for_provider=True)
    assert for_provider
    assert all(secret not in one.note for one in for_provider)


def test_a_young_inspectors_check_closes_nothing(app: Flask, world: World, visit: Visit) -> None:
    from qa_app.inspections.rules.follows import CheckedBefore
    from qa_app.inspections.service.checks import confirm_checks

    young = world.person("young-inspector")
    body = sending.body(visit, {"O05": "no"}, now=world.now())
    send(app, world.person("officer"), body, sending.new_id())
    ref = db.session.scalars(select(Defect)).one().ref
    other = world.visit(visit.home, young_inspectors=(young,))
    answers = sending.body(other, {"Y01": "5"}, now=world.now(), voice="young-inspector")
    send(app, young, answers, sending.new_id())
    with writing() as session:
        theirs = session.scalars(select(Inspection).where(Inspection.user_id == young.id)).one()
        confirm_checks(
            session, theirs, [CheckedBefore(ref, True, "Looks fine", ())], now=world.now()
        )
    assert db.session.scalars(select(Defect)).one().status == "open"
    notes = [one.note for one in audit.timeline(db.session(), "defect", ref)]
    assert "Looks fine" in notes
