"""Providers: who sees which, whom to ring, contracts with prices and target times, and that none is ever deleted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from qa_app.audit.models import AuditEntry
from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.homes import service as homes
from qa_app.homes.models import Home
from qa_app.providers import queries
from qa_app.providers.models import Contract, Provider, ProviderContact

pytestmark = pytest.mark.usefixtures("app")

CONTRACT = {
    "title": "Block contract",
    "starts_on-day": "1",
    "starts_on-month": "4",
    "starts_on-year": "2026",
    "support_hours_band": "16-35",
    "weekly_price_pence": "£1,125.50",
}


def reread(provider: Provider) -> Provider:
    db.session.rollback()
    return db.session.get_one(Provider, provider.id, populate_existing=True)


# -- Who sees what ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["officer", "monitor", "manager", "director"])
def test_staff_read_every_provider_with_prices(browser, world, role):
    provider = world.provider()
    world.provider("Beacon Housing")
    page = browser(role)
    text = page.get("/providers").text
    assert "Lantern Homes" in text
    assert "Beacon Housing" in text
    assert 'href="/providers"' in page.get("/homes").text  # in the menu
    assert "£980.00" in page.get(f"/providers/{provider.id}").text


@pytest.mark.parametrize("role", ["young-inspector", "adviser", "administrator"])
def test_others_read_none(browser, world, role):
    provider = world.provider()
    page = browser(role)
    for path in ("/providers", f"/providers/{provider.id}", "/providers/new"):
        assert page.get(path).status_code == 403


def test_a_provider_contact_sees_their_own_and_no_other(browser, world):
    mine, other = world.provider(), world.provider("Beacon Housing")
    with writing() as session:
        session.get_one(Provider, mine.id).notes = "A remark among staff"
    page = browser("provider")
    assert page.get("/providers").location == f"/providers/{mine.id}"
    text = page.get(f"/providers/{mine.id}").text
    assert "£980.00" in text
    assert "A remark among staff" not in text
    assert "Change" not in text
    assert 'href="/providers"' not in page.get("/homes").text
    assert page.get(f"/providers/{other.id}").status_code == 404
    assert "A remark among staff" in browser("officer").get(f"/providers/{mine.id}").text


@pytest.mark.parametrize("role", ["officer", "director", "provider"])
def test_only_monitors_and_managers_write(browser, world, role):
    provider = world.provider()
    page = browser(role)
    at = f"/providers/{provider.id}"
    paths = (
        "/providers/new",
        f"{at}/edit",
        f"{at}/end",
        f"{at}/contacts/new",
        f"{at}/contacts/{provider.contacts[0].id}",
        f"{at}/contracts/new",
        f"{at}/contracts/{provider.contracts[0].id}",
        f"{at}/contracts/{provider.contracts[0].id}/end",
    )
    for path in paths:
        assert page.get(path).status_code == 403, path
        assert page.post(path, {}).status_code == 403, path


@pytest.mark.parametrize("id", ["0", "999", "99999999999999999999", "-1", "x"])
def test_what_does_not_exist_is_not_found(browser, world, id):
    world.provider()
    assert browser("manager").get(f"/providers/{id}").status_code == 404


def test_the_homes_of_a_provider_now_and_before(browser, world, clock):
    provider, other = world.provider(), world.provider("Beacon Housing")
    stays, moved = world.home("Stays House"), world.home("Moved House")
    with writing() as session:
        homes.put_under_contract(
            session,
            session.get_one(Home, moved.id),
            other.contracts[0].id,
            starts_on=world.today(),
            actor=None,
            now=clock.now(),
        )
    text = browser("monitor").get(f"/providers/{provider.id}").text
    now, before = text.split("Homes run before")
    assert stays.name in now
    assert moved.name not in now
    assert "Moved House</a>, 1 April 2025 to 21 November 2026" in before
    assert "Moved House" in browser("monitor").get(f"/providers/{other.id}").text
    # what a provider ran before is named to it, without a way in
    text = browser("provider").get(f"/providers/{provider.id}").text
    assert "Moved House" in text
    assert f'href="/homes/{moved.ref}"' not in text


# -- List ------------------------------------------------------------------------------------------


def test_the_list_finds_by_name_and_contact(browser, world):
    world.provider()
    beacon = world.provider("Beacon Housing")
    with writing() as session:
        session.get_one(Provider, beacon.id).contacts[0].name = "Night line"
        session.get_one(Provider, beacon.id).ended_on = world.today() - timedelta(days=1)
    page = browser("monitor")
    assert "Beacon Housing" not in page.get("/providers?words=lantern").text
    assert "Beacon Housing" in page.get("/providers?words=night").text
    assert "Beacon Housing" not in page.get("/providers?standing=now").text
    assert "Lantern Homes" not in page.get("/providers?standing=ended").text
    assert "No provider fits" in page.get("/providers?words=%25").text
    assert page.get("/providers?page=7&words=a%00").status_code == 200


def test_an_empty_list_shows_the_way_on(browser):
    assert "Add the first provider" in browser("manager").get("/providers").text
    assert "Add the first provider" not in browser("officer").get("/providers").text


def test_a_long_list_has_pages(browser, world):
    with writing() as session:
        session.add_all(
            Provider(name=f"Provider {n:02}", created_at=world.now(), kpi_targets={})
            for n in range(51)
        )
    assert "Provider 50" not in browser("officer").get("/providers").text
    assert "Provider 50" in browser("officer").get("/providers?page=2").text


# -- Providers -------------------------------------------------------------------------------------


def test_a_provider_is_made_and_changed(browser):
    typed = {
        "name": "Harbour Support",
        "framework": "block",
        "ofsted_status": "registered",
        "ofsted_urn": "SC1",
    }
    answer = browser("monitor").post("/providers/new", typed)
    assert answer.status_code == 302, answer.text
    made = db.session.scalar(select(Provider))
    assert (made.name, made.framework, made.ofsted_status) == (
        "Harbour Support",
        "block",
        "registered",
    )
    at = answer.location
    text = browser("manager").get(at).text
    assert "Nobody to ring yet" in text
    assert "No contract yet" in text
    assert 'value="Harbour Support"' in browser("manager").get(f"{at}/edit").text
    assert browser("manager").post(f"{at}/edit", {**typed, "name": "Harbour"}).status_code == 302
    assert reread(made).name == "Harbour"
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.what == "provider.changed"))
    assert (entry.before["name"], entry.after["name"]) == ("Harbour Support", "Harbour")


@pytest.mark.parametrize("name", ["", "lantern homes", "x" * 161])
def test_a_name_is_needed_and_is_taken_once(browser, world, name):
    world.provider()
    answer = browser("monitor").post("/providers/new", {"name": name, "framework": "spot"})
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text
    assert len(db.session.scalars(select(Provider)).all()) == 1


def test_a_provider_ends_and_is_never_deleted(app, browser, world):
    provider = world.provider()
    world.home()
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("providers.")]
    assert not [rule for rule in rules if "DELETE" in rule.methods or "delete" in rule.rule]
    page = browser("manager")
    at = f"/providers/{provider.id}"
    assert page.post(f"{at}/end", {}).status_code == 422
    last_day = {"on_day-day": "31", "on_day-month": "12", "on_day-year": "2026"}
    assert page.post(f"{at}/end", last_day).status_code == 302
    assert reread(provider).ended_on == date(2026, 12, 31)
    assert provider.contracts[0].ends_on == date(2026, 12, 31)
    assert "Last day 31 December 2026" in page.get(at).text
    # a contract may not outlive it
    answer = page.post(f"{at}/contracts/new", CONTRACT)
    assert answer.status_code == 422
    assert 'href="#ends_on-day"' in answer.text
    assert page.post(f"{at}/take-up").status_code == 302
    assert reread(provider).ended_on is None


def test_a_provider_cannot_end_before_a_contract_begins(browser, world):
    provider = world.provider()
    day = {"on_day-day": "31", "on_day-month": "3", "on_day-year": "2025"}
    answer = browser("manager").post(f"/providers/{provider.id}/end", day)
    assert answer.status_code == 422
    assert "Spot purchase starts only after that day" in answer.text
    assert reread(provider).ended_on is None
    assert provider.contracts[0].ends_on is None


# -- People to ring --------------------------------------------------------------------------------


def test_whom_to_ring_is_added_changed_and_taken_off(browser, world):
    provider = world.provider()
    page = browser("monitor")
    at = f"/providers/{provider.id}/contacts"
    typed = {"name": "Night desk", "phone": "020 7946 0001", "is_emergency": "yes"}
    assert page.post(f"{at}/new", typed).status_code == 302
    night = db.session.scalar(select(ProviderContact).where(ProviderContact.name == "Night desk"))
    assert [one.name for one in queries.emergency_contacts(reread(provider))] == [
        "Duty desk",
        "Night desk",
    ]
    assert 'value="020 7946 0001"' in page.get(f"{at}/{night.id}").text
    changed = {"name": "Night desk", "phone": "+44 20 7946 0002", "email": "Night@Example.org"}
    assert page.post(f"{at}/{night.id}", changed).status_code == 302
    night = db.session.get_one(ProviderContact, night.id, populate_existing=True)
    assert (night.phone, night.email, night.is_emergency) == (
        "+44 20 7946 0002",
        "night@example.org",
        False,
    )
    assert page.post(f"{at}/{night.id}/remove").status_code == 302
    assert [one.name for one in reread(provider).contacts] == ["Duty desk"]
    entry = db.session.scalar(
        select(AuditEntry).where(AuditEntry.what == "provider.contact-removed")
    )
    assert entry.before["name"] == "Night desk"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"phone": "ring the bell"}, "phone"),
        ({"phone": "", "email": ""}, "phone"),
        ({"phone": "", "email": "a@example.org", "is_emergency": "yes"}, "phone"),
        ({"email": "nobody"}, "email"),
    ],
)
def test_a_contact_that_nobody_can_reach_is_refused(browser, world, typed, field):
    provider = world.provider()
    answer = browser("monitor").post(
        f"/providers/{provider.id}/contacts/new",
        {"name": "Desk", "phone": "020 7946 0001", **typed},
    )
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert len(reread(provider).contacts) == 1


def test_without_a_mark_everybody_with_a_number_is_rung(world):
    provider = world.provider()
    with writing() as session:
        kept = session.get_one(Provider, provider.id)
        kept.contacts[0].is_emergency = False
        kept.contacts.append(ProviderContact(name="Only mail", email="a@example.org"))
    assert [one.name for one in queries.emergency_contacts(reread(provider))] == ["Duty desk"]


def test_a_contact_of_another_provider_is_not_found(browser, world):
    mine, other = world.provider(), world.provider("Beacon Housing")
    page = browser("manager")
    at = f"/providers/{mine.id}"
    assert page.get(f"{at}/contacts/{other.contacts[0].id}").status_code == 404
    assert page.post(f"{at}/contacts/{other.contacts[0].id}/remove").status_code == 404
    assert page.get(f"{at}/contracts/{other.contracts[0].id}").status_code == 404
    assert len(reread(other).contacts) == 1


# -- Contracts -------------------------------------------------------------------------------------


def test_a_contract_keeps_whole_pence_days_and_target_times(browser, world):
    provider = world.provider()
    page = browser("monitor")
    at = f"/providers/{provider.id}/contracts"
    assert (
        page.post(f"{at}/new", {**CONTRACT, "p1_hours": "12", "p3_days": "28"}).status_code == 302
    )
    made = db.session.scalar(select(Contract).where(Contract.title == "Block contract"))
    assert made.weekly_price_pence == 112_550
    assert (made.starts_on, made.ends_on) == (date(2026, 4, 1), None)
    assert made.targets == {"P1": {"hours": 12}, "P3": {"working_days": 28}}
    text = page.get(f"/providers/{provider.id}").text
    assert "£1,125.50" in text
    assert "P3 routine: finish within 28 working days" in text
    form = page.get(f"{at}/{made.id}").text
    for shown in ('value="1125.50"', 'value="28"', 'value="2026"'):
        assert shown in form
    changed = {**CONTRACT, "weekly_price_pence": "1200", "p3_days": ""}
    assert page.post(f"{at}/{made.id}", changed).status_code == 302
    made = db.session.get_one(Contract, made.id, populate_existing=True)
    assert (made.weekly_price_pence, made.targets) == (120_000, {})


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": ""}, "title"),
        ({"starts_on-day": "31", "starts_on-month": "2"}, "starts_on-day"),
        (
            {"ends_on-day": "31", "ends_on-month": "3", "ends_on-year": "2026"},
            "ends_on-day",
        ),
        ({"support_hours_band": "40-50"}, "support_hours_band"),
        ({"weekly_price_pence": "12.345"}, "weekly_price_pence"),
        ({"weekly_price_pence": "-1"}, "weekly_price_pence"),
        ({"p1_hours": "0"}, "p1_hours"),
        ({"p2_days": "10", "p3_days": "5"}, "p3_days"),
    ],
)
def test_a_contract_with_a_mistake_is_refused_and_kept_on_the_page(browser, world, typed, field):
    provider = world.provider()
    answer = browser("manager").post(
        f"/providers/{provider.id}/contracts/new", {**CONTRACT, **typed}
    )
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'value="{(CONTRACT | typed)["weekly_price_pence"]}"' in answer.text
    assert len(reread(provider).contracts) == 1


def test_every_mistake_of_a_contract_is_named_at_once(browser, world):
    provider = world.provider()
    typed = {"p1_hours": "0", "p2_days": "10", "p3_days": "5", "p4_days": "x"}
    answer = browser("manager").post(f"/providers/{provider.id}/contracts/new", typed)
    assert answer.status_code == 422
    for field in ("title", "starts_on-day", "support_hours_band", "p1_hours", "p3_days", "p4_days"):
        assert f'href="#{field}"' in answer.text, field


def test_a_contract_ends_with_a_day(browser, world):
    provider = world.provider()
    at = f"/providers/{provider.id}/contracts/{provider.contracts[0].id}/end"
    page = browser("monitor")
    early = {"on_day-day": "1", "on_day-month": "1", "on_day-year": "2025"}
    answer = page.post(at, early)
    assert answer.status_code == 422
    assert "cannot end before it starts" in answer.text
    assert page.post(at, {**early, "on_day-year": "2026"}).status_code == 302
    assert reread(provider).contracts[0].ends_on == date(2026, 1, 1)
    assert "Ended" in page.get(f"/providers/{provider.id}").text


def test_contracts_are_found_with_their_providers(world):
    lantern, beacon = world.provider(), world.provider("Beacon Housing")
    with writing() as session:
        session.get_one(Contract, beacon.contracts[0].id).ends_on = date(2026, 11, 21)
    names = [one.provider.name for one in queries.contracts(db.session())]
    assert names == ["Beacon Housing", "Lantern Homes"]
    running = queries.contracts(db.session(), on_day=date(2026, 11, 22))
    assert [one.provider_id for one in running] == [lantern.id]
    assert [one.name for one in queries.all_by_name(db.session())] == names
