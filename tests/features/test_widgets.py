"""Fields and pieces of pages: labels, hints, errors linked to the box, and odd input that never breaks anything."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g, render_template, render_template_string
from flask_wtf import CSRFProtect
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from werkzeug.datastructures import FileStorage, MultiDict

from qa_app.base.errors import Refused
from qa_app.base.forms import (
    Checkboxes,
    Choice,
    DateField,
    EmailField,
    Form,
    HiddenField,
    MoneyField,
    Needed,
    NumberField,
    PasswordField,
    PhotosField,
    Radios,
    Select,
    TextArea,
    TextField,
    Tick,
    TimeField,
    WholeNumberField,
    YesNo,
)

KINDS = (Choice("shared", "Shared house", hint="Own room"), Choice("flat", "Flat"))


class EveryField(Form):
    name = TextField("Name", [Needed("Enter the name")], description="As people say it")
    email = EmailField("Email", [Needed("Enter the email")])
    password = PasswordField("Password", [Needed("Enter the password")])
    places = WholeNumberField("Places", [Needed("Enter how many places")])
    opening = NumberField(
        "Window opening", [Needed("Enter the opening")], render_kw={"suffix": "mm"}
    )
    price = MoneyField("Weekly price", [Needed("Enter the price")])
    starts = TimeField("Starts at", [Needed("Enter the time")])
    on = DateField(
        "Date of the visit", [Needed("Enter the date")], description="For example 27 3 2026"
    )
    kind = Radios("Kind of home", [Needed("Choose the kind")], choices=KINDS)
    staffed = YesNo("Staffed at night?", [Needed("Say whether it is staffed")])
    has = Checkboxes("What it has", [Needed("Choose what it has")], choices=KINDS)
    host = Select("Host authority", [Needed("Choose the authority")], choices=KINDS, empty="Choose")
    notes = TextArea("Notes", [Needed("Write a note")])
    why = TextArea("Why", [Needed("Say why")], max_length=200, render_kw={"count": True})
    sure = Tick("I have told them", [Needed("Tick when you have told them")])
    photos = PhotosField("Photos", [Needed("Add a photo")])
    back = HiddenField("Back")


NAMES = [name for name in vars(EveryField) if not name.startswith("_")]
SEEN = [name for name in NAMES if name != "back"]
SENT = [*NAMES, "on-day", "on-month", "on-year"]
PAGE = """{% from "base/_fields.html" import error_summary %}{{ error_summary(form) }}
<form>{{ form.hidden_tag() }}{% for f in form if f.name not in ("back", "csrf_token") %}{{ f }}{% endfor %}</form>"""


@pytest.fixture(scope="module")
def small_app() -> Iterator[Flask]:
    """An app with our templates and nothing else: no database, no features."""
    app = Flask("widgets", static_folder=None)
    app.secret_key = "only for this test, and long enough"
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(Path(__file__).parents[2] / "templates"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(csp_nonce=lambda: "abc")
    app.add_url_rule("/static/<path:filename>", "static", lambda filename: filename)
    CSRFProtect(app)
    with app.test_request_context("/list?page=2&status=open&_external=1&endpoint=x"):
        yield app


class Page(HTMLParser):
    """The controls, labels, links and descriptions of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.controls: dict[str, dict[str, str | None]] = {}
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        found = dict(attrs)
        if "id" in found:
            self.ids.append(str(found["id"]))
        if tag in {"input", "select", "textarea"} and found.get("type") != "hidden":
            self.controls[str(found["id"])] = found
        if tag == "label":
            self.labels.add(str(found["for"]))
        if tag == "a" and str(found.get("href")).startswith("#"):
            self.links.append(str(found["href"])[1:])


def filled(data: Any = None) -> EveryField:
    form: EveryField = EveryField(
        formdata=None if data is None else MultiDict(data), meta={"csrf": False}
    )
    if data is not None:
        form.validate()
    return form


def drawn(form: Form) -> str:
    return render_template_string(PAGE, form=form)


def test_every_box_has_a_label_and_what_describes_it_exists(small_app: Flask) -> None:
    page = Page(drawn(filled({})))
    assert len(page.controls) > len(SEEN)
    assert set(page.controls) <= page.labels
    assert len(page.ids) == len(set(page.ids))
    for control in page.controls.values():
        for name in (control.get("aria-describedby") or "").split():
            assert name in page.ids
        assert "required" not in control, "a browser's own bubbles never reach the error summary"


@pytest.mark.parametrize("name", SEEN)
def test_an_empty_answer_is_named_in_the_summary_and_linked_to_a_box(
    small_app: Flask, name: str
) -> None:
    form = filled({})
    page = Page(drawn(form))
    number = SEEN.index(name)
    assert page.links[number] in page.controls
    assert page.links[number] == ("on-day" if name == "on" else name)
    assert f'id="{name}-error"' in drawn(form)


