"""A home over time: its rooms come and end, its status is proposed and decided."""

from __future__ import annotations

import pytest

from qa_app.base.db import db
from qa_app.homes.models import Home, Room

pytestmark = pytest.mark.usefixtures("app")


def reread(home: Home) -> Home:
    db.session.rollback()
    return db.session.get_one(Home, home.id, populate_existing=True)


# -- Rooms -----------------------------------------------------------------------------------------


def test_rooms_are_numbered_named_and_ended(browser, world):
    home = world.home(bedrooms=2)
    page = browser("officer")
    add = f"/homes/{home.ref}/rooms"
    assert page.post(add, {"kind": "bedroom", "label": ""}).status_code == 302
    assert page.post(add, {"kind": "bedroom", "label": "Attic room"}).status_code == 302
    assert [room.label for room in reread(home).rooms][-2:] == ["Bedroom 3", "Attic room"]
    answer = page.post(add, {"kind": "bedroom", "label": "Attic room"})
    assert answer.status_code == 422
    assert "There is a Attic room" not in answer.text
    assert "Attic room is there already" in answer.text
    assert page.post(add, {"kind": "dungeon"}).status_code == 422
    attic = next(room for room in reread(home).rooms if room.label == "Attic room")
    assert page.post(f"{add}/{attic.id}/end").status_code == 302
    assert db.session.get_one(Room, attic.id, populate_existing=True).ended_on == world.today()
    text = page.get(f"/homes/{home.ref}").text
    assert "Attic room, until 22 November 2026" in text
    assert page.post(f"{add}/{attic.id}/end").status_code == 302
    assert page.post(f"{add}/not-a-room/end").status_code == 404
    assert page.post(f"{add}/not-a-room/bring-back").status_code == 404
    assert page.post(f"{add}/{attic.id}/bring-back").status_code == 302
    assert db.session.get_one(Room, attic.id, populate_existing=True).ended_on is None


def test_a_room_comes_back_only_while_its_name_is_free(browser, world):
    home = world.home()
    page = browser("manager")
    room = home.rooms[0]
    room_id, label = room.id, room.label
    add = f"/homes/{home.ref}/rooms"
    page.post(f"{add}/{room_id}/end")
    page.post(add, {"kind": "bedroom", "label": label})
    answer = page.post(f"{add}/{room_id}/bring-back", follow=True)
    assert "so it cannot come back" in answer.text
    assert db.session.get_one(Room, room_id, populate_existing=True).ended_on is not None
    assert browser("monitor").post(f"{add}/{room_id}/bring-back").status_code == 403


def test_a_room_of_another_home_cannot_be_ended(browser, world):
    one, other = world.home(), world.home("Other")
    room_id = other.rooms[0].id
    assert browser("officer").post(f"/homes/{one.ref}/rooms/{room_id}/end").status_code == 404
    assert db.session.get_one(Room, room_id, populate_existing=True).ended_on is None


# -- Status ----------------------------------------------------------------------------------------


def test_a_manager_moves_a_home(browser, world):
    home = world.home()
    page = browser("manager")
    form = page.get(f"/homes/{home.ref}/status").text
    assert "Paused: no new placements" in form
    assert "not yet used" not in form
    answer = page.post(f"/homes/{home.ref}/status", {"to": "paused", "because": "No heating"})
    assert answer.status_code == 302
    assert reread(home).status == "paused"
    assert "No heating" in page.get(f"/homes/{home.ref}").text


@pytest.mark.parametrize("to", ["not-yet-used", "in-use", "burned-down", ""])
def test_a_home_moves_only_where_it_can(browser, world, to):
    home = world.home()
    answer = browser("manager").post(f"/homes/{home.ref}/status", {"to": to, "because": "x"})
    assert answer.status_code == 422
    assert reread(home).status == "in-use"


@pytest.mark.parametrize("role", ["officer", "monitor"])
def test_officers_and_monitors_propose_and_a_manager_answers(browser, world, role):
    home = world.home()
    page = browser(role)
    asked = {"to": "paused", "because": "Two emergencies in a week"}
    assert page.post(f"/homes/{home.ref}/status", asked).status_code == 302
    assert (reread(home).status, home.proposed_status) == ("in-use", "paused")
    assert "Two emergencies in a week" in page.get(f"/homes/{home.ref}").text
    assert page.get(f"/homes/{home.ref}/proposal").status_code == 403
    manager = browser("manager")
    assert "Answer this" in manager.get(f"/homes/{home.ref}").text
    assert manager.post(f"/homes/{home.ref}/proposal", {"answer": "no"}).status_code == 422
    answer = manager.post(f"/homes/{home.ref}/proposal", {"answer": "yes"})
    assert answer.status_code == 302
    assert (reread(home).status, home.proposed_status) == ("paused", "")
    assert manager.get(f"/homes/{home.ref}/proposal", follow=True).status_code == 200


def test_a_manager_may_say_no_with_a_reason(browser, world):
    home = world.home()
    browser("officer").post(f"/homes/{home.ref}/status", {"to": "closed", "because": "Noise"})
    no = {"answer": "no", "because": "The provider has put it right"}
    assert browser("manager").post(f"/homes/{home.ref}/proposal", no).status_code == 302
    assert (reread(home).status, home.proposed_status) == ("in-use", "")
    text = browser("officer").get(f"/homes/{home.ref}").text
    assert "The provider has put it right" in text
    # a provider reads nothing of what the council discussed
    text = browser("provider").get(f"/homes/{home.ref}").text
    assert "Noise" not in text
    assert "put it right" not in text


@pytest.mark.parametrize("role", ["director", "provider", "administrator"])
def test_nobody_else_proposes(browser, world, role):
    home = world.home()
    page = browser(role)
    assert page.get(f"/homes/{home.ref}/status").status_code == 403
    assert page.post(f"/homes/{home.ref}/status", {"to": "paused"}).status_code == 403
