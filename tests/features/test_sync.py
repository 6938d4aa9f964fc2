"""The phone's door, address by address (product.md, sync contract)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import rfc8785
from flask import Flask
from sqlalchemy import func, select, update

from qa_app.accounts.models import User
from qa_app.adapters.clock import SetClock
from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.defects.models import Defect
from qa_app.inspections.models import Inspection, InspectionRevision
from qa_app.jobs import worker
from qa_app.photos import service as photos
from qa_app.photos.models import Photo
from qa_app.visits.models import Visit
from tests.support import pictures, sending
from tests.support.calls import PREFIX, put, put_photo, receipt
from tests.support.client import Browser
from tests.support.world import World

Open = Callable[[str], Browser]


@pytest.fixture
def visit(world: World) -> Visit:
    return world.visit()


# -- Who and what ----------------------------------------------------------------------------------


def test_session_says_who_is_signed_in(browser: Open) -> None:
    found = browser("officer").call("GET", f"{PREFIX}/session").json
    assert set(found) == {"user", "role", "csrf_token"}
    assert found["role"] == "officer"


def test_nobody_signed_in_gets_401_everywhere_but_the_description(browser: Open) -> None:
    nobody, client_id = browser(""), sending.new_id()
    for method, path in (
        ("GET", "/session"), ("GET", "/visits"), ("GET", f"/visits/{client_id}"),
        ("PUT", f"/visits/{client_id}"), ("GET", f"/visits/{client_id}/draft"),
        ("PUT", f"/visits/{client_id}/draft"), ("PUT", f"/inspections/{client_id}"),
        ("GET", f"/inspections/{client_id}"), ("GET", f"/inspections/{client_id}/receipt"),
        ("PUT", f"/inspections/{client_id}/photos/{'0' * 64}"),
    ):  # fmt: skip
        answer = nobody.call(method, PREFIX + path, {} if method == "PUT" else None)
        assert (answer.status_code, answer.mimetype) == (401, "application/json"), path
    assert nobody.call("GET", f"{PREFIX}/openapi.json").status_code == 200


@pytest.mark.parametrize("role", ["monitor", "director", "provider", "adviser", "administrator"])
def test_who_may_not_fill_gets_403(role: str, browser: Open, visit: Visit, world: World) -> None:
    person = browser(role)
    assert person.call("GET", f"{PREFIX}/visits").status_code == 403
    body = sending.body(visit, {}, now=world.now())
    assert put(person, sending.new_id(), body).status_code == 403
    assert put_photo(person, sending.new_id(), sending.photo()).status_code == 403


def test_t29_a_write_needs_origin_and_token(browser: Open, visit: Visit, world: World) -> None:
    officer, path = browser("officer"), f"{PREFIX}/inspections/{sending.new_id()}"
    body = sending.body(visit, {"O05": "yes"}, now=world.now())
    assert officer.call("PUT", path, body, Origin="http://evil.example").status_code == 403
    assert officer.call("PUT", path, body, **{"X-CSRF-Token": "wrong"}).status_code == 403
    assert db.session.scalar(select(func.count()).select_from(Inspection)) == 0


def test_visits_lists_what_this_person_has_to_do(browser: Open, visit: Visit, world: World) -> None:
    other = world.visit(officer=world.person("officer", name="Another Officer"))
    found = browser("officer").call("GET", f"{PREFIX}/visits").json["visits"]
    assert [one["id"] for one in found] == [visit.id] != [other.id]
    assert found[0]["question_set"] == {"key": "officer-visit", "version": 1}
    assert found[0]["home"]["address"] == visit.home.address
    assert found[0]["due"] == world.today().isoformat()


def test_t11_a_young_inspector_gets_the_area_until_the_morning(browser: Open, world: World) -> None:
    young = world.person("young-inspector")
    home = world.home()
    tomorrow = world.visit(
        home, young_inspectors=(young,), due_on=world.today() + timedelta(days=1)
    )
    phone = browser("young-inspector")
    for path in ("/visits", f"/visits/{tomorrow.id}"):
        text = phone.call("GET", PREFIX + path).text
        for secret in (home.address, home.postcode, home.name, home.ref):
            assert secret not in text
        assert "SE15" in text
    today = world.visit(home, young_inspectors=(young,))
    assert home.address in phone.call("GET", f"{PREFIX}/visits/{today.id}").text


def test_a_visit_comes_whole_and_its_questions_are_frozen(browser: Open, visit: Visit) -> None:
    officer = browser("officer")
    found = officer.call("GET", f"{PREFIX}/visits/{visit.id}").json
    assert found["asked"] == [one["id"] for one in found["question_set"]["questions"]]
    assert len(found["asked"]) == 64
    assert {one["kind"] for one in found["rooms"]} >= {"bedroom", "kitchen"}
    assert (found["open_defects"], found["last_answers"]) == ([], [])
    kept = db.session.get_one(Visit, visit.id).questions[0]
    assert kept.asked == found["asked"]
    assert kept.version.frozen_at is not None


def test_t33_another_persons_visit_is_not_there(browser: Open, world: World) -> None:
    other = world.visit(officer=world.person("officer", name="Another Officer"))
    officer = browser("officer")
    draft = {"id": sending.new_id(), "device": "d", "saved_at": world.now().isoformat()}
    assert officer.call("GET", f"{PREFIX}/visits/{other.id}").status_code == 404
    assert officer.call("PUT", f"{PREFIX}/visits/{other.id}/draft", draft).status_code == 404
    body = sending.body(other, {"O05": "no"}, now=world.now())
    assert put(officer, sending.new_id(), body).status_code == 404


def test_a_visit_begun_at_the_door(browser: Open, world: World) -> None:
    home, visit_id = world.home(), sending.new_id()
    officer = browser("officer")
    body = {
        "home": home.ref, "purpose": "drop-in", "form": "short",
        "started": (world.now() - timedelta(minutes=5)).isoformat(),
    }  # fmt: skip
    path = f"{PREFIX}/visits/{visit_id}"
    assert officer.call("PUT", path, body).status_code == 201
    assert officer.call("PUT", path, body).status_code == 200
    visit = db.session.get_one(Visit, visit_id)
    assert (visit.is_unplanned, visit.status) == (True, "in-progress")
    sent = put(
        officer, sending.new_id(),
        sending.body(visit, {"O05": "yes"}, now=world.now(), form="short", asked=["O02", "O05"]),
    )  # fmt: skip
    assert sent.status_code == 201
    assert officer.call("PUT", path, {**body, "form": "long"}).status_code == 200
    assert officer.call("PUT", f"{PREFIX}/visits/{sending.new_id()}", {**body, "form": "long"}).status_code == 422  # fmt: skip
    missing = {**body, "home": "H-9999999"}
    assert officer.call("PUT", f"{PREFIX}/visits/{sending.new_id()}", missing).status_code == 404
    young = browser("young-inspector")
    assert young.call("PUT", f"{PREFIX}/visits/{sending.new_id()}", body).status_code == 403


# -- Drafts ----------------------------------------------------------------------------------------


def test_f17_drafts_of_two_devices_are_both_kept(
    browser: Open, visit: Visit, world: World, clock: SetClock
) -> None:
    officer, path = browser("officer"), f"{PREFIX}/visits/{visit.id}/draft"
    assert officer.call("GET", path).status_code == 404
    drafts = {}
    for device in ("phone", "tablet"):
        clock.move(timedelta(minutes=1))
        body = sending.body(visit, {"O05": "yes"}, now=world.now())
        del body["finished"]
        drafts[device] = {
            "id": sending.new_id(), "device": device, "saved_at": world.now().isoformat(), **body
        }  # fmt: skip
        assert officer.call("PUT", path, drafts[device]).status_code == 200
    found = officer.call("GET", path).json
    assert found["device"] == "tablet"
    assert found["answers"] == drafts["tablet"]["answers"]
    assert [one["device"] for one in found["drafts"]] == ["tablet", "phone"]
    assert officer.call("GET", f"{path}?device=phone").json["id"] == drafts["phone"]["id"]
    sent = sending.body(visit, {"O05": "yes"}, now=world.now())
    assert put(officer, drafts["tablet"]["id"], sent).status_code == 201
    left = officer.call("GET", path).json
    assert [one["device"] for one in left["drafts"]] == ["phone"]
    again = officer.call("PUT", path, drafts["tablet"])
    assert (again.status_code, again.json["received"]) == (200, True)
    assert len(officer.call("GET", path).json["drafts"]) == 1


# -- Inspections and photos ------------------------------------------------------------------------


def test_the_whole_way_answers_first(browser: Open, visit: Visit, world: World) -> None:
    officer, client_id, picture = browser("officer"), sending.new_id(), sending.photo()
    body = sending.body(
        visit, {"O05": sending.finding("no", photos=[sending.named(picture, "The lock")])},
        now=world.now(),
    )  # fmt: skip
    first = put(officer, client_id, body)
    assert first.status_code == 201
    assert set(first.json) == {
        "id", "revision", "content_sha256", "received_at", "status", "needs", "refused",
        "unreadable", "gaps", "flags",
    }  # fmt: skip
    assert first.json["content_sha256"] == sending.sha(rfc8785.dumps(body))
    assert (first.json["status"], first.json["needs"]) == ("needs", [sending.sha(picture)])
    assert db.session.get_one(Visit, visit.id).status == "in-progress"
    sent = put_photo(officer, client_id, picture)
    assert (sent.status_code, sent.json["status"], sent.json["needs"]) == (201, "complete", [])
    assert put_photo(officer, client_id, picture).status_code == 200
    assert db.session.get_one(Visit, visit.id).status == "done"
    again = put(officer, client_id, body)
    assert again.status_code == 200
    for key in ("id", "revision", "content_sha256", "received_at"):
        assert again.json[key] == first.json[key] == receipt(officer, client_id).json[key]
    assert "O04" in first.json["gaps"]


def test_f27_photos_may_come_first_and_reserve_the_id(
    browser: Open, visit: Visit, world: World
) -> None:
    officer, client_id, picture = browser("officer"), sending.new_id(), sending.photo()
    assert receipt(officer, client_id).status_code == 404
    early = put_photo(officer, client_id, picture)
    assert (early.status_code, early.json["status"], early.json["revision"]) == (201, "needs", None)
    assert receipt(officer, client_id).json["revision"] is None
    body = sending.body(
        visit, {"O05": sending.finding("no", photos=[sending.named(picture)])}, now=world.now()
    )
    sent = put(officer, client_id, body)
    assert (sent.status_code, sent.json["status"]) == (201, "complete")


def test_f13_one_picture_in_two_places_is_one_photo(
    browser: Open, visit: Visit, world: World
) -> None:
    officer, client_id, picture = browser("officer"), sending.new_id(), sending.photo()
    twice = [sending.named(picture, "once"), sending.named(picture, "twice")]
    body = sending.body(visit, {"O05": sending.finding("no", photos=twice)}, now=world.now())
    assert put(officer, client_id, body).json["needs"] == [sending.sha(picture)]
    assert put_photo(officer, client_id, picture).json["status"] == "complete"
    kept = officer.call("GET", f"{PREFIX}/inspections/{client_id}").json
    assert [p["caption"] for p in kept["answers"][0]["findings"][0]["photos"]] == ["once", "twice"]


def test_a_photo_that_is_not_what_its_name_says(
    browser: Open, visit: Visit, world: World, app: Flask
) -> None:
    officer, client_id, picture = browser("officer"), sending.new_id(), sending.photo()
    answer = put_photo(officer, client_id, picture[:-40], sending.sha(picture))
    assert (answer.status_code, answer.json["error"]) == (422, "hash_mismatch")
    assert receipt(officer, client_id).status_code == 404
    assert not list(photos.intake().kept.glob("*")) if photos.intake().kept.exists() else True
    assert put_photo(officer, client_id, picture).status_code == 201


@pytest.mark.parametrize("is_early", [True, False])
@pytest.mark.parametrize(
    "case",
    [
        (b"<svg onload='alert(1)'/>", 422, "not_a_picture"),
        (b"", 422, "not_a_picture"),
        (pictures.jpeg_claiming(12_000, 12_000), 413, "too_large"),
    ],
)
def test_f50_a_refused_photo_never_holds_anything_up(
    case: tuple[bytes, int, str], is_early: bool, browser: Open, visit: Visit, world: World
) -> None:
    data, status, reason = case
    officer, client_id = browser("officer"), sending.new_id()
    body = sending.body(
        visit, {"O05": sending.finding("no", photos=[sending.named(data)])}, now=world.now()
    )
    if not is_early:
        put(officer, client_id, body)
    answer = put_photo(officer, client_id, data)
    assert (answer.status_code, answer.json["error"]) == (status, reason)
    if is_early:
        put(officer, client_id, body)
    found = receipt(officer, client_id).json
    assert (found["status"], found["needs"]) == ("complete", [])
    assert found["refused"] == [{"sha256": sending.sha(data), "reason": reason}]
    assert db.session.get_one(Visit, visit.id).status == "done"


def test_a_photo_over_the_limit_is_refused_unread(
    browser: Open, visit: Visit, world: World, app: Flask
) -> None:
    photos.intake().limit = 1000
    officer, client_id = browser("officer"), sending.new_id()
    data = pictures.jpeg()
    assert len(data) > 1000
    answer = put_photo(officer, client_id, data)
    assert (answer.status_code, answer.json["error"]) == (413, "too_large")
    assert answer.json["refused"] == [{"sha256": sending.sha(data), "reason": "too_large"}]


def test_one_account_cannot_fill_the_disk_with_photos_that_nothing_names(
    browser: Open, visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa_app.inspections.service import submitting

    monkeypatch.setattr(submitting, "MOST_PHOTOS", 2)
    officer, client_id = browser("officer"), sending.new_id()
    pictures = [sending.photo(number) for number in range(3)]
    answers = [put_photo(officer, client_id, one) for one in pictures]
    assert [one.status_code for one in answers] == [201, 201, 413]
    assert answers[2].json["error"] == "too_many"
    named = sending.finding("no", photos=[sending.named(pictures[2])])
    put(officer, client_id, sending.body(visit, {"O05": named}, now=world.now()))
    assert receipt(officer, client_id).json["status"] == "complete"
    assert put_photo(officer, client_id, pictures[2]).status_code == 201
    assert receipt(officer, client_id).json["refused"] == []


def test_f50_a_photo_that_the_worker_cannot_read_is_named(
    browser: Open, visit: Visit, world: World, app: Flask
) -> None:
    officer, client_id, data = browser("officer"), sending.new_id(), pictures.damaged_png()
    body = sending.body(
        visit, {"O05": sending.finding("no", photos=[sending.named(data)])}, now=world.now()
    )
    put(officer, client_id, body)
    assert put_photo(officer, client_id, data).json["status"] == "complete"
    worker.run_all()
    found = receipt(officer, client_id).json
    assert (found["status"], found["unreadable"]) == ("complete", [sending.sha(data)])


def test_f43_a_receipt_is_never_complete_while_a_photo_is_missing(
    browser: Open, visit: Visit, world: World, app: Flask
) -> None:
    officer, client_id, picture = browser("officer"), sending.new_id(), sending.photo()
    body = sending.body(
        visit, {"O05": sending.finding("no", photos=[sending.named(picture)])}, now=world.now()
    )
    put(officer, client_id, body)
    assert put_photo(officer, client_id, picture).json["status"] == "complete"
    row = db.session.scalars(select(Photo)).one()
    assert row.upload_name is not None
    photos.intake().forget(row.upload_name)
    db.session.rollback()
    for found in (receipt(officer, client_id), put(officer, client_id, body)):
        assert (found.json["status"], found.json["needs"]) == ("needs", [sending.sha(picture)])
    assert put_photo(officer, client_id, picture).json["status"] == "complete"
    worker.run_all()
    assert receipt(officer, client_id).json["status"] == "complete"


def test_other_content_under_one_id_is_kept_as_a_revision(
    browser: Open, visit: Visit, world: World
) -> None:
    officer, client_id = browser("officer"), sending.new_id()
    one = sending.body(visit, {"O05": "yes"}, now=world.now())
    other = sending.body(visit, {"O05": "no"}, now=world.now())
    first, second = put(officer, client_id, one), put(officer, client_id, other)
    assert (first.status_code, second.status_code) == (201, 200)
    assert (first.json["revision"], second.json["revision"]) == (1, 2)
    assert "revision" in second.json["flags"]
    assert "revision" not in first.json["flags"]
    kept = officer.call("GET", f"{PREFIX}/inspections/{client_id}").json
    assert (kept["revision"], kept["answers"]) == (1, one["answers"])
    assert put(officer, client_id, one).json["revision"] == 1
    assert put(officer, client_id, other).json["revision"] == 2
    assert db.session.scalar(select(func.count()).select_from(InspectionRevision)) == 2


def test_t34_two_accounts_may_use_one_id(browser: Open, world: World) -> None:
    other = world.person("manager")
    mine, theirs = world.visit(), world.visit(officer=other)
    client_id = sending.new_id()
    first = put(browser("officer"), client_id, sending.body(mine, {"O05": "yes"}, now=world.now()))
    second = put(browser("manager"), client_id, sending.body(theirs, {"O05": "no"}, now=world.now()))  # fmt: skip
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["id"] == second.json["id"] == client_id
    rows = db.session.scalars(select(Inspection).order_by(Inspection.received_at)).all()
    assert len({row.id for row in rows}) == 2
    for role, value in (("officer", "yes"), ("manager", "no")):
        kept = browser(role).call("GET", f"{PREFIX}/inspections/{client_id}").json
        assert kept["answers"][0]["findings"][0]["value"] == value


def test_get_inspection_carries_the_score(browser: Open, visit: Visit, world: World) -> None:
    officer, client_id = browser("officer"), sending.new_id()
    answers = {**sending.best_answers(db.session, visit), "O04": "needs-attention"}
    body = sending.body(visit, answers, now=world.now())
    put(officer, client_id, body)
    found = officer.call("GET", f"{PREFIX}/inspections/{client_id}").json
    assert found["score"]["coverage"] == 100.0
    assert 90 < found["score"]["percent"] < 100
    assert (found["score"]["partial"], found["score"]["missing_critical"]) == (False, [])
    assert {key: found[key] for key in body} == body


# -- The description -------------------------------------------------------------------------------


def test_the_description_names_every_address_and_nothing_else(app: Flask, browser: Open) -> None:
    document = browser("").call("GET", f"{PREFIX}/openapi.json").json
    described = {
        (path, method.upper())
        for path, operations in document["paths"].items()
        for method in operations
        if method != "parameters"
    }
    served = set()
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("sync.") and rule.endpoint != "sync.describe":
            path = rule.rule.removeprefix(PREFIX)
            for converter in ("uuid:", "string:"):
                path = path.replace(f"<{converter}", "{")
            path = path.replace(">", "}")
            served |= {(path, method) for method in (rule.methods or set()) & {"GET", "PUT"}}
    assert described == served
    assert json.dumps(document)


# -- Others, and after trouble ---------------------------------------------------------------------


def test_others_get_an_inspection_without_what_was_said_apart(
    browser: Open, visit: Visit, world: World
) -> None:
    officer, client_id = browser("officer"), sending.new_id()
    secret = "SECRET-4417 someone is staying"
    answers = {
        "O58": sending.finding("yes", comment=secret), "O05": sending.finding("no", comment="Loose"),
        "O53": "some", "O04": "good",
    }  # fmt: skip
    worry = [{"to": "programme-lead", "words": "SECRET-4418"}]
    body = sending.body(visit, answers, now=world.now(), worries=worry)
    put(officer, client_id, body)
    path = f"{PREFIX}/inspections/{client_id}"
    assert secret in officer.call("GET", path).text
    for role in ("manager", "monitor", "director"):
        answer = browser(role).call("GET", path)
        assert answer.status_code == 200
        assert "SECRET" not in answer.text
        assert "Loose" in answer.text
    assert browser("young-inspector").call("GET", path).status_code == 404
    assert browser("adviser").call("GET", path).status_code == 403
    assert browser("provider").call("GET", path).status_code == 404


def test_t14_a_provider_gets_what_was_shared_and_a_score_over_that(
    browser: Open, visit: Visit, world: World
) -> None:
    from qa_app.inspections import service

    officer, client_id = browser("officer"), sending.new_id()
    answers = {**sending.best_answers(db.session, visit), "O58": "yes", "O63": "no"}
    put(officer, client_id, sending.body(visit, answers, now=world.now()))
    with writing() as session:
        inspection = session.scalars(select(Inspection)).one()
        actor = session.get_one(User, world.person("manager").id)
        service.share(session, inspection, actor=actor, now=world.now())
    path = f"{PREFIX}/inspections/{client_id}"
    whole = officer.call("GET", path).json
    shared = browser("provider").call("GET", path).json
    assert whole["score"]["band"] == "urgent-action"
    assert shared["score"]["band"] == "good"
    assert shared["score"]["percent"] == 100.0
    seen = {one["question"] for one in shared["answers"]}
    assert not seen & {"O58", "O59", "O53", "O45"}
    assert "O05" in seen
    assert set(shared["asked"]) == seen
    assert "worries" not in shared
    assert "told" not in shared


def test_the_other_voice_of_ones_own_visit_stays_shut_until_all_are_in(
    browser: Open, world: World
) -> None:
    young = world.person("young-inspector")
    visit = world.visit(young_inspectors=(young,))
    theirs = sending.new_id()
    put(
        browser("young-inspector"), theirs,
        sending.body(visit, {"Y26": "no"}, now=world.now(), voice="young-inspector"),
    )  # fmt: skip
    path = f"{PREFIX}/inspections/{theirs}"
    assert browser("officer").call("GET", path).status_code == 404
    assert browser("manager").call("GET", path).status_code == 200
    put(browser("officer"), sending.new_id(), sending.body(visit, {"O05": "yes"}, now=world.now()))
    assert browser("officer").call("GET", path).status_code == 200


def test_f54_a_server_restored_from_yesterday_takes_everything_again(
    browser: Open, visit: Visit, world: World, app: Flask
) -> None:
    officer, client_id, picture = browser("officer"), sending.new_id(), sending.photo()
    body = sending.body(
        visit, {"O05": sending.finding("no", photos=[sending.named(picture)])}, now=world.now()
    )
    put(officer, client_id, body)
    first = put_photo(officer, client_id, picture).json
    with writing() as session:  # yesterday's database: nothing of the visit is in it
        for table in reversed(db.metadata.sorted_tables):
            if table.name in {"inspection", "inspection_revision"}:
                session.execute(update(Inspection).values(current_revision_id=None))
            if table.name in {
                "finding", "proposal", "inspection_revision", "inspection", "photo", "telling",
                "defect", "job", "action",
            }:  # fmt: skip
                session.execute(table.delete())
    assert receipt(officer, client_id).status_code == 404
    assert put(officer, client_id, body).json["needs"] == [sending.sha(picture)]
    again = put_photo(officer, client_id, picture).json
    assert again == first
    assert db.session.scalar(select(func.count()).select_from(Inspection)) == 1


def test_f31_a_sign_in_that_ended_is_401_and_the_work_goes_on_after_the_next(
    browser: Open, visit: Visit, world: World
) -> None:
    from qa_app.accounts.models import SignIn

    officer, client_id, picture = browser("officer"), sending.new_id(), sending.photo()
    body = sending.body(
        visit, {"O05": sending.finding("no", photos=[sending.named(picture)])}, now=world.now()
    )
    put(officer, client_id, body)
    token = officer.api_token()
    with writing() as session:
        for row in session.scalars(select(SignIn)):
            session.delete(row)
    path = f"{PREFIX}/inspections/{client_id}/photos/{sending.sha(picture)}"
    assert officer.call("PUT", path, picture, **{"X-CSRF-Token": token}).status_code == 401
    assert db.session.scalar(select(func.count()).select_from(Photo)) == 0
    assert put_photo(browser("officer"), client_id, picture).json["status"] == "complete"


def test_a_sent_visit_leaves_the_list(browser: Open, world: World) -> None:
    young = world.person("young-inspector")
    visit = world.visit(young_inspectors=(young,))
    phone = browser("young-inspector")
    assert len(phone.call("GET", f"{PREFIX}/visits").json["visits"]) == 1
    body = sending.body(visit, {"Y26": "no"}, now=world.now(), voice="young-inspector")
    put(phone, sending.new_id(), body)
    assert phone.call("GET", f"{PREFIX}/visits").json["visits"] == []
    assert len(browser("officer").call("GET", f"{PREFIX}/visits").json["visits"]) == 1


@pytest.mark.parametrize(("said", "priority"), [(True, "P1"), ("P1", "P1")])
def test_an_officer_may_say_raise_with_true_or_the_priority(
    said: bool | str, priority: str, browser: Open, visit: Visit, world: World
) -> None:
    more: dict[str, Any] = {"raise": said, "reason": "Too dark for a photo"}
    loose = sending.finding("needs-attention", **more)
    body = sending.body(visit, {"O06": [loose]}, now=world.now())
    assert put(browser("officer"), sending.new_id(), body).status_code == 201
    assert [one.priority for one in db.session.scalars(select(Defect))] == [priority]
