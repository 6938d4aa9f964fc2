"""What every answer carries: headers, a nonce, error pages that help, and log lines that give nobody away."""

from __future__ import annotations

import errno
import json
import logging
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, abort, session
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from qa_app.accounts.access import public
from qa_app.accounts.models import User
from qa_app.base import web
from qa_app.base.db import db
from qa_app.base.transaction import writes, writing
from qa_app.config import Settings
from tests.support.client import PASSWORD, Browser
from tests.support.html import faults, read
from tests.support.world import World

STATUSES = [400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 502, 503]
WORDS = {401: "Please sign in", 404: "cannot find", 413: "too large", 429: "Too many", 500: "Sorry"}
SECRET = "12 Canary Walk, SE15 4NX, ana@example.org"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As it runs for people: nothing is raised through to the test."""
    return replace(settings, is_testing=False)


@pytest.fixture
def app(app: Flask) -> Flask:
    """The app with a few pages that fail on purpose."""

    @public
    def fails(status: int) -> Any:
        abort(status)

    @public
    def bug() -> Any:
        raise ValueError(SECRET)

    @public
    def full() -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    @public
    @writes
    def twice() -> Any:
        for _ in range(2):
            db.session.add(
                User(
                    name="A", email="ana@example.org", role="officer", password_hash="x",
                    created_at=datetime.now(UTC),
                )
            )  # fmt: skip
        return "done"

    @public
    @writes
    def wrong() -> Any:
        db.session.execute(text("select nothing from nowhere"))

    @public
    def remember() -> Any:
        session["seen"] = True
        return {"seen": True}

    methods = ["GET", "POST"]
    for begin in ("", "/api/v1"):
        app.add_url_rule(f"{begin}/planted/<int:status>", f"fails{begin}", fails, methods=methods)
        for view in (bug, full, twice, wrong, remember):
            name = view.__name__
            app.add_url_rule(f"{begin}/planted/{name}", f"{name}{begin}", view, methods=methods)
    return app


@pytest.fixture(autouse=True)
def log_lines() -> Iterator[list[str]]:
    """Every line that the app writes to its log."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    lines: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(web.JsonLines().format(record))

    listener = Listener()
    for name in ("", "doorstep"):
        logging.getLogger(name).addHandler(listener)
    logging.getLogger("doorstep").propagate = False
    logging.getLogger("doorstep").setLevel("INFO")
    yield lines
    logging.getLogger("doorstep").removeHandler(listener)
    logging.getLogger("doorstep").propagate = True
    logging.getLogger("doorstep").setLevel("NOTSET")
    root.handlers[:] = kept
    root.setLevel(level)


def policy(answer: Any) -> dict[str, list[str]]:
    """Return the content security policy, directive by directive."""
    parts = answer.headers["Content-Security-Policy"].split(";")
    return {part.split()[0]: part.split()[1:] for part in parts if part.strip()}


PAGES = ["/", "/sign-in", "/privacy", "/nothing-here", "/healthz", "/planted/500", "/favicon.ico"]


@pytest.mark.parametrize("path", [*PAGES, "/api/v1/nothing-here", "/static/css/doorstep.css"])
def test_every_answer_carries_the_headers(browser, path: str) -> None:
    with browser("").get(path) as answer:
        head = answer.headers
    assert head["X-Content-Type-Options"] == "nosniff"
    assert head["X-Frame-Options"] == "DENY"
    assert head["Referrer-Policy"] == "same-origin"
    assert head["X-Robots-Tag"] == "noindex"
    assert head["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Content-Security-Policy" in head
    assert "Server" not in head or "Python" not in head["Server"]


@pytest.mark.parametrize("path", PAGES)
def test_the_policy_lets_nothing_run_that_is_not_ours(browser, path: str) -> None:
    answer = browser("").get(path)
    rules = policy(answer)
    assert rules["default-src"] == ["'self'"]
    assert rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == ["'none'"]
    assert rules["form-action"] == ["'self'"]
    for name in ("script-src", "style-src"):
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "data:"} & set(rules[name])
    assert not [source for sources in rules.values() for source in sources if "//" in source]
    nonce = re.search(r"'nonce-([\w-]{20,})'", " ".join(rules["script-src"]))
    assert nonce
    if answer.mimetype == "text/html" and answer.status_code != 302:
        scripts = [one.get("nonce") for one in read(answer.text).every("script")]
        assert scripts
        assert set(scripts) == {nonce[1]}


