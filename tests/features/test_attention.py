"""What came late, twice, conflicting or orphaned is listed plainly, and an officer decides."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from qa_app.adapters.clock import SetClock
from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.defects.models import Defect, Telling
from qa_app.inspections.models import Inspection, InspectionRevision, Proposal
from qa_app.jobs.models import Job
from qa_app.photos.models import Photo
from qa_app.visits.models import Visit
from tests.support import sending
from tests.support.client import Browser
from tests.support.world import World

Open = Callable[[str], Browser]
API = "/api/v1"


@pytest.fixture
def visit(world: World) -> Visit:
    return world.visit()


def send(browser: Browser, client_id: str, body: Any) -> Any:
    answer = browser.call("PUT", f"{API}/inspections/{client_id}", body)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json


def revisions(*, number: int) -> InspectionRevision:
    return db.session.scalars(
        select(InspectionRevision).where(InspectionRevision.number == number)
    ).one()


def test_nothing_to_look_at(browser: Open, visit: Visit, world: World) -> None:
    send(browser("officer"), sending.new_id(), sending.body(visit, {"O05": "yes"}, now=world.now()))
    page = browser("manager").get("/attention")
    assert page.status_code == 200
    assert "Nothing to look at" in page.text


@pytest.mark.parametrize("role", ["monitor", "director", "young-inspector", "provider", "adviser"])
def test_only_officers_and_managers_look(role: str, browser: Open) -> None:
    person = browser(role)
    assert person.get("/attention").status_code == 403
    assert person.post("/attention/looked-at", {"kind": "job", "subject": "1"}).status_code == 403
    assert person.post("/attention/decide", {"subject": "1", "decision": "use"}).status_code == 403


def test_late_work_is_listed_until_it_was_looked_at(
    browser: Open, visit: Visit, world: World
) -> None:
    officer = browser("officer")
    late = world.now() - timedelta(days=3)
    send(officer, sending.new_id(), sending.body(visit, {"O05": "yes"}, now=late))
    page = officer.get("/attention").text
    assert "It arrived more than a day after it was finished" in page
    assert visit.home.name in page
    revision = revisions(number=1)
    answer = officer.post("/attention/looked-at", {"kind": "revision", "subject": revision.id})
    assert answer.status_code == 302
    assert "Nothing to look at" in officer.get("/attention").text
    assert revisions(number=1).decided_at == world.now()


def test_keep_the_first(browser: Open, visit: Visit, world: World) -> None:
    officer, client_id = browser("officer"), sending.new_id()
    send(officer, client_id, sending.body(visit, {"O04": "good"}, now=world.now()))
    send(officer, client_id, sending.body(visit, {"O04": "needs-attention"}, now=world.now()))
    page = officer.get("/attention").text
    assert "Sent again, with other answers" in page
    assert "First: Good. Then: Needs attention." in page
    second = revisions(number=2)
    officer.post("/attention/decide", {"subject": second.id, "decision": "keep"})
    assert db.session.scalars(select(Inspection)).one().current.number == 1
    assert db.session.scalar(select(func.count()).select_from(Proposal)) == 0
    assert "Nothing to look at" in officer.get("/attention").text


def test_use_this_one_makes_proposals_afresh_and_raises_nothing_twice(
    browser: Open, visit: Visit, world: World
) -> None:
    officer, client_id = browser("officer"), sending.new_id()
    first = {"O05": "no", "O04": "needs-attention"}
    second = {"O05": "no", "O03": "no", "O26": "no"}
    send(officer, client_id, sending.body(visit, first, now=world.now()))
    before = db.session.scalar(select(func.count()).select_from(Defect))
    send(officer, client_id, sending.body(visit, second, now=world.now()))
    revision = revisions(number=2)
    officer.post("/attention/decide", {"subject": revision.id, "decision": "use"})
    inspection = db.session.scalars(select(Inspection)).one()
    assert inspection.current.number == 2
    states = {one.question: one.state for one in db.session.scalars(select(Proposal))}
    assert states["O05"] == "raised"
    assert states["O03"] == "proposed"
    assert "O04" not in states
    lock = db.session.scalars(select(Defect).where(Defect.category == "doors.lock")).one()
    assert len(lock.tellings) == 1
    after = db.session.scalar(select(func.count()).select_from(Defect))
    officer.post("/attention/decide", {"subject": revision.id, "decision": "use"})
    assert db.session.scalar(select(func.count()).select_from(Defect)) == after >= (before or 0)


def test_criticals_of_every_revision_are_raised_at_once(
    browser: Open, visit: Visit, world: World
) -> None:
    officer, client_id = browser("officer"), sending.new_id()
    send(officer, client_id, sending.body(visit, {"O05": "yes"}, now=world.now()))
    send(officer, client_id, sending.body(visit, {"O05": "no", "O03": "no"}, now=world.now()))
    assert [one.category for one in db.session.scalars(select(Defect))] == ["doors.lock"]
    assert {one.question for one in db.session.scalars(select(Proposal))} == {"O05"}
    assert db.session.scalar(select(func.count()).select_from(Telling)) == 1


def test_f17_two_devices_with_different_drafts(
    browser: Open, visit: Visit, world: World, clock: SetClock
) -> None:
    officer = browser("officer")
    for device in ("phone", "tablet"):
        clock.move(timedelta(minutes=1))
        body = sending.body(visit, {"O05": "yes"}, now=world.now())
        draft = {"id": sending.new_id(), "device": device, "saved_at": world.now().isoformat()}
        officer.call("PUT", f"{API}/visits/{visit.id}/draft", {**draft, **body})
        if device == "phone":
            assert "Nothing to look at" in officer.get("/attention").text
    page = officer.get("/attention").text
    assert "Two devices hold different answers" in page
    assert f"/visits/{visit.id}" in page


def test_photos_without_answers_and_answers_without_photos(
    browser: Open, visit: Visit, world: World, clock: SetClock
) -> None:
    officer, picture = browser("officer"), sending.photo()
    lonely = sending.new_id()
    officer.call("PUT", f"{API}/inspections/{lonely}/photos/{sending.sha(picture)}", picture)
    missing = sending.finding("no", photos=[sending.named(sending.photo(7))])
    send(officer, sending.new_id(), sending.body(visit, {"O05": missing}, now=world.now()))
    assert "Nothing to look at" in officer.get("/attention").text
    clock.move(timedelta(days=2))
    officer = browser("officer")
    page = officer.get("/attention").text
    assert "Photos came without answers" in page
    assert "Photos have not arrived" in page
    owner = db.session.scalars(select(Photo)).one().owner_id
    officer.post("/attention/looked-at", {"kind": "orphans", "subject": f"{owner}/1"})
    page = officer.get("/attention").text
    assert "Photos came without answers" not in page
    assert "Photos have not arrived" in page


def test_unreadable_photos_and_jobs_given_up(browser: Open, visit: Visit, world: World) -> None:
    officer, picture, client_id = browser("officer"), sending.photo(), sending.new_id()
    named = sending.finding("no", photos=[sending.named(picture)])
    send(officer, client_id, sending.body(visit, {"O05": named}, now=world.now()))
    officer.call("PUT", f"{API}/inspections/{client_id}/photos/{sending.sha(picture)}", picture)
    with writing() as session:
        session.execute(update(Photo).values(state="unreadable"))
        session.add(
            Job(
                name="photos.tidy", payload={"photo": "SECRET"}, run_at=world.now(), attempts=48,
                created_at=world.now(), given_up_at=world.now(),
            )
        )  # fmt: skip
    page = officer.get("/attention").text
    assert "A photo cannot be read" in page
    assert "A photo could not be made ready" in page
    assert "SECRET" not in page


def test_what_is_no_such_thing_is_404(browser: Open) -> None:
    officer = browser("officer")
    for data in ({"kind": "homes", "subject": "1"}, {"kind": "revision", "subject": "x"}, {}):
        assert officer.post("/attention/looked-at", data).status_code == 404
    assert officer.post("/attention/decide", {"subject": "99"}).status_code == 404


def test_safeguarding_words_never_show(
    browser: Open, visit: Visit, world: World, app: Flask
) -> None:
    officer, client_id = browser("officer"), sending.new_id()
    for words in ("SECRET-one", "SECRET-two"):
        said = sending.finding("yes", comment=words)
        send(officer, client_id, sending.body(visit, {"O58": said}, now=world.now()))
    assert "SECRET" not in officer.get("/attention").text
    assert "SECRET" not in json.dumps([p.words for p in db.session.scalars(select(Proposal))])
