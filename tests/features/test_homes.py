"""Homes: who sees which, the pin and the council around them, rooms, contracts, status."""

from __future__ import annotations

import contextvars
import threading
from datetime import date

import pytest
from sqlalchemy import select

from qa_app.audit.models import AuditEntry
from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.homes import queries, service
from qa_app.homes.models import Home
from qa_app.providers.models import Contract
from tests.support.client import Browser

pytestmark = pytest.mark.usefixtures("app")

STAFF = ("officer", "monitor", "manager", "director")
FORM = {
    "name": "Birch House",
    "address": "9 Test Street\nPeckham",
    "postcode": "se15 4nx",
    "type": "shared-house",
    "places": "4",
    "risk_tier": "standard",
}


def reread(home: Home) -> Home:
    db.session.rollback()
    return db.session.get_one(Home, home.id, populate_existing=True)


# -- New and change --------------------------------------------------------------------------------


def test_a_postcode_gives_the_pin_and_the_council(browser):
    answer = browser("officer").post("/homes/new", {**FORM, "ofsted_category": "2"})
    assert answer.status_code == 302, answer.text
    home = db.session.scalar(select(Home).where(Home.name == "Birch House"))
    assert answer.location == f"/homes/{home.ref}#rooms"
    assert (home.ref, home.postcode, home.status) == ("H-0001", "SE15 4NX", "not-yet-used")
    assert (home.latitude, home.longitude) == (51.4672, -0.0694)
    assert (home.pin_source, home.host_authority_code) == ("postcode", "E09000028")
    assert (home.ofsted_category, home.places, home.vacancies) == (2, 4, 0)
    page = browser("officer").get(f"/homes/{home.ref}").text
    assert "Inside the borough" in page
    assert "SE15, Southwark" in page


def test_outside_is_derived_from_the_council_around_the_home(browser):
    browser("officer").post("/homes/new", {**FORM, "postcode": "SE13 6LH"})
    home = db.session.scalar(select(Home))
    assert home.host_authority.name == "Lewisham"
    assert "Outside the borough" in browser("officer").get(f"/homes/{home.ref}").text


def test_an_unknown_postcode_is_said_and_nothing_typed_is_lost(browser):
    typed = {
        **FORM,
        "postcode": "ZZ99 9ZZ",
        "places": "5",
        "youngest_age": "17",
        "is_council_owned": "yes",
        "ofsted_category": "none",
    }
    answer = browser("officer").post("/homes/new", typed)
    assert answer.status_code == 422
    assert "We cannot find that postcode" in answer.text
    assert 'href="#postcode"' in answer.text
    assert '<details class="govuk-details" open>' in answer.text  # the pin by hand is at hand
    for kept in (
        'value="Birch House"',
        "9 Test Street&#10;Peckham",
        'value="ZZ99 9ZZ"',
        'value="17"',
    ):
        assert kept in answer.text, kept
    assert answer.text.count(" checked") == 4  # type, category, tier, council-owned
    assert db.session.scalar(select(Home)) is None


def test_an_unknown_postcode_is_said_beside_other_mistakes(browser):
    answer = browser("officer").post("/homes/new", {**FORM, "postcode": "ZZ99 9ZZ", "name": ""})
    assert answer.status_code == 422
    assert "Enter a name" in answer.text
    assert "We cannot find that postcode" in answer.text


def test_a_pin_by_hand_takes_the_place_of_an_unknown_postcode(browser):
    pin = {"latitude": "51.5", "longitude": "-0.1", "host_authority_code": "E09000022"}
    answer = browser("officer").post("/homes/new", {**FORM, "postcode": "ZZ99 9ZZ", **pin})
    assert answer.status_code == 302, answer.text
    home = db.session.scalar(select(Home))
    assert (home.latitude, home.longitude, home.pin_source) == (51.5, -0.1, "by-hand")
    assert home.host_authority.name == "Lambeth"
    # without the pin, and with a postcode that is known, the place follows the postcode again
    answer = browser("officer").post(f"/homes/{home.ref}/edit", FORM)
    assert answer.status_code == 302, answer.text
    assert (reread(home).pin_source, home.latitude) == ("postcode", 51.4672)


@pytest.mark.parametrize(
    ("typed", "message", "field"),
    [
        ({"latitude": "51.5"}, "A pin needs both numbers", "longitude"),
        (
            {"latitude": "-0.1", "longitude": "51.5", "host_authority_code": "E09000022"},
            "That point is not in Great Britain",
            "latitude",
        ),
        (
            {"latitude": "0", "longitude": "0", "host_authority_code": "E09000022"},
            "Great Britain",
            "latitude",
        ),
        ({"latitude": "51.5", "longitude": "-0.1"}, "Choose the council", "host_authority_code"),
        ({"postcode": "SE15"}, "Enter a whole postcode", "postcode"),
        ({"name": ""}, "Enter a name", "name"),
        ({"places": "2", "vacancies": "3"}, "more free places than places", "vacancies"),
        ({"youngest_age": "19", "oldest_age": "17"}, "must not be below", "oldest_age"),
        ({"type": "castle"}, "choose one of the answers", "type"),
        ({"places": "many"}, "enter a whole number", "places"),
    ],
)
def test_a_mistake_is_named_at_its_field(browser, typed, message, field):
    answer = browser("manager").post("/homes/new", {**FORM, **typed})
    assert answer.status_code == 422
    assert message in answer.text
    assert f'href="#{field}"' in answer.text
    assert db.session.scalar(select(Home)) is None


