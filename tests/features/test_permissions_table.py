"""One test a cell of product.md's permission table, as far as the app has grown: through the pages themselves.

``yes``: it can be done; ``403``: no permission; ``404``: outside one's own. The address forms are those of the table
"Addresses of pages", so that this file also holds the contract. Cells with words in them are spelt out below.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.accounts.models import Duty
from qa_app.base.db import db
from qa_app.base.transaction import writing
from tests.support.scene import ROLES, Scene

#        officer monitor manager director young-inspector provider adviser administrator
TABLE = """
homes: read, own                 | GET  /homes/{own ref}                            | yes yes yes yes 403 yes 403 yes
homes: read, other's             | GET  /homes/{other ref}                          | yes yes yes yes 403 404 403 yes
homes: write                     | POST /homes/{own ref}/edit                       | yes 403 yes 403 403 403 403 403
pause, first use: propose        | POST /homes/{own ref}/status                     | yes yes yes 403 403 403 403 403
pause, first use: decide         | POST /homes/{own ref}/proposal                   | 403 403 yes 403 403 403 403 403
visits: plan                     | POST /visits/new                                 | yes 403 yes 403 403 403 403 403
visits: assign                   | POST /visits/{own visit}/reassign                | yes 403 yes 403 403 403 403 403
visits: accept, decline          | POST /visits/{own visit}/answer                  | 403 403 403 403 yes 403 403 403
inspection: fill, not assigned   | GET  /visits/{other visit}/inspect               | 404 403 404 403 404 403 403 403
providers: read                  | GET  /providers/{own company}                    | yes yes yes yes 403 yes 403 403
providers: read, other's         | GET  /providers/{other company}                  | yes yes yes yes 403 404 403 403
providers, contracts: write      | POST /providers/{own company}/contracts/new      | 403 yes yes 403 403 403 403 403
actions: read, own and shared    | GET  /actions/{own action}                       | yes yes yes yes 403 yes 403 403
actions: read, not shared        | GET  /actions/{unshared action}                  | yes yes yes yes 403 404 403 403
actions: do                      | POST /actions/{own action}/done                  | yes 403 yes 403 403 403 403 403
actions: answer                  | POST /actions/{own action}/answer                | 403 403 403 403 403 yes 403 403
share a visit                    | POST /inspections/{unshared inspection}/share    | yes 403 yes 403 403 403 403 403
attention                        | GET  /attention                                  | yes 403 yes 403 403 403 403 403
inspection: read, shared         | GET  /inspections/{shared inspection}            | yes yes yes yes 404 yes 403 403
inspection: read, one's own voice| GET  /inspections/{shared young inspection}      | yes yes yes yes yes yes 403 403
inspection: read, not shared     | GET  /inspections/{unshared inspection}          | yes yes yes yes 404 404 403 403
safeguarding words, not on duty  | GET  /safeguarding/{shared record}               | 404 403 404 403 403 403 403 403
defects: read                    | GET  /defects/{own defect}                       | yes yes yes yes yes yes yes 403
defects: read, withheld          | GET  /defects/{withheld defect}                  | yes yes yes yes 404 404 yes 403
defects: act, priority           | POST /defects/{own defect}/priority              | yes 403 yes 403 403 403 403 403
defects: act, comment            | POST /defects/{own defect}/comment               | yes yes yes 403 403 403 403 403
defects: act, answer             | POST /defects/{own defect}/answer                | 403 403 403 403 403 yes 403 403
certificates: write              | POST /homes/{own ref}/certificates/new           | 403 yes yes 403 403 403 403 403
provider's own page              | GET  /provider                                   | 403 403 403 403 403 yes 403 403
"""


@pytest.fixture
def scene(app: Flask, world: Any) -> Scene:
    """Everything twice."""
    return Scene(app, world)


def column(who: str) -> list[tuple[str, str, str, str]]:
    """Return the cells of one role: what, method, address, what is expected."""
    found = []
    for text in TABLE.strip().splitlines():
        what, request, row = (part.strip() for part in text.split("|"))
        method, path = request.split(maxsplit=1)
        found.append((what, method, path, row.split()[ROLES.index(who)]))
    return found


@pytest.mark.parametrize("who", ROLES)
def test_a_column_of_the_table_holds_cell_by_cell(
    scene: Scene, who: str, subtests: pytest.Subtests
) -> None:
    browser = scene.browser(who)
    for what, method, path, expected in column(who):
        with subtests.test(f"{what}: {who}"):
            at = path.format_map(scene.ids)
            answer = browser.get(at) if method == "GET" else browser.post(at)
            got = "yes" if answer.status_code in {200, 302, 303, 422} else str(answer.status_code)
            assert got == expected


# ---- cells that are sentences ----------------------------------------------------------------


def test_homes_read_administrator_sees_no_address(scene: Scene) -> None:
    page = scene.browser("administrator").get(f"/homes/{scene.ids['own ref']}").text
    assert "Maple House" in page
    assert scene.secrets["address of the own home"] not in page
    assert scene.secrets["postcode of the own home"] not in page


def test_homes_read_young_inspector_area_before_and_address_on_the_day(scene: Scene) -> None:
    young = scene.browser("young-inspector")
    later = young.get(f"/visits/{scene.ids['future visit']}").text
    assert "SE15" in later
    for secret in ("name", "address", "postcode", "reference"):
        assert scene.secrets[f"{secret} of the next home"] not in later
    today = young.get(f"/visits/{scene.ids['own visit']}").text
    assert scene.secrets["address of the own home"] in today


def test_inspection_read_provider_by_each_questions_share(scene: Scene) -> None:
    page = scene.browser("provider").get(f"/inspections/{scene.ids['shared inspection']}").text
    assert scene.secrets["caption of the shared visit"] in page
    assert scene.secrets["comment of the shared visit"] not in page, (
        "comments are at least reviewed"
    )
    assert scene.secrets["reviewed comment of the shared visit"] not in page
    assert scene.secrets["safeguarding of the shared visit"] not in page
    assert scene.secrets["name of the young inspector"] not in page


def test_safeguarding_words_are_for_the_duty_officer_of_that_day(scene: Scene) -> None:
    path = f"/safeguarding/{scene.ids['shared record']}"
    assert scene.browser("duty officer").get(path).status_code == 200
    assert scene.browser("officer").get(path).status_code == 404
    with writing() as session:
        for duty in session.scalars(select(Duty)):
            duty.ends_on = scene.world.today() - timedelta(days=1)
    assert scene.browser("duty officer").get(path).status_code == 404


def test_prices_are_for_staff_and_the_provider_whose_they_are(scene: Scene) -> None:
    path, price = (
        f"/providers/{scene.ids['own company']}",
        scene.secrets["price of the own provider"],
    )
    for who in ("officer", "monitor", "manager", "director", "provider"):
        assert price in scene.browser(who).get(path).text, who
    for who in ("young-inspector", "adviser", "administrator", "other provider"):
        assert price not in scene.browser(who)._send("GET", path).text, who


def test_an_officer_proposes_a_pause_and_only_a_manager_makes_it(scene: Scene) -> None:
    path, status = f"/homes/{scene.ids['own ref']}/status", lambda: scene.home("own").status
    for who in ("officer", "monitor"):
        scene.browser(who).post(path, {"to": "paused", "because": "The stairs are not safe."})
        db.session.rollback()
        assert status() == "in-use", who
    scene.browser("manager").post(path, {"to": "paused", "because": "The stairs are not safe."})
    db.session.rollback()
    assert status() == "paused"
