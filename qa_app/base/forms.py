"""Our forms: WTForms fields shown as GOV.UK components, errors linked to the box they speak of.

In a feature: ``class HomeForm(Form): name = TextField("Name of the home", [Needed("Enter the name")])``.
In a template: ``{{ form.hidden_tag() }} {{ form.name }} {{ form.places(width=2, hint="Beds in all") }}``
and, above the heading, ``{{ error_summary(form) }}`` from ``base/_fields.html``.

What a field looks like comes from ``render_kw`` or from the call in the template (the call wins):

=============  ==================================================================================
hint           help below the label (``description`` of the field does the same)
label          other words than the field's own
size           "s", "m", "l", "xl": size of the label or legend
is_heading     the label is the page's ``h1``
width          input: 2, 3, 4, 5, 10, 20, 30 characters, or "one-half", "two-thirds", "full"
prefix/suffix  input: "£", "mm"
autocomplete, inputmode, spellcheck, autocapitalize, pattern
rows, count    textarea: lines; True counts the characters left
is_inline      radios: side by side
is_small       radios and checkboxes: the small form (never on a phone form)
conditional    radios and checkboxes: {value: html shown below that choice}
classes        further classes of the control;  attributes: further attributes (a dict)
=============  ==================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict
from wtforms.fields import Field

from qa_app.base.choosing import Checkboxes, Choice, Option, Radios, Select, YesNo
from qa_app.base.errors import Refused
from qa_app.base.fields import (
    Between,
    DateField,
    EmailField,
    HiddenField,
    MoneyField,
    Needed,
    NumberField,
    PasswordField,
    TextArea,
    TextField,
    Tick,
    TimeField,
    WholeNumberField,
    clean_text,
    without_controls,
)
from qa_app.base.file_fields import FilesField, PhotosField

__all__ = [
    "Between",
    "Checkboxes",
    "Choice",
    "DateField",
    "EmailField",
    "FilesField",
    "Form",
    "HiddenField",
    "MoneyField",
    "Needed",
    "NumberField",
    "Option",
    "PasswordField",
    "PhotosField",
    "Radios",
    "Select",
    "TextArea",
    "TextField",
    "Tick",
    "TimeField",
    "WholeNumberField",
    "YesNo",
    "clean_text",
    "params",
    "render",
    "target_id",
]

# component of the field -> folder of the port, name of its macro
_MACROS = {
    "input": ("input", "govukInput"),
    "textarea": ("textarea", "govukTextarea"),
    "count": ("character-count", "govukCharacterCount"),
    "password": ("password-input", "govukPasswordInput"),
    "date": ("date-input", "govukDateInput"),
    "radios": ("radios", "govukRadios"),
    "checkboxes": ("checkboxes", "govukCheckboxes"),
    "tick": ("checkboxes", "govukCheckboxes"),
    "select": ("select", "govukSelect"),
    "files": ("file-upload", "govukFileUpload"),
}
_INPUT_DEFAULTS: dict[type[Field], dict[str, Any]] = {
    EmailField: {"type": "email", "autocomplete": "email", "spellcheck": False},
    NumberField: {"inputmode": "decimal", "width": 5},
    WholeNumberField: {"inputmode": "numeric", "width": 5},
    MoneyField: {"inputmode": "decimal", "width": 10, "prefix": "£"},
    TimeField: {"width": 5},
}
_PASSED_ON = (
    "autocomplete",
    "autocapitalize",
    "inputmode",
    "pattern",
    "rows",
    "spellcheck",
    "type",
    "disabled",
)


class Form(FlaskForm):
    """A form whose fields draw themselves; ``validate_on_submit()`` as in Flask-WTF."""

    class Meta(FlaskForm.Meta):
        """Sends the drawing of every field through ``render``; takes no signs that no page may hold."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return what was sent without control characters: no database keeps them and no page shows them."""
            found = super().wrap_formdata(form, formdata)
            if not found:
                return found
            return MultiDict(
                (name, without_controls(value) if isinstance(value, str) else value)
                for name, value in found.items(multi=True)
            )

        def render_field(self, field: Field, render_kw: Mapping[str, Any]) -> Markup:
            """Draw one field; see the table at the top of this module for ``render_kw``."""
            return render(field, **{**(getattr(field, "render_kw", None) or {}), **render_kw})

    def hidden_tag(self, *fields: Any) -> Markup:
        """Draw the hidden fields, the token against forged forms among them, without ids."""
        hidden = [f for f in self if is_hidden(f)]
        return Markup("\n").join(render(f) for f in hidden)

    def refuse(self, refused: Refused) -> None:
        """Put what a rule said beside the fields it named; unknown names go above the form."""
        for name, message in refused.fields.items():
            if name in self._fields:
                field = self._fields[name]
                field.errors = [*field.errors, message]
            else:
                self.form_errors.append(message)

    def summary(self) -> list[dict[str, str]]:
        """Every mistake with the link to the box where it can be mended, in the form's order."""
        found = []
        for field in self:
            for message in list(field.errors)[:1]:
                if is_hidden(field):
                    found.append({"text": _hidden_message(field, message)})
                else:
                    found.append({"text": message, "href": f"#{target_id(field)}"})
        return found + [{"text": message} for message in self.form_errors]