def test_two_homes_never_share_a_reference(browser, world):
    world.home(ref="H-0041")
    for _ in range(2):
        assert browser("officer").post("/homes/new", FORM).status_code == 302
    assert set(db.session.scalars(select(Home.ref))) == {"H-0041", "H-0042", "H-0043"}


def test_changing_a_home_keeps_its_pin_and_writes_no_address_to_the_audit(browser, world):
    home = world.home()
    before = (home.latitude, home.longitude, home.pin_source)
    page = browser("officer").get(f"/homes/{home.ref}/edit").text
    assert home.address in page
    answer = browser("officer").post(
        f"/homes/{home.ref}/edit", {**FORM, "name": "Other name", "address": "12 Secret Passage"}
    )
    assert answer.status_code == 302, answer.text
    changed = reread(home)
    assert (changed.name, changed.address) == ("Other name", "12 Secret Passage")
    assert (changed.latitude, changed.longitude, changed.pin_source) == before
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.what == "home.changed"))
    assert entry.before["name"] == "Maple House"
    assert entry.after["name"] == "Other name"
    assert entry.after["address"] == "changed"
    assert "Secret Passage" not in str(entry.after) + str(entry.before)


def test_a_home_passes_from_one_contract_to_another(browser, world):
    home = world.home()
    other = world.provider("Beacon Housing")
    mine = {**FORM, "contract": str(other.contracts[0].id)}
    answer = browser("officer").post(
        f"/homes/{home.ref}/edit",
        {
            **mine,
            "contract_starts_on-day": "1",
            "contract_starts_on-month": "12",
            "contract_starts_on-year": "2026",
        },
    )
    assert answer.status_code == 302, answer.text
    home = reread(home)
    assert [row.ends_on for row in home.contracts] == [date(2026, 11, 30), None]
    on = queries.contract_on
    assert on(db.session(), home, date(2026, 11, 30)).contract.provider.name == "Lantern Homes"
    assert on(db.session(), home, date(2026, 12, 1)).contract.provider.name == "Beacon Housing"
    # going back before that day would rewrite history: refused, with the rest of the form still there
    answer = browser("officer").post(f"/homes/{home.ref}/edit", {**mine, "name": "Not kept"})
    assert answer.status_code == 422
    assert 'href="#contract_starts_on-day"' in answer.text
    assert 'value="Not kept"' in answer.text
    assert reread(home).name == "Birch House"


# -- List ------------------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_its_address(browser, world):
    one = world.home("Maple House", postcode="SE15 4NX")
    two = world.home("Oak Lodge", status="paused", type="cluster", authority="E09000023")
    page = browser("officer")
    assert "2 homes" in page.get("/homes").text

    def found(query: str) -> set[str]:
        text = page.get(f"/homes?{query}").text
        return {home.name for home in (one, two) if home.name in text}

    assert found("words=maple") == {"Maple House"}
    assert found(f"words={two.ref}") == {"Oak Lodge"}
    assert found(f"words={one.address}") == {"Maple House"}
    assert found("status=paused") == {"Oak Lodge"}
    assert found("type=cluster") == {"Oak Lodge"}
    assert found("where=inside") == {"Maple House"}
    assert found("where=outside") == {"Oak Lodge"}
    assert found("words=%25") == set()
    assert found("words=q%00zq") == set()
    assert found(f"provider={one.contracts[0].contract.provider_id}") == {
        "Maple House",
        "Oak Lodge",
    }
    assert found("provider=99999999999999999999") == set()
    assert "No home fits" in page.get("/homes?words=nowhere").text


def test_a_long_list_has_pages_that_keep_what_was_looked_for(browser, world):
    for number in range(51):
        world.home(f"Home {number:02}")
    page = browser("officer").get("/homes?sort=name&words=home")
    assert "51 homes" in page.text
    assert "Page 1 of 2" in page.text
    assert "Home 49" in page.text
    assert "Home 50" not in page.text
    assert "/homes?sort=name&amp;words=home&amp;page=2" in page.text
    assert "Home 50" in browser("officer").get("/homes?sort=name&words=home&page=2").text


def test_an_empty_list_says_so(browser):
    assert "No homes yet" in browser("director").get("/homes").text
    assert "Add the first home" in browser("officer").get("/homes").text
    assert "Add the first home" not in browser("monitor").get("/homes").text


