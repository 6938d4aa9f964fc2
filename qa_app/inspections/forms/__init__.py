"""A submitted page of questions becomes answers: the field names of product.md, and nothing lost on the way."""

from __future__ import annotations

from qa_app.inspections.forms.fields import Posted, field_name, posted
from qa_app.inspections.forms.reading import Read, Taken, read_form, read_told

__all__ = ["Posted", "Read", "Taken", "field_name", "posted", "read_form", "read_told"]
