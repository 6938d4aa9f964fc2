"""The kinds of box a form can have: each reads what was sent without ever failing on odd input."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from wtforms.fields import Field
from wtforms.validators import StopValidation, ValidationError

# Line breaks and tabs stay; every other control character (NUL above all) is dropped, because
# PostgreSQL refuses it and nobody can type it.
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BOXES = ("day", "month", "year")


def without_controls(text: str) -> str:
    """Return text without the signs that no page and no database may hold."""
    return _CONTROLS.sub("", text)


def clean_text(text: str, *, is_multiline: bool = False) -> str:
    """Return text as it is kept: one spelling of letters, no control characters, no outer blanks."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = without_controls(text)
    if not is_multiline:
        text = " ".join(text.split())
    return text.strip()


def texts_of(sent: Iterable[object] | None) -> list[str]:
    """What was sent as text; a file sent under the name of a text box counts as nothing."""
    return [item for item in sent or () if isinstance(item, str)]


class Needed:
    """Refuses an empty answer with ``message``, which says what to do ("Enter the postcode")."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: object, field: Field) -> None:
        """Raise ``StopValidation`` when nothing was answered and nothing else is wrong yet."""
        if field.errors:
            raise StopValidation
        if field.data is None or field.data in ("", [], False):
            raise StopValidation(self.message)


class Between:
    """Refuses a number or a date outside ``least`` and ``most`` (both allowed)."""

    def __init__(self, least: Any, most: Any, message: str) -> None:
        self.least, self.most, self.message = least, most, message

    def __call__(self, form: object, field: Field) -> None:
        """Raise ``ValidationError`` when there is an answer and it is out of range."""
        if field.data is None or field.errors:
            return
        if (self.least is not None and field.data < self.least) or (
            self.most is not None and field.data > self.most
        ):
            raise ValidationError(self.message)


class TextField(Field):
    """One line of text; ``data`` is a ``str``, empty when nothing was typed."""

    component = "input"
    is_multiline = False
    max_length = 200

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] = (),
        *,
        max_length: int | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(label, list(validators), **kw)
        if max_length is not None:
            self.max_length = max_length

    def process_data(self, value: object) -> None:
        """Take what the record holds."""
        self.data = "" if value is None else str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was typed."""
        texts = texts_of(valuelist)
        if texts:
            self.data = clean_text(texts[0], is_multiline=self.is_multiline)

    def pre_validate(self, form: object) -> None:
        """Refuse what is longer than we keep."""
        over = len(self.data or "") - self.max_length
        if over > 0:
            raise StopValidation(
                f"{self.label.text.rstrip('?')}: use {self.max_length} characters or fewer "
                f"(there are {over} too many)"
            )

    def shown(self) -> str:
        """The text to put back in the box."""
        return self.data or ""


class TextArea(TextField):
    """Several lines of text. ``render_kw={"count": True}`` counts the characters left."""

    component = "textarea"
    is_multiline = True
    max_length = 4000


class EmailField(TextField):
    """An e-mail address in lower case; only its shape is checked."""

    max_length = 254

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was typed, in lower case."""
        super().process_formdata(valuelist)
        self.data = (self.data or "").lower()

    def pre_validate(self, form: object) -> None:
        """Refuse what cannot be an address."""
        super().pre_validate(form)
        if self.data and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", self.data):
            raise StopValidation("Enter an email address like name@example.com")


class PasswordField(TextField):
    """A password: never shown again, never cleaned, so that it means what was typed."""

    component = "password"
    max_length = 1000

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take exactly what was typed."""
        texts = texts_of(valuelist)
        self.data = texts[0] if texts else ""

    def shown(self) -> str:
        """Nothing: a password is never sent back."""
        return ""


class HiddenField(TextField):
    """A value that travels with the form unseen. Treat it as typed by a stranger."""

    component = "hidden"
    max_length = 2000


