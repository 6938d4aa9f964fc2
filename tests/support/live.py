"""A server and a worker in threads, and a browser that notices everything that goes wrong on a page."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route
from waitress.server import TcpWSGIServer, create_server

from qa_app.base.db import db
from qa_app.config import ROOT
from qa_app.jobs import worker
from tests.support.client import PASSWORD

PHONE = {"width": 390, "height": 844}
SMALL = {"width": 320, "height": 640}
LAPTOP = {"width": 1280, "height": 900}

# Said by the browser of an answer that is meant, such as a form with mistakes (422).
EXPECTED = ("Failed to load resource: the server responded with a status of 4",)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve the app on a free port with a worker beside it; yields its address."""
    server = create_server(
        app, host="127.0.0.1", port=0, threads=6, max_request_body_size=500 * 1024 * 1024
    )
    assert isinstance(server, TcpWSGIServer)
    stop = threading.Event()
    threads = [
        threading.Thread(target=server.run, daemon=True),
        threading.Thread(
            target=worker.run_forever, args=(app, stop), kwargs={"idle_s": 0.1}, daemon=True
        ),
    ]
    for one in threads:
        one.start()
    try:
        yield f"http://localhost:{vars(server)['effective_port']}"
    finally:
        stop.set()
        threads[1].join(timeout=30)
        server.close()
        server.task_dispatcher.shutdown()
        threads[0].join(timeout=10)


@cache
def axe_script() -> str:
    """The source of axe-core: the vendored copy, or the one that comes with the Python package."""
    named = os.environ.get("QA_TEST_AXE", "")
    if named and Path(named).exists():
        return Path(named).read_text("utf-8")
    import axe_playwright_python

    folder = Path(str(axe_playwright_python.__file__)).parent
    [found] = folder.rglob("axe.min.js")
    return found.read_text("utf-8")


@dataclass
class Visitor:
    """One person's browser window on the live app; ``check`` fails when anything went wrong on the way."""

    base: str
    context: BrowserContext
    page: Page
    trouble: list[str] = field(default_factory=list)
    shots: Path | None = None

    def open(self, path: str) -> Page:
        """Go to a page."""
        db.session.rollback()
        self.page.goto(self.base + path)
        return self.page

    def sign_in(self, email: str) -> None:
        """Sign in by the form."""
        self.open("/sign-in")
        self.page.locator('[name="email"]').fill(email)
        self.page.locator('[name="password"]').fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def press(self, name: str) -> None:
        """Press a button and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        """Follow a link and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name, exact=True).first.click()

    def look(self, name: str = "") -> None:
        """Fail on anything axe finds, on a page wider than its window, and on targets too small to press."""
        found = self.violations()
        assert not found, f"{self.page.url}: {json.dumps(found, indent=1)[:3000]}"
        over = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert over <= 0, f"{self.page.url} is {over} px wider than the window"
        small = self.page.evaluate(SMALL_TARGETS)
        assert not small, f"{self.page.url}: too small to press: {small[:8]}"
        if name and self.shots is not None:
            self.page.screenshot(path=str(self.shots / f"{name}.png"), full_page=True)

    def violations(self) -> list[dict[str, Any]]:
        """What axe finds on the page."""
        self.page.evaluate(axe_script())
        result = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            {
                "id": one["id"],
                "help": one["help"],
                "where": [node["html"][:200] for node in one["nodes"][:4]],
            }
            for one in result["violations"]
        ]

    def check(self) -> None:
        """Fail when the console, the security policy or a request to elsewhere complained."""
        assert not self.trouble, self.trouble


# What one can press: buttons, boxes and links that stand by themselves (not in running text) of 44 px.
SMALL_TARGETS = """() => {
  const found = [];
  const alone = 'button, select, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea, '
    + '.govuk-radios__label, .ds-card__link, .ds-ring, a.govuk-button';
  for (const one of document.querySelectorAll(alone)) {
    const box = one.getBoundingClientRect();
    if (box.width === 0 || box.height === 0 || one.closest('[hidden]')) continue;
    const item = one.closest('.govuk-radios__item, .ds-card') ?? one;
    const height = Math.max(box.height, item === one ? 0 : item.getBoundingClientRect().height);
    if (height < 43.5) found.push(`${one.outerHTML.slice(0, 90)} ${Math.round(height)}px`);
  }
  return found;
}"""


def visitor(
    browser: Browser, base: str, *, viewport: dict[str, int], has_scripts: bool = True
) -> Visitor:
    """Open a window that lets nothing out to other hosts and notes every complaint."""
    context = browser.new_context(
        viewport={"width": viewport["width"], "height": viewport["height"]},
        java_script_enabled=has_scripts,
        has_touch=viewport["width"] < 500,
        locale="en-GB",
        timezone_id="Europe/London",
    )
    page = context.new_page()
    shots = os.environ.get("QA_TEST_SHOTS")
    made = Visitor(base, context, page, shots=ROOT / shots if shots else None)
    host = urlsplit(base).netloc

    def gate(route: Route) -> None:
        if urlsplit(route.request.url).netloc in {host, ""}:
            route.continue_()
        else:
            made.trouble.append(f"asked another host: {route.request.url}")
            route.abort()

    def said(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(EXPECTED):
            made.trouble.append(f"console: {message.text}")

    context.route("**/*", gate)
    page.on("console", said)
    page.on("pageerror", lambda error: made.trouble.append(f"script: {error}"))
    page.set_default_timeout(20_000)
    return made
