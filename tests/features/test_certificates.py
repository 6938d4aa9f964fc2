"""Certificates on the page of a home: how each stands, recording one, and what it replaces."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from qa_app.audit.models import AuditEntry
from qa_app.base.db import db
from qa_app.certificates import queries
from qa_app.certificates.models import Certificate
from qa_app.homes.models import Home

pytestmark = pytest.mark.usefixtures("app")

GAS = {
    "kind": "gas-safety-record",
    "standing": "have",
    "issued_on-day": "1",
    "issued_on-month": "11",
    "issued_on-year": "2026",
    "expires_on-day": "31",
    "expires_on-month": "10",
    "expires_on-year": "2027",
}
NO_LAST_DAY = {"expires_on-day": "", "expires_on-month": "", "expires_on-year": ""}


def certificate(home: Home, kind: str = "gas-safety-record") -> list[Certificate]:
    rows = db.session.scalars(
        select(Certificate)
        .where(Certificate.home_id == home.id, Certificate.kind == kind)
        .order_by(Certificate.id)
    )
    return list(rows)


def row_of(text: str, label: str) -> str:
    """Return the words of the table row of one kind."""
    found = re.search(rf'data-label="Certificate">{label}</th>(.*?)</tr>', text, re.DOTALL)
    assert found, f"no row for {label}"
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_every_kind_that_is_needed_says_how_it_stands(browser, world):
    home = world.home()
    world.certificates(home, expires=timedelta(days=20))
    page = browser("monitor")
    for typed in (
        {**GAS, "expires_on-day": "1", "expires_on-month": "11", "expires_on-year": "2026"},
        {"kind": "epc", "standing": "not-needed", "because": "A listed building"},
    ):
        assert page.post(f"/homes/{home.ref}/certificates/new", typed).status_code == 302
    text = page.get(f"/homes/{home.ref}").text
    assert row_of(text, "Gas safety record").startswith(
        "Expired Ran out on 1 November 2026, 21 days ago Nobody uses gas"
    )
    assert row_of(text, r"Electrical safety report \(EICR\)").startswith(
        "In date Expires soon 20 days left, until 12 December 2026"
    )
    assert row_of(text, "Smoke and carbon monoxide alarm log").startswith(
        "Missing Nobody has recorded one"
    )
    assert row_of(text, "Energy performance certificate").startswith(
        "Does not apply A listed building"
    )
    needed = queries.required(db.session.get_one(Home, home.id))
    assert f"2 of {len(needed) - ('epc' in needed)} that this home needs are in date" in text


@pytest.mark.parametrize("role", ["officer", "manager", "director", "provider"])
def test_who_may_read_certificates(browser, world, role):
    home = world.home()
    text = browser(role).get(f"/homes/{home.ref}").text
    assert "Gas safety record" in text
    assert ("Record a certificate" in text) is (role == "manager")


def test_an_administrator_reads_none(browser, world):
    home = world.home()
    assert "Gas safety record" not in browser("administrator").get(f"/homes/{home.ref}").text


@pytest.mark.parametrize("role", ["officer", "director", "provider", "administrator", "adviser"])
def test_only_monitors_and_managers_record(browser, world, role):
    home = world.home()
    page = browser(role)
    assert page.get(f"/homes/{home.ref}/certificates/new").status_code == 403
    assert page.post(f"/homes/{home.ref}/certificates/new", GAS).status_code == 403
    assert certificate(home) == []


def test_a_newer_one_takes_the_place_of_the_last_which_stays_on_record(browser, world, clock):
    home = world.home()
    at = f"/homes/{home.ref}/certificates/new"
    page = browser("manager")
    assert page.post(at, GAS).status_code == 302
    clock.move(timedelta(days=2))
    page = browser("manager")
    assert page.post(at, {**GAS, "issued_on-day": "23"}).status_code == 302
    old, new = certificate(home)
    assert (old.issued_on, old.expires_on) == (date(2026, 11, 1), date(2027, 10, 31))
    assert old.ended_at == clock.now()
    assert (new.issued_on, new.ended_at) == (date(2026, 11, 23), None)
    assert "Replaced 24 November 2026" in page.get(f"/homes/{home.ref}").text
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.what == "certificate.recorded").order_by(AuditEntry.id)
    ).all()
    assert entries[0].before is None
    assert entries[1].before["issued_on"] == "2026-11-01"
    assert entries[1].after["issued_on"] == "2026-11-23"
    # a visit that was begun before the new one came is judged by the old one
    home = db.session.get_one(Home, home.id)
    lacking = queries.expired_or_missing(db.session(), home, date(2026, 11, 22))
    assert "gas-safety-record" not in lacking


def test_the_last_day_is_proposed_and_only_kept_once_confirmed(browser, world):
    home = world.home()
    at = f"/homes/{home.ref}/certificates/new"
    page = browser("monitor")
    answer = page.post(at, {**GAS, **NO_LAST_DAY})
    assert answer.status_code == 422
    assert "31 October 2027 is what we worked out" in answer.text
    assert 'href="#expires_on-day"' in answer.text
    boxes = re.findall(r'name="expires_on-(\w+)"[^>]*value="(\d+)"', answer.text)
    assert dict(boxes) == {"day": "31", "month": "10", "year": "2027"}
    assert certificate(home) == []
    assert page.post(at, GAS).status_code == 302
    assert certificate(home)[0].expires_on == date(2027, 10, 31)


def test_a_kind_without_a_usual_period_may_have_no_last_day(browser, world):
    home = world.home()
    typed = {**GAS, **NO_LAST_DAY, "kind": "fire-risk-assessment"}
    answer = browser("monitor").post(f"/homes/{home.ref}/certificates/new", typed)
    assert answer.status_code == 302, answer.text
    assert certificate(home, "fire-risk-assessment")[0].expires_on is None
    text = browser("monitor").get(f"/homes/{home.ref}").text
    assert row_of(text, "Fire risk assessment").startswith("In date No last day")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"kind": "treaty"}, "kind"),
        ({"kind": "ofsted-registration"}, "kind"),
        ({"standing": ""}, "standing"),
        ({"standing": "not-needed", "because": "  "}, "because"),
        ({"issued_on-day": "", "issued_on-month": "", "issued_on-year": ""}, "issued_on-day"),
        ({"issued_on-day": "23"}, "issued_on-day"),
        ({"expires_on-year": "2025"}, "expires_on-day"),
        ({"expires_on-month": "2"}, "expires_on-day"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_recorded(browser, world, typed, field):
    home = world.home()
    answer = browser("monitor").post(f"/homes/{home.ref}/certificates/new", {**GAS, **typed})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert db.session.scalars(select(Certificate)).all() == []


def test_the_form_opens_at_the_kind_that_was_asked_for(browser, world):
    home = world.home()
    at = f"/homes/{home.ref}/certificates/new"
    text = browser("monitor").get(f"{at}?kind=eicr").text
    assert '<option value="eicr" selected>' in text
    assert browser("monitor").get(f"{at}?kind=%00nonsense").status_code == 200
    assert browser("monitor").get("/homes/H-0009/certificates/new").status_code == 404
