"""Fields with a list of answers to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wtforms.fields import Field
from wtforms.validators import StopValidation

from qa_app.base.fields import texts_of


class Option(Protocol):
    """Whatever has a value and a label can be a choice."""

    @property
    def value(self) -> str:
        """What is sent."""

    @property
    def label(self) -> str:
        """What is read."""


@dataclass(frozen=True)
class Choice:
    """One answer to choose: what is sent, what is read, and a line of help below it.

    ``divider`` puts a word such as "or" above this choice. ``is_alone`` (checkboxes) clears the
    others when this one is ticked ("None of these").
    """

    value: str
    label: str
    hint: str = ""
    divider: str = ""
    is_alone: bool = False


class _ChoosingField(Field):
    """A field with a list of choices; ``choices`` may be replaced until the form is validated."""

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] = (),
        *,
        choices: Sequence[Option] | Callable[[], Sequence[Option]] = (),
        **kw: Any,
    ) -> None:
        super().__init__(label, list(validators), **kw)
        self.choices: Sequence[Option] = choices() if callable(choices) else choices

    def values(self) -> frozenset[str]:
        """Every value that may be sent."""
        return frozenset(str(choice.value) for choice in self.choices)


class Radios(_ChoosingField):
    """One answer of a few, all in view; ``data`` is the value or None."""

    component = "radios"

    def process_data(self, value: object) -> None:
        """Take what the record holds."""
        self.data = None if value is None else str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was chosen."""
        texts = texts_of(valuelist)
        self.data = (texts[0] or None) if texts else None

    def pre_validate(self, form: object) -> None:
        """Refuse a value that was not offered."""
        if self.data is not None and self.data not in self.values():
            self.data = None
            raise StopValidation(
                f"{self.label.text.rstrip('?')}: choose one of the answers in the list"
            )


class Select(Radios):
    """One answer of many, folded away; ``empty`` is the first line, for no answer."""

    component = "select"

    def __init__(
        self, label: str, validators: Sequence[Any] = (), *, empty: str | None = "", **kw: Any
    ) -> None:
        super().__init__(label, validators, **kw)
        self.empty = empty


class YesNo(Radios):
    """Yes or no; ``data`` is "yes", "no" or None, ``is_yes`` a flag."""

    def __init__(self, label: str, validators: Sequence[Any] = (), **kw: Any) -> None:
        kw.setdefault("choices", (Choice("yes", "Yes"), Choice("no", "No")))
        super().__init__(label, validators, **kw)

    def process_data(self, value: object) -> None:
        """Take a flag, or the word."""
        if isinstance(value, bool):
            value = "yes" if value else "no"
        super().process_data(value)

    @property
    def is_yes(self) -> bool:
        """Whether the answer is yes."""
        return bool(self.data == "yes")


class Checkboxes(_ChoosingField):
    """Any number of answers; ``data`` is a list of values in the order offered."""

    component = "checkboxes"

    def process_data(self, value: Any) -> None:
        """Take what the record holds."""
        self.data = [str(item) for item in value] if value else []

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was ticked."""
        self.data = texts_of(valuelist)

    def pre_validate(self, form: object) -> None:
        """Refuse values that were not offered; put the others in order."""
        odd = set(self.data) - self.values()
        self.data = [str(c.value) for c in self.choices if str(c.value) in set(self.data)]
        if odd:
            raise StopValidation(f"{self.label.text.rstrip('?')}: choose from the list")
