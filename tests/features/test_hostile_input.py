"""Hostile words, giant fields and crooked filters in every form and address: never a 500, never run, never lost."""

from __future__ import annotations

import time
import unicodedata
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.base.db import db
from qa_app.homes.models import Home
from qa_app.providers.models import Provider
from tests.support.client import Browser
from tests.support.html import FormOnPage, faults, forms, read
from tests.support.matrix import address, lines
from tests.support.scene import Scene

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": "\"'><img src=x onerror=alert(1)>",
    "template": "{{ 7*7 }}{{ config }}${7*7}<%= 7*7 %>",
    "sql": "'; DROP TABLE home; --",
    "right-to-left": "\u202eesuoh elpaM\u202c مرحبا",
    "emoji": "👩🏽‍🦽 Zoë’s flat — naïve ﷽ e\u0301",
    "controls": "a\x00b\x07c\x1bd\u2028e\ufffff",
    "lines": "one\r\nSubject: two\r\n\r\nthree",
    "format": "%s%n%x %(name)s \\ / ../../etc/passwd",
    "formula": '=HYPERLINK("http://evil.example")',
}
GIANT = "x" * 100_000
REDOS = {"spaces": " " * 100_000 + "!", "letters": "a" * 50_000 + "!", "at": "@" * 50_000, "digits": "9" * 100_000}  # fmt: skip
TYPED = {
    "text",
    "textarea",
    "search",
    "email",
    "tel",
    "url",
    "number",
    "date",
    "hidden",
    "password",
}
KEPT_OUT = {"csrf_token"}
SLOWEST_S = 6.0
"""Generous: a slow machine with other work; a catastrophic pattern takes minutes."""


@pytest.fixture
def scene(app: Flask, world: Any) -> Scene:
    """Everything twice."""
    return Scene(app, world)


def posting_forms(scene: Scene, browser: Browser, who: str) -> dict[str, FormOnPage]:
    """Return every form that sends something, of every page that the matrix says a person may open."""
    rules = {rule.endpoint: rule for rule in scene.app.url_map.iter_rules()}
    found: dict[str, FormOnPage] = {}
    for line in lines():
        if line.method != "GET" or line.cells[who] != "ok" or line.endpoint not in rules:
            continue
        path = address(scene, rules[line.endpoint], line, who)
        answer = browser._send("GET", path)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        for form in forms(read(answer.text), path):
            names = ",".join(sorted({one.name for one in form.fields}))
            if (
                form.method == "post"
                and "sign-out" not in form.action
                and "inspect" not in form.action
            ):
                found.setdefault(f"{line.endpoint} {names}", form)
    return found


def send(browser: Browser, form: FormOnPage, values: dict[str, str]) -> Any:
    """Send a form; what nobody chose is chosen: the first choice that says something."""
    chosen = {
        one.name: next((v for v in one.choices if v), "") for one in form.fields if one.choices
    }
    data = {**form.filled(), **chosen, **values}
    data.pop("csrf_token", None)
    return browser._send("POST", form.action, data={"csrf_token": browser.token(), **data})


@pytest.mark.parametrize("who", ["officer", "manager", "provider", "young-inspector"])
def test_t39_f64_hostile_words_in_every_field_come_back_as_words(scene: Scene, who: str) -> None:
    browser, wrong = scene.browser(who), []
    for name, form in posting_forms(scene, browser, who).items():
        typed = [one.name for one in form.fields if one.kind in TYPED and one.name not in KEPT_OUT]
        if not typed:
            continue
        for kind, words in HOSTILE.items():
            answer = send(browser, form, dict.fromkeys(typed, words))
            if answer.status_code >= 500 or answer.status_code == 400:
                wrong.append(f"{name.split()[0]} {kind}: {answer.status_code}")
            elif answer.status_code == 422 and answer.mimetype == "text/html":
                wrong += [f"{name.split()[0]} {kind}: {one[:110]}" for one in faults(answer.text)]
                if words in answer.text and kind in {"script", "attribute"}:
                    wrong.append(f"{name.split()[0]} {kind}: comes back as it is, not as words")
            if "49{{" in answer.text or "<Config" in answer.text:
                wrong.append(f"{name.split()[0]} {kind}: was worked out")
    assert not wrong, "\n".join(sorted(set(wrong))[:30])


@pytest.mark.parametrize("who", ["manager", "provider"])
def test_t51_giant_fields_and_slow_patterns_are_refused_quickly(scene: Scene, who: str) -> None:
    browser, wrong = scene.browser(who), []
    for name, form in posting_forms(scene, browser, who).items():
        typed = [one.name for one in form.fields if one.kind in TYPED and one.name not in KEPT_OUT]
        for kind, words in {"giant": GIANT, **REDOS}.items():
            started = time.monotonic()
            answer = send(browser, form, dict.fromkeys(typed, words)) if typed else None
            if answer is not None and answer.status_code >= 500:
                wrong.append(f"{name.split()[0]} {kind}: {answer.status_code}")
            if time.monotonic() - started > SLOWEST_S:
                wrong.append(f"{name.split()[0]} {kind}: took {time.monotonic() - started:.1f} s")
    assert not wrong, "\n".join(sorted(set(wrong))[:30])


