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
from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.defects.models import Defect, Telling
from qa_app.inspections import queries, service, wire
from qa_app.inspections.models import FindingRow, Inspection, InspectionRevision, Proposal
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
