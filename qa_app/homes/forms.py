"""Forms about homes and rooms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms.fields import Field
from wtforms.validators import ValidationError

from qa_app.base.choosing import Choice
from qa_app.base.forms import (
    Between,
    DateField,
    Form,
    Needed,
    NumberField,
    Radios,
    Select,
    TextArea,
    TextField,
    Tick,
    WholeNumberField,
)
from qa_app.homes import catalogue
from qa_app.homes.models import Home

NO_CATEGORY = "none"


def _choices(found: Iterable[Any]) -> list[Choice]:
    return [Choice(str(one.id), one.label, getattr(one, "help", "")) for one in found]


def _authorities() -> list[Choice]:
    rows = sorted(catalogue.authorities().values(), key=lambda one: one.name)
    return [Choice(one.code, one.name) for one in rows]


class HomeForm(Form):
    """Everything about a home that a person types."""

    name = TextField(
        "Name of the home",
        [Needed("Enter a name, such as Maple House")],
        max_length=120,
        description="A name that does not give the address away.",
    )
    address = TextArea(
        "Address",
        [Needed("Enter the address")],
        max_length=300,
        description="Without the postcode.",
    )
    postcode = TextField("Postcode", [Needed("Enter the postcode")], max_length=12)
    latitude = NumberField("Latitude", [Between(-90, 90, "Enter a latitude, such as 51.47")])
    longitude = NumberField("Longitude", [Between(-180, 180, "Enter a longitude, such as -0.06")])
    host_authority_code = Select(
        "Council in whose area the home stands", empty="Choose a council", choices=_authorities
    )
    type = Radios(
        "What type of home is it?",
        [Needed("Choose the type of home")],
        choices=lambda: _choices(catalogue.home_types().values()),
    )
    ofsted_category = Radios(
        "Ofsted category",
        choices=lambda: [
            *(Choice(str(n), c.label, c.help) for n, c in catalogue.ofsted_categories().items()),
            Choice(NO_CATEGORY, "Does not apply, or not known", divider="or"),
        ],
    )
    tenure = Select(
        "How do residents hold their home?",
        empty="Not known",
        choices=lambda: _choices(catalogue.tenures().values()),
    )
    places = WholeNumberField(
        "Places",
        [Needed("Enter how many places there are"), Between(1, 99, "Enter 1 to 99 places")],
    )
    vacancies = WholeNumberField("Free places", [Between(0, 99, "Enter 0 to 99 free places")])
    youngest_age = WholeNumberField("Youngest age", [Between(0, 99, "Enter an age in years")])
    oldest_age = WholeNumberField("Oldest age", [Between(0, 99, "Enter an age in years")])
    is_staffed_24_hours = Tick("Staff are there day and night")
    is_council_owned = Tick("The council owns the building")
    risk_tier = Radios(
        "How often should it be visited?",
        [Needed("Choose how often")],
        choices=lambda: [
            Choice(one.id, f"{one.label}: every {one.visit_every_months} months")
            for one in catalogue.risk_tiers().values()
        ],
    )
    contract = Select("Under which contract?", empty="No change")
    contract_starts_on = DateField("Under it since")

    def values(self) -> dict[str, Any]:
        """Return what was typed, as ``homes.service`` takes it."""
        found = {
            name: self[name].data
            for name in (
                "name", "address", "postcode", "type", "places", "youngest_age",
                "oldest_age", "is_staffed_24_hours", "is_council_owned", "risk_tier", "host_authority_code",
            )
        }  # fmt: skip
        found["vacancies"] = self.vacancies.data or 0
        category = self.ofsted_category.data
        found["ofsted_category"] = int(category) if category not in {None, NO_CATEGORY} else None
        found["tenure"] = self.tenure.data or ""
        for name in ("latitude", "longitude"):
            value = self[name].data
            found[name] = None if value is None else float(value)
        return found

    def show(self, home: Home) -> None:
        """Put a home's values into the boxes; its pin only when it was placed by hand."""
        for name in self.values():
            if name not in {"latitude", "longitude", "host_authority_code"}:
                self[name].process_data(getattr(home, name))
        self.ofsted_category.process_data(home.ofsted_category or NO_CATEGORY)
        if home.pin_source == "by-hand":
            for name in ("latitude", "longitude", "host_authority_code"):
                self[name].process_data(getattr(home, name))


class RoomForm(Form):
    """One more room."""

    kind = Select(
        "Kind of room",
        [Needed("Choose the kind of room")],
        empty="Choose",
        choices=lambda: _choices(catalogue.room_kinds().values()),
    )
    label = TextField(
        "What do people call it?",
        max_length=60,
        description="Leave empty to number it, such as Bedroom 3. Never a person's name.",
    )


class MoveForm(Form):
    """What a home becomes, and why."""

    to = Radios("What should this home become?", [Needed("Choose what it should become")])
    because = TextArea("Why?", [Needed("Say why in a few words")], max_length=1000)


class AnswerForm(Form):
    """A manager's answer to a proposal."""

    answer = Radios(
        "Do you agree?",
        [Needed("Choose yes or no")],
        choices=(Choice("yes", "Yes, do it"), Choice("no", "No")),
    )
    because = TextArea("Why?", max_length=1000, description="Needed when you say no.")

    def validate_because(self, field: Field) -> None:
        """Ask for a reason when the answer is no."""
        if self.answer.data == "no" and not field.data:
            raise ValidationError("Say why not, so that they know what to change")
