"""The access matrix: which answer each person gets at each address, written out from product.md and from nothing else.

A line is ``METHOD endpoint | what | officer monitor manager director young-inspector provider adviser
administrator``. A cell is ``ok`` (the request is carried out or its form comes back), ``403`` (a
permission is lacking) or ``404`` (it is out of this person's scope, and looks as if it did not exist).
``what`` is whose thing is asked for; ``-`` where there is none.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from qa_app.base.db import db
from qa_app.question_sets import queries as question_sets
from tests.support.scene import ROLES, Scene

# product.md, "Who may see and do what". Where a line's right is not one word, the row of that table stands above it.
TABLE = """
# everybody's own
POST accounts.sign_out             | -          | ok  ok  ok  ok  ok  ok  ok  ok
POST accounts.sign_out_everywhere  | -          | ok  ok  ok  ok  ok  ok  ok  ok

# homes: read: all, all, all, all, own visit (on the visit's page), own, placement card (not in the app yet), no addresses
GET  homes.index                   | -          | ok  ok  ok  ok  403 ok  403 ok
GET  homes.show                    | own        | ok  ok  ok  ok  403 ok  403 ok
GET  homes.show                    | other      | ok  ok  ok  ok  403 404 403 ok
GET  homes.show                    | moved      | ok  ok  ok  ok  403 404 403 ok
# homes: write: officer, manager
GET  homes.new                     | -          | ok  403 ok  403 403 403 403 403
POST homes.new                     | -          | ok  403 ok  403 403 403 403 403
GET  homes.edit                    | own        | ok  403 ok  403 403 403 403 403
POST homes.edit                    | own        | ok  403 ok  403 403 403 403 403
POST homes.add_room                | own        | ok  403 ok  403 403 403 403 403
POST homes.end_room                | own        | ok  403 ok  403 403 403 403 403
POST homes.bring_back              | own        | ok  403 ok  403 403 403 403 403
# pause, first use: officer and monitor propose, the manager does it and answers what was proposed
GET  homes.move                    | own        | ok  ok  ok  403 403 403 403 403
POST homes.move                    | own        | ok  ok  ok  403 403 403 403 403
GET  homes.answer                  | own        | 403 403 ok  403 403 403 403 403
POST homes.answer                  | own        | 403 403 ok  403 403 403 403 403

# providers, contracts: read / write: yes/no, yes/yes, yes/yes, yes/no, no, own/no, no, no
GET  providers.index               | -          | ok  ok  ok  ok  403 ok  403 403
GET  providers.show                | own        | ok  ok  ok  ok  403 ok  403 403
GET  providers.show                | other      | ok  ok  ok  ok  403 404 403 403
GET  providers.new                 | -          | 403 ok  ok  403 403 403 403 403
POST providers.new                 | -          | 403 ok  ok  403 403 403 403 403
GET  providers.edit                | own        | 403 ok  ok  403 403 403 403 403
POST providers.edit                | own        | 403 ok  ok  403 403 403 403 403
GET  providers.end                 | own        | 403 ok  ok  403 403 403 403 403
POST providers.end                 | own        | 403 ok  ok  403 403 403 403 403
POST providers.take_up             | own        | 403 ok  ok  403 403 403 403 403
GET  providers.contact             | own        | 403 ok  ok  403 403 403 403 403
POST providers.contact             | own        | 403 ok  ok  403 403 403 403 403
GET  providers.new_contact         | own        | 403 ok  ok  403 403 403 403 403
POST providers.new_contact         | own        | 403 ok  ok  403 403 403 403 403
POST providers.remove_contact      | own        | 403 ok  ok  403 403 403 403 403
GET  providers.contract            | own        | 403 ok  ok  403 403 403 403 403
POST providers.contract            | own        | 403 ok  ok  403 403 403 403 403
GET  providers.new_contract        | own        | 403 ok  ok  403 403 403 403 403
POST providers.new_contract        | own        | 403 ok  ok  403 403 403 403 403
GET  providers.end_contract        | own        | 403 ok  ok  403 403 403 403 403
POST providers.end_contract        | own        | 403 ok  ok  403 403 403 403 403

