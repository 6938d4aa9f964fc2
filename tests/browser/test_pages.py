"""Every page as each person in Chromium: axe, widths, targets, keyboard, print, no complaint, no foreign request."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Page

from qa_app.base.db import db
from tests.support.canaries import Seen, crawl
from tests.support.html import read
from tests.support.live import PHONE, SMALL, Visitor
from tests.support.matrix import address, lines
from tests.support.scene import Scene

# what differs between the databases, the feature tests hold
pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]

Window = Callable[..., Visitor]
MOST_OF_A_KIND = 2
ALIKE = {"monitor": "manager", "director": "manager", "officer": "manager"}
"""Whose pages are mostly those of somebody else: only what looks different is looked at again."""


@pytest.fixture
def scene(app: Flask, world: Any) -> Scene:
    """Everything twice."""
    return Scene(app, world)


def pages_of(scene: Scene, who: str) -> dict[str, Seen]:
    """Return one page of each shape that somebody can come to: by its elements and classes, whatever the words."""
    role = who or "officer"
    rules = {rule.endpoint: rule for rule in scene.app.url_map.iter_rules()}
    asked = [
        address(scene, rules[line.endpoint], line, role)
        for line in lines()
        if line.method == "GET" and line.endpoint in rules and line.cells[role] == "ok"
    ]
    found = crawl(scene.browser(who), ["/", "/sign-in", "/accessibility", "/nothing", *asked])
    shapes: dict[str, Seen] = {}
    seen: Counter[str] = Counter()
    for page in found:
        if page.mimetype != "text/html" or 300 <= page.status < 400:
            continue
        name, kind = shape(page.text), re.sub(r"/[^/]*\d[^/]*", "/*", page.path.split("?")[0])
        if name not in shapes and seen[kind] < MOST_OF_A_KIND:
            shapes[name] = page
            seen[kind] += 1
    return shapes


def shape(page: str) -> str:
    """Return what a page is built of; how often a row repeats, and what it says, does not count."""
    built = {
        f"{one.tag}.{one.get('class') or ''}.{one.get('type') or ''}" for one in read(page).every()
    }
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    return f"{sorted(built)} {len((title[1] if title else '').split()) > 9}"


@pytest.mark.parametrize(
    "who",
    ["manager", "officer", "monitor", "director", "young-inspector", "provider", "adviser", "administrator", ""],
    ids=lambda who: who or "nobody",
)  # fmt: skip
def test_every_page_can_be_used_by_everybody(scene: Scene, window: Window, who: str) -> None:
    pages = pages_of(scene, who)
    for known in pages_of(scene, ALIKE[who]) if who in ALIKE else ():
        pages.pop(known, None)
    db.session.rollback()
    visitor = window(PHONE)
    if who:
        visitor.sign_in(scene.person(who).email)
    wrong = []
    for one in pages.values():
        page = visitor.open(one.path)
        wrong += complaints(visitor, one.path)
        page.set_viewport_size({"width": SMALL["width"], "height": SMALL["height"]})
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            wrong.append(f"{one.path}: {over} px too wide at 320")
        page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    assert len(pages) > 2
    assert not wrong, "\n".join(wrong)


def complaints(visitor: Visitor, path: str) -> list[str]:
    """Return what is wrong with the page that is open."""
    try:
        visitor.look()
    except AssertionError as error:
        return [f"{path}: {error}"]
    return []


@pytest.mark.parametrize(
    "path", ["/homes/new", "/visits/new?home=own", "/providers/new", "/sign-in"]
)
def test_a_form_with_mistakes_is_as_usable_as_without(
    scene: Scene, window: Window, path: str
) -> None:
    visitor = window(PHONE)
    if path != "/sign-in":
        visitor.sign_in(scene.person("manager").email)
    page = visitor.open(path.replace("own", scene.ids["own ref"]))
    with page.expect_navigation():
        page.locator("main form[method=post]:not(.ds-post-button) button").last.click()
    summary = page.locator(".govuk-error-summary")
    assert summary.count() == 1
    assert page.evaluate("document.activeElement.closest('.govuk-error-summary') !== null")
    assert page.title().startswith("Error: ")
    visitor.look()
    for link in summary.locator("a").all():
        target = link.get_attribute("href") or ""
        assert page.locator(target).count() == 1, target
        link.click()
        assert page.evaluate("document.activeElement.id") == target[1:]


# ---- the keyboard ----------------------------------------------------------------------------

FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const marked = [one, ...(one.labels ?? [])].some((at) => ['', '::before', '::after'].some((part) => {
    const style = getComputedStyle(at, part || null);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  }));
  const box = one.getBoundingClientRect();
  return {
    words: (one.innerText || one.getAttribute('aria-label') || one.name || '').trim().slice(0, 60),
    marked,
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    html: one.outerHTML.slice(0, 120),
  };
}"""


