"""Every address and method x every person x own and other's things: deny by default, and nobody is forgotten."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from qa_app.accounts.access import access_of
from tests.support.client import Browser
from tests.support.matrix import (
    MAKES,
    PUBLIC,
    Line,
    absent,
    address,
    body,
    lines,
    outcome,
    requests,
)
from tests.support.scene import ROLES, Scene

LINES = lines()
HOW = (
    "Add a line to TABLE in tests/support/matrix.py: METHOD endpoint | whose thing | one cell a role (ok, 403 "
    "or 404), taken from the permission table of product.md; one line for own and one for other's things."
)


@pytest.fixture
def scene(app: Flask, world: Any) -> Scene:
    """Everything twice."""
    return Scene(app, world)


def rule_of(app: Flask, line: Line) -> Rule:
    """Return the rule that answers a line."""
    found = [
        rule
        for rule in app.url_map.iter_rules(line.endpoint)
        if line.method in (rule.methods or set())
    ]
    return max(found, key=lambda rule: len(rule.arguments))


def send(browser: Browser, line: Line, path: str, content: Any = None) -> TestResponse:
    """Send what a line says, with every token in place, so that only the right to do it is in question."""
    if path.startswith("/api/"):
        return browser.call(line.method, path, None if line.method == "GET" else content or {})
    if line.method == "GET":
        return browser.get(path)
    return browser.post(path, content)


def present(app: Flask) -> list[Line]:
    """Return the lines whose endpoint exists."""
    answered = requests(app.url_map.iter_rules())
    return [line for line in LINES if (line.method, line.endpoint) in answered]


def test_every_address_has_declared_who_may_call_it(app: Flask) -> None:
    undeclared = sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not access_of(app.view_functions[rule.endpoint])[0]
    )
    assert not undeclared, f"{undeclared}: put @needs or @public on the view"


def test_what_changes_something_is_one_transaction(app: Flask) -> None:
    """GET changes nothing (T24); whatever else is marked, so that its token and its lock are seen to."""
    for rule in app.url_map.iter_rules():
        if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            assert getattr(app.view_functions[rule.endpoint], "writes", False), rule.rule


def test_what_is_public_is_written_down(app: Flask) -> None:
    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if access_of(app.view_functions[rule.endpoint]) == (True, None)
    }
    assert public <= PUBLIC, "PUBLIC in tests/support/matrix.py names what anybody may ask for"


def test_every_address_and_method_has_its_line(app: Flask) -> None:
    written = {(line.method, line.endpoint) for line in LINES}
    wanted = {one for one in requests(app.url_map.iter_rules()) if one[1] not in PUBLIC}
    missing = sorted(wanted - written)
    assert not missing, f"{missing} have no line. {HOW}"


def test_every_line_has_its_address(app: Flask) -> None:
    """A line about nothing would be a promise that nobody checks."""
    written = {(line.method, line.endpoint) for line in LINES}
    assert not sorted(written - requests(app.url_map.iter_rules()))


@pytest.mark.parametrize("who", ROLES)
def test_each_role_gets_what_the_table_says(app: Flask, scene: Scene, who: str) -> None:
    """And (T01) what a person may not know looks exactly like what does not exist."""
    browser, wrong = scene.browser(who), []
    for line in present(app):
        rule, content = rule_of(app, line), body(scene, line, who)
        answer = send(browser, line, address(scene, rule, line, who), content)
        if outcome(answer) != line.cells[who]:
            wrong.append(f"{line}: {outcome(answer)}, the table says {line.cells[who]}")
        if line.endpoint.startswith("accounts.sign_out"):
            browser = scene.browser(who)
        if not rule.arguments or line.endpoint in MAKES or line.cells[who] == "403":
            continue
        nothing = send(browser, line, absent(scene, rule, line), content)
        if nothing.status_code != 404:
            wrong.append(f"{line}: {nothing.status_code} for what does not exist")
        if line.cells[who] == "404" and plain(answer.text) != plain(nothing.text):
            wrong.append(f"{line}: the page of what one may not know differs from that of nothing")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", ["", "disabled"])
def test_without_a_sign_in_there_is_only_the_way_in(app: Flask, scene: Scene, who: str) -> None:
    browser, wrong = scene.browser(who), []
    for line in present(app):
        path = address(scene, rule_of(app, line), line, "officer")
        wanted = "sign-in" if line.method == "GET" and not path.startswith("/api/") else "401"
        got = outcome(send(browser, line, path, body(scene, line, "officer")))
        if got != wanted:
            wrong.append(f"{line} {path}: {got}, not {wanted}")
    assert not wrong, "\n".join(wrong)


def plain(page: str) -> str:
    """Return a page without what is new each time."""
    page = re.sub(r'(nonce|value|content)="[^"]*"', r"\1", page)
    return re.sub(r"\b[0-9a-f]{12}\b", "", page)


def test_on_duty_an_officer_reads_what_was_recorded_apart(scene: Scene) -> None:
    on_duty = scene.browser("duty officer")
    assert on_duty.get("/safeguarding").status_code == 200
    page = on_duty.get(f"/safeguarding/{scene.ids['shared record']}")
    assert page.status_code == 200


def test_t14_the_other_provider_sees_its_own_and_only_that(scene: Scene) -> None:
    other = scene.browser("other provider")
    for path, wanted in (
        (f"/homes/{scene.ids['other ref']}", 200),
        (f"/homes/{scene.ids['moved ref']}", 200),
        (f"/homes/{scene.ids['own ref']}", 404),
        (f"/defects/{scene.ids['other defect']}", 200),
        (f"/defects/{scene.ids['own defect']}", 404),
        (f"/visits/{scene.ids['foreign visit']}", 200),
        (f"/visits/{scene.ids['shared visit']}", 404),
        (f"/photos/{scene.ids['foreign photo']}/small", 200),
        (f"/photos/{scene.ids['shared photo']}/small", 404),
    ):
        assert other.get(path).status_code == wanted, path


def test_an_account_whose_role_changes_has_the_new_rights_at_once(app: Flask, scene: Scene) -> None:
    from qa_app.accounts.models import User
    from qa_app.base.transaction import writing

    officer = scene.browser("officer")
    assert officer.get("/homes/new").status_code == 200
    with writing() as session:
        session.get_one(User, scene.ids["officer"]).role = "adviser"
    assert officer.get("/homes/new").status_code == 403


def test_an_address_without_a_declaration_is_refused_and_named(app: Flask, scene: Scene) -> None:
    """The net itself: a view that somebody forgot."""
    app.add_url_rule("/forgotten", "forgotten", lambda: "secrets")
    assert scene.browser("manager").get("/forgotten").status_code == 403
    with pytest.raises(AssertionError, match="/forgotten"):
        test_every_address_has_declared_who_may_call_it(app)
    with pytest.raises(AssertionError, match="Add a line"):
        test_every_address_and_method_has_its_line(app)
