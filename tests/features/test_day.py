"""A person's day at `/`: each role its own, what waits first, an empty day says so."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from qa_app.actions import service as actions
from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.defects import service as defects
from qa_app.defects.models import Defect
from qa_app.homes.models import Home, HostAuthority
from qa_app.jobs.models import Job
from qa_app.providers.models import Provider
from qa_app.visits import service as visits
from qa_app.visits.models import Visit
from tests.support.answering import sent
from tests.support.client import Browser

pytestmark = pytest.mark.usefixtures("app")

ROLES = ("officer", "monitor", "manager", "director", "young-inspector", "adviser", "administrator")
EMPTY = {
    "officer": ("No visit waits for you", "No emergency is open"),
    "monitor": ("No provider has let a repair run late", "No home lacks a certificate"),
    "manager": (
        "Nobody has asked you to pause",
        "Nothing is asked of you",
        "No visit waits for you",
    ),
    "director": ("No emergency is open", "No provider has let a repair run late"),
    "young-inspector": ("No visit waits for you", "When somebody asks you to come"),
    "adviser": ("No homes yet",),
    "administrator": ("All work was done",),
}


def words_of(text: str) -> str:
    """Return the words of the main part of a page."""
    main = text.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def raise_defect(world, home: Home, priority: str, *, ago: timedelta = timedelta(0)) -> str:
    """Raise a defect under the home's contract and return its reference."""
    home_id, officer = home.id, world.person("officer")
    officer_id = officer.id
    room_id = home.rooms[0].id
    with writing() as session:
        kept = session.get_one(Home, home_id)
        contract = kept.contracts[0].contract
        defect, _ = defects.raise_defect(
            session,
            home=kept,
            provider_id=contract.provider_id,
            contract=contract,
            room_id=room_id,
            category={"P1": "heating", "P2": "hotwater"}.get(priority, "electrics"),
            priority=priority,
            words="The door does not lock",
            source_kind="officer",
            source_id=priority,
            question="",
            photos=[],
            aware_at=world.now() - ago,
            hazards=[],
            hazard_scheme=2026,
            target_working_days=None,
            is_withheld=False,
            actor=session.get_one(type(officer), officer_id),
            now=world.now(),
        )
        return str(defect.ref)


@pytest.mark.parametrize("role", ROLES)
def test_an_empty_day_says_so(browser, role):
    page = browser(role).get("/")
    assert page.status_code == 200
    for said in EMPTY[role]:
        assert said in page.text, said


@pytest.mark.parametrize("role", ROLES)
def test_no_link_of_a_day_is_dead(browser, world, role):
    officer = world.person("officer")
    home = world.home()
    world.visit(home, young_inspectors=(world.person("young-inspector"),))
    raise_defect(world, home, "P1")
    raise_defect(world, world.home("Other", provider=world.provider("Beacon Housing")), "P2")
    with writing() as session:
        kept = session.get_one(Home, home.id)
        kept.proposed_status, kept.proposed_because = "paused", "Danger"
        kept.proposed_by_id, kept.proposed_at = officer.id, world.now()
    page = browser(role)
    text = page.get("/").text
    links = {
        link for link in re.findall(r'href="(/[^"#]*)', text) if not link.startswith("/static")
    }
    assert len(links) > 3
    for link in sorted(links):
        assert page.get(link.replace("&amp;", "&"), follow=True).status_code == 200, link


def test_a_provider_contact_goes_to_their_own_page(browser):
    answer = browser("provider").get("/")
    assert (answer.status_code, answer.location) == (302, "/provider")


def test_nobody_signed_in_gets_the_way_in(app):
    assert "Staff sign in" in Browser(app).get("/").text


