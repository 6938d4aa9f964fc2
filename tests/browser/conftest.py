"""What browser tests ask for: the app served with a worker beside it, and windows of several sizes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from tests.support.live import PHONE, Visitor, serving, visitor

CHROMIUM = os.environ.get("QA_TEST_CHROMIUM") or "/usr/bin/chromium"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A Chromium without a window."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine: set QA_TEST_CHROMIUM")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield found
        found.close()


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The address of the app, served by waitress with a worker beside it."""
    with serving(app) as base:
        yield base


@pytest.fixture
def window(live: str, chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """Open windows on the live app: ``window(viewport=..., has_scripts=...)``; each is checked at the end."""
    opened: list[Visitor] = []

    def open_one(viewport: dict[str, int] = PHONE, **more: Any) -> Visitor:
        opened.append(visitor(chromium, live, viewport=viewport, **more))
        return opened[-1]

    yield open_one
    for one in opened:
        one.context.close()
    for one in opened:
        one.check()