def test_no_two_answers_share_a_nonce(browser) -> None:
    anyone = browser("")
    assert len({str(policy(anyone.get("/"))["script-src"]) for _ in range(5)}) == 5


def test_t18_private_pages_are_never_stored_and_files_may_be(browser) -> None:
    officer = browser("officer")
    for path in ("/", "/homes", "/sign-in", "/nothing-here", "/api/v1/session"):
        assert officer.get(path).headers["Cache-Control"] == "no-store", path
    with officer.get("/static/css/doorstep.css") as answer:
        assert "no-store" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost.evil.example"},
        {"Host": "evil.example:80"},
        {"Host": "localhost@evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Host": "localhost, evil.example"},
        {"Forwarded": "host=evil.example"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/", "/homes", "/api/v1/session", "/nothing-here"])
def test_t25_a_forged_host_is_refused_and_never_repeated(
    browser, headers: dict[str, str], path: str
) -> None:
    answer = browser("")._send("GET", path, headers=headers)
    assert answer.status_code == 400
    assert "evil.example" not in answer.text + str(answer.headers)
    if path.startswith("/api/"):
        assert answer.json["status"] == 400
    else:
        assert not faults(answer.text)


def test_a_proxy_that_repeats_our_own_name_is_welcome(browser) -> None:
    answer = browser("")._send("GET", "/", headers={"X-Forwarded-Host": "localhost"})
    assert answer.status_code == 200


def test_redirects_name_no_host(browser) -> None:
    assert browser("").get("/homes").location == "/sign-in?next=/homes"


@pytest.mark.parametrize("who", ["", "officer"])
@pytest.mark.parametrize("status", STATUSES)
def test_an_error_page_has_the_right_status_says_what_to_do_and_gives_a_number(
    browser, log_lines: list[str], status: int, who: str
) -> None:
    answer = browser(who).get(f"/planted/{status}")
    assert answer.status_code == status
    assert not faults(answer.text)
    assert WORDS.get(status, "<h1") in answer.text
    number = re.search(r'class="ds-reference">([0-9a-f]{12})<', answer.text)
    assert number
    line = next(json.loads(one) for one in log_lines if number[1] in one)
    assert line["request_id"] == number[1]
    assert line["status"] == status
    assert ("Retry-After" in answer.headers) is (status == 503)


@pytest.mark.parametrize("status", STATUSES)
def test_the_phone_gets_the_same_as_json(browser, log_lines: list[str], status: int) -> None:
    answer = browser("").call("GET", f"/api/v1/planted/{status}")
    assert answer.status_code == status
    assert answer.json["status"] == status
    assert any(answer.json["request_id"] in line for line in log_lines)
    assert ("Retry-After" in answer.headers) is (status == 503)


def test_an_address_that_leads_nowhere_is_json_for_the_phone(browser) -> None:
    assert browser("").get("/api/v1/nothing").json["status"] == 404
    assert browser("").get("/nothing").mimetype == "text/html"


@pytest.mark.parametrize("who", ["", "officer"])
def test_a_bug_is_a_page_and_a_log_line_without_what_it_was_about(
    browser, log_lines: list[str], who: str
) -> None:
    someone = browser(who)
    for path in ("/planted/bug", "/api/v1/planted/bug"):
        answer = someone.get(path)
        assert answer.status_code == 500
        assert "Canary" not in answer.text
    written = "\n".join(log_lines)
    assert "ValueError" in written
    assert "test_web.py" in written, "the log must say where"
    for secret in ("Canary Walk", "SE15 4NX", "ana@example.org"):
        assert secret not in written


def test_what_the_database_says_about_a_row_never_reaches_the_log(
    browser, log_lines: list[str]
) -> None:
    answer = browser("").post("/planted/twice")
    assert answer.status_code == 503, "twice at the same moment: try again"
    assert "IntegrityError" in "\n".join(log_lines)
    assert "ana@example.org" not in "\n".join(log_lines)


def test_a_statement_that_can_never_work_is_a_bug_and_not_a_reason_to_try_again(browser) -> None:
    answer = browser("").post("/planted/wrong")
    assert answer.status_code == 500
    assert "Retry-After" not in answer.headers


def test_t22_log_lines_hold_no_password_token_cookie_or_address(
    app: Flask, world, browser, log_lines: list[str]
) -> None:
    home = world.home()
    address, postcode, email = home.address, home.postcode, world.person("officer").email
    officer = browser("officer")
    token, api_token = officer.token(), officer.api_token()
    cookie = officer.client.get_cookie("doorstep")
    assert cookie is not None
    Browser(app).post("/sign-in", {"email": email, "password": "wrong and long enough"})
    officer.get("/homes", query_string={"words": address, "token": "s3cret-t0ken"})
    officer.post("/homes/new", {"name": "x", "address": address, "postcode": postcode})
    officer.get("/planted/bug?token=s3cret-t0ken")
    officer.call("PUT", "/api/v1/visits/x/draft", {"words": address})
    written = "\n".join(log_lines)
    assert len(log_lines) >= 6
    assert api_token
    for secret in (
        address, postcode, email, PASSWORD, "wrong and long", token, api_token, cookie.value, "s3cret-t0ken",
    ):  # fmt: skip
        assert secret not in written
    for line in log_lines:
        assert json.loads(line)["at"]


@pytest.mark.parametrize("path", ["/sign-in", "/homes/new", "/sign-out"])
def test_a_body_that_is_too_large_is_refused_with_words(browser, path: str) -> None:
    answer = browser("officer").post(path, {"name": "x" * 3_000_000})
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_a_body_that_is_too_large_for_the_phone_is_refused_as_json(browser) -> None:
    answer = browser("officer").call("POST", "/api/v1/planted/remember", b"x" * 3_000_000)
    assert answer.status_code in {403, 413}
    assert answer.json["status"] == answer.status_code


FOREIGN = ["https://evil.example", "http://localhost.evil.example", "null", "http://localhost:81"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_t29_another_site_cannot_send_our_forms(world, browser, origin: str) -> None:
    officer = browser("officer")
    for path in ("/sign-in", "/sign-out", "/homes/new"):
        answer = officer.post(path, {"name": "x"}, headers={"Origin": origin})
        assert answer.status_code == 403, path
    assert officer.get("/homes").status_code == 200, "still signed in"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "made-up"},
        {"Origin": ""},
    ],
    ids=str,
)
def test_t29_the_phones_door_wants_its_origin_and_its_token(browser, headers) -> None:
    officer = browser("officer")
    path = "/api/v1/planted/remember"
    assert officer.call("POST", path, {}).status_code == 200
    assert officer.call("POST", path, {}, **headers).status_code == 403


