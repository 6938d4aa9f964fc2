"""A browser for feature tests: signs in, sends tokens, and reads every page it is given."""

from __future__ import annotations

import contextvars
import json
import re
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from qa_app.accounts.models import User
from qa_app.base.db import db

PASSWORD = "a long enough password"
VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}


class Reader(HTMLParser):
    """Finds what every page must have: one h1, no id twice, a label for every field."""

    def __init__(self) -> None:
        super().__init__()
        self.headings = 0
        self.ids: list[str] = []
        self.fields: list[dict[str, str | None]] = []
        self.labels: set[str] = set()
        self._in_label = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        found = dict(attrs)
        self.headings += tag == "h1"
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "label":
            self._in_label += 1
            self.labels.add(str(found.get("for")))
        if tag in {"input", "select", "textarea"} and found.get("type") not in {"hidden", "submit"}:
            self.fields.append({**found, "wrapped": "yes" if self._in_label else None})

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a label."""
        if tag == "label":
            self._in_label -= 1


def assert_readable(html: str) -> None:
    """Fail unless a page has one h1, no duplicate ids and a label for every field."""
    reader = Reader()
    reader.feed(html)
    assert reader.headings == 1, f"{reader.headings} h1 on the page"
    twice = {one for one in reader.ids if reader.ids.count(one) > 1}
    assert not twice, f"ids used twice: {twice}"
    bare = [
        field.get("name")
        for field in reader.fields
        if not (
            field.get("id") in reader.labels
            or field.get("aria-label")
            or field.get("aria-labelledby")
        )
        and not field["wrapped"]
    ]
    assert not bare, f"fields without a label: {bare}"


class Browser:
    """One person's browser. ``get`` and ``post`` check pages; ``call`` speaks JSON as the phone does."""

    def __init__(self, app: Flask, person: User | None = None, password: str = PASSWORD) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        if person is not None:
            email = person.email
            db.session.rollback()
            answer = self.post("/sign-in", {"email": email, "password": password})
            assert answer.status_code == 302, answer.text

    def get(self, path: str, *, follow: bool = False, **more: Any) -> TestResponse:
        """Open a page."""
        return self._read(self._send("GET", path, follow_redirects=follow, **more))

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, follow: bool = False, **more: Any
    ) -> TestResponse:
        """Send a form, with its token."""
        fields = {"csrf_token": self.token(), **(data or {})}
        return self._read(self._send("POST", path, data=fields, follow_redirects=follow, **more))

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Call the API: JSON, or bytes for a photo."""
        named = {"Origin": "http://localhost", "X-CSRF-Token": self.api_token(), **headers}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        return self._send(method, path, data=data, headers=named, content_type=kind)

    def token(self) -> str:
        """Return a token against forged forms."""
        page = self._send("GET", "/accessibility").text
        found = re.search(r'name="csrf-?_?token" (?:value|content)="([^"]+)"', page)
        if found:
            return found[1]
        page = self._send("GET", "/sign-in").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found, "no token on the page"
        return found[1]

    def api_token(self) -> str:
        """Return the token for the API, or nothing when signed out."""
        answer = self._send("GET", "/api/v1/session")
        return str(answer.json["csrf_token"]) if answer.status_code == 200 and answer.json else ""

    def _send(self, method: str, path: str, **more: Any) -> TestResponse:
        """Send a request as the server would see it: with nothing of the test's own context around it."""
        db.session.rollback()
        more.setdefault("buffered", True)  # an answer that streams is read where it was made
        answer = contextvars.Context().run(self.client.open, path, method=method, **more)
        db.session.rollback()
        return answer

    @staticmethod
    def _read(answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html" and answer.status_code not in {301, 302, 303, 307, 308}:
            assert_readable(answer.text)
        return answer
