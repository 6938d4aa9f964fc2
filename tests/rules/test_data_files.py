"""The data files: whole, sourced, agreeing with the question sets, and nothing unverified ever shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from importlib import resources
from typing import Any

import pytest
import yaml

from qa_app.base.data_files import DataFileError, parse_yaml, read_csv, read_text, read_yaml
from qa_app.base.errors import DomainError
from qa_app.certificates import kinds
from qa_app.defects import catalogue as defects
from qa_app.defects.rules import Priority
from qa_app.homes import catalogue as homes
from qa_app.homes import emergency
from qa_app.question_sets.rules.words import STANDARDS
from qa_app.question_sets.standards import standards as standards_in_words
from qa_app.visits import purposes

DATA = resources.files("qa_app").joinpath("data")
SETS = ["officer-visit.yaml", "young-inspector-visit.yaml"]
FACTS = sorted(
    file.name for file in DATA.iterdir() if file.name.endswith(".yaml") and file.name[0] != "_"
)
OFFICER_PICKS = "officer-picks"


def question_set(name: str) -> dict[str, Any]:
    found = yaml.safe_load(DATA.joinpath("question_sets", name).read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def questions(name: str) -> Iterator[dict[str, Any]]:
    for section in question_set(name)["sections"]:
        yield from section["questions"]


def mappings(value: object) -> Iterator[dict[str, Any]]:
    """Every mapping anywhere inside a value."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from mappings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from mappings(inner)


# -- The question sets and the catalogue agree -----------------------------------------------------


@pytest.mark.parametrize("name", SETS)
def test_every_category_of_the_question_sets_exists(name: str) -> None:
    asked = [question["defect"]["category"] for question in questions(name) if "defect" in question]
    assert len(asked) >= 10
    for category in asked:
        if category != OFFICER_PICKS:
            assert defects.category(category).is_repair, category


@pytest.mark.parametrize("name", SETS)
def test_every_follow_up_of_the_question_sets_is_something_that_is_no_repair(name: str) -> None:
    followed = [
        question["follow_up"]["kind"] for question in questions(name) if "follow_up" in question
    ]
    assert followed
    for kind in followed:
        assert not defects.category(kind).is_repair, kind
        assert defects.default_priority(kind, month=1) is None


@pytest.mark.parametrize("name", SETS)
def test_priorities_standards_hazards_and_rooms_of_the_question_sets_exist(name: str) -> None:
    standards = set(standards_in_words())
    scheme = defects.hazard_scheme(question_set(name)["hazard_scheme"])
    for question in questions(name):
        assert set(question["standards"]) <= standards
        assert set(question.get("hazards", [])) <= set(scheme.hazards)
        if "per_room" in question:
            assert question["per_room"] in homes.room_kinds()
        priority = question.get("defect", {}).get("priority")
        assert priority is None or priority == OFFICER_PICKS or Priority(priority)
        panel = question.get("show_emergency", {}).get("panel")
        assert panel is None or emergency.panel(panel).numbers


def test_the_standards_have_words() -> None:
    assert tuple(standards_in_words()) == STANDARDS
    assert standards_in_words()["PR"] == "Protection"


def test_certificates_that_questions_name_exist() -> None:
    named: set[str] = set()
    for question in questions("officer-visit.yaml"):
        named |= set(question.get("critical", {}).get("only_if_expired_or_missing", []))
    assert named == {"gas-safety-record", "eicr", "fire-risk-assessment"}
    assert named <= set(kinds.kinds())


def test_every_purpose_has_a_form_of_the_officers_set_and_every_form_a_purpose() -> None:
    forms = set(question_set("officer-visit.yaml")["forms"])
    assert {purpose.form for purpose in purposes.purposes().values()} == forms
    assert purposes.purpose_label("routine") == "Routine visit"
    assert purposes.purpose_label("gone") == "gone"


# -- Every fact has a source, and what is not verified is not shown ----------------------------------


@pytest.mark.parametrize("name", FACTS)
def test_every_certainty_has_a_source_and_a_day(name: str) -> None:
    marked = [found for found in mappings(yaml.safe_load(read_text(name))) if "certainty" in found]
    assert marked, f"{name} does not say how sure it is"
    for found in marked:
        assert found["certainty"] in {"verified", "NV"}
        assert found["source"].strip()
        assert date(2026, 1, 1) <= found["checked_on"] <= date(2027, 12, 31)
        if found["certainty"] == "verified":
            assert re.search(r"\[S\d+b?\]|domain\.md|forms of the officer", found["source"]), found


