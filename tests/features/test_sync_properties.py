"""The phone's door under chance: any order converges, and no JSON whatever is answered with a 500."""

from __future__ import annotations

import contextvars
import copy
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from qa_app.base.db import db
from qa_app.defects.models import Defect, Telling
from qa_app.inspections.models import FindingRow, Inspection, InspectionRevision, Proposal
from qa_app.photos.models import Photo
from qa_app.visits.models import Visit
from tests.support import sending
from tests.support.client import Browser
from tests.support.world import World

Open = Callable[[str], Browser]
API = "/api/v1"
SLOW = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=(Phase.explicit, Phase.generate),  # the database remembers: nothing to shrink
)


class Line:
    """A phone's line to the server: one sign-in, many requests."""

    def __init__(self, browser: Browser) -> None:
        self.browser, self.token = browser, browser.api_token()

    def __call__(self, method: str, path: str, data: bytes | None = None) -> Any:
        """Send a request."""
        headers = {"Origin": "http://localhost", "X-CSRF-Token": self.token}
        db.session.rollback()
        answer = contextvars.Context().run(
            self.browser.client.open, f"{API}{path}", method=method, data=data, headers=headers
        )
        db.session.rollback()
        return answer


def rows() -> dict[str, int]:
    """How many rows there are of what an inspection makes."""
    models: tuple[Any, ...] = (
        Inspection, InspectionRevision, FindingRow, Photo, Defect, Telling, Proposal,
    )  # fmt: skip
    return {
        model.__name__: int(db.session.scalar(select(func.count()).select_from(model)) or 0)
        for model in models
    }


def test_f27_any_order_and_any_repetition_is_one_record_and_one_receipt(
    app: Flask, browser: Open, world: World
) -> None:
    line = Line(browser("officer"))
    home = world.home()
    pictures = [sending.photo(number) for number in range(3)]
    no_picture = b"<svg/>"
    named = [sending.named(one) for one in (*pictures, no_picture)]
    now = world.now()
    made: dict[str, int] = {}

    @SLOW
    @given(st.data())
    def converges(data: st.DataObject) -> None:
        nonlocal made
        visit = world.visit(home)
        before, client_id = rows(), sending.new_id()
        body = sending.body(
            visit, {"O38": sending.finding("no", photos=named), "O04": "needs-attention"}, now=now
        )
        path = f"/inspections/{client_id}"
        steps: dict[str, Callable[[], Any]] = {
            "answers": lambda: line("PUT", path, json.dumps(body).encode()),
            "receipt": lambda: line("GET", f"{path}/receipt"),
        }
        for number, picture in enumerate((*pictures, no_picture)):
            steps[f"photo {number}"] = partial(
                line, "PUT", f"{path}/photos/{sending.sha(picture)}", picture
            )
        more = data.draw(st.lists(st.sampled_from(sorted(steps)), max_size=8))
        order = data.draw(st.permutations([*steps, *more]))
        for step in order:
            answer = steps[step]()
            assert answer.status_code in {200, 201, 404, 422}, (step, answer.text)
            if "status" in (answer.json or {}) and answer.json["status"] == "complete":
                held = {one.sha256 for one in db.session.scalars(select(Photo)) if client_id in one.owner_id}  # fmt: skip
                assert held == {sending.sha(one) for one in pictures}
        receipts = [steps[step]().json for step in ("answers", "receipt", "answers")]
        assert receipts[0] == receipts[1] == receipts[2]
        assert (receipts[0]["status"], receipts[0]["revision"]) == ("complete", 1)
        assert [one["reason"] for one in receipts[0]["refused"]] == ["not_a_picture"]
        after = rows()
        difference = {name: after[name] - before[name] for name in after}
        difference.pop("Defect")  # the first visit raises it, the later ones tell of it again
        made = made or difference
        assert difference == made
        assert db.session.get_one(Visit, visit.id).status == "done"

    converges()


# -- Hostile JSON ----------------------------------------------------------------------------------

WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "\x00", "\ud800", "😀" * 20, "O05", "D-7K3M9", "A-" + "9" * 40, "no", "unchecked",
         "0" * 64, "2026-11-22T10:00:00Z", "9999-12-31T23:59:59-14:00", "' OR 1=1 --", "{{7*7}}"]
    ),
)  # fmt: skip
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    WORDS,
    st.integers(min_value=-(2**70), max_value=2**70),
    st.floats(allow_nan=True, allow_infinity=True),
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=12,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, one in value.items():
            found += places(one, (*path, key))
    if isinstance(value, list):
        for number, one in enumerate(value):
            found += places(one, (*path, number))
    return found


def put_at(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The value with something else at one place."""
    changed = copy.deepcopy(value)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = new
    return changed


def encoded(value: Any) -> bytes:
    """JSON as a careless program writes it, NaN and lone surrogates included."""
    return json.dumps(value).encode()


def test_t51_no_json_is_answered_with_an_error_of_ours(
    app: Flask, browser: Open, world: World
) -> None:
    line = Line(browser("officer"))
    visit = world.visit()
    room = visit.home.rooms[0].id
    picture = sending.named(sending.photo(), "The lock")
    good = sending.body(
        visit,
        {
            "O05": sending.finding("no", comment="Loose", photos=[picture]),
            "O38": [sending.finding("no", room)],
            "O52": 3,
        },
        now=world.now(), asked=["O05", "O38", "O52"],
        rooms=[{"id": room, "kind": "bedroom", "label": "Bedroom 1"}],
        told=[{"who": "Desk", "how": "phone", "at": world.now().isoformat()}],
        worries=[{"to": "officer", "words": "A man"}],
    )  # fmt: skip
    where = places(good)

    @SLOW
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        body = good
        for _ in range(data.draw(st.integers(1, 3))):
            body = put_at(body, data.draw(st.sampled_from(where)), data.draw(ANYTHING))
            where_now = places(body)
            if not where_now:
                break
            body = put_at(body, data.draw(st.sampled_from(where_now)), data.draw(LEAVES))
            break
        sent = encoded(body)
        answer = line("PUT", f"/inspections/{sending.new_id()}", sent)
        assert answer.status_code in {200, 201, 404, 422}, (answer.status_code, sent)
        if answer.status_code == 422:
            assert all(set(one) == {"question", "message"} for one in answer.json)
        draft = {"id": sending.new_id(), "device": "d", "saved_at": good["finished"], **body}
        answer = line("PUT", f"/visits/{visit.id}/draft", encoded(draft))
        assert answer.status_code in {200, 404, 422}, (answer.status_code, sent)
        assert line("GET", f"/visits/{visit.id}/draft").status_code in {200, 404}

    @SLOW
    @given(ANYTHING, st.sampled_from(["/inspections/{}", "/visits/{}", "/visits/{}/draft"]))
    def anything(value: Any, path: str) -> None:
        answer = line("PUT", path.format(sending.new_id()), encoded(value))
        assert answer.status_code in {404, 422}, answer.text

    @SLOW
    @given(st.binary(max_size=200))
    def bytes_of_any_kind(sent: bytes) -> None:
        assert line("PUT", f"/inspections/{sending.new_id()}", sent).status_code == 422

    holds()
    anything()
    bytes_of_any_kind()
    assert line("GET", "/visits").status_code == 200