def test_t29_plain_text_from_a_form_elsewhere_is_refused(browser) -> None:
    officer = browser("officer")
    for more in ({}, {"headers": {"Origin": "https://evil.example"}}):
        answer = officer._send(
            "POST", "/api/v1/planted/remember", data="{}", content_type="text/plain", **more
        )
        assert answer.status_code == 403


def test_a_form_without_its_token_is_refused_with_words(browser) -> None:
    answer = browser("officer")._send("POST", "/homes/new", data={"name": "x"})
    assert answer.status_code == 400
    assert "open for too long" in answer.text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser) -> None:
    answer = browser("").get("/planted/remember")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]


# ---- a database that is locked or full -------------------------------------------------------


@pytest.fixture
def broken(app: Flask) -> Iterator[Callable[[int], None]]:
    """Break the database after some statements of every request: full, as far as it can tell."""
    left: dict[str, int | None] = {"statements": None}
    engine = db.engine
    kind = engine.dialect.dbapi.OperationalError

    def run(*_: Any) -> None:
        if left["statements"] is not None:
            left["statements"] -= 1
            if left["statements"] < 0:
                raise kind("database or disk is full: 12 Canary Walk")

    def break_after(statements: int) -> None:
        left["statements"] = statements

    event.listen(engine, "do_execute", run)
    yield break_after
    left["statements"] = None
    event.remove(engine, "do_execute", run)


@pytest.mark.parametrize("statements", [0, 1, 2])
@pytest.mark.parametrize("path", ["/homes", "/homes/new", "/api/v1/session"])
def test_f_a_full_database_is_a_503_that_asks_to_try_again(
    browser, broken, log_lines: list[str], statements: int, path: str
) -> None:
    officer = browser("officer")
    broken(statements)
    answer = officer.client.get(path)
    if answer.status_code == 200:
        return  # this page asks fewer questions than that
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    if path.startswith("/api/"):
        assert answer.json["status"] == 503
    else:
        assert not faults(answer.text)
        assert "Doorstep cannot do that just now" in answer.text
    assert "Canary" not in answer.text + "\n".join(log_lines)


