"""The calls a phone makes at the sync door."""

from __future__ import annotations

from typing import Any

from tests.support import sending
from tests.support.client import Browser

PREFIX = "/api/v1"


def put(browser: Browser, client_id: str, body: Any) -> Any:
    """Send an inspection."""
    return browser.call("PUT", f"{PREFIX}/inspections/{client_id}", body)


def put_photo(browser: Browser, client_id: str, data: bytes, named: str | None = None) -> Any:
    """Send a photo, under its own hash unless another is given."""
    return browser.call(
        "PUT", f"{PREFIX}/inspections/{client_id}/photos/{named or sending.sha(data)}", data
    )


def receipt(browser: Browser, client_id: str) -> Any:
    """Ask for a receipt."""
    return browser.call("GET", f"{PREFIX}/inspections/{client_id}/receipt")
