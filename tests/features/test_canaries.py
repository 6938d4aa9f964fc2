"""Private words found nowhere else, searched in every page, header, message, export, log line and error page."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from qa_app.accounts.access import public
from qa_app.base.web import JsonLines
from tests.support.canaries import EVERYBODY, Seen, crawl, holders, leaks, seen
from tests.support.html import faults
from tests.support.matrix import Line, address, body, lines, outcome, requests
from tests.support.scene import Scene

START = ["/", "/visits", "/homes", "/defects", "/actions", "/providers", "/attention", "/inspections", "/provider"]  # fmt: skip


@pytest.fixture
def scene(app: Flask, world: Any) -> Scene:
    """Everything twice, each private thing with words of its own."""
    return Scene(app, world)


@pytest.fixture(autouse=True)
def log_lines() -> Iterator[list[str]]:
    """Every line that the app would write to its log."""
    written: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(JsonLines().format(record))

    listener, root = Listener(), logging.getLogger()
    level = root.level
    root.addHandler(listener)
    root.setLevel("INFO")
    yield written
    root.removeHandler(listener)
    root.setLevel(level)


def asked(scene: Scene, who: str, method: str) -> list[tuple[Line, str]]:
    """Return every address of the matrix, own and other's, as one person would write it."""
    rules = {rule.endpoint: rule for rule in scene.app.url_map.iter_rules()}
    answered = requests(scene.app.url_map.iter_rules())
    role = who if who in lines()[0].cells else "officer"
    return [
        (line, address(scene, rules[line.endpoint], line, role))
        for line in lines()
        if line.method == method and (method, line.endpoint) in answered
    ]


def everything(scene: Scene, who: str) -> list[Seen]:
    """Return all that somebody can be shown: every page they can come to, and every address they might guess."""
    browser = scene.browser(who)
    found = crawl(browser, [*START, *(path for _, path in asked(scene, who, "GET"))])
    for line, path in asked(scene, who, "POST"):
        if line.endpoint.startswith("accounts."):
            continue
        if line.cells.get(who, "403") != "ok":  # what is refused must not tell either
            found.append(seen(path, browser.post(path, body(scene, line, "officer"))))
    return found


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.replace(" ", "-") or "nobody")
def test_nobody_is_shown_what_they_may_not_hold(
    scene: Scene, who: str, log_lines: list[str]
) -> None:
    found = everything(scene, who)
    assert len(found) > 60
    found_out = leaks(scene, who, found)
    assert not found_out, "\n".join(found_out)
    logged = Seen("log", 0, "", "", "\n".join(log_lines))
    assert len(log_lines) > 60
    assert leaks(scene, "", [logged]) == []
    for recipient, words in scene.messages():
        reader = next((k for k, v in scene.secrets.items() if v == recipient), "")
        message = Seen(f"message to {recipient}", 0, "", "", words)
        assert leaks(scene, reader.removeprefix("e-mail of "), [message]) == []
        assert not [k for k, v in scene.secrets.items() if k.startswith("address") and v in words]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.replace(" ", "-") or "nobody")
def test_every_page_is_valid_html(scene: Scene, who: str) -> None:
    wrong = [
        f"{page.path}: {fault}"
        for page in everything(scene, who)
        if page.mimetype == "text/html" and not (300 <= page.status < 400)
        for fault in faults(page.text)
    ]
    assert not wrong, "\n".join(wrong)


def test_those_who_may_know_are_told(scene: Scene) -> None:
    """A crawl that sees nothing would find nothing: each of these is somewhere for somebody."""
    words = {
        who: "\n".join(page.words for page in everything(scene, who))
        for who in ("manager", "provider", "young-inspector", "duty officer")
    }
    for who, names in {
        "manager": ["address of the own home", "postcode of the other home", "price of the own provider",
                    "comment of the unshared visit", "reviewed comment of the shared visit", "notes on the own provider",
                    "young words of the shared visit", "name of the young inspector", "words of the withheld defect"],
        "provider": ["address of the own home", "price of the own provider",
                     "words of the own action", "caption of the shared visit"],
        "young-inspector": ["address of the own home", "young words of the shared visit", "draft of young-inspector"],
        "duty officer": ["safeguarding of the shared visit", "worry of the shared visit", "feeling unsafe of the foreign visit",
                         "young fear of the shared visit", "camera of the shared visit"],
    }.items():  # fmt: skip
        for name in names:
            assert who in holders(name), name
            assert scene.secrets[name] in words[who], f"{who} is never shown the {name}"


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("page", "address of the own home"),
        ("page", "safeguarding of the shared visit"),
        ("header", "postcode of the other home"),
        ("redirect", "longitude of the next home"),
        ("escaped", "price of the other provider"),
        ("error", "young words of the shared visit"),
    ],
)
def test_a_planted_leak_is_found(app: Flask, scene: Scene, where: str, name: str) -> None:
    """The net itself."""
    secret = scene.secrets[name]

    @public
    def planted() -> Any:
        return {
            "page": f"<h1>{secret}</h1>",
            "header": ("", 200, {"X-Home": secret.replace(" ", "")}),
            "redirect": ("", 302, {"Location": f"/nowhere?at={secret}"}),
            "escaped": "".join(f"&#{ord(sign)};" for sign in secret),
            "error": (f"cannot read {secret}", 500),
        }[where]

    app.add_url_rule("/planted", "planted", planted)
    found = crawl(scene.browser("administrator"), ["/planted"])
    assert any(name in leak for leak in leaks(scene, "administrator", found))


def test_looking_for_an_address_tells_nobody_that_it_exists(scene: Scene) -> None:
    """A search that finds a home by its address is an answer (T01)."""
    administrator = scene.browser("administrator")
    for name in ("address of the own home", "postcode of the own home"):
        page = administrator.get("/homes", query_string={"words": scene.secrets[name]})
        assert scene.ids["own ref"] not in page.text
    provider = scene.browser("provider")
    for path, words in (("/homes", "Quay Lodge"), ("/defects", scene.ids["other ref"])):
        page = provider.get(path, query_string={"words": words, "home": words})
        assert scene.ids["other defect"] not in page.text
        assert f"/homes/{scene.ids['other ref']}" not in page.text


def test_after_check_out_a_young_inspector_holds_no_address(scene: Scene) -> None:
    from datetime import timedelta

    from qa_app.base.transaction import writing
    from qa_app.visits.models import Visit

    with writing() as session:
        visit = session.get_one(Visit, scene.ids["own visit"])
        visit.checked_in_at = scene.world.now() - timedelta(hours=1)
        visit.checked_out_at = scene.world.now()
        visit.status = "done"
    found = crawl(scene.browser("young-inspector"), START)
    hidden = {"address of the own home", "name of the own home", "reference of the own home"}
    told = [
        f"{page.path}: {name}"
        for page in found
        for name in hidden
        if scene.secrets[name].casefold() in page.words.casefold()
    ]
    assert not told, "\n".join(sorted(set(told)))


def test_every_outcome_is_one_of_three(scene: Scene) -> None:
    """Nothing that is asked for by guessing an address breaks."""
    browser = scene.browser("adviser")
    for _, path in asked(scene, "adviser", "GET"):
        assert outcome(browser._send("GET", path)) in {"ok", "403", "404"}, path
