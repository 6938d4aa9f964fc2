"""Reads pages as a browser would: parse errors, links, forms, and the rules that every page of ours keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from tinyhtml5.parser import HTMLParser

NOT_TYPED = {"hidden", "submit", "button", "reset", "image"}


@dataclass(frozen=True)
class Field:
    """One field of a form: its name, kind, value as drawn, and what a select or radios offer."""

    name: str
    kind: str
    value: str
    choices: tuple[str, ...] = ()


@dataclass
class FormOnPage:
    """A form: where it goes, how, and its fields in order."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def filled(self) -> dict[str, str]:
        """Return what a browser would send if somebody pressed the button at once."""
        return {one.name: one.value for one in self.fields if one.kind not in {"file", "submit"}}


@dataclass
class PageRead:
    """A parsed page: its errors, elements and what follows from them."""

    root: Element
    errors: list[str]

    def every(self, *tags: str) -> Iterator[Element]:
        """Return the elements with one of these tags, in order; all without any."""
        for element in self.root.iter():
            if not tags or element.tag in tags:
                yield element


def read(html: str) -> PageRead:
    """Parse a page and note every parse error of the HTML standard."""
    parser = HTMLParser(namespace_html_elements=False)
    root: Any = parser.parse(html)
    lines = html.splitlines()
    errors = [
        f"{code} {about or ''} at line {line}: {lines[line - 1].strip()[:120] if line <= len(lines) else ''}"
        for (line, _column), code, about in parser.errors
    ]
    return PageRead(root, errors)


def text_of(element: Element) -> str:
    """Return the words inside an element."""
    return " ".join("".join(element.itertext()).split())


def links(page: PageRead, base: str) -> list[str]:
    """Return the addresses on this site that a page links to or loads, with their query, each once."""
    found: dict[str, None] = {}
    for element in page.every():
        for name in ("href", "src"):
            value = element.get(name)
            if value and element.tag in {"a", "img", "link", "script", "iframe", "source"}:
                found[value] = None
        if element.tag == "form" and (element.get("method") or "get").lower() == "get":
            found[element.get("action") or base] = None
    same: dict[str, None] = {}
    for value in found:
        parts = urlsplit(urljoin(f"http://localhost{base}", value))
        if parts.scheme in {"http", "https"} and parts.netloc == "localhost":
            same[parts.path + (f"?{parts.query}" if parts.query else "")] = None
    return list(same)


def forms(page: PageRead, base: str) -> list[FormOnPage]:
    """Return the forms of a page."""
    made = []
    for element in page.every("form"):
        action = urlsplit(urljoin(f"http://localhost{base}", element.get("action") or base)).path
        one = FormOnPage(action, (element.get("method") or "get").lower())
        _read_fields(element, one)
        made.append(one)
    return made


def _read_fields(element: Element, form: FormOnPage) -> None:
    radios: dict[str, list[str]] = {}
    for inner in element.iter():
        name = inner.get("name")
        if not name or inner.get("disabled") is not None:
            continue
        if inner.tag == "textarea":
            form.fields.append(Field(name, "textarea", (inner.text or "").removeprefix("\n")))
        elif inner.tag == "select":
            options = [(o.get("value") or "", o.get("selected")) for o in inner.iter("option")]
            chosen = next(
                (v for v, s in options if s is not None), options[0][0] if options else ""
            )
            form.fields.append(Field(name, "select", chosen, tuple(v for v, _ in options)))
        elif inner.tag == "input":
            kind = (inner.get("type") or "text").lower()
            if kind in {"radio", "checkbox"}:
                radios.setdefault(name, []).append(inner.get("value") or "on")
                if inner.get("checked") is not None:
                    form.fields.append(Field(name, kind, inner.get("value") or "on"))
            else:
                form.fields.append(Field(name, kind, inner.get("value") or ""))
    for name, values in radios.items():
        if all(one.name != name for one in form.fields):
            form.fields.append(Field(name, "choice", "", tuple(values)))


def faults(html: str) -> list[str]:
    """Return everything that is wrong with a page: parse errors of the standard, and the rules of this house."""
    page = read(html)
    found = [f"parse error: {one}" for one in page.errors]
    found += _headings(page) + _ids(page) + _labels(page) + _inline(page) + _names(page)
    if page.root.get("lang") is None:
        found.append("<html> says no language")
    title = next(page.every("title"), None)
    if title is None or not text_of(title):
        found.append("no <title>")
    return found


def _headings(page: PageRead) -> list[str]:
    levels = [int(one.tag[1]) for one in page.every("h1", "h2", "h3", "h4", "h5", "h6")]
    found = [] if levels.count(1) == 1 else [f"{levels.count(1)} h1"]
    empty = [one.tag for one in page.every("h1", "h2", "h3", "h4") if not text_of(one)]
    return found + [f"an empty {tag}" for tag in empty]


def _ids(page: PageRead) -> list[str]:
    ids = [value for one in page.every() if (value := one.get("id")) is not None]
    found = [f"id used twice: {one}" for one in sorted({one for one in ids if ids.count(one) > 1})]
    found += [f"id with a space or empty: {one!r}" for one in ids if not one or " " in one]
    for one in page.every():
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            missing = set((one.get(name) or "").split()) - set(ids)
            found += [f"{name} points at nothing: {gone}" for gone in sorted(missing)]
        href = one.get("href") or ""
        if one.tag == "a" and href.startswith("#") and href[1:] not in {*ids, ""}:
            found.append(f"a link to nothing on the page: {href}")
    return found


def _labels(page: PageRead) -> list[str]:
    labelled = {one.get("for") for one in page.every("label")}
    inside = {id(inner) for label in page.every("label") for inner in label.iter()}
    return [
        f"a field without a label: {one.get('name')}"
        for one in page.every("input", "select", "textarea")
        if (one.get("type") or "text") not in NOT_TYPED
        and not (one.get("aria-label") or one.get("aria-labelledby"))
        and one.get("id") not in labelled
        and id(one) not in inside
    ]


def _inline(page: PageRead) -> list[str]:
    found = []
    for one in page.every():
        found += [f"an inline handler: {name}" for name in one.keys() if name.startswith("on")]  # noqa: SIM118  an Element iterates over its children
        if one.get("style") is not None:
            found.append(f"an inline style on <{one.tag}>")
        if one.tag == "style":
            found.append("a <style> element")
        if one.tag == "script" and one.get("nonce") is None:
            found.append("a script without the nonce")
        for name in ("href", "src", "action", "formaction"):
            if (one.get(name) or "").strip().lower().startswith(("javascript:", "data:text")):
                found.append(f"a script as an address in {name}")
    return found


def _names(page: PageRead) -> list[str]:
    found = ["an image without alt" for one in page.every("img") if one.get("alt") is None]
    for one in page.every("a", "button"):
        pictured = any(inner.get("alt") for inner in one.iter("img"))
        if not (text_of(one) or one.get("aria-label") or pictured):
            found.append(f"a <{one.tag}> without words: {one.get('href') or ''}")
        if any(inner.tag in {"a", "button", "input"} for inner in one.iter() if inner is not one):
            found.append(f"something to press inside a <{one.tag}>")
    return found
