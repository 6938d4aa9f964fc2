"""The main job in a real browser: an officer plans a visit, answers all questions with photos, finishes, sees the score."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qa_app.base.db import db
from qa_app.homes.models import Home
from qa_app.inspections.models import Inspection
from qa_app.inspections.preparing import Prepared
from qa_app.photos.models import Photo
from qa_app.visits.models import Draft, Visit
from tests.support import pictures
from tests.support.filling import best, names, prepared
from tests.support.live import LAPTOP, PHONE, SMALL, Visitor

# what differs between the databases, the feature tests hold
pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]


@pytest.fixture(scope="module")
def twelve(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Twelve photos as phones send them: HEIC, turned, with a place, MPO, WebP, PNG."""
    folder = tmp_path_factory.mktemp("photos")
    made = {
        "heic.heic": pictures.heic(),
        "heic-turned.heic": pictures.heic(orientation=6, width=800, height=600),
        "mpo.jpg": pictures.mpo(),
        "gps.jpg": pictures.jpeg(orientation=3),
        "turned-6.jpg": pictures.jpeg(orientation=6),
        "turned-8.jpg": pictures.jpeg(orientation=8),
        "tall.jpg": pictures.jpeg(width=480, height=900),
        "webp.webp": pictures.webp(),
        "png.png": pictures.png(),
        "grey.jpg": pictures.grey_jpeg(),
        "cmyk.jpg": pictures.cmyk_jpeg(),
        "wide.jpg": pictures.jpeg(width=900, height=500),
    }
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in made]


CANARY = "the resident says it was like this in June"
"""Typed into a comment: comments stay with us until somebody releases them."""

FAILING = {
    "O05": "no",
    "O11": "no",
    "O14": "needs-attention",
    "O25": "small-patches",
    "O27": "some",
    "O08": "2",
}
"""Answers that ask for a photo; two photos each."""