def _hidden_message(field: Field, message: str) -> str:
    if field.name == "csrf_token":
        return "This page was open for too long. Nothing is lost: check your answers and send it again."
    return message


def is_hidden(field: Field) -> bool:
    """Whether the field is never seen."""
    return isinstance(field, HiddenField) or field.type == "CSRFTokenField"


def target_id(field: Field) -> str:
    """The id of the first control of a field, where focus goes from the error summary."""
    return getattr(field, "target_id", None) or field.id


def render(field: Field, **look: Any) -> Markup:
    """Return the field as a GOV.UK component; fields of other makers draw themselves."""
    if is_hidden(field):
        value = (
            field.shown() if isinstance(field, HiddenField) else str(vars(field)["current_token"])
        )
        return Markup('<input type="hidden" name="{}" value="{}">').format(field.name, value)
    component = getattr(field, "component", "")
    if component == "textarea" and look.get("count"):
        component = "count"
    if component not in _MACROS:
        return Markup(field.widget(field, **look))  # noqa: S704  # the widget's own escaped HTML
    folder, macro = _MACROS[component]
    template = current_app.jinja_env.get_template(
        f"govuk_frontend_jinja/components/{folder}/macro.html"
    )
    return Markup(getattr(template.module, macro)(params(field, **look)))  # noqa: S704  # a template's output


def params(field: Field, **look: Any) -> dict[str, Any]:
    """Return the options of the GOV.UK component that shows this field."""
    for kind, defaults in _INPUT_DEFAULTS.items():
        if isinstance(field, kind):
            look = {**defaults, **look}
    hint = look.get("hint", field.description)
    found: dict[str, Any] = {
        "id": field.id,
        "idPrefix": field.id,
        "name": field.name,
        "classes": " ".join(_classes(look)),
        "attributes": dict(look.get("attributes", {})),
        **{name: look[name] for name in _PASSED_ON if name in look},
    }
    if hint:
        found["hint"] = {"text": hint}
    if field.errors:
        found["errorMessage"] = {"text": next(iter(field.errors))}
    if look.get("group_classes"):
        found["formGroup"] = {"classes": look["group_classes"]}
    component = getattr(field, "component", "input")
    _SHAPES.get(component, _as_input)(field, look, found)
    return found


def _classes(look: Mapping[str, Any]) -> list[str]:
    classes = [look["classes"]] if look.get("classes") else []
    width = look.get("width")
    if isinstance(width, int):
        classes.append(f"govuk-input--width-{width}")
    elif width:
        classes.append(f"govuk-!-width-{width}")
    return classes


def _label(field: Field, look: Mapping[str, Any], kind: str) -> dict[str, Any]:
    label: dict[str, Any] = {"text": look.get("label", field.label.text)}
    size = look.get("size", "l" if look.get("is_heading") else None)
    if size:
        label["classes"] = f"govuk-{kind}--{size}"
    if look.get("is_heading"):
        label["isPageHeading"] = True
    return label


def _as_input(field: Field, look: Mapping[str, Any], found: dict[str, Any]) -> None:
    found["label"] = _label(field, look, "label")
    found["value"] = field.shown() if hasattr(field, "shown") else ""
    for affix in ("prefix", "suffix"):
        if look.get(affix):
            found[affix] = {"text": look[affix]}