# visits: the programme is for those who go or read inspections; a provider hears of a visit once it was shared
GET  visits.index                  | -          | ok  ok  ok  ok  ok  ok  403 403
GET  visits.show                   | own        | ok  ok  ok  ok  ok  404 403 403
GET  visits.show                   | other      | ok  ok  ok  ok  404 404 403 403
GET  visits.show                   | future     | ok  ok  ok  ok  ok  404 403 403
GET  visits.show                   | shared     | ok  ok  ok  ok  ok  ok  403 403
GET  visits.show                   | unshared   | ok  ok  ok  ok  404 404 403 403
GET  visits.show                   | foreign    | ok  ok  ok  ok  404 404 403 403
# visits: plan, assign: officer, manager; a young inspector accepts or declines an own one
GET  visits.new                    | -          | ok  403 ok  403 403 403 403 403
POST visits.new                    | -          | ok  403 ok  403 403 403 403 403
GET  visits.begin                  | -          | ok  403 ok  403 403 403 403 403
POST visits.begin                  | -          | ok  403 ok  403 403 403 403 403
GET  visits.change                 | own        | ok  403 ok  403 403 403 403 403
POST visits.change                 | own        | ok  403 ok  403 403 403 403 403
GET  visits.reassign               | own        | ok  403 ok  403 403 403 403 403
POST visits.reassign               | own        | ok  403 ok  403 403 403 403 403
GET  visits.cancel                 | own        | ok  403 ok  403 403 403 403 403
POST visits.cancel                 | own        | ok  403 ok  403 403 403 403 403
POST visits.answer                 | own        | 403 403 403 403 ok  403 403 403
POST visits.answer                 | other      | 403 403 403 403 404 403 403 403
# inspection: fill: whoever is assigned
POST visits.move                   | assigned   | ok  403 ok  403 ok  403 403 403
POST visits.move                   | other      | 404 403 404 403 404 403 403 403

GET  inspections.fill              | assigned   | ok  403 ok  403 ok  403 403 403
GET  inspections.fill              | other      | 404 403 404 403 404 403 403 403
POST inspections.fill              | assigned   | ok  403 ok  403 ok  403 403 403
POST inspections.fill              | other      | 404 403 404 403 404 403 403 403
GET  inspections.check             | assigned   | ok  403 ok  403 ok  403 403 403
GET  inspections.check             | other      | 404 403 404 403 404 403 403 403
POST inspections.check             | assigned   | ok  403 ok  403 ok  403 403 403
POST inspections.check             | other      | 404 403 404 403 404 403 403 403
GET  inspections.section           | assigned   | ok  403 ok  403 ok  403 403 403
GET  inspections.section           | other      | 404 403 404 403 404 403 403 403
POST inspections.section           | assigned   | ok  403 ok  403 ok  403 403 403
POST inspections.section           | other      | 404 403 404 403 404 403 403 403

# certificates: read; read, write; read, write; read (on the home's page); a provider's upload is not in the app yet
GET  certificates.new              | own        | 403 ok  ok  403 403 403 403 403
POST certificates.new              | own        | 403 ok  ok  403 403 403 403 403

# a provider contact's own page
GET  desk.provider                 | -          | 403 403 403 403 403 ok  403 403

# photos: whoever may see their owner; a provider those of shared questions it may see
GET  photos.show                   | shared photo            | ok  ok  ok  ok  404 ok  404 403
GET  photos.show                   | shared withheld photo   | ok  ok  ok  ok  404 404 404 403
GET  photos.show                   | unshared withheld photo | ok  ok  ok  ok  404 404 404 403
GET  photos.show                   | foreign photo           | ok  ok  ok  ok  404 404 404 403

# actions: all, read, all, read, no, own once shared: answer, no, no
GET  actions.index                 | -          | ok  ok  ok  ok  403 ok  403 403
GET  actions.show                  | own        | ok  ok  ok  ok  403 ok  403 403
GET  actions.show                  | unshared   | ok  ok  ok  ok  403 404 403 403
GET  actions.show                  | other      | ok  ok  ok  ok  403 404 403 403
POST actions.done                  | own        | ok  403 ok  403 403 403 403 403
POST actions.reopen                | own        | ok  403 ok  403 403 403 403 403
POST actions.answer                | own        | 403 403 403 403 403 ok  403 403
POST actions.answer                | unshared   | 403 403 403 403 403 404 403 403
POST actions.answer                | other      | 403 403 403 403 403 404 403 403

# defects: read: all, all, all, all, own visit's, own and nothing withheld, of the placement card, no
GET  defects.index                 | -          | ok  ok  ok  ok  ok  ok  ok  403
GET  defects.export                | -          | ok  ok  ok  ok  ok  ok  ok  403
GET  defects.show                  | own        | ok  ok  ok  ok  ok  ok  ok  403
GET  defects.show                  | other      | ok  ok  ok  ok  404 404 ok  403
GET  defects.show                  | withheld   | ok  ok  ok  ok  404 404 ok  403
# defects: act: officer and manager all of it, a monitor comments, a provider answers
POST defects.comment               | own        | ok  ok  ok  403 403 403 403 403
POST defects.move                  | own        | ok  ok  ok  403 403 403 403 403
POST defects.priority              | own        | ok  403 ok  403 403 403 403 403
POST defects.safe                  | own        | ok  403 ok  403 403 403 403 403
POST defects.answer                | own        | 403 403 403 403 403 ok  403 403
POST defects.answer                | other      | 403 403 403 403 403 404 403 403
POST defects.answer                | withheld   | 403 403 403 403 403 404 403 403