def test_numbers_that_nobody_has_checked_are_never_shown() -> None:
    listed = yaml.safe_load(read_text("emergency_numbers.yaml"))["numbers"]
    unchecked = {entry["dial"] for entry in listed if entry["certainty"] == "NV"}
    assert "08001111" in unchecked  # there are some, or this test shows nothing
    shown = {number.dial for number in emergency.numbers()}
    for panel in emergency.panels().values():
        shown |= {number.dial for number in panel.numbers}
    for contact in emergency.contacts_by_authority().values():
        shown |= {number.dial for number in contact.numbers}
    assert shown
    assert not shown & unchecked


def test_a_number_is_shown_once_it_has_been_checked() -> None:
    text = read_text("emergency_numbers.yaml")
    before = emergency.parse_emergency(text)
    after = emergency.parse_emergency(text.replace("certainty: NV", "certainty: verified"))
    assert "childline" not in before.numbers
    assert "childline" in after.numbers


def test_contacts_marked_nv_are_not_shown_either() -> None:
    text = read_text("host_authority_contacts.yaml")
    assert emergency.parse_contacts(text).by_authority
    assert not emergency.parse_contacts(text.replace("verified", "NV")).by_authority


def test_the_three_panels_and_what_they_ring() -> None:
    assert [number.dial for number in emergency.panel("gas").numbers] == ["0800111999", "999"]
    assert [number.dial for number in emergency.panel("fire").numbers] == ["999"]
    assert emergency.panel("danger").needs_safeguarding
    assert emergency.watch_words() == "This form is not watched all night."
    with pytest.raises(DomainError):
        emergency.panel("flood")


def test_safeguarding_goes_by_the_area_and_says_when_it_is_old() -> None:
    found = emergency.child_safeguarding("E09000028", today=date(2026, 11, 22))
    assert found is not None
    assert [number.dial for number in found.numbers] == ["02075251921", "02075255000"]
    assert not found.is_stale
    old = emergency.child_safeguarding("E09000023", today=date(2027, 12, 1))
    assert old is not None
    assert old.is_stale
    assert emergency.child_safeguarding("E09000008", today=date(2026, 11, 22)) is None
    assert emergency.child_safeguarding(None, today=date(2026, 11, 22)) is None


# -- Categories and priorities ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "month", "expected"),
    [
        ("heating", 1, "P1"),
        ("heating", 4, "P1"),
        ("heating", 5, "P2"),
        ("heating", 11, "P1"),
        ("heating.one-room", 1, "P2"),
        ("electrics", 6, "P1"),
        ("electrics.light", 6, "P2"),
        ("gas", 6, "P1"),
        ("damp.vent", 6, "P3"),
        ("furniture.bed", 6, "P2"),
        ("structure.noise", 6, "P4"),
        ("toilet", 6, "P2"),
    ],
)
def test_default_priorities(category: str, month: int, expected: str) -> None:
    assert defects.default_priority(category, month=month) is Priority(expected)


def test_categories_are_grouped_for_choosing_and_named_in_plain_english() -> None:
    groups = defects.categories().groups()
    assert [top.id for top, _ in groups][:3] == ["heating", "hotwater", "electrics"]
    assert all(top.is_repair for top, _ in groups)
    assert defects.label("doors.lock") == "Door lock"
    assert defects.label("gone.from-the-file") == "gone.from-the-file"
    with pytest.raises(DomainError):
        defects.category("gone.from-the-file")


def test_hazards_keep_their_scheme() -> None:
    assert len(defects.hazard_scheme(2026).hazards) == 21
    assert len(defects.hazard_scheme(2005).hazards) == 29
    assert defects.hazard_label("H11", scheme=2026) == "Damp and mould growth"
    with pytest.raises(DomainError):
        defects.hazard_scheme(1999)


@pytest.mark.parametrize(
    "contract",
    [
        {"P5": {"hours": 1}},
        {"P1": {"hours": -1}},
        {"P1": {"hours": "soon"}},
        {"P1": {"hours": True}},
        {"P2": {"days": 3}},
        {"P2": 3},
    ],
)
def test_a_contract_with_times_that_make_no_sense_is_named(contract: dict[str, Any]) -> None:
    with pytest.raises(DataFileError, match="targets of the contract"):
        defects.targets(contract)


# -- Homes and authorities -------------------------------------------------------------------------


