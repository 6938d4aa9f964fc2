"""Reading what an answer leads to: a cap, a photo, a repair, an action, a prompt, an emergency."""

from __future__ import annotations

from functools import lru_cache

import yaml

from qa_app.base.data_files import read_text
from qa_app.homes import emergency
from qa_app.question_sets.loading.choices import Answers, read_when
from qa_app.question_sets.loading.fields import SLUG, Fields
from qa_app.question_sets.rules import (
    HOME_FACTS,
    OFFICER_PICKS,
    PRIORITIES,
    Critical,
    DefectRule,
    Emergency,
    FollowUp,
    MonthlyPriority,
    PhotoRule,
    PromptRule,
    When,
)

BEFORE = ("anything else",)


@lru_cache(maxsize=1)
def _known() -> tuple[frozenset[str], tuple[str, ...]]:
    """The categories that a repair may have, and the kinds of what is no repair, from the data file.

    The file is the defects feature's, which stands above this one: only its ids are read here.
    """
    repairs: set[str] = set()
    others: list[str] = []
    for one in yaml.safe_load(read_text("categories.yaml"))["categories"]:
        if one.get("kind") == "not-a-repair":
            others.append(one["id"])
            continue
        repairs |= {one["id"], *(f"{one['id']}.{sub['id']}" for sub in one.get("sub", ()))}
    return frozenset(repairs), tuple(others)


def _inside(f: Fields, key: str, what: str) -> Fields | None:
    data = f.take(key)
    return Fields(data, (*f.path, key), f.report, what=what) if f.has(key) else None


def read_critical(f: Fields, answers: Answers) -> Critical | None:
    """The answers that cap the band, and when they do."""
    inside = _inside(f, "critical", "'critical'")
    if inside is None:
        return None
    with inside as c:
        kinds = c.texts("only_if_expired_or_missing")
        for i, kind in enumerate(kinds):
            if not SLUG.fullmatch(kind):
                c.wrong(f"'{kind}' is no kind of certificate.", "only_if_expired_or_missing", i)
        return Critical(
            when=read_when(c, "when", answers, needed=True),
            months=c.months("months"),
            only_if_home=c.one_of("only_if_home", HOME_FACTS),
            only_if_expired_or_missing=kinds,
        )


def read_photo(f: Fields, answers: Answers) -> PhotoRule:
    """Whether photos are allowed and when one is asked for; without an entry: allowed."""
    inside = _inside(f, "photo", "'photo'")
    if inside is None:
        return PhotoRule()
    with inside as p:
        rule = PhotoRule(
            allowed=p.flag("allowed", default=True),
            required_when=read_when(p, "required_when", answers),
            help=p.text("help"),
        )
        if rule.required_when and not rule.allowed:
            p.wrong("A photo cannot be required where none is allowed.", "required_when")
        return rule


def read_defect(f: Fields, answers: Answers) -> DefectRule | None:
    """The repair that some answers raise."""
    inside = _inside(f, "defect", "'defect'")
    if inside is None:
        return None
    with inside as d:
        when = read_when(d, "when", answers, needed=True)
        category = d.text("category", needed=True)
        if category not in {None, OFFICER_PICKS} and category not in _known()[0]:
            d.wrong(
                f"'{category}' is no category of categories.yaml, such as doors.lock, nor {OFFICER_PICKS}.",
                "category",
            )
        priority = d.one_of("priority", (*PRIORITIES, OFFICER_PICKS), needed=True)
        raise_to = d.one_of("officer_may_raise_to", PRIORITIES)
        if raise_to is not None and priority is not None and raise_to >= priority:
            d.wrong(f"{raise_to} is not more urgent than {priority}.", "officer_may_raise_to")
        return DefectRule(
            when=when,
            category=None if category == OFFICER_PICKS else category,
            priority=None if priority == OFFICER_PICKS else priority,
            priority_by_value=_read_by_value(d, answers, when),
            priority_by_value_in_months=_read_by_month(d, answers, when),
            target_working_days=d.whole("target_working_days", least=1, most=366),
            officer_may_raise_to=raise_to,
        )


def _read_by_value(d: Fields, answers: Answers, raising: When) -> tuple[tuple[str, When], ...]:
    inside = _inside(d, "priority_by_value", "'priority_by_value'")
    found: list[tuple[str, When]] = []
    if inside is not None:
        with inside as p:
            for key in p.keys():  # noqa: SIM118 - Fields is no mapping
                if key not in PRIORITIES:
                    p.wrong(f"'{key}' is not one of: {', '.join(PRIORITIES)}.", key)
                values = read_when(p, key, answers)
                _check_raising(p, values, raising, key)
                found.append((key, values))
    return tuple(found)


def _read_by_month(d: Fields, answers: Answers, raising: When) -> tuple[MonthlyPriority, ...]:
    inside = _inside(d, "priority_by_value_in_months", "'priority_by_value_in_months'")
    found: list[MonthlyPriority] = []
    if inside is not None:
        with inside as p:
            for key in p.keys():  # noqa: SIM118 - Fields is no mapping
                if key not in PRIORITIES:
                    p.wrong(f"'{key}' is not one of: {', '.join(PRIORITIES)}.", key)
                data = p.take(key)
                with Fields(data, (*p.path, key), p.report, what="a priority by month") as m:
                    values = read_when(m, "values", answers, needed=True)
                    _check_raising(m, values, raising, "values")
                    found.append(MonthlyPriority(key, values, m.months("months", needed=True)))
    return tuple(found)


def _check_raising(f: Fields, values: When, raising: When, *inside: str) -> None:
    """A priority for an answer that raises nothing would never be used."""
    for value in values:
        if isinstance(value, str) and value not in raising:
            f.wrong(f"'{value}' raises no repair here: it is not in 'when'.", *inside)


def read_follow_up(f: Fields, answers: Answers) -> FollowUp | None:
    """The action, no repair, that some answers ask for."""
    inside = _inside(f, "follow_up", "'follow_up'")
    if inside is None:
        return None
    with inside as u:
        when = read_when(u, "when", answers, needed=True)
        return FollowUp(when=when, kind=u.one_of("kind", _known()[1], needed=True) or "")


def read_prompt(f: Fields, answers: Answers, prompts: tuple[str, ...]) -> PromptRule | None:
    """The prompt of some answers, or of every answer when it has no `when`."""
    inside = _inside(f, "prompt", "'prompt'")
    if inside is None:
        return None
    with inside as p:
        when = read_when(p, "when", answers) if p.has("when") else None
        return PromptRule(kind=p.one_of("kind", prompts, needed=True) or "", when=when)


def read_emergency(f: Fields, answers: Answers) -> Emergency | None:
    """The emergency panel that some answers show."""
    inside = _inside(f, "show_emergency", "'show_emergency'")
    if inside is None:
        return None
    with inside as e:
        return Emergency(
            when=read_when(e, "when", answers, needed=True),
            panel=e.one_of("panel", tuple(emergency.panels()), needed=True) or "",
            before=e.one_of("before", BEFORE),
        )
