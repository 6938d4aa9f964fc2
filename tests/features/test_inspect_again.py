"""The form of an inspection in its other lives: saved by a script, gone on with elsewhere, a young inspector's, full disks."""

from __future__ import annotations

import errno
import io
import re
from datetime import timedelta

import pytest
from PIL import Image

from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.inspections.models import Inspection
from qa_app.photos.models import Photo
from qa_app.photos.service import intake
from qa_app.visits import queries as visits
from qa_app.visits import service as visit_service
from qa_app.visits.models import Draft, Visit
from tests.support import pictures
from tests.support.filling import (
    MULTIPART,
    all_answers,
    draft,
    finding,
    picture,
    prepared,
    send,
)


def test_the_script_saves_by_the_same_form_and_is_told_in_json(world, browser):
    visit, officer = world.visit(), browser("officer")
    fields = {"O05": "no", "O19": "warm", "O05-photos": picture(pictures.jpeg()), "action": "save"}
    answer = officer.post(
        f"/visits/{visit.id}/inspect?all=1", fields, content_type=MULTIPART,
        headers={"Accept": "application/json"},
    )  # fmt: skip
    assert answer.status_code == 422
    assert list(answer.json["problems"]) == ["O19"]
    [shown] = answer.json["photos"]["O05"]
    assert shown["key"] == finding(draft(visit), "O05").photos[0].sha256[:16]
    assert finding(draft(visit), "O05").value == "no"


def test_unfinished_work_on_the_phone_can_be_gone_on_with_here(world, browser):
    visit, officer = world.visit(), browser("officer")
    content = {
        "visit": visit.id, "question_set": {"key": "officer-visit", "version": 1}, "form": "full",
        "started": "2026-11-22T09:00:00+00:00", "finished": None,
        "answers": [{"question": "O05", "findings": [{"room": None, "value": "no"}]}],
    }  # fmt: skip
    with writing() as session:
        visit_service.save_draft(
            session, session.get(Visit, visit.id), world.person("officer"), client_id="c" * 36,
            device="phone", content=content, saved_at=world.now(), now=world.now(),
        )  # fmt: skip
    assert "on another device" in officer.get(f"/visits/{visit.id}/inspect").text
    send(officer, visit, "take-over", device="phone")
    assert finding(draft(visit), "O05").value == "no"
    assert "on another device" not in officer.get(f"/visits/{visit.id}/inspect").text


def test_somebody_who_was_replaced_can_still_send(app, world, browser):
    visit, officer = world.visit(), browser("officer")
    answers = all_answers(prepared(app, visit))
    with writing() as session:
        visit_service.reassign(
            session, session.get(Visit, visit.id), officer=world.person("manager"),
            actor=world.person("officer"), now=world.now(),
        )  # fmt: skip
    assert "Somebody else makes this visit now" in officer.get(f"/visits/{visit.id}/inspect").text
    assert "/inspections/" in send(officer, visit, "finish", **answers).location


def test_a_cancelled_visit_can_still_be_sent(app, world, browser):
    visit, officer = world.visit(), browser("officer")
    answers = all_answers(prepared(app, visit))
    with writing() as session:
        visit_service.cancel(
            session, session.get(Visit, visit.id), because="Flood",
            actor=world.person("officer"), now=world.now(),
        )  # fmt: skip
    assert "This visit was cancelled" in officer.get(f"/visits/{visit.id}/inspect").text
    assert "/inspections/" in send(officer, visit, "finish", **answers).location


def test_a_young_inspector_gets_their_own_set_by_the_same_address(app, world, browser):
    young = world.person("young-inspector")
    visit = world.visit(young_inspectors=(young,))
    inspector = browser("young-inspector")
    page = inspector.get(f"/visits/{visit.id}/inspect?all=1").text
    assert len(set(re.findall(r'name="(Y\d\d)', page))) == 28
    assert not re.findall(r'name="O\d\d', page)
    assert "ds-stars" in page
    assert "I&#39;m not sure" in page
    assert "Last visit" not in page
    answers = all_answers(prepared(app, visit, "young-inspector"), Y28=["", "not-sure"], Y24="no")
    answers["Y09"], answers["Y09-comment"] = "no", "Dirty oven"
    answer = send(inspector, visit, "finish", **answers)
    assert "/inspections/" in answer.location, answer.text
    [inspection] = db.session.query(Inspection).all()
    assert inspection.voice == "young-inspector"
    assert inspection.current.gaps == []
    kept = visits.one(db.session(), visit.id, young)
    assert kept.status == "planned"  # only an officer begins a visit