# inspection: read: all (the other voice of an own visit later), all, all, all, own, own homes once shared, no, no
GET  inspections.index             | -              | ok  ok  ok  ok  ok  ok  403 403
GET  inspections.show              | shared         | ok  ok  ok  ok  404 ok  403 403
GET  inspections.show              | shared young   | ok  ok  ok  ok  ok  ok  403 403
GET  inspections.show              | unshared       | ok  ok  ok  ok  404 404 403 403
GET  inspections.show              | foreign        | ok  ok  ok  ok  404 404 403 403
GET  inspections.show              | foreign young  | ok  ok  ok  ok  404 404 403 403
# share a visit; decide what follows: officer, manager
GET  inspections.share             | unshared       | ok  403 ok  403 403 403 403 403
POST inspections.share             | unshared       | ok  403 ok  403 403 403 403 403
GET  inspections.follow            | unshared       | ok  403 ok  403 403 403 403 403
POST inspections.follow            | unshared       | ok  403 ok  403 403 403 403 403

# the phone's door: the same rights; ids of inspections are each account's own (T33, T34)
GET  sync.session                  | -              | ok  ok  ok  ok  ok  ok  ok  ok
GET  sync.list_visits              | -              | ok  403 ok  403 ok  403 403 403
GET  sync.get_visit                | assigned       | ok  403 ok  403 ok  403 403 403
GET  sync.get_visit                | other          | 404 403 404 403 404 403 403 403
PUT  sync.put_visit                | new            | ok  403 ok  403 403 403 403 403
GET  sync.get_draft                | assigned       | ok  403 ok  403 ok  403 403 403
GET  sync.get_draft                | other          | 404 403 404 403 404 403 403 403
PUT  sync.put_draft                | assigned       | ok  403 ok  403 ok  403 403 403
PUT  sync.put_draft                | other          | 404 403 404 403 404 403 403 403
PUT  sync.put_inspection           | assigned       | ok  403 ok  403 ok  403 403 403
PUT  sync.put_inspection           | other          | 404 403 404 403 404 403 403 403
PUT  sync.put_photo                | new            | ok  403 ok  403 ok  403 403 403
GET  sync.get_inspection           | shared         | ok  ok  ok  ok  404 ok  403 403
GET  sync.get_inspection           | shared young   | ok  ok  ok  ok  ok  ok  403 403
GET  sync.get_inspection           | unshared       | ok  ok  ok  ok  404 404 403 403
GET  sync.get_inspection           | foreign        | ok  ok  ok  ok  404 404 403 403
GET  sync.get_receipt              | shared         | ok  403 404 403 404 403 403 403
GET  sync.get_receipt              | shared young   | 404 403 404 403 ok  403 403 403

# /attention: officer, manager
GET  desk.attention                | -          | ok  403 ok  403 403 403 403 403
POST desk.looked_at                | shared     | ok  403 ok  403 403 403 403 403
POST desk.decide                   | shared     | ok  403 ok  403 403 403 403 403

