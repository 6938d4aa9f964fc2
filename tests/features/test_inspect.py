"""Filling in an inspection on the web, without a script: answers, rooms, photos, mistakes, finish."""

from __future__ import annotations

import json
import re

import pytest

from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.homes.models import Home
from qa_app.inspections import wire
from qa_app.inspections.models import Inspection
from qa_app.photos.models import Photo
from qa_app.visits.models import Draft, Visit
from tests.support import pictures
from tests.support.filling import all_answers, draft, finding, picture, prepared, send


def rooms(visit, kind):
    return [r for r in db.session.get(Home, visit.home_id).rooms if r.kind == kind]


# -- The pages -------------------------------------------------------------------------------------


def test_the_list_shows_every_section_and_how_far_it_has_come(app, world, browser):
    visit, officer = world.visit(), browser("officer")
    page = officer.get(f"/visits/{visit.id}/inspect").text
    assert "0 of 23" in re.sub(r"<[^>]+>", "", page)
    assert page.count("Not started") == 23
    send(officer, visit, page="/arrival", O01="yes", O02="announced", O03="unchecked")
    send(officer, visit, page="/hall", O09="1")
    page = officer.get(f"/visits/{visit.id}/inspect").text
    assert "3 of 3 answered" in page
    assert "2 missing" in page  # O09 wants a photo or a reason, O10 an answer
    assert page.count("Not started") == 21
    assert "Saved 22 November 2026" in page


@pytest.mark.parametrize("page", ["", "?all=1", "/check", "/bedroom", "/utilities"])
def test_every_page_can_be_read(world, browser, page):
    visit = world.visit()
    assert browser("officer").get(f"/visits/{visit.id}/inspect{page}").status_code == 200


def test_all_64_questions_are_on_one_page_each_room_by_itself(app, world, browser):
    visit = world.visit(world.home(bedrooms=3))
    page = browser("officer").get(f"/visits/{visit.id}/inspect?all=1").text
    names = set(re.findall(r'name="(O\d\d)', page))
    assert len(names) == 64
    for room in rooms(visit, "bedroom"):
        assert f'name="O38.{room.id}"' in page
        assert f'name="O38.{room.id}-photos"' in page
    assert "O59-photos" not in page  # never a photo there


def test_who_may_fill_in(world, browser):
    visit = world.visit()
    path = f"/visits/{visit.id}/inspect"
    assert browser("officer").get(path).status_code == 200
    assert browser("manager").get(path).status_code == 404
    assert browser("young-inspector").get(path).status_code == 404
    for role in ("monitor", "director", "provider", "adviser", "administrator"):
        assert browser(role).get(path).status_code == 403
    assert browser("officer").get("/visits/no-such-visit/inspect").status_code == 404
    assert browser("officer").get(f"{path}/no-such-section").status_code == 404
    assert browser("manager").post(path, {"O05": "yes"}).status_code == 404


# -- Answers ---------------------------------------------------------------------------------------


def test_answers_are_kept_and_shown_again(world, browser):
    visit, officer = world.visit(), browser("officer")
    answer = send(
        officer, visit, "save-and-next", "/outside",
        **{"O05": "no", "O05-comment": "Lock is <b>loose</b>", "O06": "needs-attention", "O06-raise": "P1", "O06-reason": "Too dark"},
    )  # fmt: skip
    assert answer.location == f"/visits/{visit.id}/inspect/hall"
    kept = draft(visit)
    assert finding(kept, "O05").value == "no"
    assert finding(kept, "O05").comment == "Lock is <b>loose</b>"
    assert finding(kept, "O06").raise_to == "P1"
    assert finding(kept, "O06").reason == "Too dark"
    page = officer.get(f"/visits/{visit.id}/inspect/outside").text
    assert "Lock is &lt;b&gt;loose&lt;/b&gt;" in page
    assert re.search(r'id="O05-no" name="O05" type="radio" value="no" checked', page)
    assert re.search(r'name="O06-raise" type="checkbox" value="P1" checked', page)


def test_what_is_not_on_the_page_stays_as_it_was(world, browser):
    visit, officer = world.visit(), browser("officer")
    send(officer, visit, O05="no", O06="unsafe", **{"O06-raise": "P1", "O05-comment": "Loose"})
    send(officer, visit, page="/hall", O09="5")
    kept = draft(visit)
    assert finding(kept, "O05").comment == "Loose"
    assert finding(kept, "O06").raise_to == "P1"
    send(officer, visit, page="/outside", O06="unsafe", **{"O06-comment": "", "O05-comment": ""})
    kept = draft(visit)
    assert finding(kept, "O06").raise_to is None  # the box was on the page, and not ticked
    assert finding(kept, "O05").comment == ""
    assert finding(kept, "O05").value == "no"