@pytest.mark.parametrize("statements", range(6))
def test_f_what_cannot_be_written_is_a_503_that_says_the_work_is_safe(
    browser, broken, statements: int
) -> None:
    officer = browser("officer")
    token = officer.token()
    db.session.rollback()
    broken(statements)
    answer = officer.client.post("/sign-out/everywhere", data={"csrf_token": token})
    if answer.status_code == 302:
        return
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Your work is safe on this phone" in answer.text


def test_a_commit_that_fails_is_a_503_and_nothing_is_kept(app, browser, monkeypatch) -> None:
    officer = browser("officer")
    token = officer.token()
    db.session.rollback()

    def fails(*_: Any) -> None:
        raise DBAPIError.instance("COMMIT", {}, sqlite3.OperationalError("disk is full"), Exception)

    monkeypatch.setattr(type(db.session()), "commit", fails)
    answer = officer.client.post("/sign-out/everywhere", data={"csrf_token": token})
    monkeypatch.undo()
    assert answer.status_code == 503
    assert officer.get("/homes").status_code == 200, "still signed in: nothing was written"


@pytest.mark.parametrize("path", ["/planted/full", "/api/v1/planted/full"])
def test_a_full_disk_is_a_503(browser, path: str) -> None:
    answer = browser("").get(path)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.sqlite_only
def test_a_database_locked_by_another_program_is_a_503(app, world, browser) -> None:
    officer = browser("officer")
    token = officer.token()
    db.session.rollback()
    path = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")

    @event.listens_for(db.engine, "checkout")
    def _impatient(connection: Any, *_: Any) -> None:
        connection.execute("PRAGMA busy_timeout=20")

    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert officer.client.get("/homes").status_code == 200, "reading goes on"
        answer = officer.client.post("/sign-out/everywhere", data={"csrf_token": token})
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert answer.status_code == 503
    assert "Your work is safe on this phone" in answer.text


# ---- who it is comes before what they send ---------------------------------------------------


class Endless:
    """A body that goes on and on, and knows how much of it was read."""

    def __init__(self) -> None:
        self.given = self.at = 0

    def read(self, size: int = -1) -> bytes:
        self.given += max(size, 1)
        return b"x" * max(size, 1)

    def readline(self, size: int = -1) -> bytes:
        return self.read(size)

    def seek(self, to: int, whence: int = 0) -> int:
        self.at = 350_000_000 if whence == 2 else to
        return self.at

    def tell(self) -> int:
        return self.at

    def close(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/homes/new"),
        ("POST", "/visits/00000000-0000-4000-8000-000000000000/inspect"),
        ("PUT", f"/api/v1/inspections/00000000-0000-4000-8000-000000000000/photos/{'0' * 64}"),
        ("PUT", "/api/v1/inspections/00000000-0000-4000-8000-000000000000"),
    ],
)
def test_t64_nothing_is_read_from_somebody_unknown(browser, method: str, path: str) -> None:
    body = Endless()
    answer = browser("")._send(
        method, path, input_stream=body, headers={"Origin": "http://localhost"},
        content_type="multipart/form-data; boundary=x" if method == "POST" else "application/json",
    )  # fmt: skip
    assert answer.status_code == 401
    assert body.given == 0


def test_a_phone_whose_sign_in_has_ended_hears_that_and_nothing_else(app, world, browser) -> None:
    phone = browser("officer")
    token = phone.api_token()
    assert Browser(app, world.person("officer")).post("/sign-out/everywhere").status_code == 302
    path = "/api/v1/visits/00000000-0000-4000-8000-000000000000/draft"
    for sent in (token, "", "stale"):
        assert phone.call("PUT", path, {}, **{"X-CSRF-Token": sent}).status_code == 401


def test_pages_say_that_the_data_is_made_up_when_it_is_and_only_then(
    app: Flask, world: World, browser: Callable[[str], Browser]
) -> None:
    assert "made up" not in browser("officer").get("/visits").text
    with writing() as session:
        session.get_one(User, world.person("manager").id).is_demo = True
    assert "made up" in browser("officer").get("/visits").text
