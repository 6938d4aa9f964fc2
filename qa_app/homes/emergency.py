"""Who to ring when it cannot wait: panels and numbers, of which none is ever shown that nobody has checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from qa_app.base.data_files import Entry, parse_yaml, read_text
from qa_app.base.errors import DomainError


@dataclass(frozen=True)
class Number:
    """A telephone number: ``display`` is what a person reads, ``dial`` what the phone rings."""

    id: str
    label: str
    display: str
    dial: str
    checked_on: date


@dataclass(frozen=True)
class Panel:
    """What to do now, in order, and whom to ring. ``needs_safeguarding``: show the area's team as well."""

    id: str
    title: str
    steps: tuple[str, ...]
    numbers: tuple[Number, ...]
    needs_safeguarding: bool


@dataclass(frozen=True)
class Contact:
    """Whom to ring in the area of one authority about a child at risk; ``is_stale`` when it was checked too long ago."""

    authority: str
    label: str
    numbers: tuple[Number, ...]
    source: str
    checked_on: date
    is_stale: bool


@dataclass(frozen=True)
class EmergencyWords:
    """Everything in the file that may be shown. What is not verified has been left out while reading."""

    numbers: Mapping[str, Number]
    panels: Mapping[str, Panel]
    watch_words: str


def panel(id: str) -> Panel:
    """Return the panel gas, fire or danger; ``DomainError`` for any other."""
    found = _words().panels.get(id)
    if found is None:
        raise DomainError(f"There is no emergency panel called '{id}'.")
    return found


def panels() -> Mapping[str, Panel]:
    """Return all panels by id."""
    return _words().panels


def numbers() -> tuple[Number, ...]:
    """Return every number that may be shown, in the order of the file."""
    return tuple(_words().numbers.values())


def watch_words() -> str:
    """Return what every form that nobody watches at night must say."""
    return _words().watch_words


@lru_cache(maxsize=1)
def _words() -> EmergencyWords:
    return parse_emergency(read_text("emergency_numbers.yaml"))


def parse_emergency(text: str) -> EmergencyWords:
    """Read the numbers and panels; ``DataFileError`` names what is wrong.

    A number marked NV (not verified) goes no further than this: not to residents, not to staff. A panel that would be
    left without any number is a mistake.
    """
    top = parse_yaml(text, "emergency_numbers.yaml")
    shown: dict[str, Number] = {}
    known: set[str] = set()
    for entry in top.entries("numbers"):
        known.add(entry.text("id"))
        number = _number(entry, entry.day("checked_on"))
        if entry.certainty() == "verified":
            shown[number.id] = number
        entry.done()
    panels: dict[str, Panel] = {}
    for entry in top.entries("panels"):
        wanted = entry.texts("numbers")
        unknown = sorted(set(wanted) - known)
        if unknown:
            raise entry.fail(f"there is no number called {', '.join(unknown)}")
        found = tuple(shown[id] for id in wanted if id in shown)
        if not found:
            raise entry.fail("none of its numbers has been checked, so it would show none")
        panels[entry.text("id")] = Panel(
            id=entry.text("id"),
            title=entry.text("title"),
            steps=entry.texts("steps"),
            numbers=found,
            needs_safeguarding=entry.flag("safeguarding", default=False),
        )
        entry.done()
    words = top.text("watch_words")
    top.done()
    return EmergencyWords(MappingProxyType(shown), MappingProxyType(panels), words)


# -- Safeguarding contacts of an area --------------------------------------------------------------


@dataclass(frozen=True)
class _Contacts:
    by_authority: Mapping[str, Contact]
    stale_after: timedelta


def child_safeguarding(authority: str | None, *, today: date) -> Contact | None:
    """Return whom to ring about a child at risk who lives in an area; None where nobody has found the numbers yet.

    It goes by where the child lives, not by who placed them (domain.md 0, trap 6). It is for under-18s only: contacts
    for adults have still to be found.
    """
    contacts = _contacts()
    found = contacts.by_authority.get(authority or "")
    if found is None:
        return None
    is_stale = today - found.checked_on > contacts.stale_after
    return Contact(
        found.authority, found.label, found.numbers, found.source, found.checked_on, is_stale
    )


def contacts_by_authority() -> Mapping[str, Contact]:
    """Return the contacts that may be shown, by ONS code, none marked stale."""
    return _contacts().by_authority


def as_json(contact: Contact) -> dict[str, Any]:
    """Return a contact as it is kept in ``HostAuthority.contacts``."""
    return {
        "child_safeguarding": {
            "label": contact.label,
            "numbers": [
                {"label": number.label, "display": number.display, "dial": number.dial}
                for number in contact.numbers
            ],
            "source": contact.source,
        }
    }


@lru_cache(maxsize=1)
def _contacts() -> _Contacts:
    return parse_contacts(read_text("host_authority_contacts.yaml"))


def parse_contacts(text: str) -> _Contacts:
    """Read the contacts of host authorities; ``DataFileError`` names what is wrong. What is NV is left out."""
    top = parse_yaml(text, "host_authority_contacts.yaml")
    days = top.whole("stale_after_days")
    if not days:
        raise top.fail("'stale_after_days' must be at least 1")
    found: dict[str, Contact] = {}
    for entry in top.entries("contacts"):
        entry.one_of("kind", {"child-safeguarding"})
        checked_on = entry.day("checked_on")
        contact = Contact(
            authority=entry.text("authority"),
            label=entry.text("label"),
            numbers=tuple(_number(number, checked_on) for number in entry.entries("numbers")),
            source=entry.text("source"),
            checked_on=checked_on,
            is_stale=False,
        )
        if not contact.numbers:
            raise entry.fail("there is no number")
        if contact.authority in found:
            raise entry.fail(f"{contact.authority} is there twice")
        if entry.certainty() == "verified":
            found[contact.authority] = contact
        entry.done()
    top.done()
    return _Contacts(MappingProxyType(found), timedelta(days=days))


def _number(entry: Entry, checked_on: date) -> Number:
    number = Number(
        entry.text("id"), entry.text("label"), entry.text("display"), entry.text("dial"), checked_on
    )
    if number.display.replace(" ", "") != number.dial or not number.dial.isdigit():
        raise entry.fail("what is shown and what is rung must be the same number")
    return number