def test_raising_goes_when_the_answer_no_longer_raises_anything(world, browser):
    visit, officer = world.visit(), browser("officer")
    send(officer, visit, O06="good", **{"O06-raise": "P1"})
    assert finding(draft(visit), "O06").raise_to is None


def test_two_bedrooms_are_two_findings(world, browser):
    visit, officer = world.visit(), browser("officer")
    first, second = rooms(visit, "bedroom")
    send(
        officer,
        visit,
        page="/bedroom",
        **{
            f"O38.{first.id}": "no",
            f"O38.{second.id}": "yes",
            f"O38.{second.id}-comment": "Key shown",
        },
    )
    kept = draft(visit)
    assert finding(kept, "O38", first.id).value == "no"
    assert finding(kept, "O38", second.id).comment == "Key shown"
    page = officer.get(f"/visits/{visit.id}/inspect/bedroom").text
    assert page.index("Bedroom 1") < page.index("Bedroom 2")


def test_a_home_without_a_bathroom_says_so_and_where_to_add_one(world, browser):
    visit = world.visit(world.home(bathrooms=0))
    page = browser("officer").get(f"/visits/{visit.id}/inspect/bathroom").text
    assert "Our record has no bathroom" in page
    assert f"/homes/{visit.home.ref}#rooms" in page


@pytest.mark.parametrize(
    ("typed", "value", "status"),
    [
        (["17.5"], "17.5", None),
        (["-3"], "-3", None),
        ([" 17,5 "], "17.5", None),
        (["", "unchecked"], None, "unchecked"),
        (["18", "unchecked"], "18", None),
        ([""], None, None),
    ],
)
def test_numbers(world, browser, typed, value, status):
    visit, officer = world.visit(), browser("officer")
    send(officer, visit, page="/heating", O19=typed, O18="good")
    found = [a for a in draft(visit).answers if a.question == "O19"]
    if value is None and status is None:
        assert not found
    else:
        [one] = found[0].findings
        assert (None if one.value is None else str(one.value), one.status) == (value, status)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"O19": "warm"}, "Enter a number"),
        ({"O19": "17.55"}, "at most 1 digit"),
        ({"O61": "2.5"}, "Enter a whole number"),
        ({"O18": "purple"}, "Choose one of the answers"),
        ({"O18-comment": "x" * 10_001}, "10,000 characters or fewer"),
    ],
)
def test_a_mistake_is_named_and_nothing_typed_is_lost(world, browser, fields, words):
    visit, officer = world.visit(), browser("officer")
    answer = send(
        officer, visit, "finish", "?all=1",
        **{"O20": "good", "O20-comment": "Tested twice", "O23-photos": picture(pictures.jpeg())}, **fields,
    )  # fmt: skip
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert words in answer.text
    [(name, typed)] = fields.items()
    assert f'href="#{name}"' in answer.text
    if name.startswith("O18-") or name[:3] in {"O19", "O61"}:
        assert typed in answer.text
    assert "Tested twice" in answer.text
    kept = draft(visit)
    assert finding(kept, "O20").comment == "Tested twice"
    assert len(finding(kept, "O23").photos) == 1
    assert "Photo 1 is safe" in answer.text


def test_a_number_out_of_range_is_taken_and_left_to_be_looked_at(app, world, browser):
    visit, officer = world.visit(), browser("officer")
    answers = all_answers(prepared(app, visit), O19="60")
    assert send(officer, visit, "finish", **answers).status_code == 302
    [inspection] = db.session.query(Inspection).all()
    assert "number-out-of-range" in inspection.current.flags


# -- Photos ----------------------------------------------------------------------------------------


def test_photos_are_kept_at_once_captioned_and_removed(world, browser):
    visit, officer = world.visit(), browser("officer")
    two = [picture(pictures.jpeg(orientation=6)), picture(pictures.heic(), "IMG_1.HEIC")]
    send(officer, visit, page="/outside", **{"O05": "no", "O05-photos": two})
    first, second = finding(draft(visit), "O05").photos
    rows = db.session.query(Photo).order_by(Photo.received_at).all()
    user = world.person("officer")
    [row] = db.session.query(Draft).filter_by(visit_id=visit.id)
    assert {r.sha256 for r in rows} == {first.sha256, second.sha256}
    assert {(r.owner_kind, r.owner_id) for r in rows} == {
        ("inspection", f"{user.id}/{row.client_id}")
    }
    key = first.sha256[:16]
    send(
        officer,
        visit,
        page="/outside",
        **{f"O05-caption.{key}": "The latch", f"O05-remove.{second.sha256[:16]}": "yes"},
    )
    [left] = finding(draft(visit), "O05").photos
    assert (left.sha256, left.caption) == (first.sha256, "The latch")
    page = officer.get(f"/visits/{visit.id}/inspect/outside").text
    assert 'value="The latch"' in page
    assert f"O05-remove.{second.sha256[:16]}" not in page


