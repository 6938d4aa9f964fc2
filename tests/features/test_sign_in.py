"""Signing in and out: who may, what is remembered, and how soon it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qa_app.accounts import service
from qa_app.base.transaction import writing
from tests.support.client import PASSWORD, Browser

pytestmark = pytest.mark.usefixtures("app")


def test_a_person_signs_in_and_out(app, world):
    person = world.person("officer")
    browser = Browser(app)
    assert browser.get("/visits").status_code == 302
    answer = browser.post(
        "/sign-in", {"email": person.email.upper(), "password": PASSWORD, "next": "/visits"}
    )
    assert (answer.status_code, answer.location) == (302, "/visits")
    assert browser.get("/").status_code == 200
    assert browser.post("/sign-out").status_code == 302
    assert browser.get("/visits").status_code == 302


@pytest.mark.parametrize("email", ["officer@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(app, world, email):
    world.person("officer")
    answer = Browser(app).post("/sign-in", {"email": email, "password": "not the right one"})
    assert answer.status_code == 422
    assert "do not match an account" in answer.text
    assert email in answer.text  # what was typed is still there


def test_t30_ten_wrong_passwords_close_the_door_for_a_quarter_of_an_hour(app, world, clock):
    person = world.person("officer")
    browser = Browser(app)
    for _ in range(10):
        assert (
            browser.post("/sign-in", {"email": person.email, "password": "wrong"}).status_code
            == 422
        )
    assert (
        browser.post("/sign-in", {"email": person.email, "password": PASSWORD}).status_code == 429
    )
    clock.move(timedelta(minutes=16))
    assert (
        browser.post("/sign-in", {"email": person.email, "password": PASSWORD}).status_code == 302
    )


def test_t28_disabling_an_account_acts_at_once(app, world, clock, browser):
    person = world.person("officer")
    open_page = browser("officer")
    assert open_page.get("/visits").status_code == 200
    with writing() as session:
        service.disable(
            session, session.get_one(type(person), person.id), actor=None, now=clock.now()
        )
    assert open_page.get("/visits").status_code == 302
    assert open_page.call("GET", "/api/v1/session").status_code == 401
    assert (
        Browser(app)
        .post("/sign-in", {"email": "officer@example.org", "password": PASSWORD})
        .status_code
        == 422
    )


def test_signing_out_everywhere_ends_every_device(browser):
    phone, laptop = browser("officer"), browser("officer")
    assert "Sign out on every device" in phone.get("/").text
    assert phone.post("/sign-out/everywhere").status_code == 302
    assert laptop.get("/visits").status_code == 302


def test_t27_the_session_changes_when_somebody_signs_in(app, world):
    browser = Browser(app)
    browser.get("/sign-in")
    before = browser.client.get_cookie("doorstep")
    token = browser.token()
    browser.post("/sign-in", {"email": world.person("officer").email, "password": PASSWORD})
    after = browser.client.get_cookie("doorstep")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert browser.client.post("/sign-out", data={"csrf_token": token}).status_code == 400


@pytest.mark.parametrize(
    "next_page", ["//e.example", "/\\e.example", "https:e.example", "/a\r\nX: y"]
)
def test_t26_the_way_on_stays_on_this_site(app, world, next_page):
    form = {"email": world.person("officer").email, "password": PASSWORD, "next": next_page}
    assert Browser(app).post("/sign-in", form).location == "/"