def test_an_officer_sees_own_visits_late_ones_first(browser, world):
    today = world.today()
    for name, days in (("Late Lodge", -3), ("Today House", 0), ("Next House", 4)):
        world.visit(world.home(name), due_on=today + timedelta(days=days))
    other = world.person("officer", name="Somebody Else")
    world.visit(world.home("Not Mine"), officer=other)
    words = words_of(browser("officer").get("/").text)
    order = [words.index(one) for one in ("Late Lodge", "Today House", "Next House")]
    assert order == sorted(order)
    assert "Not Mine" not in words
    assert words.index("Overdue visits") < words.index("Visits today") < words.index("Next visits")


def test_a_draft_waits_to_be_finished(browser, world, clock):
    visit = world.visit(world.home("Draft House"))
    officer = world.person("officer")
    with writing() as session:
        kept = session.get_one(Visit, visit.id)
        for device in ("phone", "laptop"):
            visits.save_draft(
                session,
                kept,
                session.get_one(type(officer), officer.id),
                client_id=f"00000000-0000-4000-8000-{'1' if device == 'phone' else '2':0>12}",
                device=device,
                content={},
                saved_at=clock.now(),
                now=clock.now(),
            )
    words = words_of(browser("officer").get("/").text)
    assert "Not finished Draft House Draft Saved 22 November 2026 at 10:00am, on 2 devices" in words
    assert "Not finished" not in words_of(browser("manager").get("/").text)


def test_emergencies_are_shown_to_those_who_act_on_them(browser, world):
    home = world.home("Danger House")
    raise_defect(world, home, "P1")
    for role in ("officer", "monitor", "manager", "director"):
        assert "P1 Emergency" in words_of(browser(role).get("/").text), role
    for role in ("young-inspector", "administrator"):
        assert "Danger House" not in browser(role).get("/").text


def test_a_monitor_sees_late_repairs_by_provider_the_most_first(browser, world):
    calm, late = (
        world.home("Calm House"),
        world.home("Late House", provider=world.provider("Beacon Housing")),
    )
    raise_defect(world, calm, "P3")
    raise_defect(world, late, "P2", ago=timedelta(days=20))
    raise_defect(world, late, "P1")
    words = words_of(browser("monitor").get("/").text)
    assert "Beacon Housing 1 late repairs of Beacon Housing 2 P2 Urgent" in words
    assert "Lantern Homes 1" not in words
    with writing() as session:
        defect = session.scalars(select(Defect).where(Defect.priority == "P1")).one()
        defect.provider_id = None
    words = words_of(browser("monitor").get("/").text)
    assert "1 open repair at homes without a contract" in words


def test_a_monitor_sees_which_homes_lack_certificates(browser, world):
    bare, shut = world.home("Bare House"), world.home("Shut House", status="closed")
    world.certificates(bare, expires=timedelta(days=-1))
    words = words_of(browser("monitor").get("/").text)
    assert "Bare House 3 expired" in words
    assert "missing" in words
    assert shut.name not in words
    assert "lack" not in browser("officer").get("/").text


def test_a_manager_sees_what_is_asked_of_them(browser, world):
    home = world.home("Asking House")
    browser("officer").post(
        f"/homes/{home.ref}/status", {"to": "paused", "because": "The boiler failed twice"}
    )
    with writing() as session:
        actions.add(
            session,
            home=session.get_one(Home, home.id),
            provider_id=None,
            visit_id=None,
            inspection_id=None,
            question="",
            room_id=None,
            kind="escalate-to-manager",
            words="Ask whether the young person can stay",
            owner="manager",
            due_on=world.today(),
            share="never",
            is_proposed=False,
            now=world.now(),
        )
    words = words_of(browser("manager").get("/").text)
    assert "Asking House Paused to new placements? The boiler failed twice" in words
    assert "Ask whether the young person can stay" in words
    assert "due today" in words
    for role in ("officer", "monitor", "director"):
        assert "Ask whether the young person can stay" not in browser(role).get("/").text


def test_a_director_counts_homes_by_status(browser, world):
    world.home("One")
    world.home("Two", status="paused")
    words = words_of(browser("director").get("/").text)
    assert "1 home in use" in words
    assert "1 home paused to new placements" in words