def test_the_same_photo_twice_is_one_photo(world, browser):
    visit, officer = world.visit(), browser("officer")
    for _ in range(2):
        send(officer, visit, **{"O05-photos": picture(pictures.jpeg())})
    assert len(finding(draft(visit), "O05").photos) == 1
    assert db.session.query(Photo).count() == 1


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "plan.svg"),
        (b"<html><script>alert(1)</script>", "kitchen.jpg"),
        (b"", "empty.jpg"),
        (pictures.gif(), "dance.gif"),
    ],
)
def test_a_photo_that_is_none_is_named_and_the_rest_is_saved(world, browser, data, name):
    visit, officer = world.visit(), browser("officer")
    answer = send(
        officer, visit, page="/outside",
        **{"O05": "no", "O05-photos": [picture(data, name), picture(pictures.jpeg())]},
    )  # fmt: skip
    assert answer.status_code == 422
    assert f"{name} was not taken" in answer.text
    assert 'href="#O05-photos"' in answer.text
    assert finding(draft(visit), "O05").value == "no"
    assert len(finding(draft(visit), "O05").photos) == 1


def test_no_photo_is_taken_where_the_set_allows_none(world, browser):
    visit, officer = world.visit(), browser("officer")
    answer = send(officer, visit, **{"O59": "no", "O59-photos": picture(pictures.jpeg())})
    assert answer.status_code == 422
    assert "No photos here" in answer.text
    assert db.session.query(Photo).count() == 0
    assert finding(draft(visit), "O59").value == "no"


# -- Safety first ----------------------------------------------------------------------------------


def test_gas_shows_the_panel_before_anything_else(world, browser):
    visit, officer = world.visit(), browser("officer")
    page = officer.get(f"/visits/{visit.id}/inspect/utilities").text
    assert '<template id="panel-gas">' in page
    answer = send(officer, visit, "save-and-next", "/utilities", O23="yes")
    page = officer.get(answer.location).text
    assert page.index("Smell of gas? Leave first.") < page.index("<h1")
    assert 'href="tel:0800111999"' in page
    assert '<template id="panel-gas">' not in page


def test_a_p1_says_ring_the_provider_now_and_records_who_was_told(world, browser):
    visit, officer = world.visit(), browser("officer")
    answer = send(officer, visit, "save-and-next", "/fire", O11="no")
    page = officer.get(answer.location).text
    assert "Ring the provider now" in page
    assert 'href="tel:02079460000"' in page
    answer = send(officer, visit, "save", "/heating", **{"told-how": "phone"})
    assert answer.status_code == 422
    assert "Enter who you told" in answer.text
    send(
        officer,
        visit,
        "save",
        "/heating",
        **{"told-who": "Duty desk", "told-how": "phone", "told-at": "09:50"},
    )
    [told] = draft(visit).told
    assert (told.who, told.how) == ("Duty desk", "phone")
    assert told.at.isoformat() == "2026-11-22T09:50:00+00:00"
    page = officer.get(f"/visits/{visit.id}/inspect").text
    assert "Ring the provider now" not in page
    assert "You told Duty desk by phone" in page


def test_a_provider_without_a_number_is_said_to_have_none(world, browser):
    provider = world.provider()
    with writing() as session:
        for one in session.merge(provider).contacts:
            one.phone = ""
    visit, officer = world.visit(), browser("officer")
    send(officer, visit, O11="no")
    assert "We hold no phone number" in officer.get(f"/visits/{visit.id}/inspect").text


@pytest.mark.parametrize(
    ("authority", "number"), [("E09000028", "020 7525 1921"), ("E09000023", "020 8314 6660")]
)
def test_safeguarding_says_what_to_do_in_the_area_where_the_home_stands(
    world, browser, authority, number
):
    visit = world.visit(world.home(authority=authority, youngest_age=16, oldest_age=17))
    officer = browser("officer")
    answer = send(officer, visit, "save-and-next", "/safety", O58="no", O59="yes")
    assert "now=1" in answer.location
    page = officer.get(answer.location).text
    assert 'href="tel:999"' in page
    assert number in page
    assert "kept apart" in page
    assert "Samaritans" not in page  # nobody has checked that number yet