class _ParsedField(Field):
    """A box whose text is turned into something else; the text as typed is kept for the way back."""

    component = "input"
    typed: str | None = None

    def __init__(self, label: str, validators: Sequence[Any] = (), **kw: Any) -> None:
        super().__init__(label, list(validators), **kw)

    def read(self, text: str) -> Any:
        """Return the meaning of the text, or raise ``ValueError`` with the words to show."""
        raise NotImplementedError

    def written(self, value: Any) -> str:
        """Return a value as one would type it."""
        return str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; keep it for the way back when it cannot be read."""
        texts = texts_of(valuelist)
        if not texts:
            return
        self.typed, self.data = clean_text(texts[0])[:200], None
        if self.typed:
            self.data = self.read(self.typed)

    def shown(self) -> str:
        """The text to put back in the box."""
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else self.written(self.data)


class NumberField(_ParsedField):
    """A number with decimals; ``data`` is a ``Decimal`` or None. Never NaN, never endless."""

    def read(self, text: str) -> Decimal:
        """Read "1,234.5" or "-3"."""
        plain = text.replace(",", "").replace(" ", "").replace("\N{MINUS SIGN}", "-")
        if not re.fullmatch(r"-?(?:[0-9]{1,9}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})", plain):
            raise ValueError(f"{self.label.text.rstrip('?')}: enter a number, like 45 or 12.5")
        return Decimal(plain)

    def written(self, value: Decimal) -> str:
        """A number without an exponent."""
        return f"{value:f}"


class WholeNumberField(_ParsedField):
    """A whole number; ``data`` is an ``int`` or None."""

    def read(self, text: str) -> int:
        """Read "12" or "1,200"."""
        plain = text.replace(",", "").replace(" ", "")
        if not re.fullmatch(r"-?[0-9]{1,9}", plain):
            raise ValueError(f"{self.label.text.rstrip('?')}: enter a whole number, like 3")
        return int(plain)


class MoneyField(_ParsedField):
    """Pounds on the screen, whole pence in ``data``."""

    def read(self, text: str) -> int:
        """Read "£1,234.50" as 123450 pence."""
        plain = text.replace(",", "").replace(" ", "").removeprefix("£")
        found = re.fullmatch(r"([0-9]{1,7})(?:\.([0-9]{2}))?", plain)
        if not found:
            raise ValueError(f"{self.label.text.rstrip('?')}: enter pounds, like 1250 or 1250.50")
        return int(found[1]) * 100 + int(found[2] or 0)

    def written(self, value: int) -> str:
        """Pounds, with pence only when there are some."""
        pounds, pence = divmod(value, 100)
        return f"{pounds}.{pence:02d}" if pence else str(pounds)


class TimeField(_ParsedField):
    """A time of day; ``data`` is a ``time`` or None. Reads 9:30, 0930, 9.30am, 2pm."""

    def read(self, text: str) -> time:
        """Read a time as people write it."""
        plain = text.lower().replace(" ", "").replace(".", ":").replace("midday", "12pm")
        found = re.fullmatch(r"([0-9]{1,2}):?([0-9]{2})?(am|pm)?", plain)
        wrong = ValueError(f"{self.label.text.rstrip('?')}: enter a time, like 9:30am or 14:00")
        if not found or not (found[2] or found[3]):
            raise wrong
        hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
        if half and not 1 <= hour <= 12:
            raise wrong
        if half:
            hour = hour % 12 + (12 if half == "pm" else 0)
        if hour > 23 or minute > 59:
            raise wrong
        return time(hour, minute)

    def written(self, value: time) -> str:
        """Twenty-four hours, as 14:05."""
        return f"{value:%H:%M}"


class DateField(Field):
    """A day in three boxes, ``<name>-day``, ``-month``, ``-year``; ``data`` is a ``date`` or None.

    A single value under the plain name is read too when it is written as 2026-03-31; anything else
    there is an ordinary mistake for the person to mend, never a fault of ours.
    """

    component = "date"

    def __init__(self, label: str, validators: Sequence[Any] = (), **kw: Any) -> None:
        super().__init__(label, list(validators), **kw)
        self.boxes = dict.fromkeys(_BOXES, "")
        self.wrong: tuple[str, ...] = ()

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the boxes when a form was sent, else show the date the record holds."""
        default = self.default() if callable(self.default) else self.default
        value = data if isinstance(data, date) else default
        self.process_errors = []
        self.object_data = self.data = value if isinstance(value, date) else None
        if self.data is not None:
            self.boxes = {part: str(getattr(self.data, part)) for part in _BOXES}
        if formdata is None:
            return
        names = [f"{self.name}-{part}" for part in _BOXES]
        if not any(name in formdata for name in [*names, self.name]):
            self.data = None
            return
        typed = [clean_text("".join(texts_of(formdata.getlist(name)[:1])))[:20] for name in names]
        single = clean_text("".join(texts_of(formdata.getlist(self.name)[:1])))[:40]
        if single and not any(typed):
            parts = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", single)
            typed = [parts[3], parts[2], parts[1]] if parts else [single[:20], "", ""]
        self.boxes, self.raw_data = dict(zip(_BOXES, typed, strict=True)), typed
        try:
            self.data = self._read(typed)
        except ValueError as error:
            self.data = None
            self.process_errors.append(str(error))

    def _read(self, typed: list[str]) -> date | None:
        if not any(typed):
            return None
        name = self.label.text.rstrip("?")
        missing = tuple(part for part, text in zip(_BOXES, typed, strict=True) if not text)
        if missing:
            self.wrong = missing
            raise ValueError(f"{name}: add the {' and the '.join(missing)}")
        day, month, year = typed
        month_number = _month_number(month)
        odd = [
            part
            for part, is_right in (
                ("day", re.fullmatch("[0-9]{1,2}", day) and 1 <= int(day) <= 31),
                ("month", month_number is not None),
                ("year", re.fullmatch("(?:19|20|21)[0-9]{2}", year)),
            )
            if not is_right
        ]
        self.wrong = tuple(odd) or _BOXES
        if odd == ["year"]:
            raise ValueError(f"{name}: the year must have 4 numbers, like 2026")
        if odd or month_number is None:
            raise ValueError(f"{name}: this must be a real date, like 31 3 2026")
        try:
            found = date(int(year), month_number, int(day))
        except ValueError:
            self.wrong = ("day",)
            raise ValueError(f"{name}: that month has no day {int(day)}") from None
        self.wrong = ()
        return found

    @property
    def target_id(self) -> str:
        """The id of the first box in error (the first box, when all of them are)."""
        return f"{self.id}-{(self.wrong or _BOXES)[0]}"


def _month_number(text: str) -> int | None:
    """The number of a month given as "3", "03", "mar" or "March"; None when it is none."""
    if re.fullmatch("[0-9]{1,2}", text):
        return int(text) if 1 <= int(text) <= 12 else None
    short = text.lower()[:3]
    return _MONTHS.index(short) + 1 if short in _MONTHS else None


class Tick(Field):
    """One box to tick; ``data`` is a flag. The label stands beside the box."""

    component = "tick"

    def __init__(self, label: str, validators: Sequence[Any] = (), **kw: Any) -> None:
        super().__init__(label, list(validators), **kw)

    def process_data(self, value: object) -> None:
        """Take what the record holds."""
        self.data = bool(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Ticked when anything but "", "no" or "false" was sent."""
        self.data = any(
            text.lower() not in {"", "no", "false", "0"} for text in texts_of(valuelist)
        )