def plan_a_visit(officer: Visitor, home: Home) -> Visit:
    page = officer.open("/visits")
    officer.look("visits-empty")
    officer.press("Plan a visit")
    page.get_by_label("Name, reference, address or postcode").fill("SE15 4NX")
    officer.press("Show")
    officer.look("visits-pick")
    officer.follow(home.name)
    officer.look("visits-new")
    page.get_by_label("Routine visit").check()
    page.get_by_label("No, unannounced").check()
    for part, value in (("Day", "22"), ("Month", "11"), ("Year", "2026")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("Officer who goes").select_option(label="Officer")
    officer.press("Plan this visit")
    officer.look("visits-show")
    db.session.rollback()
    [visit] = db.session.query(Visit).all()
    return visit


def answer_everything(
    officer: Visitor, made: Prepared, photos: list[Path], changes: dict[str, str]
) -> None:
    page, left = officer.page, list(photos)
    for section in made.question_set.sections_for(made.asked):
        for question in section.questions:
            for name in names(question, made.rooms):
                value = changes.get(name, changes.get(question.id, best(question)))
                if question.kind == "choice":
                    page.locator(f'[name="{name}"][value="{value}"]').check()
                else:
                    page.locator(f'[name="{name}"]').first.fill(value)
                if question.id == "O05":
                    page.locator(f'[name="{name}-comment"]').fill(CANARY)
                if question.id in FAILING:
                    page.locator(f'[name="{name}-photos"]').set_input_files(
                        [left.pop(), left.pop()]
                    )
        officer.press("Save and check" if section.id == "overall" else "Save and go on")
    assert not left


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_officer_does_a_whole_visit_on_a_phone(
    app, world, window: Callable[..., Visitor], twelve, has_scripts
):
    home, email = world.home("Maple House"), world.person("officer").email
    world.person("provider")
    officer = window(PHONE, has_scripts=has_scripts)
    officer.sign_in(email)
    if not has_scripts:
        officer.look = lambda name="": None  # type: ignore[method-assign]  # axe is a script itself
    visit = plan_a_visit(officer, home)
    page = officer.page
    made = prepared(app, visit)
    officer.press("Start the questions")
    officer.look("inspect-list")
    officer.follow("Arrival")
    officer.look("inspect-section")
    first, second = [r for r in made.rooms if r.kind == "bedroom"]
    changes = {**FAILING, f"O38.{first.id}": "no", f"O38.{second.id}": "no"}
    answer_everything(officer, made, twelve, changes)
    officer.look("inspect-check")
    assert page.get_by_role("heading", name="Ring the provider now").is_visible()
    page.get_by_label("Who did you tell?").fill("Duty desk")
    page.get_by_label("By phone").check()
    officer.press("Save who was told")
    assert "You told Duty desk by phone" in page.content()
    assert "Nothing is missing" in page.content()
    officer.press("Finish and send")
    page.wait_for_url("**/inspections/*")
    officer.look("inspection")
    assert "Urgent action" in page.content()
    db.session.rollback()
    [inspection] = db.session.query(Inspection).all()
    assert page.url.endswith(f"/inspections/{inspection.id}")
    assert inspection.current.gaps == []
    assert len(inspection.current.manifest) == 12
    assert db.session.query(Photo).count() == 12
    locks = [f for f in inspection.current.findings if f.question == "O38"]
    assert [(f.room_id, f.value) for f in locks] == [(first.id, "no"), (second.id, "no")]
    share_and_look_as_the_provider(officer, window, inspection.id, has_scripts=has_scripts)


def share_and_look_as_the_provider(
    officer: Visitor, window: Callable[..., Visitor], inspection_id: str, *, has_scripts: bool
) -> None:
    """The officer shares what was found; the provider sees its repairs, and nothing that is not for it."""
    page = officer.open(f"/inspections/{inspection_id}")
    assert "Bedroom 1" in page.content()
    assert "Bedroom 2" in page.content()
    officer.press("Share with the provider")
    officer.look("inspection-share")
    officer.press("Share this with the provider")
    provider = window(PHONE, has_scripts=has_scripts)
    provider.sign_in("provider@example.org")
    if not has_scripts:
        provider.look = lambda name="": None  # type: ignore[method-assign]  # axe is a script itself
    page = provider.open(f"/inspections/{inspection_id}")
    provider.look("inspection-provider")
    text = page.content()
    assert "Can each resident lock their own door" in text
    for secret in (
        CANARY,
        "exploitation",
        "who is not on the record",
        "Do residents say they feel safe",
    ):
        assert secret not in text
    page = provider.open("/defects")
    provider.look("defects-provider")
    assert "Bedroom 1" in page.content()
    assert CANARY not in page.content()
    page = provider.open("/visits")
    provider.look("visits-provider")
    assert "Maple House" in page.content()


def test_the_script_keeps_work_photos_and_shows_an_emergency_at_once(world, window, twelve):
    visit, email = world.visit(), world.person("officer").email
    officer = window(PHONE)
    officer.sign_in(email)
    page = officer.open(f"/visits/{visit.id}/inspect/utilities")
    assert not page.get_by_text("Smell of gas? Leave first.").is_visible()
    page.locator('[name="O23"][value="yes"]').check()
    assert page.get_by_text("Smell of gas? Leave first.").is_visible()
    officer.look("inspect-gas")
    reason = page.locator('[name="O21-reason"]')
    assert not reason.is_visible()
    page.locator('[name="O21"][value="unsafe"]').check()
    assert reason.is_visible()
    page.locator('[name="O21-photos"]').set_input_files(twelve[0])
    page.get_by_text("Photo 1 is safe").wait_for()
    page.locator('[name="O21-comment"]').fill("Bare wire by the bed")
    page.wait_for_function(
        "document.querySelector('[data-saved]').textContent.startsWith('Saved at')"
    )
    db.session.rollback()
    assert db.session.query(Photo).count() == 1
    page.wait_for_timeout(3000)
    db.session.rollback()
    [draft] = db.session.query(Draft).all()
    assert "Bare wire by the bed" in str(draft.content)
    officer.open(f"/visits/{visit.id}/inspect/utilities")
    assert page.locator('[name="O21-comment"]').input_value() == "Bare wire by the bed"
    page.locator(".ds-drafted img").wait_for()  # the worker has made a clean copy
    officer.look("inspect-kept")


def test_mistakes_are_linked_to_their_fields(world, window):
    visit, email = world.visit(), world.person("officer").email
    officer = window(PHONE)
    officer.sign_in(email)
    page = officer.open(f"/visits/{visit.id}/inspect/heating")
    page.locator('[name="O19"]').first.fill("warm")
    officer.press("Save and go on")
    assert page.locator(".govuk-error-summary").is_visible()
    officer.look("inspect-mistake")
    page.get_by_role("link", name="Enter a number").click()
    assert page.evaluate("document.activeElement.name") == "O19"
    assert page.locator('[name="O19"]').first.input_value() == "warm"


@pytest.mark.parametrize("viewport", [SMALL, PHONE, LAPTOP], ids=["320", "390", "1280"])
def test_every_page_of_visits_and_of_the_form_is_in_order(world, window, viewport):
    young = world.person("young-inspector")
    visit = world.visit(young_inspectors=(young,))
    size = str(viewport["width"])
    officer = window(viewport)
    officer.sign_in(world.person("officer").email)
    pages = {
        "day": "/visits", "new": f"/visits/new?home={visit.home.ref}", "begin": f"/visits/begin?home={visit.home.ref}",
        "pick": "/visits/new", "show": f"/visits/{visit.id}", "change": f"/visits/{visit.id}/change",
        "cancel": f"/visits/{visit.id}/cancel", "reassign": f"/visits/{visit.id}/reassign",
        "list": f"/visits/{visit.id}/inspect", "bedroom": f"/visits/{visit.id}/inspect/bedroom",
        "fire": f"/visits/{visit.id}/inspect/fire", "heating": f"/visits/{visit.id}/inspect/heating",
        "check": f"/visits/{visit.id}/inspect/check", "all": f"/visits/{visit.id}/inspect?all=1",
    }  # fmt: skip
    for name, path in pages.items():
        officer.open(path)
        officer.look(f"{name}-{size}")
    page = officer.open(f"/visits/{visit.id}/inspect/safety")
    page.locator('[name="O59"][value="yes"]').check()
    officer.press("Save and go on")
    officer.look(f"safeguarding-{size}")
    page = officer.open(f"/visits/{visit.id}/inspect/fire")
    page.locator('[name="O11"][value="no"]').check()
    officer.press("Save and go on")
    officer.look(f"ring-{size}")
    inspector = window(viewport)
    inspector.sign_in(young.email)
    for name, path in {
        "young-day": "/visits", "young-show": f"/visits/{visit.id}",
        "young-list": f"/visits/{visit.id}/inspect", "young-section": f"/visits/{visit.id}/inspect/first-look",
        "young-overall": f"/visits/{visit.id}/inspect/overall", "young-check": f"/visits/{visit.id}/inspect/check",
    }.items():  # fmt: skip
        inspector.open(path)
        inspector.look(f"{name}-{size}")


def test_the_form_can_be_filled_with_the_keyboard_alone(world, window):
    visit, email = world.visit(), world.person("officer").email
    officer = window(LAPTOP)
    officer.sign_in(email)
    page = officer.open(f"/visits/{visit.id}/inspect/hall")
    page.locator('[name="O09"]').first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.textContent.trim()"))
        if seen[-1] == "Save and go on":
            break
    assert seen[-1] == "Save and go on"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/inspect/fire")
    officer.open(f"/visits/{visit.id}/inspect/hall")
    assert page.locator('[name="O09"]:checked').input_value() == "4"
