"""Forms about providers, the people to ring, and contracts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wtforms.fields import Field
from wtforms.validators import ValidationError

from qa_app.base.choosing import Choice
from qa_app.base.forms import (
    Between,
    DateField,
    EmailField,
    Form,
    MoneyField,
    Needed,
    Radios,
    Select,
    TextArea,
    TextField,
    Tick,
    WholeNumberField,
)
from qa_app.providers import catalogue, rules
from qa_app.providers.models import Contract, Provider, ProviderContact
from qa_app.providers.service import CONTACT_FIELDS, FIELDS


def _choices(found: Mapping[str, catalogue.Choice]) -> list[Choice]:
    return [Choice(one.id, one.label, one.help) for one in found.values()]


class ProviderForm(Form):
    """Everything about a provider that a person types."""

    name = TextField("Name", [Needed("Enter the name of the provider")], max_length=160)
    framework = Radios(
        "How does the council buy from them?",
        [Needed("Choose how the council buys from them")],
        choices=lambda: _choices(catalogue.frameworks()),
    )
    ofsted_urn = TextField("Ofsted number (URN)", max_length=20)
    ofsted_status = Select(
        "Ofsted registration",
        empty="Not known",
        choices=lambda: _choices(catalogue.ofsted_statuses()),
    )
    notes = TextArea(
        "Notes", max_length=4000, description="For staff only. The provider does not see them."
    )

    def values(self) -> dict[str, Any]:
        """Return what was typed, as ``providers.service`` takes it."""
        return {name: self[name].data or "" for name in FIELDS}

    def show(self, provider: Provider) -> None:
        """Put a provider's values into the boxes."""
        for name in FIELDS:
            self[name].process_data(getattr(provider, name))


class ContactForm(Form):
    """A person or desk to ring."""

    name = TextField(
        "Name of the person or desk", [Needed("Enter a name, such as Duty desk")], max_length=120
    )
    job = TextField("What they do", max_length=120, description="Such as Manager of the home")
    phone = TextField("Telephone", max_length=40)
    email = EmailField("Email address")
    is_emergency = Tick(
        "Ring them about an emergency", description="An officer is shown this number at once."
    )

    def validate_phone(self, field: Field) -> None:
        """Refuse what no phone can ring."""
        signs = re.sub(r"[\s().-]", "", field.data or "")
        if signs and not re.fullmatch(r"\+?[0-9]{3,15}(?:(?:x|ext)[0-9]{1,6})?", signs.lower()):
            raise ValidationError("Enter a telephone number, like 020 7946 0000")

    def values(self) -> dict[str, Any]:
        """Return what was typed, as ``providers.service`` takes it."""
        return {name: self[name].data for name in CONTACT_FIELDS}

    def show(self, contact: ProviderContact) -> None:
        """Put a contact's values into the boxes."""
        for name in CONTACT_FIELDS:
            self[name].process_data(getattr(contact, name))


class ContractForm(Form):
    """What the council buys, for how long and at what price, and how fast repairs must be."""

    title = TextField(
        "What is the contract called?",
        [Needed("Enter what the contract is called")],
        max_length=160,
    )
    starts_on = DateField("First day", [Needed("Enter the first day of the contract")])
    ends_on = DateField("Last day")
    support_hours_band = Radios(
        "How much support does it buy?",
        [Needed("Choose how much support it buys")],
        choices=lambda: _choices(catalogue.support_bands()),
    )
    weekly_price_pence = MoneyField(
        "Price for one place for one week",
        [Between(0, 5_000_000, "Enter a price up to £50,000 a week")],
    )
    p1_hours = WholeNumberField("P1 emergency: make safe within")
    p1_days = WholeNumberField("P1 emergency: finish within")
    p2_days = WholeNumberField("P2 urgent: finish within")
    p3_days = WholeNumberField("P3 routine: finish within")
    p4_days = WholeNumberField("P4 planned: finish within")

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check the boxes, and target times against each other."""
        is_right = super().validate(extra_validators)
        boxes = {limit.box: self[limit.box].data for limit in rules.LIMITS}
        for box, words in rules.target_mistakes(boxes).items():
            self[box].errors = [*self[box].errors, words]
            is_right = False
        return bool(is_right)

    def values(self) -> dict[str, Any]:
        """Return what was typed, as ``providers.service`` takes it."""
        return {
            "title": self.title.data,
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "support_hours_band": self.support_hours_band.data,
            "weekly_price_pence": self.weekly_price_pence.data,
            "targets": rules.targets({limit.box: self[limit.box].data for limit in rules.LIMITS}),
        }

    def show(self, contract: Contract) -> None:
        """Put a contract's values into the boxes."""
        for name in ("title", "support_hours_band", "weekly_price_pence"):
            self[name].process_data(getattr(contract, name))
        for field, value in (
            (self.starts_on, contract.starts_on),
            (self.ends_on, contract.ends_on),
        ):
            field.process(None, value)
        for box, number in rules.boxes(contract.targets).items():
            self[box].process_data(number)


class EndForm(Form):
    """The last day of a provider or a contract."""

    on_day = DateField("Last day", [Needed("Enter the last day")])