def test_safeguarding_of_adults_in_an_area_without_numbers(world, browser):
    visit = world.visit(world.home(authority="E09000008", youngest_age=18, oldest_age=24))
    officer = browser("officer")
    page = officer.get(send(officer, visit, "save-and-next", "/safety", O59="yes").location).text
    assert "adult safeguarding" in page
    assert "under 18" not in page


# -- Check and finish ------------------------------------------------------------------------------


def test_everything_answered_is_received_at_once(app, world, browser):
    visit, officer = world.visit(), browser("officer")
    answer = send(officer, visit, "finish", **all_answers(prepared(app, visit)))
    assert answer.status_code == 302, answer.text
    [inspection] = db.session.query(Inspection).all()
    assert answer.location == f"/inspections/{inspection.id}"
    assert inspection.current.percent == 100.0
    assert inspection.current.gaps == []
    assert db.session.get(Visit, visit.id).status == "done"
    assert officer.get(answer.location).status_code == 200


@pytest.mark.parametrize("page", ["", "?all=1", "/check", "/overall"])
def test_save_and_finish_work_on_every_page(app, world, browser, page):
    visit, officer = world.visit(), browser("officer")
    assert send(officer, visit, "save", page, O05="no").status_code == 302
    answers = all_answers(prepared(app, visit))
    answer = send(officer, visit, "finish", page, **answers)
    assert "/inspections/" in answer.location


def test_finishing_twice_changes_nothing(app, world, browser):
    visit, officer = world.visit(), browser("officer")
    answers = all_answers(prepared(app, visit))
    first = send(officer, visit, "finish", **answers)
    again = send(officer, visit, "finish", **answers)
    assert first.location == again.location
    [inspection] = db.session.query(Inspection).all()
    assert len(inspection.revisions) == 1
    assert officer.get(f"/visits/{visit.id}/inspect").location == first.location
    assert send(officer, visit, "save", O05="no").location == first.location
    assert len(db.session.get(Inspection, inspection.id).revisions) == 1


def test_what_is_missing_is_named_first_then_sent_all_the_same(app, world, browser):
    visit, officer = world.visit(), browser("officer")
    answers = all_answers(prepared(app, visit), O05="no", O11="unchecked")
    del answers["O64"]
    first = send(officer, visit, "check", "?all=1", **answers)
    assert first.location == f"/visits/{visit.id}/inspect/check"
    assert db.session.query(Inspection).count() == 0
    page = officer.get(first.location).text
    assert "3 things are missing" in page
    assert f"/visits/{visit.id}/inspect/outside#O05-photos" in page
    assert f"/visits/{visit.id}/inspect/fire#O11-reason" in page
    assert f"/visits/{visit.id}/inspect/overall#O64" in page
    answer = send(officer, visit, "finish", "/check")
    [inspection] = db.session.query(Inspection).all()
    assert answer.location == f"/inspections/{inspection.id}"
    assert inspection.current.gaps == ["O05", "O11", "O64"]


def test_photos_and_words_arrive_with_the_inspection(app, world, browser):
    visit, officer = world.visit(), browser("officer")
    first, second = rooms(visit, "bedroom")
    answers = all_answers(
        prepared(app, visit),
        **{
            "O05": "no", "O05-photos": picture(pictures.jpeg()), "O05-comment": "Latch broken",
            f"O38.{first.id}": "no", f"O38.{second.id}": "no",
            "told-who": "Duty desk", "told-how": "phone",
        },
    )  # fmt: skip
    send(officer, visit, "finish", **answers)
    [inspection] = db.session.query(Inspection).all()
    submission = wire.submission_of(json.loads(inspection.current.content))
    assert finding(submission, "O05").comment == "Latch broken"
    assert len(inspection.current.manifest) == 1
    assert [one.who for one in submission.told] == ["Duty desk"]
    assert [(f.room, f.value) for a in submission.answers if a.question == "O38" for f in a.findings] == [
        (first.id, "no"), (second.id, "no"),
    ]  # fmt: skip
    assert inspection.current.band == "urgent-action"


def test_a_started_visit_keeps_the_facts_of_that_day(app, world, browser):
    visit, officer = world.visit(), browser("officer")
    send(officer, visit, O05="yes")
    kept = db.session.get(Visit, visit.id)
    assert kept.status == "in-progress"
    assert kept.facts["started_on"] == "2026-11-22"