def test_a_young_inspector_sees_an_area_and_nothing_of_others(browser, world):
    young = world.person("young-inspector")
    home = world.home("Hidden House")
    world.visit(home, young_inspectors=(young,), due_on=world.today() + timedelta(days=5))
    world.visit(world.home("Other House"))
    text = browser("young-inspector").get("/").text
    assert "SE15, Southwark" in text
    for secret in ("Hidden House", home.address, " 4NX", "Other House", "Emergencies"):
        assert secret not in text


def test_an_adviser_gets_placement_cards_without_an_address(browser, world):
    home = world.home("Card House")
    world.home("Shut House", status="closed")
    world.home("Far House", authority="E09000023", postcode="SE13 6LH", status="paused")
    world.visit(home, status="done", due_on=world.today() - timedelta(days=9))
    raise_defect(world, home, "P1")
    raise_defect(world, home, "P3")
    with writing() as session:
        session.get_one(HostAuthority, "E09000028").council_tax_rule = "Nothing to pay until 25"
    page = browser("adviser")
    text = page.get("/").text
    words = words_of(text)
    assert "2 homes" in words
    assert f"Card House In use Area SE15, Southwark ({home.ref})" in words
    assert "Last visit 13 November 2026" in words
    assert "1 emergency" in words
    assert "Nothing to pay until 25" in words
    assert "Last visit Not visited yet" in words
    assert "Shut House" not in words
    for secret in (home.address, " 4NX", " 6LH"):
        assert secret not in text

    def found(query: str) -> set[str]:
        shown = words_of(page.get(f"/?{query}").text)
        return {name for name in ("Card House", "Far House") if name in shown}

    assert found("words=far") == {"Far House"}
    assert found("words=SE15") == {"Card House"}
    assert found("words=lewisham") == {"Far House"}
    assert found("status=paused") == {"Far House"}
    assert found(f"words={home.ref}") == {"Card House"}
    # the second half of a postcode and the street lead nowhere
    for closer in (
        "SE15 4NX",
        "SE15 4",
        "4NX",
        home.address,
        home.address.split()[1],
        "SE15%25",
        "_E15",
    ):
        assert found(f"words={closer}") == set(), closer


def test_an_administrator_sees_work_that_was_given_up(browser, world):
    now = world.now()
    with writing() as session:
        session.add(
            Job(
                name="photos.tidy",
                payload={"secret": "12 Canary Street"},
                run_at=now,
                created_at=now,
                attempts=48,
                given_up_at=now,
                last_error="12 Canary Street",
            )
        )
        session.add(
            Job(
                name="defects.raised",
                payload={},
                attempts=0,
                run_at=now - timedelta(minutes=11),
                created_at=now - timedelta(minutes=11),
            )
        )
    text = browser("administrator").get("/").text
    words = words_of(text)
    assert "photos.tidy" in words
    assert "1 job has waited for more than ten minutes" in words
    assert "Canary" not in text
    assert "Not yet" in words  # both question sets are there, unanswered


def test_a_long_list_says_how_many_more_there_are(browser, world):
    officer, home = world.person("officer"), world.home("Busy House")
    for _ in range(7):
        sent(world.visit(home), officer, {"O08": "1"})
    assert "2 more visits with some." in words_of(browser("officer").get("/").text)
    now = world.now()
    with writing() as session:
        for _ in range(8):
            session.add(
                Job(name="photos.tidy", payload={}, run_at=now, created_at=now, given_up_at=now)
            )
    assert "3 more. The command" in words_of(browser("administrator").get("/").text)


def test_every_open_repair_of_a_day_is_one_this_person_may_open(browser, world):
    raise_defect(world, world.home(), "P1")
    page = browser("officer")
    refs = set(re.findall(r'href="/defects/(D-[0-9A-Z]{5})"', page.get("/").text))
    assert refs == set(db.session.scalars(select(Defect.ref)))
    assert all(page.get(f"/defects/{ref}").status_code == 200 for ref in refs)
    assert db.session.scalar(select(Provider.name)) in page.get("/").text