# safeguarding words: officers and managers on duty that day. The page lists what one may hear: for others nothing
GET  safeguarding.index            | -          | ok  403 ok  403 403 403 403 403
GET  safeguarding.show             | shared     | 404 403 404 403 403 403 403 403
POST safeguarding.note             | shared     | 404 403 404 403 403 403 403 403
POST safeguarding.take_on          | shared     | 404 403 404 403 403 403 403 403
POST safeguarding.stand_in         | -          | ok  403 ok  403 403 403 403 403
"""
PUBLIC = {
    "accounts.sign_in", "desk.index", "desk.healthz", "desk.accessibility", "desk.privacy", "desk.favicon",
    "sync.describe",
}  # fmt: skip
"""What anybody may ask for, signed in or not."""

MAKES = {"sync.put_visit", "sync.put_inspection", "sync.put_photo"}
"""Where an unknown id is a new thing, not an absent one."""

LAST = ("visits.cancel", "accounts.sign_out", "accounts.sign_out_everywhere")
"""What ends something that other lines ask for."""

FIXED = {"size": "small", "step": "check_in", "sha256": "0" * 64}


@dataclass(frozen=True)
class Line:
    """One line of the table: a request about one thing, and what each person gets."""

    method: str
    endpoint: str
    what: str
    cells: dict[str, str] = field(hash=False)

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint} ({self.what})"


def lines() -> list[Line]:
    """Return the table, reading before writing and what ends something last."""
    found = []
    for text in TABLE.strip().splitlines():
        if not text.strip() or text.startswith("#"):
            continue
        request, what, cells = (part.strip() for part in text.split("|"))
        method, endpoint = request.split()
        found.append(Line(method, endpoint, what, dict(zip(ROLES, cells.split(), strict=True))))
    return sorted(found, key=lambda line: (line.endpoint in LAST, line.method != "GET"))


def address(scene: Scene, rule: Rule, line: Line, who: str) -> str:
    """Return the address of what a line asks for; ``KeyError`` naming an argument that nothing stands for."""
    values = {name: _value(scene, line, who, name) for name in rule.arguments}
    with scene.app.test_request_context():
        from flask import url_for

        return url_for(line.endpoint, **values)


def absent(scene: Scene, rule: Rule, line: Line) -> str:
    """Return the same address for a thing that does not exist."""
    nothing: dict[str, Any] = FIXED | {
        "ref": {"homes": "H-9999", "defects": "D-ZZZZZ", "actions": "A-ZZZZZ"}.get(
            line.endpoint.split(".")[0], "H-9999"
        ),
        "id": 999_999, "record_id": 999_999, "contact_id": 999_999, "contract_id": 999_999,
        "visit_id": "00000000-0000-4000-8000-000000000000", "photo_id": "A" * 22,
        "client_id": "00000000-0000-4000-8000-000000000000",
        "section": "nowhere",
        "inspection_id": "00000000-0000-4000-8000-000000000000",
        "room_id": "00000000-0000-4000-8000-000000000000",
    }  # fmt: skip
    with scene.app.test_request_context():
        from flask import url_for

        return url_for(line.endpoint, **{name: nothing[name] for name in rule.arguments})


def _value(scene: Scene, line: Line, who: str, name: str) -> Any:
    feature, what, ids = line.endpoint.split(".")[0], line.what, scene.ids
    if name == "client_id":
        return ids[f"{what} inspection"] if f"{what} inspection" in ids else str(uuid.uuid4())
    if name == "visit_id":
        if what == "new":
            return str(uuid.uuid4())
        if what == "assigned":
            what = "manager's" if who == "manager" else "own"
        return ids[f"{what} visit"]
    if name == "ref":
        kind = {"defects": "defect", "actions": "action"}.get(feature, "ref")
        return ids[f"{what} {kind}"]
    if name == "id":
        return ids[f"{what} company"]
    if name == "photo_id":
        return ids[what]
    if name in FIXED:
        return FIXED[name]
    if name == "section":
        return first_section(scene, who)
    kind = {
        "room_id": "room", "contact_id": "contact", "contract_id": "contract", "record_id": "record",
        "inspection_id": "inspection",
    }[name]  # fmt: skip
    return ids[f"{what} {kind}"]


def body(scene: Scene, line: Line, who: str) -> Any:
    """Return a body that names what it is about, so that only the right to send it is in question."""
    if line.method != "PUT":
        return {"kind": "revision", "subject": scene.ids.get(f"{line.what} revision", "")}
    now = scene.world.now().isoformat()
    if line.endpoint == "sync.put_photo":
        return b"bytes whose digest is another"
    if line.endpoint == "sync.put_visit":
        return {"home": scene.ids["own ref"], "purpose": "routine", "form": "full", "started": now}
    visit = scene.ids.get(f"{line.what} visit") or _value(scene, line, who, "visit_id")
    voice = "young-inspector-visit" if who == "young-inspector" else "officer-visit"
    content = {
        "visit": visit,
        "question_set": {"key": voice, "version": 1},
        "form": "full",
        "answers": [],
    }
    if line.endpoint == "sync.put_draft":
        return content | {"id": str(uuid.uuid4()), "device": "another phone", "saved_at": now}
    return content | {"started": now, "finished": now}


def first_section(scene: Scene, who: str) -> str:
    """Return the first section of the questions that somebody is asked."""
    audience = "young inspector" if who == "young-inspector" else "officer"
    version = question_sets.latest_for(db.session(), audience)
    assert version is not None
    return question_sets.question_set(version).sections[0].id


def outcome(answer: TestResponse) -> str:
    """Return what an answer comes to: ok, sign-in, or its status."""
    status = answer.status_code
    if status in {301, 302, 303, 307, 308}:
        return "sign-in" if (answer.location or "").startswith("/sign-in?next=") else "ok"
    if status in {401, 403, 404, 405} or status >= 500:
        return str(status)
    return "ok"


def requests(rules: Iterator[Rule]) -> set[tuple[str, str]]:
    """Return every method and endpoint that an app answers."""
    return {
        (method, rule.endpoint)
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }
