"""Sharing: the provider gets exactly the preview, by each question's rule; comments, names and withheld things stay."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from sqlalchemy import select

from qa_app.accounts.models import User
from qa_app.audit.models import AuditEntry
from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.inspections.models import Inspection
from qa_app.inspections.rules.submission import Finding
from tests.support.answering import sent, with_photo
from tests.support.client import Browser
from tests.support.world import World

Open = Callable[[str], Browser]
SHOWN, REVIEWED, NEVER = "a" * 64, "b" * 64, "c" * 64
YOUNG = "Zephyrine Canaryname"


def told(world: World) -> tuple[Inspection, Inspection]:
    """An officer's and a young inspector's inspection full of things that a provider must not read."""
    officer = world.person("officer")
    young = world.person("young-inspector", name=YOUNG)
    visit = world.visit(young_inspectors=(young,))
    client = str(uuid.uuid4())
    photos = {
        sha: with_photo(officer, client, sha, f"caption-of-{sha[0]}")
        for sha in (SHOWN, REVIEWED, NEVER)
    }
    officers = sent(
        visit, officer, client_id=client,
        wanted={
            "O09": Finding(value="1", comment="comment-canary", photos=(photos[SHOWN],)),
            "O50": Finding(value="1", comment="reviewed-canary", photos=(photos[REVIEWED],)),
            "O58": Finding(value="yes", comment="never-canary", photos=(photos[NEVER],)),
            "O38.Bedroom 1": Finding(value="no", comment="lock-canary"),
            "O13": Finding(value="unchecked", reason="reason-canary"),
        },
    )  # fmt: skip
    youngs = sent(
        visit, young,
        {
            "Y26": Finding(value="no", comment="young-comment-canary"),
            "Y27": Finding(value="young-words-canary"),
            "Y24": Finding(value="no", comment="young-worry-canary"),
        },
    )  # fmt: skip
    return officers, youngs


CANARIES = (
    "comment-canary", "reviewed-canary", "never-canary", "lock-canary", "reason-canary", "young-comment-canary",
    "young-words-canary", "young-worry-canary", YOUNG, "Zephyrine", "caption-of-b", "caption-of-c",
    "Is anyone staying who is not on the record?", "Do staff know each resident",
    "Do the people you met seem to feel safe here?", "Told apart",
)  # fmt: skip


def report(page: str) -> str:
    """The report of a page, without the links of actions and repairs, which a preview does not need."""
    start = page.index('<div class="ds-score')
    return re.sub(r"<button.*|</?a[^>]*>|</div>|\s+", "", page[start : page.index("</main>")])


def test_before_sharing_a_provider_sees_nothing_and_a_preview_is_what_it_gets(
    world: World, browser: Open
) -> None:
    officers, youngs = told(world)
    officer, provider = browser("officer"), browser("provider")
    for one in (officers, youngs):
        assert provider.get(f"/inspections/{one.id}").status_code == 404
        preview = officer.get(f"/inspections/{one.id}/share").text
        assert officer.post(f"/inspections/{one.id}/share").status_code == 302
        page = provider.get(f"/inspections/{one.id}")
        assert page.status_code == 200
        assert report(page.text) == report(preview)
        for canary in CANARIES:
            assert canary not in report(preview), canary
            assert canary not in page.text, canary
    words = provider.get(f"/inspections/{officers.id}").text
    assert "Does the entrance look and smell clean" in words
    assert "caption-of-a" in words
    assert "Can each resident lock their own door" in words


def test_no_page_of_a_provider_holds_what_it_may_not_know(world: World, browser: Open) -> None:
    officers, youngs = told(world)
    officer, provider = browser("officer"), browser("provider")
    for one in (officers, youngs):
        officer.post(f"/inspections/{one.id}/follow", {"action": "confirm-all"})
        officer.post(f"/inspections/{one.id}/share")
    refs = re.findall(r"/defects/(D-[0-9A-Z]{5})", provider.get("/defects?status=all").text)
    assert refs
    paths = [
        "/provider", "/inspections", "/defects?status=all", "/defects.csv", "/actions?status=all", "/homes", "/visits",
        f"/homes/{officers.visit.home.ref}", f"/visits/{officers.visit_id}",
        f"/inspections/{officers.id}", f"/inspections/{youngs.id}", *(f"/defects/{ref}" for ref in refs),
        f"/api/v1/inspections/{officers.id}", f"/api/v1/inspections/{youngs.id}",
        f"/inspections/{officers.id}/follow", f"/inspections/{officers.id}/share", "/safeguarding", "/attention",
    ]  # fmt: skip
    for path in paths:
        page = provider.get(path, follow=True).text
        for canary in CANARIES:
            assert canary not in page, (path, canary)
    for role in ("monitor", "director"):
        staff = browser(role)
        for path in paths:
            answer = staff.get(path, follow=True)
            for canary in ("never-canary", "young-worry-canary"):
                assert canary not in answer.text, (role, path, canary)


def test_the_score_of_a_provider_leaves_out_what_it_may_not_see(
    world: World, browser: Open
) -> None:
    officers, _ = told(world)
    browser("officer").post(f"/inspections/{officers.id}/share")
    mine = browser("provider").get(f"/inspections/{officers.id}").text
    ours = browser("officer").get(f"/inspections/{officers.id}").text

    def figure(page: str) -> str:
        found = re.search(r'ds-score__number">([0-9.]+)', page)
        assert found
        return found[1]

    assert figure(mine) != figure(ours)
    assert "O58" in ours
    assert "O58" not in mine


def test_photos_follow_their_question_and_the_repair_they_belong_to(
    world: World, browser: Open
) -> None:
    officers, _ = told(world)
    provider = browser("provider")

    def status(sha: str) -> int:
        return provider.get(f"/photos/photo-{sha[:16]}/small").status_code

    assert [status(sha) for sha in (SHOWN, REVIEWED, NEVER)] == [404, 404, 404]
    browser("officer").post(f"/inspections/{officers.id}/share")
    assert [status(sha) for sha in (SHOWN, REVIEWED, NEVER)] == [200, 404, 404]


def test_the_photo_of_a_fault_goes_with_its_repair_before_the_visit_is_shared(
    world: World, browser: Open
) -> None:
    officer = world.person("officer")
    client = str(uuid.uuid4())
    lock = with_photo(officer, client, SHOWN, "The lock")
    hall = with_photo(officer, client, REVIEWED, "The hall")
    sent(
        world.visit(), officer, client_id=client,
        wanted={
            "O38.Bedroom 1": Finding(value="no", photos=(lock,)),
            "O09": Finding(value="5", photos=(hall,)),
        },
    )  # fmt: skip
    provider = browser("provider")
    assert provider.get(f"/photos/photo-{SHOWN[:16]}/large").status_code == 200
    assert provider.get(f"/photos/photo-{REVIEWED[:16]}/large").status_code == 404
    world.person("provider", name="Other Contact", provider=world.provider("Other Homes"))
    other = Browser(world.app, world.person("provider", name="Other Contact"))
    assert other.get(f"/photos/photo-{SHOWN[:16]}/large").status_code == 404


def test_sharing_is_audited_told_once_and_shown(world: World, browser: Open) -> None:
    inspection = sent(world.visit(), world.person("officer"))
    officer = browser("officer")
    for _ in range(2):
        assert officer.post(f"/inspections/{inspection.id}/share").status_code == 302
    audited = db.session.scalars(select(AuditEntry.what)).all()
    assert audited.count("inspection.shared") == 1
    assert "Shared</strong>" in officer.get(f"/inspections/{inspection.id}").text
    page = browser("provider").get("/provider").text
    assert f"/inspections/{inspection.id}" in page
    assert "Maple House" in page


def test_another_provider_sees_nothing_of_it(world: World, browser: Open) -> None:
    officers, _ = told(world)
    browser("officer").post(f"/inspections/{officers.id}/share")
    world.person("provider", name="Other Contact", provider=world.provider("Other Homes"))
    other: User = world.person("provider", name="Other Contact")
    theirs = Browser(world.app, other)
    assert theirs.get(f"/inspections/{officers.id}").status_code == 404
    page = theirs.get("/provider")
    assert page.status_code == 200
    assert "No visit has been shared with you yet" in page.text
    assert "Maple House" not in page.text


def test_a_question_that_was_released_is_read_with_its_comment(world: World, browser: Open) -> None:

    officers, _ = told(world)
    with writing() as session:
        session.get_one(Inspection, officers.id).released = ["O50"]
    browser("officer").post(f"/inspections/{officers.id}/share")
    page = browser("provider").get(f"/inspections/{officers.id}").text
    assert "reviewed-canary" in page
    assert "comment-canary" not in page