CROOKED = [
    "'", "1 OR 1=1", "ref; DROP TABLE home", "-1", "0", "99999999999999999999", "1e309", "NaN", "%", "_", "\\",
    "\x00", "[]", "null", "../..", "<script>", "ref DESC, (SELECT 1)", "٣", "9" * 5000,
]  # fmt: skip
GUESSED = ("page", "sort", "order", "status", "home", "provider", "words", "kind", "from", "to", "all", "type", "where",
           "who", "purpose", "priority", "overdue", "owner", "standing", "device", "next")  # fmt: skip


@pytest.mark.parametrize("who", ["manager", "provider", "young-inspector"])
def test_t49_crooked_filters_never_break_a_page(scene: Scene, who: str) -> None:
    browser, wrong = scene.browser(who), []
    rules = {rule.endpoint: rule for rule in scene.app.url_map.iter_rules()}
    paths = {
        address(scene, rules[line.endpoint], line, who)
        for line in lines()
        if line.method == "GET" and line.cells[who] == "ok" and line.endpoint in rules
        and line.what in {"-", "own", "assigned", "shared"}
    }  # fmt: skip
    for path in sorted(paths):
        for value in CROOKED:
            answer = browser._send("GET", path, query_string=dict.fromkeys(GUESSED, value))
            if answer.status_code >= 500:
                wrong.append(f"{path} {value[:30]!r}: {answer.status_code}")
            if value == "<script>" and "<script>" in answer.text:
                wrong.append(f"{path}: a filter comes back as it is")
    assert not wrong, "\n".join(sorted(set(wrong))[:30])


@pytest.mark.parametrize("value", CROOKED)
def test_crooked_ids_are_things_that_do_not_exist(scene: Scene, value: str) -> None:
    manager = scene.browser("manager")
    from urllib.parse import quote

    one = quote(value, safe="")
    for path in ("/homes/{}", "/homes/{}/edit", "/defects/{}", "/actions/{}", "/visits/{}", "/inspections/{}",
                 "/providers/{}", "/safeguarding/{}", "/photos/{}/small", "/visits/{}/inspect",
                 "/api/v1/visits/{}", "/api/v1/inspections/{}", "/api/v1/inspections/{}/receipt"):  # fmt: skip
        if path.startswith("/homes") and value in {"-1", "0", "٣"}:
            continue  # a reference may be written in many ways: "-1" is H-0001
        answer = manager._send("GET", path.format(one))
        assert answer.status_code in {400, 403, 404, 308, 301}, f"{path}: {answer.status_code}"


@pytest.mark.parametrize("words", [HOSTILE[k] for k in ("script", "attribute", "right-to-left", "emoji", "sql", "template", "format", "formula")])  # fmt: skip
def test_f64_what_was_typed_is_kept_sign_by_sign_and_shown_as_words(
    scene: Scene, words: str
) -> None:
    manager = scene.browser("manager")
    words = unicodedata.normalize("NFC", words)  # one spelling of each letter
    name = words.strip()[:100]
    answer = manager.post(
        f"/homes/{scene.ids['own ref']}/edit",
        {**form_values(manager, f"/homes/{scene.ids['own ref']}/edit"), "name": name, "address": words.strip()},
    )  # fmt: skip
    assert answer.status_code == 302, answer.text[:2000]
    kept = db.session.scalars(select(Home).where(Home.id == scene.ids["own home"])).one()
    assert (kept.name, kept.address) == (name, words.strip())
    page = manager.get(f"/homes/{scene.ids['own ref']}")
    assert name in "".join(read(page.text).root.itertext())
    assert "<script>alert" not in page.text
    assert "onerror=alert(1)>" not in page.text.replace("&gt;", "")


def form_values(browser: Browser, path: str) -> dict[str, str]:
    """Return what the form of a page holds."""
    page = browser.get(path).text
    [form] = [one for one in forms(read(page), path) if "name" in one.filled()]
    return {k: v for k, v in form.filled().items() if k != "csrf_token"}


MADE_UP = {"role": "manager", "id": "1", "ref": "H-0001", "provider_id": "1", "is_withheld": "0", "score": "100",
           "percent": "100", "report_code": "x", "created_at": "2020-01-01", "shared_at": "2020-01-01",
           "weekly_price_pence": "1", "status": "closed", "is_demo": "1", "password_hash": "x"}  # fmt: skip


def test_t31_fields_that_a_form_does_not_have_are_not_taken(scene: Scene) -> None:
    manager, path = scene.browser("manager"), f"/homes/{scene.ids['own ref']}/edit"
    before = columns(scene, Home, "own home")
    values = form_values(manager, path)
    assert manager.post(path, {**MADE_UP, **values}).status_code == 302
    after = columns(scene, Home, "own home")
    assert {k: v for k, v in after.items() if before[k] != v} == {}
    path = f"/providers/{scene.ids['own company']}/edit"
    before = columns(scene, Provider, "own company")
    assert manager.post(path, {**MADE_UP, **form_values(manager, path)}).status_code == 302
    assert columns(scene, Provider, "own company") == before


def columns(scene: Scene, model: Any, name: str) -> dict[str, Any]:
    """Return a row as it is kept."""
    db.session.rollback()
    row = db.session.get_one(model, scene.ids[name])
    return {column.key: getattr(row, column.key) for column in model.__table__.columns}