def test_a_young_inspector_is_never_asked_to_ring_a_provider(world, browser):
    young = world.person("young-inspector")
    visit = world.visit(young_inspectors=(young,))
    inspector = browser("young-inspector")
    answer = send(inspector, visit, "save-and-next", "/bedroom", Y14="no")
    assert "Ring the provider" not in inspector.get(answer.location).text


def test_the_last_visit_and_what_is_open_stand_beside_the_question(app, world, browser, clock):
    home = world.home()
    officer = browser("officer")
    before = world.visit(home)
    answers = all_answers(
        prepared(app, before), **{"O11": "no", "O11-reason": "Dark", "O11-comment": "None upstairs"}
    )
    send(officer, before, "finish", **answers)
    clock.move(timedelta(hours=1))
    visit = world.visit(home)
    page = officer.get(f"/visits/{visit.id}/inspect/fire").text
    assert "Last visit (22 November 2026):" in page
    assert "None upstairs" in page
    assert "Still open from before" in page
    page = officer.get(f"/visits/{visit.id}/inspect/follow-up").text
    assert "Our own list of open repairs" in page


def test_certificates_on_record_stand_beside_the_question_about_them(world, browser):
    home = world.home()
    visit, officer = world.visit(home), browser("officer")
    assert "expired or missing" in officer.get(f"/visits/{visit.id}/inspect/documents").text


def test_a_full_disk_keeps_nothing_and_says_so(world, browser, monkeypatch):
    visit, officer = world.visit(), browser("officer")
    send(officer, visit, O05="yes")

    def full(_path):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(intake(), "sync_file", full)
    answer = send(officer, visit, **{"O05": "no", "O05-photos": picture(pictures.jpeg())})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert db.session.query(Photo).count() == 0
    assert finding(draft(visit), "O05").value == "yes"


def noise(seed: int) -> bytes:
    """A photo that does not shrink: some megabytes of noise."""
    out = io.BytesIO()
    Image.effect_noise((2400 + seed, 1800), 90).save(out, "JPEG", quality=95)
    return out.getvalue()


def test_photos_of_several_megabytes_pass(world, browser):
    visit, officer = world.visit(), browser("officer")
    many = [noise(n) for n in range(3)]
    assert sum(map(len, many)) > 5_000_000
    photos = [picture(data, f"{n}.jpg") for n, data in enumerate(many)]
    answer = send(officer, visit, **{"O05": "no", "O05-photos": photos})
    assert answer.status_code == 302, answer.text
    assert len(finding(draft(visit), "O05").photos) == 3


def test_a_photo_that_is_too_large_is_named_and_the_rest_is_saved(world, browser):
    visit, officer = world.visit(), browser("officer")
    huge = picture(pictures.jpeg() + bytes(20_000_001), "panorama.jpg")
    answer = send(
        officer,
        visit,
        page="/outside",
        **{"O05": "no", "O05-photos": [huge, picture(pictures.jpeg())]},
    )
    assert answer.status_code == 422
    assert "panorama.jpg was not taken" in answer.text
    assert len(finding(draft(visit), "O05").photos) == 1
    bomb = picture(pictures.png_bomb(), "bomb.png")
    answer = send(officer, visit, page="/outside", **{"O05-photos": bomb})
    assert answer.status_code == 422
    assert "bomb.png was not taken" in answer.text
    assert len(finding(draft(visit), "O05").photos) == 1


@pytest.mark.parametrize(
    "name",
    [
        "O05.",
        "O05.x-photos",
        "-comment",
        "O05-raise-comment",
        "O99",
        "O05-caption.zz",
        "O05-remove.0123456789abcdef",
        "O38." + "x" * 50,
        "told-at",
    ],
)
def test_odd_field_names_are_no_trouble(world, browser, name):
    visit, officer = world.visit(), browser("officer")
    answer = send(officer, visit, **{name: "\x00<b>odd</b>\x07", "O05": "yes"})
    assert answer.status_code in {302, 422}
    assert finding(draft(visit), "O05").value == "yes"
    assert "<b>odd</b>" not in officer.get(f"/visits/{visit.id}/inspect?all=1").text


def test_a_form_without_its_token_is_refused_and_changes_nothing(world, browser):
    visit, officer = world.visit(), browser("officer")
    answer = officer.client.post(
        f"/visits/{visit.id}/inspect", data={"O05": "no", "O05-photos": picture(pictures.jpeg())}, content_type=MULTIPART
    )  # fmt: skip
    assert answer.status_code == 400
    assert db.session.query(Draft).count() == 0
    assert db.session.query(Photo).count() == 0