# -- Who sees what ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["young-inspector", "adviser"])
def test_those_without_homes_get_no_list(browser, world, role):
    home = world.home()
    for path in ("/homes", f"/homes/{home.ref}", "/homes/new", f"/homes/{home.ref}/edit"):
        assert browser(role).get(path).status_code == 403


@pytest.mark.parametrize("role", ["monitor", "director", "provider", "administrator"])
def test_only_officers_and_managers_write(browser, world, role):
    home = world.home()
    page = browser(role)
    assert page.get(f"/homes/{home.ref}").status_code == 200
    assert page.get("/homes/new").status_code == 403
    assert page.post(f"/homes/{home.ref}/edit", FORM).status_code == 403
    assert page.post(f"/homes/{home.ref}/rooms", {"kind": "bedroom"}).status_code == 403
    assert page.post(f"/homes/{home.ref}/rooms/{home.rooms[0].id}/end").status_code == 403


def test_a_provider_sees_the_homes_it_runs_today_and_no_others(browser, world, clock):
    mine, other = world.home(), world.home("Elsewhere", provider=world.provider("Beacon Housing"))
    page = browser("provider")
    assert mine.name in page.get("/homes").text
    assert other.name not in page.get("/homes").text
    assert page.get(f"/homes/{mine.ref}").status_code == 200
    assert page.get(f"/homes/{other.ref}").status_code == 404
    with writing() as session:
        service.put_under_contract(
            session,
            session.get_one(Home, mine.id),
            other.contracts[0].contract_id,
            starts_on=world.today(),
            actor=None,
            now=clock.now(),
        )
    assert page.get(f"/homes/{mine.ref}").status_code == 404
    assert mine.name not in page.get("/homes").text


def test_what_does_not_exist_is_not_found(browser, world):
    world.home()
    for ref in ("H-0009", "nonsense", "%00", "H-99999999999999999999"):
        assert browser("officer").get(f"/homes/{ref}").status_code == 404


def test_canary_no_address_reaches_those_who_may_not_know_it(browser, world):
    home = world.home(postcode="SE15 4NX")
    home_ref, address = home.ref, home.address
    secrets = (address, address.split()[1], " 4NX", "51.467")
    paths = (
        "/",
        "/homes",
        f"/homes?words={home_ref}",
        f"/homes/{home_ref}",
        f"/homes/{home_ref}/edit",
        f"/homes/{home_ref}/status",
        f"/homes/{home_ref}/certificates/new",
        f"/providers/{home.contracts[0].contract.provider_id}",
    )
    for role in ("administrator", "adviser", "young-inspector"):
        page = browser(role)
        for path in paths:
            text = page.get(path, follow=True).text
            assert not [one for one in secrets if one in text], (role, path)
    assert home.name in browser("administrator").get(f"/homes?words={home_ref}").text
    for role in STAFF:
        assert address in browser(role).get(f"/homes/{home_ref}").text


@pytest.mark.parametrize("query", ["SE15 4NX", "SE15", "4NX"])
def test_canary_a_search_does_not_give_an_address_away(browser, world, query):
    home = world.home("Maple House", postcode="SE15 4NX")
    words = (query, home.address, home.address.split()[1])
    for one in words:
        assert home.name not in browser("administrator").get(f"/homes?words={one}").text
        assert home.name in browser("officer").get(f"/homes?words={one}").text


def test_a_price_is_for_those_who_may_see_prices(browser, world):
    home = world.home()
    for role in (*STAFF, "provider"):
        assert "£980.00" in browser(role).get(f"/homes/{home.ref}").text
    text = browser("administrator").get(f"/homes/{home.ref}").text
    assert "£980" not in text
    assert "Lantern Homes" not in text


def test_a_signed_out_browser_is_sent_to_sign_in(app, world):
    home = world.home()
    answer = Browser(app).get(f"/homes/{home.ref}")
    assert (answer.status_code, answer.location) == (302, f"/sign-in?next=/homes/{home.ref}")


def test_contracts_that_ended_are_not_offered(browser, world):
    home = world.home()
    provider = world.provider("Beacon Housing")
    with writing() as session:
        session.get_one(Contract, provider.contracts[0].id).ends_on = date(2026, 1, 1)
    assert "Beacon Housing" not in browser("officer").get(f"/homes/{home.ref}/edit").text


def test_homes_made_at_the_same_moment_get_a_reference_each(app, browser):
    pages = [browser("officer") for _ in range(6)]
    sent = [
        {**FORM, "csrf_token": page.token(), "name": f"Home {n}"} for n, page in enumerate(pages)
    ]
    start, answers = threading.Barrier(6), []

    def make(number: int) -> None:
        start.wait()
        answer = pages[number].client.post("/homes/new", data=sent[number])
        answers.append(answer.status_code)

    threads = [
        threading.Thread(target=lambda n=number: contextvars.Context().run(make, n))
        for number in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [302] * 6
    assert len(set(db.session.scalars(select(Home.ref)))) == 6