def test_authorities() -> None:
    found = homes.authorities()
    assert len([code for code in found if code.startswith("E")]) == 296
    for code, name in [
        ("E09000028", "Southwark"),
        ("E09000023", "Lewisham"),
        ("E09000008", "Croydon"),
        ("E06000066", "Somerset"),
    ]:
        assert homes.authority_name(code) == name
    assert len([code for code in found if code.startswith("E09")]) == 33
    assert homes.authority_name("S12000033") == "S12000033"  # no name known: the code is shown
    assert homes.authority_name(None) == ""


def test_homes_and_rooms() -> None:
    assert list(homes.ofsted_categories()) == [1, 2, 3, 4]
    assert list(homes.tenures()) == ["licence", "social-tenancy", "private-tenancy", "lodging"]
    assert "supported-lodgings" in homes.home_types()
    assert homes.room_label("bedroom", 3) == "Bedroom 3"
    assert homes.room_label("kitchen", 1) == "Kitchen"
    assert homes.room_label("kitchen", 2) == "Kitchen 2"
    with pytest.raises(DomainError):
        homes.room_label("dungeon", 1)
    assert homes.weeks_after_critical() == 4


# -- A slip in a file is named, not swallowed ------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "file", "old", "new", "words"),
    [
        (
            emergency.parse_emergency,
            "emergency_numbers.yaml",
            "certainty: NV",
            "certainty: maybe",
            "maybe",
        ),
        (emergency.parse_emergency, "emergency_numbers.yaml", "[gas, danger]", "[gass]", "gass"),
        (
            emergency.parse_emergency,
            "emergency_numbers.yaml",
            "[gas, danger]",
            "[childline]",
            "none of its",
        ),
        (
            emergency.parse_emergency,
            "emergency_numbers.yaml",
            'dial: "999"',
            'dial: "998"',
            "same number",
        ),
        (
            emergency.parse_emergency,
            "emergency_numbers.yaml",
            'dial: "999"',
            "dial: 999",
            "must be a text",
        ),
        (
            emergency.parse_emergency,
            "emergency_numbers.yaml",
            "id: gas",
            "id: danger",
            "two entries",
        ),
        (
            emergency.parse_emergency,
            "emergency_numbers.yaml",
            "    checked_on",
            "    cheked_on",
            "checked_on",
        ),
        (
            emergency.parse_contacts,
            "host_authority_contacts.yaml",
            "E09000023\n",
            "E09000028\n",
            "twice",
        ),
        (
            kinds.parse_kinds,
            "certificate_kinds.yaml",
            "required: always",
            "required: often",
            "often",
        ),
        (
            kinds.parse_kinds,
            "certificate_kinds.yaml",
            "period_months: 12",
            "period_months: 0",
            "at least 1",
        ),
        (kinds.parse_kinds, "certificate_kinds.yaml", "    law:", "    laws:", "'law'"),
        (kinds.parse_kinds, "certificate_kinds.yaml", "kinds:", "kinds: [", "not YAML"),
    ],
)
def test_a_slip_is_named(
    read: Callable[[str], object], file: str, old: str, new: str, words: str
) -> None:
    text = read_text(file)
    read(text)
    assert old in text
    with pytest.raises(DataFileError, match=re.escape(words)) as caught:
        read(text.replace(old, new, 1))
    assert file in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("default: P2", "default: P7", "P7"),
        ("hazards: [H9]", "hazards: [H99]", "H99"),
        ("label: Heating", "lable: Heating", "'label'"),
        ("winter_months: [11,", "winter_months: [13,", "winter_months"),
        ("id: heating", "id: heat.ing", "no dot"),
        ("kind: not-a-repair", "kind: repair", "default"),
        ("{id: one-room,", "{id: none,", "two entries"),
    ],
)
def test_a_slip_in_the_tree_is_named(old: str, new: str, words: str) -> None:
    text = read_text("categories.yaml")
    hazards = frozenset(defects.hazard_scheme(2026).hazards)
    defects.parse_categories(text, hazards=hazards)
    assert old in text
    with pytest.raises(DataFileError, match=re.escape(words)):
        defects.parse_categories(text.replace(old, new, 1), hazards=hazards)


def test_files_that_are_not_there_or_not_what_they_should_be() -> None:
    with pytest.raises(DataFileError, match="no such data file"):
        read_yaml("nowhere.yaml")
    with pytest.raises(DataFileError, match="must be a mapping"):
        parse_yaml("- a\n- b\n", "x.yaml")
    with pytest.raises(DataFileError, match="columns must be"):
        read_csv("authorities.csv", ("code", "title"))