def test_nothing_is_said_before_anything_was_sent(small_app: Flask) -> None:
    assert "error" not in drawn(filled()).lower()


def test_what_was_typed_is_still_there(small_app: Flask) -> None:
    typed = {
        "name": "The <b>Lodge</b>",
        "places": "three",
        "price": "£1,2",
        "starts": "25:00",
        "on-day": "31",
        "on-month": "2",
        "on-year": "2026",
        "kind": "flat",
        "notes": "one\r\n two\r\nthree",
        "password": "a secret of mine",
    }
    html = drawn(filled(typed))
    assert "The &lt;b&gt;Lodge&lt;/b&gt;" in html
    assert "<b>" not in html
    for kept in ('value="three"', 'value="£1,2"', 'value="25:00"', 'value="31"', 'value="2026"'):
        assert kept in html
    assert re.search(r'value="flat"\s+checked', html)
    assert "one&#10; two&#10;three</textarea>" in html
    assert "a secret of mine" not in html


@pytest.mark.parametrize(
    ("sent", "wrong", "says"),
    [
        (("", "3", "2026"), "on-day", "add the day"),
        (("4", "", ""), "on-month", "add the month and the year"),
        (("4", "13", "2026"), "on-month", "real date"),
        (("4", "11", "26"), "on-year", "4 numbers"),
        (("31", "6", "2026"), "on-day", "no day 31"),
        (("²", "6", "2026"), "on-day", "real date"),
        (("x", "y", "z"), "on-day", "real date"),
    ],
)
def test_a_wrong_date_points_at_the_box_to_mend(
    small_app: Flask, sent: tuple[str, str, str], wrong: str, says: str
) -> None:
    form = filled(zip(("on-day", "on-month", "on-year"), sent, strict=True))
    assert says in form.on.errors[0]
    assert wrong in Page(drawn(form)).links
    assert form.on.data is None


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"on-day": "1", "on-month": "Mar", "on-year": "2026"}, date(2026, 3, 1)),
        ({"on-day": " 01 ", "on-month": "03", "on-year": "2026"}, date(2026, 3, 1)),
        ({"on": "2026-03-01"}, date(2026, 3, 1)),
        ({"on": "x"}, None),
        ({"on": "2026-02-30"}, None),
        ({"on": ["1", "2"], "on-day": ["1", "2"]}, None),
    ],
)
def test_a_date_is_read_and_a_single_value_is_no_fault(
    small_app: Flask, sent: dict[str, Any], expected: date | None
) -> None:
    form = filled(sent)
    assert form.on.data == expected
    assert bool(form.on.errors) is (expected is None)


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        ("places", " 1,200 ", 1200),
        ("places", "1.5", None),
        ("places", "99999999999999999999", None),
        ("opening", "-3.50", Decimal("-3.50")),
        ("opening", "NaN", None),
        ("opening", "1e9999", None),
        ("price", "£1,250.50", 125050),
        ("price", "12.5", None),
        ("starts", "9.30am", time(9, 30)),
        ("starts", "12pm", time(12)),
        ("starts", "1405", time(14, 5)),
        ("starts", "13pm", None),
        ("email", " Someone@Example.ORG ", "someone@example.org"),
        ("name", "caf\x00e\u0301\t  bar", "caf\u00e9 bar"),
        ("kind", "castle", None),
    ],
)
def test_text_is_read_as_people_write_it(
    small_app: Flask, name: str, typed: str, expected: Any
) -> None:
    field = filled({name: typed})[name]
    assert field.data == expected
    assert bool(field.errors) is (expected is None)


def test_text_that_is_too_long_says_by_how_much(small_app: Flask) -> None:
    assert "there are 3 too many" in filled({"why": "x" * 203})["why"].errors[0]


def test_ticked_choices_come_in_the_order_offered_and_others_are_refused(small_app: Flask) -> None:
    assert filled([("has", "flat"), ("has", "shared")]).has.data == ["shared", "flat"]
    assert filled([("has", "flat"), ("has", "castle")]).has.errors


def test_a_file_under_the_name_of_a_text_is_nothing(small_app: Flask) -> None:
    form = filled({name: FileStorage(io.BytesIO(b"x"), "x.txt", name) for name in SENT})
    assert form.name.data == ""
    assert len(form.photos.data) == 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from(SENT),
            st.text(max_size=30) | st.sampled_from(["0", "²", "-", "é", "31", "2026", "yes"]),
        ),
        max_size=25,
    )
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nothing_that_can_be_sent_breaks_a_form(
    small_app: Flask, sent: list[tuple[str, str]]
) -> None:
    form = filled(sent)
    assert drawn(form)
    links = Page(drawn(form)).links
    assert set(links) <= set(Page(drawn(form)).controls)
    for field in form:
        assert "\x00" not in str(field.data) or field.name == "password"