def tab_to(page: Page, words: str, most: int = 80) -> None:
    """Press Tab until something with these words has the focus; everything on the way must show that it has it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if found is None:
            continue
        assert found["marked"], f"no visible focus: {found['html']}"
        assert found["inside"], f"the focus is out of sight: {found['html']}"
        if found["words"].split("\n")[0] == words:
            return
    raise AssertionError(f"{words} cannot be reached with the keyboard")


def test_the_keyboard_alone_signs_in_and_reaches_the_main_actions(
    scene: Scene, window: Window
) -> None:
    officer = window(PHONE)
    page = officer.open("/")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["words"] == "Skip to main content"
    tab_to(page, "Staff sign in")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "email")
    page.keyboard.type(scene.person("officer").email)
    tab_to(page, "password")
    page.keyboard.type("a long enough password")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/sign-in" not in page.url
    for path, words in (
        ("/homes", "Add a home"),
        ("/homes/new", "postcode"),
        (f"/visits/{scene.ids['own visit']}", "Cancel this visit"),
        (f"/inspections/{scene.ids['unshared inspection']}", "Share with the provider"),
    ):
        officer.open(path)
        tab_to(page, words)


# ---- print, and headers as a browser meets them ----------------------------------------------


def test_on_paper_there_is_what_was_found_and_no_menu(scene: Scene, window: Window) -> None:
    manager = window(PHONE)
    manager.sign_in(scene.person("manager").email)
    page = manager.open(f"/inspections/{scene.ids['shared inspection']}")
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    for hidden in (".govuk-service-navigation", ".govuk-skip-link", ".ds-actionbar"):
        for one in page.locator(hidden).all():
            assert not one.is_visible(), hidden
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert over <= 0


def test_t39_what_people_wrote_never_runs(scene: Scene, window: Window) -> None:
    from qa_app.base.transaction import writing
    from qa_app.homes.models import Home

    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'>"
    with writing() as session:
        home = session.get_one(Home, scene.ids["own home"])
        home.name, home.address = evil[:120], evil
        home.rooms[0].label = evil[:60]
    manager = window(PHONE)
    opened: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        opened.append(dialog.message)
        dialog.dismiss()

    manager.page.on("dialog", dismiss)
    manager.sign_in(scene.person("manager").email)
    for path in ("/homes", f"/homes/{scene.ids['own ref']}", "/visits", "/defects", "/inspections",
                 f"/visits/{scene.ids['own visit']}", f"/defects/{scene.ids['own defect']}"):  # fmt: skip
        manager.open(path)
    assert opened == []


def test_t18_after_signing_out_the_back_button_shows_nothing(scene: Scene, window: Window) -> None:
    manager = window(PHONE)
    manager.sign_in(scene.person("manager").email)
    page = manager.open(f"/homes/{scene.ids['own ref']}")
    street = scene.secrets["address of the own home"]
    assert street in page.content()
    page.evaluate("document.querySelector('form[action=\"/sign-out\"]').submit()")
    page.wait_for_url("**/sign-in*")
    page.go_back()
    page.wait_for_load_state()
    assert street not in page.content()