def _as_textarea(field: Field, look: Mapping[str, Any], found: dict[str, Any]) -> None:
    _as_input(field, look, found)
    # The port indents what stands inside a fieldset, which would push every further line of the
    # text to the right; written as a reference, a line break is left alone.
    found["value"] = Markup(str(escape(found["value"])).replace("\n", "&#10;"))  # noqa: S704  # escaped just before
    if look.get("count"):
        found["maxlength"] = field.max_length  # type: ignore[attr-defined]  # a TextArea has one


def _as_password(field: Field, look: Mapping[str, Any], found: dict[str, Any]) -> None:
    _as_input(field, look, found)
    found["value"] = ""


def _as_date(field: Field, look: Mapping[str, Any], found: dict[str, Any]) -> None:
    assert isinstance(field, DateField)  # noqa: S101  # tells the type checker which field this is
    found["fieldset"] = {"legend": _label(field, look, "fieldset__legend")}
    found["namePrefix"] = field.name
    found.pop("classes")
    wrong = set(field.wrong or field.boxes) if field.errors else set()
    found["items"] = [
        {
            "name": part,
            "label": part.capitalize(),
            "value": field.boxes[part],
            "classes": f"govuk-input--width-{4 if part == 'year' else 2}"
            + (" govuk-input--error" if part in wrong else ""),
            "attributes": {"aria-invalid": "true"} if part in wrong else {},
        }
        for part in field.boxes
    ]


def _as_choices(field: Field, look: Mapping[str, Any], found: dict[str, Any]) -> None:
    found["fieldset"] = {"legend": _label(field, look, "fieldset__legend")}
    for flag, name in (("is_inline", "inline"), ("is_small", "small")):
        if look.get(flag):
            found["classes"] += f" govuk-{field.component}--{name}"  # type: ignore[attr-defined]  # Radios, Checkboxes
    conditional = look.get("conditional", {})
    chosen = field.data if isinstance(field.data, list) else [field.data]
    items: list[dict[str, Any]] = []
    for choice in field.choices:  # type: ignore[attr-defined]  # Radios, Checkboxes
        if getattr(choice, "divider", ""):
            items.append({"divider": choice.divider})
        item: dict[str, Any] = {
            "value": choice.value,
            "text": choice.label,
            "checked": str(choice.value) in chosen,
        }
        if not any("value" in earlier for earlier in items):
            item["id"] = field.id  # the summary links here, a divider above or not
        if getattr(choice, "hint", ""):
            item["hint"] = {"text": choice.hint}
        if getattr(choice, "is_alone", False):
            item["behaviour"] = "exclusive"
        if choice.value in conditional:
            item["conditional"] = {"html": conditional[choice.value]}
        items.append(item)
    found["items"] = items


def _as_tick(field: Field, look: Mapping[str, Any], found: dict[str, Any]) -> None:
    item: dict[str, Any] = {
        "id": field.id,
        "value": "yes",
        "text": look.get("label", field.label.text),
        "checked": bool(field.data),
    }
    if "hint" in found:
        item["hint"] = found.pop("hint")
    found["items"] = [item]
    if look.get("legend"):
        found["fieldset"] = {"legend": {"text": look["legend"]}}


def _as_select(field: Field, look: Mapping[str, Any], found: dict[str, Any]) -> None:
    found["label"] = _label(field, look, "label")
    empty = getattr(field, "empty", None)
    items = [] if empty is None else [{"value": "", "text": empty, "selected": not field.data}]
    for choice in field.choices:  # type: ignore[attr-defined]  # Select
        is_chosen = field.data is not None and str(choice.value) == field.data
        items.append({"value": choice.value, "text": choice.label, "selected": is_chosen})
    found["items"] = items


def _as_files(field: Field, look: Mapping[str, Any], found: dict[str, Any]) -> None:
    assert isinstance(field, FilesField)  # noqa: S101  # tells the type checker which field this is
    found["label"] = _label(field, look, "label")
    found["multiple"] = field.is_multiple
    if field.accept:
        found["attributes"]["accept"] = field.accept
    group = found.setdefault("formGroup", {})
    group["afterInput"] = {
        "html": Markup(
            '<ul class="ds-chosen" id="{}-chosen" data-limit="{}" aria-live="polite"></ul>'
        ).format(field.id, field.limit)
    }


_SHAPES = {
    "input": _as_input,
    "textarea": _as_textarea,
    "password": _as_password,
    "date": _as_date,
    "radios": _as_choices,
    "checkboxes": _as_choices,
    "tick": _as_tick,
    "select": _as_select,
    "files": _as_files,
}
