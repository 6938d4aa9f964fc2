"""The form on which a certificate of a home is recorded."""

from __future__ import annotations

from wtforms.fields import Field
from wtforms.validators import ValidationError

from qa_app.base.choosing import Choice
from qa_app.base.forms import DateField, Form, Needed, Radios, Select, TextArea
from qa_app.certificates.kinds import kinds

HAVE = "have"
NOT_NEEDED = "not-needed"


class CertificateForm(Form):
    """One document with the days on it, or why none is needed."""

    kind = Select(
        "Which certificate?",
        [Needed("Choose the kind of certificate")],
        empty="Choose",
        choices=lambda: [
            Choice(kind.id, kind.label) for kind in kinds().values() if kind.applies_to == "home"
        ],
    )
    standing = Radios(
        "What do you know?",
        [Needed("Choose whether there is a document")],
        choices=(
            Choice(HAVE, "I have seen the document"),
            Choice(NOT_NEEDED, "This home does not need one"),
        ),
    )
    issued_on = DateField("Day it was issued")
    expires_on = DateField("Last day it is valid")
    because = TextArea("Why does this home not need one?", max_length=500)

    def validate_because(self, field: Field) -> None:
        """Ask for a reason when none is needed."""
        if self.standing.data == NOT_NEEDED and not field.data:
            raise ValidationError("Say why this home does not need one")
