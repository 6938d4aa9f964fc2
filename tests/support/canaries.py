"""Who may hold which private words, and a crawl that looks for them in everything a person is sent."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from werkzeug.test import TestResponse

from tests.support.client import Browser
from tests.support.html import links, read
from tests.support.scene import OTHERS, ROLES, Scene

EVERYBODY = ("", *ROLES, *OTHERS)
STAFF = frozenset({"officer", "monitor", "manager", "director", "other officer", "duty officer"})
MOST_PAGES = 400
MOST_ALIKE = 20
"""Pages of one kind (the same address but for ids, numbers and what a filter says) that a crawl opens."""
LEFT_OUT = ("/static/",)


def holders(name: str) -> frozenset[str]:
    """Return who may be shown a private thing of a scene, written out from product.md."""
    for pattern, rule in RULES:
        found = re.fullmatch(pattern, name)
        if found:
            return rule(*found.groups())
    raise KeyError(
        f"nobody said who may hold the {name}: add it to RULES in tests/support/canaries.py"
    )


def _of(*people: str) -> Callable[..., frozenset[str]]:
    return lambda *_: frozenset(people)


def _staff(*more: str) -> Callable[..., frozenset[str]]:
    return lambda *_: STAFF | set(more)


RAN_IT_ONCE = {"moved": {"provider"}}
"""A provider goes on knowing which homes it once ran."""
PROVIDER = {"own": "provider", "next": "provider", "other": "other provider", "moved": "other provider"}  # fmt: skip
YOUNG_TODAY = {"own": {"young-inspector"}, "other": {"other young inspector"}}
BY_VISIT = {
    "shared": {"provider", "young-inspector"}, "unshared": {"provider"},
    "foreign": {"other provider", "other young inspector"}, "past": {"young-inspector"},
}  # fmt: skip
AUTHOR = {"shared": "officer", "unshared": "officer", "foreign": "other officer"}
YOUNG_AUTHOR = {
    "shared": "young-inspector", "foreign": "other young inspector", "past": "young-inspector",
}  # fmt: skip

RULES: tuple[tuple[str, Callable[..., frozenset[str]]], ...] = (
    # the most dangerous thing: staff, the provider who runs the home today, a young inspector on the day of the visit
    (
        r"(?:address|postcode|latitude|longitude) of the (\w+) home",
        lambda home: STAFF | {PROVIDER[home]} | YOUNG_TODAY.get(home, set()),
    ),
    # a name or reference tells where, for a young inspector; to an adviser and an administrator it does not
    (
        r"(?:name|reference) of the (\w+) home",
        lambda home: STAFF
        | {PROVIDER[home], "adviser", "administrator"}
        | YOUNG_TODAY.get(home, set())
        | RAN_IT_ONCE.get(home, set()),
    ),
    (r"report code of the \w+ home", _of()),
    (r"e-mail of (.+)", lambda who: frozenset({who})),
    (r"draft of (.+)", lambda who: frozenset({who})),
    (r"name of the young inspector", _staff("young-inspector")),
    (r"name of the other young inspector", _staff("other young inspector")),
    (r"notes on the \w+ provider", _staff()),
    (r"price of the (\w+) provider", lambda name: STAFF | {PROVIDER[name]}),
    # safeguarding words: the duty officers; whoever wrote them knows them, and may read their own answers again
    (r"(?:safeguarding|feeling unsafe|camera) of the (\w+) visit", lambda v: frozenset({"duty officer", AUTHOR[v]})),
    (r"(?:worry|young fear) of the (\w+) visit", lambda v: frozenset({"duty officer", YOUNG_AUTHOR[v]})),
    # `share: reviewed` and `never`: not the provider, not before somebody has looked
    (r"reviewed (?:comment|caption) of the \w+ visit", _staff()),
    (r"young (?:comment|words) of the (\w+) visit", lambda v: STAFF | {YOUNG_AUTHOR[v]}),
    # comments are at least reviewed, whatever their question's share: an answer goes out, its words do not
    (r"(?:comment|room comment|not suitable) of the \w+ visit", _staff()),
    # a critical answer becomes a repair at once: its provider, and whoever may read the repair
    (
        r"(?:caption|who was told) of the (\w+) visit",
        lambda v: STAFF | {"adviser"} | BY_VISIT[v],
    ),
    (r"words of the withheld defect", _staff("adviser")),
    (r"words of the own action", _staff("provider")),
    (r"words of the other action", _staff("other provider")),
    (r"words of the unshared action", _staff()),
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """Something that somebody was sent: where, its kind, every word of it with its headers."""

    path: str
    status: int
    mimetype: str
    text: str
    words: str


def seen(path: str, answer: TestResponse) -> Seen:
    """Return an answer as it is searched: body and headers, as sent and with every escape undone."""
    text = answer.text if "image/jpeg" not in answer.mimetype else ""
    raw = text + "\n" + "\n".join(f"{k}: {v}" for k, v in answer.headers if k != "Set-Cookie")
    words = "\n".join((raw, html.unescape(raw), unquote_plus(html.unescape(raw))))
    return Seen(path, answer.status_code, answer.mimetype, text, words)


def crawl(browser: Browser, seeds: Iterable[str]) -> list[Seen]:
    """Open every page that somebody can come to from some addresses, links of the site and pictures included."""
    asked = list(dict.fromkeys(seeds))
    waiting, known = list(asked), set[str]()
    found: list[Seen] = []
    alike: Counter[str] = Counter()
    while waiting and len(found) < MOST_PAGES:
        path = waiting.pop(0).split("#")[0]
        if path in known or path.startswith(LEFT_OUT):
            continue
        if path not in asked and alike[_kind(path)] >= MOST_ALIKE:
            continue
        known.add(path)
        alike[_kind(path)] += 1
        answer = browser._send("GET", path)
        found.append(seen(path, answer))
        if answer.location and answer.location.startswith("/"):
            waiting.append(answer.location)
        elif answer.mimetype == "text/html":
            waiting += links(read(answer.text), path)
    return found


def _kind(path: str) -> str:
    """Return an address without what tells pages of one kind apart."""
    parts = urlsplit(path)
    names = sorted(name for name, value in parse_qsl(parts.query) if value)
    return re.sub(r"[^/]*\d[^/]*|[\w-]{22,}", "*", parts.path) + "?" + "&".join(names)


def forms_of(name: str, secret: str) -> list[str]:
    """Return how a private thing may be written."""
    if name.startswith("address"):
        return [secret.split()[1]]  # the street; the number alone says nothing
    if name.startswith("postcode"):
        return [secret, secret.replace(" ", ""), secret.replace(" ", "-")]
    if name.startswith(("latitude", "longitude")):
        return [secret[:-2]]
    if name.startswith("price"):
        bare = secret.replace(",", "")
        return [secret, bare, bare.replace(".", "")]
    return [secret]


def leaks(scene: Scene, who: str, found: Iterable[Seen]) -> list[str]:
    """Return every private thing that somebody was sent and may not hold."""
    private = [
        (name, form.casefold())
        for name, secret in scene.secrets.items()
        if who not in holders(name)
        for form in forms_of(name, secret)
    ]
    out = []
    for one in found:
        words = unquote_plus(one.words).casefold()
        # what was asked tells nothing when it comes back: the address, and where to go after signing in
        for asked in (
            one.path,
            *(value for name, value in parse_qsl(urlsplit(one.path).query) if name == "next"),
        ):
            words = words.replace(unquote_plus(asked).casefold(), "")
        out += [f"{one.path} ({one.status}): {name}" for name, form in private if form in words]
    return sorted(set(out))
