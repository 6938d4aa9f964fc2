"""Work that is late, odd or wrong at the phone's door: accepted and flagged, or refused by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import rfc8785
from sqlalchemy import func, select

from qa_app.accounts import service as accounts
from qa_app.accounts.models import User
from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.inspections.models import Inspection
from qa_app.visits.models import Visit
from tests.support import sending
from tests.support.calls import PREFIX, put
from tests.support.client import Browser
from tests.support.world import World

Open = Callable[[str], Browser]


@pytest.fixture
def visit(world: World) -> Visit:
    return world.visit()


# -- What is accepted all the same -----------------------------------------------------------------


def flags_of(browser: Open, visit: Visit, body: Any) -> set[str]:
    """Send and return the flags; it must be taken."""
    answer = put(browser("officer"), sending.new_id(), body)
    assert answer.status_code == 201, answer.text
    return set(answer.json["flags"])


def test_f35_a_cancelled_visit_or_a_closed_home_is_flagged(browser: Open, world: World) -> None:
    visit = world.visit(world.home(status="closed"), status="cancelled")
    found = flags_of(browser, visit, sending.body(visit, {"O05": "yes"}, now=world.now()))
    assert {"visit-cancelled", "home-closed"} <= found
    assert db.session.get_one(Visit, visit.id).status == "cancelled"


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(hours=2), set()),
        (timedelta(days=3), {"late"}),
        (timedelta(days=20), {"late", "clock"}),
        (timedelta(minutes=-2), set()),
        (timedelta(hours=-2), {"clock"}),
        (timedelta(days=19_000), {"late", "clock"}),
    ],
)
def test_f19_late_work_and_wrong_clocks(
    age: timedelta, expected: set[str], browser: Open, visit: Visit, world: World
) -> None:
    body = sending.body(visit, {"O05": "yes"}, now=world.now() - age)
    assert flags_of(browser, visit, body) == expected


def test_f20_a_clock_that_jumped_back(browser: Open, visit: Visit, world: World) -> None:
    body = sending.body(visit, {"O05": "yes"}, now=world.now())
    body["started"] = (world.now() + timedelta(minutes=3)).isoformat()
    assert flags_of(browser, visit, body) == {"clock"}


def test_f36_an_older_version_is_judged_by_itself(
    browser: Open, visit: Visit, world: World
) -> None:
    from qa_app.question_sets import service as question_sets
    from tests.support.question_sets import text_of

    browser("officer").call("GET", f"{PREFIX}/visits/{visit.id}")
    text = text_of("officer-visit").replace("version: 1\n", "version: 2\n", 1)
    with writing() as session:
        question_sets.load(session, text, now=world.now())
    body = sending.body(visit, {"O05": "yes"}, now=world.now())
    assert flags_of(browser, visit, body) == {"old-version"}


def test_rooms_and_numbers_that_are_odd_are_kept(browser: Open, visit: Visit, world: World) -> None:
    answers = {"O38": sending.finding("no", "a-room-nobody-knows"), "O52": 5000}
    found = flags_of(browser, visit, sending.body(visit, answers, now=world.now()))
    assert found == {"unknown-room", "number-out-of-range"}


def test_work_of_somebody_whose_place_was_taken(browser: Open, visit: Visit, world: World) -> None:
    from qa_app.visits import service as visits

    other = world.person("officer", name="Another Officer")
    with writing() as session:
        visits.reassign(
            session, session.get_one(Visit, visit.id), officer=session.get_one(User, other.id),
            actor=session.get_one(User, other.id), now=world.now(),
        )  # fmt: skip
    body = sending.body(visit, {"O05": "yes"}, now=world.now())
    assert flags_of(browser, visit, body) == {"reassigned"}


def test_f34_a_disabled_account_gets_401(browser: Open, visit: Visit, world: World) -> None:
    officer = browser("officer")
    token = officer.api_token()
    with writing() as session:
        person = session.get_one(User, world.person("officer").id)
        accounts.disable(session, person, actor=None, now=world.now())
    body = sending.body(visit, {"O05": "yes"}, now=world.now())
    answer = officer.call(
        "PUT", f"{PREFIX}/inspections/{sending.new_id()}", body, **{"X-CSRF-Token": token}
    )
    assert answer.status_code == 401


# -- What is refused -------------------------------------------------------------------------------


def test_unknown_questions_and_values_are_named(browser: Open, visit: Visit, world: World) -> None:
    answers = {"O05": "perhaps", "X99": "yes", "O06": "good"}
    answer = put(
        browser("officer"), sending.new_id(), sending.body(visit, answers, now=world.now())
    )
    assert answer.status_code == 422
    assert isinstance(answer.json, list)
    assert sorted(one["question"] for one in answer.json) == ["O05", "X99"]
    assert all(one["message"] for one in answer.json)
    assert db.session.scalar(select(func.count()).select_from(Inspection)) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"question_set": {"key": "officer-visit", "version": 99}},
        {"question_set": {"key": "young-inspector-visit", "version": 1}},
        {"question_set": {"key": "officer-visit", "version": True}},
        {"form": "no-such-form"},
        {"asked": ["O05", "X99"]},
        {"started": "2026-11-22T10:00:00"},
        {"finished": "2026-02-30T10:00:00Z"},
        {"finished": "0001-01-01T00:00:00+14:00"},
        {"answers": {}},
        {"answers": [{"question": "O05"}]},
        {"answers": [{"question": "O05", "findings": [{"value": True}]}]},
        {"answers": [{"question": "O05", "findings": [{"value": ["no"]}]}]},
        {"answers": [{"question": "O05", "findings": [{"value": "no", "status": "lost"}]}]},
        {"answers": [{"question": "O05", "findings": [{"value": "no", "raise": "P9"}]}]},
        {"answers": [{"question": "O05", "findings": [{"value": "no", "room": "x" * 37}]}]},
        {"answers": [{"question": "O05", "findings": [{"value": "no", "comment": "\x00"}]}]},
        {"answers": [{"question": "O52", "findings": [{"value": 2**60}]}]},
        {"visit": "not-an-id"},
        {"worries": [{"to": "x" * 31, "words": "w"}]},
    ],
)
def test_malformed_content_is_422_and_a_list(
    change: dict[str, Any], browser: Open, visit: Visit, world: World
) -> None:
    body = {**sending.body(visit, {"O05": "no"}, now=world.now()), **change}
    answer = put(browser("officer"), sending.new_id(), body)
    assert answer.status_code == 422, answer.text
    assert answer.json
    assert all(set(one) == {"question", "message"} for one in answer.json)


@pytest.mark.parametrize(
    "text",
    [
        b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"a": NaN}', b'{"a": 1e400}',
        b'{"a": 1, "a": 2}', b"[" * 100_000, b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"a": "\\ud800"}', b'{"a": ' + b"9" * 5000 + b"}", b'{"visit": 1}',
    ],
)  # fmt: skip
def test_what_is_no_json_is_422(text: bytes, browser: Open) -> None:
    answer = put(browser("officer"), sending.new_id(), text)
    assert answer.status_code == 422
    assert isinstance(answer.json, list)


def test_f64_long_words_emoji_and_right_to_left_are_kept_exactly(
    browser: Open, visit: Visit, world: World
) -> None:
    officer, client_id = browser("officer"), sending.new_id()
    words = "😀 مرحبا\u202e" + "x" * 100_000
    body = sending.body(visit, {"O05": sending.finding("no", comment=words)}, now=world.now())
    assert put(officer, client_id, body).status_code == 201
    kept = officer.call("GET", f"{PREFIX}/inspections/{client_id}").json
    assert kept["answers"][0]["findings"][0]["comment"] == words


def test_f41_keys_of_a_newer_app_are_kept(browser: Open, visit: Visit, world: World) -> None:
    officer, client_id = browser("officer"), sending.new_id()
    body = {**sending.body(visit, {"O05": "no"}, now=world.now()), "weather": {"rain": [1, 2.5]}}
    answer = put(officer, client_id, body)
    assert answer.status_code == 201
    assert answer.json["content_sha256"] == sending.sha(rfc8785.dumps(body))


def test_ids_that_are_no_ids_are_404(browser: Open) -> None:
    officer = browser("officer")
    for path in ("/inspections/1", "/visits/1", "/inspections/x/receipt", "/nothing"):
        answer = officer.call("GET", PREFIX + path)
        assert (answer.status_code, answer.mimetype) == (404, "application/json")
