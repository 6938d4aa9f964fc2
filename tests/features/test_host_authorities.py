"""Host authorities are there from the first start, follow the data files, and keep what an administrator wrote."""

from __future__ import annotations

from datetime import date

from flask import Flask
from sqlalchemy import func, select

from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.homes import catalogue
from qa_app.homes.models import HostAuthority
from qa_app.homes.service import ensure_authority, load_authorities


def test_loading_fills_names_and_contacts_and_twice_changes_nothing(app: Flask) -> None:
    with writing() as session:
        load_authorities(session)
    with writing() as session:
        assert load_authorities(session) == 0
    session = db.session()
    count = session.scalar(select(func.count()).select_from(HostAuthority))
    assert count == len(catalogue.authorities())
    southwark = session.get(HostAuthority, "E09000028")
    assert southwark is not None
    assert southwark.name == "Southwark"
    numbers = southwark.contacts["child_safeguarding"]["numbers"]
    assert [number["display"] for number in numbers] == ["020 7525 1921", "020 7525 5000"]
    assert southwark.checked_on == date(2026, 11, 22)
    croydon = session.get(HostAuthority, "E09000008")
    assert croydon is not None
    assert croydon.contacts == {}
    assert croydon.checked_on is None


def test_what_an_administrator_wrote_stays(app: Flask) -> None:
    with writing() as session:
        load_authorities(session)
        lewisham = session.get(HostAuthority, "E09000023")
        assert lewisham is not None
        lewisham.contacts = {"child_safeguarding": {"label": "Ours", "numbers": []}}
        lewisham.name = "Lewishm"
    with writing() as session:
        load_authorities(session)
    found = db.session().get(HostAuthority, "E09000023")
    assert found is not None
    assert found.contacts["child_safeguarding"]["label"] == "Ours"
    assert found.name == "Lewisham"


def test_an_authority_that_no_file_knows_is_shown_by_its_code(app: Flask) -> None:
    with writing() as session:
        made = ensure_authority(session, "S12000033")
        assert (made.code, made.name) == ("S12000033", "S12000033")
        assert ensure_authority(session, "S12000033") is made
