"""The page of an inspection: the score with its doubt, who may see which voice when, and what follows."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from qa_app.actions.models import Action
from qa_app.adapters.clock import SetClock
from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.defects.models import Defect
from qa_app.inspections.models import Inspection, Proposal
from qa_app.inspections.rules.submission import Finding, PhotoRef, Told
from qa_app.visits.models import Visit, VisitPerson
from tests.support.answering import sent, with_photo
from tests.support.client import Browser
from tests.support.world import World

Open = Callable[[str], Browser]
SHA = "a" * 64


def test_the_score_stands_with_its_doubt_and_its_cap(world: World, browser: Open) -> None:
    visit = world.visit()
    inspection = sent(
        visit,
        world.person("officer"),
        {
            "O38.Bedroom 1": "no",
            "O13": Finding(value="unchecked", reason="The back was locked"),
            "O15": "not-applicable",
        },
        told=(Told("Duty desk", "by phone", world.now()),),
    )
    page = browser("officer").get(f"/inspections/{inspection.id}").text
    revision = inspection.current
    assert f"{revision.percent:.1f}" in page
    assert f"{revision.coverage:.0f}% checked" in page
    assert "Urgent action" in page
    assert "Urgent, whatever the score" in page
    assert "Bedroom 1: Can each resident lock their own door and hold the key? No" in page
    assert "Not checked, though it is critical" in page
    assert "Why: The back was locked" in page
    assert "The answers earned" in page
    assert "Could not check" in page
    assert "Duty desk, by phone" in page
    assert "Everything received" in page
    for part in ("By section", "By standard", "How each question counts"):
        assert part in page


def test_photos_captions_comments_and_last_visits_answers_stand_beside_each_answer(
    world: World, browser: Open, clock: SetClock
) -> None:
    home, officer = world.home(), world.person("officer")
    world.visit(home)
    sent(world.visit(home), officer, {"O09": "2"})
    clock.move(timedelta(days=90))
    client = str(uuid.uuid4())
    photo = with_photo(officer, client, SHA, "The hall")
    inspection = sent(
        world.visit(home), officer, client_id=client,
        wanted={"O09": Finding(value="5", comment="Much better", photos=(photo,))},
    )  # fmt: skip
    page = browser("officer").get(f"/inspections/{inspection.id}").text
    assert "Much better" in page
    assert "The hall" in page
    assert f'href="/photos/photo-{SHA[:16]}/large"' in page
    assert re.search(r"Last time: Poor|Last time: 2", page), "last visit's answer"
    assert "the visit of 22 November 2026" in page


def test_photos_still_on_the_phone_are_counted(world: World, browser: Open) -> None:
    photos = (PhotoRef("b" * 64), PhotoRef("c" * 64))
    inspection = sent(
        world.visit(), world.person("officer"), {"O09": Finding(value="5", photos=photos)}
    )
    page = browser("officer").get(f"/inspections/{inspection.id}").text
    assert "2 photos are still on the phone" in page
    assert browser("officer").post(f"/inspections/{inspection.id}/share").status_code == 422


# -- Two voices ------------------------------------------------------------------------------------


def both(world: World) -> tuple[Visit, Inspection]:
    """A visit by an officer and two young inspectors, of whom one has sent theirs."""
    young = world.person("young-inspector")
    other = world.person("young-inspector", name="Second Young")
    visit = world.visit(young_inspectors=(young, other))
    return visit, sent(visit, young, {"Y26": Finding(value="no", comment="cold-canary")})


def test_an_officer_sees_the_other_voice_of_an_own_visit_only_when_all_are_in(
    world: World, browser: Open
) -> None:
    visit, theirs = both(world)
    mine = sent(visit, world.person("officer"))
    officer = browser("officer")
    percent = f"{theirs.current.percent:.1f}"
    for path in (f"/inspections/{theirs.id}", f"/inspections/{mine.id}", "/inspections"):
        page = officer.get(path).text
        assert "cold-canary" not in page, path
        assert percent not in page, path
    assert "Not yet" in officer.get(f"/inspections/{theirs.id}").text
    for path in ("follow", "share"):
        assert officer.get(f"/inspections/{theirs.id}/{path}").status_code == 302
    assert "cold-canary" in browser("manager").get(f"/inspections/{theirs.id}").text
    sent(visit, world.person("young-inspector", name="Second Young"))
    assert "cold-canary" in officer.get(f"/inspections/{theirs.id}").text
    page = officer.get(f"/inspections/{mine.id}").text
    assert percent in page
    assert "Their scores are never put together" in page


def test_an_absence_or_two_days_open_it_too(world: World, browser: Open, clock: SetClock) -> None:
    visit, theirs = both(world)
    with writing() as session:
        part = session.scalars(
            select(VisitPerson).where(
                VisitPerson.visit_id == visit.id, VisitPerson.voice == "officer"
            )
        ).one()
        part.absent_at = world.now()
    assert "cold-canary" in browser("officer").get(f"/inspections/{theirs.id}").text
    with writing() as session:
        session.get_one(VisitPerson, part.id).absent_at = None
    assert "cold-canary" not in browser("officer").get(f"/inspections/{theirs.id}").text
    clock.move(timedelta(hours=48))
    assert "cold-canary" in browser("officer").get(f"/inspections/{theirs.id}").text


def test_a_young_inspector_sees_their_own_only(world: World, browser: Open) -> None:
    visit, mine = both(world)
    officers = sent(visit, world.person("officer"), {"O38": "no"})
    young = browser("young-inspector")
    page = young.get(f"/inspections/{mine.id}").text
    assert "cold-canary" in page
    assert visit.home.address not in page
    assert young.get(f"/inspections/{officers.id}").status_code == 404
    ref = db.session.scalars(select(Defect.ref)).first()
    browser("officer").post(
        f"/defects/{ref}/comment",
        {"comment-words": "comment-canary", "comment-is_for_provider": "no"},
    )
    seen = young.get(f"/defects/{ref}")
    assert seen.status_code == 200
    assert "comment-canary" not in seen.text
    assert (
        Browser(world.app, world.person("young-inspector", name="Third"))
        .get(f"/defects/{ref}")
        .status_code
        == 404
    )


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("officer", 200), ("monitor", 200), ("manager", 200), ("director", 200), ("young-inspector", 404),
        ("provider", 404), ("adviser", 403), ("administrator", 403),
    ],
)  # fmt: skip
def test_who_may_open_an_inspection(world: World, browser: Open, role: str, status: int) -> None:
    inspection = sent(
        world.visit(officer=world.person("officer", name="Visitor")),
        world.person("officer", name="Visitor"),
    )
    someone = browser(role)
    assert someone.get(f"/inspections/{inspection.id}").status_code == status
    may_decide = role in {"officer", "manager"}
    for path in ("follow", "share"):
        answer = someone.get(f"/inspections/{inspection.id}/{path}")
        assert answer.status_code == (200 if may_decide else 403)
    assert someone.get("/inspections").status_code == (403 if status == 403 else 200)
    assert someone.get(f"/inspections/{uuid.uuid4()}").status_code == (
        403 if status == 403 else 404
    )


# -- What follows ----------------------------------------------------------------------------------


def waiting(inspection: Inspection) -> dict[str, int]:
    """The proposals that wait, by question."""
    db.session.rollback()
    rows = db.session.scalars(
        select(Proposal).where(
            Proposal.inspection_id == inspection.id, Proposal.state == "proposed"
        )
    )
    return {row.question: row.id for row in rows}


def test_urgent_ones_are_raised_at_once_and_the_rest_waits_for_an_officer(
    world: World, browser: Open
) -> None:
    inspection = sent(
        world.visit(), world.person("officer"), {"O38.Bedroom 1": "no", "O09": "1", "O56": "no"}
    )
    raised = db.session.scalars(select(Defect)).one()
    assert (raised.priority, raised.room.label) == ("P1", "Bedroom 1")
    officer = browser("officer")
    page = officer.get(f"/inspections/{inspection.id}/follow").text
    assert raised.ref in page
    assert "Does the entrance look and smell clean" in page
    answer = officer.post(f"/inspections/{inspection.id}/follow", {"action": "confirm-all"})
    assert answer.status_code == 302, answer.text
    db.session.rollback()
    categories = {one.category: one for one in db.session.scalars(select(Defect))}
    assert set(categories) == {"doors.lock", "clean.shared"}
    assert categories["clean.shared"].aware_at == inspection.current.finished_at
    assert not db.session.scalars(select(Action).where(Action.kind == "support")).one().is_proposed
    assert "Everything is decided" in officer.get(f"/inspections/{inspection.id}/follow").text


def test_an_officer_edits_declines_with_a_reason_or_leaves_for_later(
    world: World, browser: Open
) -> None:
    visit = world.visit()
    inspection = sent(visit, world.person("officer"), {"O09": "1", "O08": "1", "O15": "no"})
    ids = waiting(inspection)
    assert set(ids) == {"O09", "O08", "O15"}
    room = visit.home.rooms[-1].id
    officer, path = browser("officer"), f"/inspections/{inspection.id}/follow"
    fields: dict[str, Any] = {
        "action": "save",
        f"p{ids['O09']}-do": "confirm", f"p{ids['O09']}-category": "clean.shared",
        f"p{ids['O09']}-priority": "P2", f"p{ids['O09']}-words": "The hall is filthy", f"p{ids['O09']}-room": room,
        f"p{ids['O08']}-do": "decline", f"p{ids['O08']}-because": "",
    }  # fmt: skip
    page = officer.post(path, fields)
    assert page.status_code == 422
    assert "Say why this needs no repair" in page.text
    assert "The hall is filthy" in page.text
    assert not db.session.scalars(select(Defect)).all()
    fields[f"p{ids['O08']}-because"] = "It is bin day"
    assert officer.post(path, fields).status_code == 302
    defect = db.session.scalars(select(Defect)).one()
    assert (defect.words, defect.priority, defect.room_id) == ("The hall is filthy", "P2", room)
    assert set(waiting(inspection)) == {"O15"}
    assert "It is bin day" in officer.get(path).text
    assert officer.post(path, fields).status_code == 302  # sent again: nothing is raised twice
    assert len(db.session.scalars(select(Defect)).all()) == 1


def test_an_open_one_in_the_same_room_is_offered_first(
    world: World, browser: Open, clock: SetClock
) -> None:
    home, officer = world.home(), world.person("officer")
    first = sent(world.visit(home), officer, {"O09": "1"})
    path = f"/inspections/{first.id}/follow"
    browser("officer").post(path, {"action": "confirm-all"})
    known = db.session.scalars(select(Defect.ref)).one()
    clock.move(timedelta(days=3))
    for do, count in (("join", 1), ("separate", 2)):
        again = sent(world.visit(home), officer, {"O09": "1"})
        page = browser("officer").get(f"/inspections/{again.id}/follow").text
        assert f"{known}</a>, told 3 days ago" in page
        number = waiting(again)["O09"]
        sent_answer = browser("officer").post(
            f"/inspections/{again.id}/follow",
            {
                "action": "save", f"p{number}-do": do, f"p{number}-category": "clean.shared",
                f"p{number}-priority": "P3", f"p{number}-words": "Still dirty", f"p{number}-room": "",
            },
        )  # fmt: skip
        assert sent_answer.status_code == 302
        db.session.rollback()
        assert len(db.session.scalars(select(Defect)).all()) == count
    joined = db.session.scalars(select(Defect).where(Defect.ref == known)).one()
    assert len(joined.tellings) == 2


def test_what_a_young_inspector_saw_broken_must_be_picked_by_an_officer(
    world: World, browser: Open
) -> None:
    young = world.person("young-inspector")
    visit = world.visit(young_inspectors=(young,))
    theirs = sent(visit, young, {"Y08": Finding(value="yes", comment="The blind is down")})
    sent(visit, world.person("officer"))
    assert not db.session.scalars(select(Defect)).all()
    officer, path = browser("officer"), f"/inspections/{theirs.id}/follow"
    assert "The blind is down" in officer.get(path).text
    number = waiting(theirs)["Y08"]
    page = officer.post(
        path, {"action": "save", f"p{number}-do": "confirm", f"p{number}-words": "A blind"}
    )
    assert page.status_code == 422
    assert "Choose what is wrong" in page.text
    assert "Choose a priority" in page.text
    officer.post(
        path,
        {
            "action": "save", f"p{number}-do": "confirm", f"p{number}-words": "A blind is down",
            f"p{number}-category": "furniture", f"p{number}-priority": "P3", f"p{number}-room": "",
        },
    )  # fmt: skip
    assert db.session.scalars(select(Defect)).one().words == "A blind is down"


def test_actions_of_the_last_visit_that_are_not_done_are_opened_again(
    world: World, browser: Open, clock: SetClock
) -> None:
    home, officer = world.home(), world.person("officer")
    first = sent(world.visit(home), officer, {"O56": "no"})
    browser("officer").post(f"/inspections/{first.id}/follow", {"action": "confirm-all"})
    with writing() as session:
        action = session.scalars(select(Action).where(Action.kind == "support")).one()
        action.done_at, action.evidence = world.now(), "They said so"
        ref = action.ref
    clock.move(timedelta(hours=2))
    again = sent(world.visit(home), officer, {"O60": "some", "O61": Decimal(12)})
    page = browser("officer").get(f"/inspections/{again.id}/follow").text
    assert "Which actions of the last visit are not done?" in page
    assert "12 days" in page
    browser("officer").post(f"/inspections/{again.id}/follow", {"action": "save", "reopen": ref})
    db.session.rollback()
    assert db.session.scalars(select(Action).where(Action.ref == ref)).one().done_at is None


def test_nothing_to_decide_says_so(world: World, browser: Open) -> None:
    inspection = sent(world.visit(), world.person("officer"))
    page = browser("officer").get(f"/inspections/{inspection.id}/follow").text
    assert "Nothing to decide" in page
