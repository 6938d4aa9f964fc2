"""Visits: planned, begun at the door, changed, cancelled; who may know of which, and of where."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.homes.models import Home
from qa_app.visits import queries, rules, service
from qa_app.visits.models import Draft, Visit


def plan_fields(world, home, **more):
    officer = world.person("officer")
    day = world.today() + timedelta(days=3)
    return {
        "home": home.ref, "purpose": "routine", "form": "", "is_announced": "announced",
        "due_on-day": str(day.day), "due_on-month": str(day.month), "due_on-year": str(day.year),
        "starts_at": "10:30am", "officer": str(officer.id), **more,
    }  # fmt: skip


def only_visit() -> Visit:
    [visit] = db.session.query(Visit).all()
    return visit


def test_an_officer_plans_a_visit(world, browser):
    home, young = world.home(), world.person("young-inspector")
    officer = browser("officer")
    page = officer.get(f"/visits/new?home={home.ref}")
    assert home.name in page.text
    sent = plan_fields(world, home, young_inspectors=str(young.id))
    answer = officer.post("/visits/new", sent)
    assert answer.status_code == 302, answer.text
    visit = only_visit()
    assert answer.location == f"/visits/{visit.id}"
    assert (visit.purpose, visit.form, visit.is_announced, visit.status) == (
        "routine", "full", True, "planned",
    )  # fmt: skip
    assert visit.starts_at == datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
    assert visit.provider_id == world.provider().id
    assert [(p.voice, p.answer) for p in visit.people] == [
        ("officer", "accepted"), ("young-inspector", "asked"),
    ]  # fmt: skip
    assert {row.voice: row.form for row in visit.questions} == {
        "officer": "full", "young-inspector": "full",
    }  # fmt: skip
    shown = officer.get(f"/visits/{visit.id}").text
    assert "Wednesday 25 November 2026, 10:30am" in shown
    assert "Planned" in shown


def test_the_form_follows_the_purpose_unless_another_is_chosen(world, browser):
    home, officer = world.home(), browser("officer")
    officer.post("/visits/new", plan_fields(world, home, purpose="follow-up"))
    officer.post("/visits/new", plan_fields(world, home, purpose="follow-up", form="short"))
    assert sorted(v.form for v in db.session.query(Visit)) == ["follow-up", "short"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"officer": ""}, "Choose the officer who goes"),
        ({"purpose": ""}, "Choose why the visit is made"),
        ({"purpose": "party"}, "choose one of the answers"),
        ({"is_announced": ""}, "Choose whether the home will be told"),
        ({"due_on-day": "31", "due_on-month": "2"}, "that month has no day 31"),
        ({"due_on-year": "2020"}, "Choose today or a later day"),
        ({"starts_at": "half past"}, "enter a time"),
    ],
)
def test_a_plan_with_a_mistake_comes_back_with_everything_typed(world, browser, change, words):
    home = world.home()
    answer = browser("officer").post("/visits/new", plan_fields(world, home, **change))
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert words in answer.text
    if "starts_at" not in change:
        assert "10:30am" in answer.text
    assert db.session.query(Visit).count() == 0


def test_a_young_inspector_never_goes_alone(world, browser):
    home, young = world.home(), world.person("young-inspector")
    sent = plan_fields(world, home, officer="", young_inspectors=str(young.id))
    answer = browser("officer").post("/visits/new", sent)
    assert answer.status_code == 422
    with writing() as session, pytest.raises(rules_refused()) as refused:
        service.plan(
            session, home=session.get(Home, home.id), purpose="routine", form="full",
            is_announced=True, due_on=world.today(), starts_at=None, officer=None,
            young_inspectors=[young], actor=world.person("officer"), now=world.now(),
        )  # fmt: skip
    assert "never goes alone" in refused.value.fields["officer"]
    assert db.session.query(Visit).count() == 0


def rules_refused():
    from qa_app.base.errors import Refused

    return Refused


def test_private_conflicts_are_asked_for_and_never_explained(world, browser):
    home, young = world.home(), world.person("young-inspector", name="Sam")
    asked = []

    def check(session, at, user):
        asked.append((at.ref, user.name))
        return user.name == "Sam"

    rules.conflict_checks.add(check)
    try:
        sent = plan_fields(world, home, young_inspectors=str(young.id))
        answer = browser("officer").post("/visits/new", sent)
    finally:
        rules.conflict_checks.remove(check)
    assert answer.status_code == 422
    assert "Sam cannot go to this home. Choose somebody else" in answer.text
    assert asked == [(home.ref, "Officer"), (home.ref, "Sam")]
    assert db.session.query(Visit).count() == 0


def test_a_closed_home_is_not_offered_and_not_taken(world, browser):
    home = world.home("Closed House", status="closed")
    officer = browser("officer")
    assert "Closed House" not in officer.get("/visits/new").text
    answer = officer.post("/visits/new", plan_fields(world, home))
    assert answer.status_code == 422
    assert "This home is closed" in answer.text


def test_the_home_picker_searches_and_pages(world, browser):
    homes = [world.home(f"House {n:02d}") for n in range(23)]
    officer = browser("officer")
    first = officer.get("/visits/new")
    assert "23 homes" in first.text
    assert "Page 1 of 2" in first.text
    assert "House 22" in officer.get("/visits/new?page=2").text
    found = officer.get(f"/visits/new?words={homes[7].ref}").text
    assert "House 07" in found
    assert "House 08" not in found
    assert "No home fits" in officer.get("/visits/new?words=nowhere").text


def test_a_visit_is_begun_at_the_door_once(world, browser):
    home, officer = world.home(), browser("officer")
    page = officer.get(f"/visits/begin?home={home.ref}").text
    visit_id = re.search(r'name="visit" value="([^"]+)"', page)[1]
    sent = {"home": home.ref, "visit": visit_id, "purpose": "drop-in", "form": ""}
    for _ in range(2):
        answer = officer.post("/visits/begin", sent)
        assert answer.status_code == 302
        assert answer.location == f"/visits/{visit_id}/inspect"
    visit = only_visit()
    assert visit.is_unplanned
    assert visit.form == "short"
    assert visit.status == "in-progress"
    assert visit.checked_in_at == world.now()


def test_an_id_of_somebody_elses_visit_is_not_found(world, browser):
    home = world.home()
    visit = world.visit(home)
    sent = {"home": home.ref, "visit": visit.id, "purpose": "drop-in", "form": ""}
    assert browser("manager").post("/visits/begin", sent).status_code == 404


def test_my_day_comes_first(world, browser):
    today = world.today()
    world.visit(world.home("Due House"))
    world.visit(world.home("Late House"), due_on=today - timedelta(days=2))
    world.visit(world.home("Next House"), due_on=today + timedelta(days=2))
    world.visit(world.home("Other House"), officer=world.person("manager"))
    page = browser("officer").get("/visits").text
    assert "My day" in page
    day = page[: page.index("All visits")]
    order = [
        day.index(words)
        for words in ("Overdue", "Late House", "Today", "Due House", "Next", "Next House")
    ]
    assert order == sorted(order)
    assert "Other House" not in day
    assert "Other House" in page


def test_an_empty_day_says_what_to_do(world, browser):
    assert "Nothing to visit yet" in browser("officer").get("/visits").text
    assert "Nothing to visit yet" in browser("young-inspector").get("/visits").text
    assert "No visits yet" in browser("monitor").get("/visits").text


def test_the_programme_is_narrowed_and_paged(world, browser):
    officer = world.person("officer")
    home = world.home("Maple House")
    for n in range(52):
        world.visit(home, due_on=world.today() + timedelta(days=n))
    world.visit(world.home("Elm House"), officer=world.person("manager"), status="cancelled")
    monitor = browser("monitor")
    assert "53 visits" in monitor.get("/visits").text
    assert "Page 2 of 2" in monitor.get("/visits?page=2").text
    assert "1 visit<" in monitor.get("/visits?status=cancelled").text
    assert "52 visits" in monitor.get(f"/visits?who={officer.id}&status=open").text
    assert "1 visit<" in monitor.get("/visits?words=elm").text
    assert "No visit fits" in monitor.get("/visits?words=oak").text
    assert "53 visits" in monitor.get("/visits?status=made-up&purpose=made-up&who=x&page=-3").text


def test_check_in_and_out(world, browser, clock):
    visit = world.visit()
    officer = browser("officer")
    assert "Check in" in officer.get(f"/visits/{visit.id}").text
    assert officer.post(f"/visits/{visit.id}/check_out").status_code == 422
    assert officer.post(f"/visits/{visit.id}/check_in").status_code == 302
    began = world.now()
    clock.move(timedelta(minutes=40))
    officer.post(f"/visits/{visit.id}/check_in")
    assert officer.post(f"/visits/{visit.id}/check_out").status_code == 302
    kept = db.session.get(Visit, visit.id)
    assert (kept.status, kept.checked_in_at) == ("in-progress", began)
    assert kept.checked_out_at == began + timedelta(minutes=40)
    page = officer.get(f"/visits/{visit.id}").text
    assert "Checked in" in page
    assert "Checked out" in page


def test_only_somebody_who_goes_checks_in(world, browser):
    visit = world.visit(young_inspectors=(world.person("young-inspector"),))
    assert browser("manager").post(f"/visits/{visit.id}/check_in").status_code == 404
    assert browser("monitor").post(f"/visits/{visit.id}/check_in").status_code == 403
    assert browser("young-inspector").post(f"/visits/{visit.id}/check_in").status_code == 422


def test_a_plan_can_change_until_the_visit_begins(world, browser):
    young = world.person("young-inspector")
    visit = world.visit()
    officer = browser("officer")
    page = officer.get(f"/visits/{visit.id}/change").text
    assert 'value="routine" checked' in page or "checked" in page
    sent = plan_fields(
        world,
        visit.home,
        purpose="concern",
        is_announced="unannounced",
        young_inspectors=str(young.id),
    )
    answer = officer.post(f"/visits/{visit.id}/change", sent)
    assert answer.status_code == 302, answer.text
    kept = db.session.get(Visit, visit.id)
    assert (kept.purpose, kept.form, kept.is_announced) == ("concern", "short", False)
    assert [row.form for row in kept.questions if row.voice == "officer"] == ["short"]
    assert [p.answer for p in queries.young_inspectors_of(kept)] == ["asked"]
    officer.post(f"/visits/{visit.id}/change", {**sent, "young_inspectors": []})
    kept = db.session.get(Visit, visit.id)
    assert queries.young_inspectors_of(kept) == []
    officer.post(f"/visits/{visit.id}/check_in")
    assert officer.post(f"/visits/{visit.id}/change", sent).status_code == 422


def test_cancelling_needs_a_reason(world, browser):
    visit = world.visit()
    officer = browser("officer")
    answer = officer.post(f"/visits/{visit.id}/cancel", {"because": " "})
    assert answer.status_code == 422
    assert "Say why the visit is cancelled" in answer.text
    assert officer.post(f"/visits/{visit.id}/cancel", {"because": "Flood"}).status_code == 302
    kept = db.session.get(Visit, visit.id)
    assert (kept.status, kept.cancelled_because) == ("cancelled", "Flood")
    assert "This visit was cancelled: Flood" in officer.get(f"/visits/{visit.id}").text


def test_another_officer_takes_over_and_the_first_keeps_what_they_wrote(world, browser):
    visit, first, second = world.visit(), world.person("officer"), world.person("manager")
    with writing() as session:
        service.save_draft(
            session, session.get(Visit, visit.id), first, client_id="a" * 36, device="web",
            content={"answers": []}, saved_at=world.now(), now=world.now(),
        )  # fmt: skip
    answer = browser("officer").post(f"/visits/{visit.id}/reassign", {"officer": str(second.id)})
    assert answer.status_code == 302, answer.text
    kept = db.session.get(Visit, visit.id)
    assert queries.officer_of(kept).user_id == second.id
    assert queries.person_on(kept, first.id).ended_at == world.now()
    assert len(queries.drafts(db.session(), kept, first.id)) == 1
    assert queries.for_person(db.session(), first, today=world.today()) == []
    assert [v.id for v in queries.for_person(db.session(), second, today=world.today())] == [
        visit.id
    ]
    browser("officer").post(f"/visits/{visit.id}/reassign", {"officer": str(first.id)})
    assert queries.officer_of(db.session.get(Visit, visit.id)).user_id == first.id


def test_a_young_inspector_sees_the_area_until_the_morning(world, browser, clock):
    young = world.person("young-inspector")
    home = world.home("Secret House")
    visit = world.visit(home, young_inspectors=(young,), due_on=world.today() + timedelta(days=1))
    inspector = browser("young-inspector")
    secrets = (home.address, home.postcode, home.name, home.ref)
    for path in ("/visits", f"/visits/{visit.id}"):
        page = inspector.get(path).text
        assert "SE15, Southwark" in page
        assert not [secret for secret in secrets if secret in page]
    clock.move(timedelta(hours=14))  # it is midnight in London
    inspector = browser("young-inspector")
    for path in ("/visits", f"/visits/{visit.id}"):
        page = inspector.get(path).text
        assert home.address in page
    with writing() as session:
        kept = session.get(Visit, visit.id)
        officer = world.person("officer")
        service.check_in(session, kept, actor=officer, at=world.now(), now=world.now())
        service.check_out(session, kept, actor=officer, at=world.now(), now=world.now())
    for path in ("/visits", f"/visits/{visit.id}"):
        page = inspector.get(path).text
        assert not [secret for secret in secrets if secret in page]


def test_a_young_inspector_says_yes_or_no(world, browser):
    young = world.person("young-inspector")
    visit = world.visit(young_inspectors=(young,), due_on=world.today() + timedelta(days=1))
    inspector = browser("young-inspector")
    assert inspector.post(f"/visits/{visit.id}/answer", {"answer": "no"}).status_code == 302
    assert queries.person_on(db.session.get(Visit, visit.id), young.id).answer == "declined"
    assert queries.for_person(db.session(), young, today=world.today()) == []
    inspector.post(f"/visits/{visit.id}/answer", {"answer": "yes"})
    assert queries.person_on(db.session.get(Visit, visit.id), young.id).answer == "accepted"
    other = world.visit()
    assert inspector.get(f"/visits/{other.id}").status_code == 404
    assert inspector.post(f"/visits/{other.id}/answer", {"answer": "yes"}).status_code == 404
    assert browser("officer").post(f"/visits/{visit.id}/answer").status_code == 403


def test_a_provider_never_sees_a_visit_to_come(world, browser):
    home = world.home()
    coming = world.visit(home, is_announced=False, due_on=world.today() + timedelta(days=1))
    under_way = world.visit(home, status="in-progress")
    done = world.visit(home, status="done", purpose="concern")
    provider = browser("provider")
    for visit in (coming, under_way, done):  # nobody has shared any of them
        assert provider.get(f"/visits/{visit.id}").status_code == 404
    page = provider.get("/visits").text
    assert "No visits shared yet" in page
    assert home.name not in page


def test_a_provider_sees_a_finished_visit_once_shared_without_why_or_who(
    world, browser, monkeypatch
):
    young = world.person("young-inspector", name="Sam Secret")
    visit = world.visit(status="done", purpose="concern", young_inspectors=(young,))
    world.visit(world.home("Coming House"), due_on=world.today() + timedelta(days=4))
    monkeypatch.setattr(queries, "shared_with_provider", [lambda: Visit.id == visit.id])
    provider = browser("provider")
    for path in ("/visits", f"/visits/{visit.id}"):
        page = provider.get(path).text
        assert visit.home.name in page
        for secret in ("Coming House", "Sam Secret", "After a concern", "young inspector"):
            assert secret not in page


def test_drafts_are_one_a_device_and_the_later_one_stays(world):
    visit, officer = world.visit(), world.person("officer")
    now = world.now()

    def save(device, content, saved_at, client_id="a" * 36):
        with writing() as session:
            service.save_draft(
                session, session.get(Visit, visit.id), officer, client_id=client_id, device=device,
                content=content, saved_at=saved_at, now=now,
            )  # fmt: skip

    save("web", {"n": 1}, now - timedelta(minutes=2))
    save("web", {"n": 2}, now - timedelta(minutes=1))
    save("web", {"n": 3}, now - timedelta(minutes=5))  # arrives late, was written earlier
    save("phone", {"n": 4}, now - timedelta(minutes=9))
    assert {d.device: d.content["n"] for d in db.session.query(Draft)} == {"web": 2, "phone": 4}
    elsewhere = world.visit()
    with writing() as session, pytest.raises(rules_refused()):
        service.save_draft(
            session, session.get(Visit, elsewhere.id), officer, client_id="a" * 36, device="web",
            content={}, saved_at=now, now=now,
        )  # fmt: skip


@pytest.mark.parametrize("role", ["adviser", "administrator"])
def test_who_has_nothing_to_do_with_visits(world, browser, role):
    visit = world.visit()
    assert browser(role).get("/visits").status_code == 403
    assert browser(role).get(f"/visits/{visit.id}").status_code == 403


def test_planning_is_for_officers_and_managers(world, browser):
    visit = world.visit()
    for role in ("monitor", "director", "young-inspector", "provider"):
        person = browser(role)
        for path in (
            "/visits/new",
            "/visits/begin",
            f"/visits/{visit.id}/change",
            f"/visits/{visit.id}/cancel",
        ):
            assert person.get(path).status_code == 403, (role, path)


def test_a_homes_page_lists_its_visits(world, browser):
    visit = world.visit()
    assert f"/visits/{visit.id}" in browser("officer").get(f"/homes/{visit.home.ref}").text
    assert f"/visits/{visit.id}" not in browser("provider").get(f"/homes/{visit.home.ref}").text


@pytest.mark.parametrize(
    "path",
    [
        "/visits/%00", "/visits/%00/inspect", "/visits?words=%00&home=%00&who=99999999999999999999",
        "/visits/new?home=%00", "/visits/new?words=%00", "/visits/begin?home=%27%22", "/visits/" + "x" * 300,
    ],
)  # fmt: skip
def test_odd_addresses_are_no_trouble(world, browser, path):
    world.visit()
    assert browser("officer").get(path).status_code in {200, 404}


def test_a_young_inspector_cannot_begin_a_visit_and_so_learn_the_address(world, browser):
    young = world.person("young-inspector")
    home = world.home()
    visit = world.visit(home, young_inspectors=(young,), due_on=world.today() + timedelta(days=1))
    inspector = browser("young-inspector")
    assert inspector.post(f"/visits/{visit.id}/inspect", {"Y01": "5"}).status_code == 302
    kept = db.session.get(Visit, visit.id)
    assert (kept.status, kept.checked_in_at, kept.facts) == ("planned", None, None)
    for path in ("/visits", f"/visits/{visit.id}", f"/visits/{visit.id}/inspect"):
        assert home.address not in inspector.get(path).text
        assert home.name not in inspector.get(path).text


def test_a_young_inspectors_answers_are_asked_for_after_the_officer_has_finished(
    world, browser, clock
):
    young = world.person("young-inspector")
    visit = world.visit(young_inspectors=(young,))
    with writing() as session:
        service.finish(session, session.get(Visit, visit.id), now=world.now())
    inspector = browser("young-inspector")
    assert "Your answers are wanted" in inspector.get("/visits").text
    assert "Start the questions" in inspector.get(f"/visits/{visit.id}").text
    assert len(queries.for_person(db.session(), young, today=world.today())) == 1
    assert not queries.for_person(db.session(), world.person("officer"), today=world.today())
    answer = inspector.post(f"/visits/{visit.id}/inspect/check", {"action": "finish"})
    assert "/inspections/" in answer.location
    assert "Your answers are wanted" not in inspector.get("/visits").text
    assert "See what you sent" in inspector.get(f"/visits/{visit.id}").text
    assert not queries.for_person(db.session(), young, today=world.today())