def test_what_a_rule_refuses_lands_beside_its_field(small_app: Flask) -> None:
    form = filled({"name": "x"})
    form.refuse(Refused({"name": "That name is taken", "nowhere": "The contract has ended"}))
    assert {"text": "That name is taken", "href": "#name"} in form.summary()
    assert {"text": "The contract has ended"} in form.summary()


def test_a_record_fills_the_boxes(small_app: Flask) -> None:
    held = SimpleNamespace(
        name="The Lodge", on=date(2026, 3, 1), price=125000, staffed=False, has=["flat"], sure=True
    )
    form = EveryField(formdata=None, obj=held, meta={"csrf": False})
    html = drawn(form)
    for shown in ('value="The Lodge"', 'value="1250"', 'value="3"'):
        assert shown in html
    assert form.staffed.data == "no"
    assert not form.staffed.is_yes


def test_two_forms_on_a_page_share_no_id(small_app: Flask) -> None:
    html = "".join(
        str(EveryField(formdata=None, prefix=prefix).hidden_tag()) for prefix in ("a-", "b-")
    )
    assert html.count('name="a-csrf_token"') + html.count('name="csrf_token"') >= 1
    assert "id=" not in html


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 502, 503, 418]
)
def test_every_error_page_says_what_to_do_and_the_number(small_app: Flask, status: int) -> None:
    g.request_id = "7f3a91"
    html = render_template("base/error.html", status=status)
    assert html.count("<h1") == 1
    assert "7f3a91" in html
    assert 'href="/"' in html
    assert html.count('<p class="govuk-body">') >= 3
    assert "safe on this phone" not in html


def test_only_what_was_sent_and_not_taken_is_said_to_be_safe_on_the_phone(small_app: Flask) -> None:
    assert "Your work is safe on this phone" in render_template(
        "base/error.html", status=503, is_write=True
    )
    assert "safe on this phone" not in render_template("base/error.html", status=500, is_write=True)


def test_pages_of_a_list_keep_their_filters_and_no_query_can_break_them(small_app: Flask) -> None:
    html = render_template_string(
        '{% from "base/_macros.html" import pagination %}{{ pagination(page) }}',
        page=SimpleNamespace(number=2, pages=3),
    )
    assert 'href="/list?status=open&amp;_external=1&amp;endpoint=x&amp;page=3"' in html


def test_pieces_of_pages_escape_what_people_wrote(small_app: Flask) -> None:
    evil = "<script>alert(1)</script>"
    html = render_template_string(
        """{% from "base/_macros.html" import summary, card, tag, timeline, photo_strip, td, task_list, link, note,
        heading, tile, empty_state, stars, ring_panel, emergency_panel, data_table, filter_text, score_figure %}
        {{ heading(e, e) }}{{ summary([[e, e], ["k", "v", {"href": "/x", "text": e}]]) }}{{ tag(e) }}{{ link("/x", e) }}
        {{ timeline([{"when": e, "who": e, "what": e, "note": e}]) }}{{ td(e, e) }}{{ tile(3, e) }}
        {{ photo_strip([{"src": "/s", "href": "/h", "alt": e, "caption": e}], e) }}{{ empty_state(e, e, "/x", e) }}
        {{ task_list([{"title": e, "hint": e, "status": {"text": e}}]) }}{% call card(e, "/x", e) %}{{ e }}{% endcall %}
        {{ stars("Y01", e, [{"value": "1", "label": e}], hint=e, error=e) }}{{ filter_text("q", e, e) }}
        {% call ring_panel(e, [{"name": e, "role": e, "display": e}]) %}{% endcall %}
        {{ emergency_panel({"id": "gas", "title": e, "steps": [e]}, [{"label": e, "display": e, "dial": e}]) }}
        {% call data_table(e, [e, {"text": e}]) %}{% endcall %}{{ score_figure(1.25, 50, "good", e, note=e) }}""",
        e=evil,
    )
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 40


def test_a_score_never_stands_without_its_coverage(small_app: Flask) -> None:
    html = render_template_string(
        '{% from "base/_macros.html" import score_figure %}{{ score_figure(86.44, 61.2, "urgent-action", "Urgent", true) }}'
    )
    for words in ("86.4", "out of 100", "61% checked", "Partial visit", "Urgent"):
        assert words in html
