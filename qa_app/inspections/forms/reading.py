"""What was sent is laid over what was there: one page of questions changes only what stands on it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time

from qa_app.base.fields import clean_text
from qa_app.base.text import LONDON, local
from qa_app.inspections.forms.fields import Fields, Place, Posted, field_name, posted
from qa_app.inspections.rules.findings import has_answer
from qa_app.inspections.rules.submission import Answer, Finding, PhotoRef, Submission, Told
from qa_app.question_sets import answers
from qa_app.question_sets.rules import Question

LONGEST = 10_000
LONGEST_CAPTION = 200
LONGEST_NAME = 200


@dataclass(frozen=True)
class Taken:
    """A file that came with the form: durable under its SHA-256, or refused with the words to show."""

    field: str
    place: Place | None
    filename: str
    sha256: str = ""
    refused: str = ""


@dataclass
class Read:
    """The answers after reading. ``problems`` maps a field to what to do about it, ``typed`` to what was
    typed there when it could not be read."""

    submission: Submission
    problems: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)


def read_form(
    form: Fields,
    photos: Sequence[Taken],
    *,
    before: Submission,
    known: Mapping[str, Question],
    order: Sequence[str],
) -> Read:
    """Lay a form and the photos that came with it over the answers so far.

    ``known`` are the questions that may be answered, ``order`` their order. What cannot be read leaves
    the answer as it was and is named in ``problems``; all the rest is taken.
    """
    result = Read(before)
    findings: dict[str, dict[str | None, Finding]] = {}
    for answer in before.answers:
        findings.setdefault(answer.question, {}).update({one.room: one for one in answer.findings})
    for place, sent in posted(form, known).items():
        rooms = findings.setdefault(place[0], {})
        old = rooms.get(place[1], Finding(room=place[1]))
        rooms[place[1]] = _finding(known[place[0]], old, sent, place, result)
    for photo in photos:
        _add_photo(findings, known, photo, result)
    result.submission = replace(before, answers=_answers(findings, [*order, *known]))
    return result


def _finding(question: Question, old: Finding, sent: Posted, place: Place, result: Read) -> Finding:
    name = field_name(*place)
    value, status = old.value, old.status
    if sent.values is not None:
        raw = _chosen(question, sent.values)
        found = answers.read(question, raw)
        if found.problem is not None:
            result.problems[name], result.typed[name] = found.problem, raw[:LONGEST]
        elif len(raw) > LONGEST:
            result.problems[name], result.typed[name] = _too_long(raw), raw
        else:
            value, status = found.value, found.status
    raise_to = old.raise_to
    if sent.raise_to is not None:
        raise_to = _raised(question, sent.raise_to)
    elif sent.values is not None or sent.comment is not None:
        raise_to = None
    if not question.raises_defect(value):
        raise_to = None
    return Finding(
        room=old.room,
        value=value,
        status=status,
        comment=_words(f"{name}-comment", sent.comment, old.comment, result),
        reason=_words(f"{name}-reason", sent.reason, old.reason, result),
        raise_to=raise_to,
        photos=_photos(old.photos, sent),
    )


def _chosen(question: Question, values: Sequence[str]) -> str:
    """A box and a choice of not answering may share one name: what was typed in the box counts."""
    given = [one for one in values if one]
    if question.kind != "choice":
        typed = [one for one in given if question.choice(one) is None]
        given = typed or given
    return given[0] if given else ""


def _raised(question: Question, sent: str) -> str | None:
    rule = question.defect
    if not sent or rule is None:
        return None
    return rule.officer_may_raise_to if sent.lower() in {"yes", "on", "1"} else sent


def _words(name: str, sent: str | None, old: str, result: Read) -> str:
    if sent is None:
        return old
    if len(sent) > LONGEST:
        result.problems[name], result.typed[name] = _too_long(sent), sent
        return old
    return sent


def _too_long(words: str) -> str:
    over = len(words) - LONGEST
    return f"Use {LONGEST:,} characters or fewer (there are {over:,} too many)"


def _photos(old: Sequence[PhotoRef], sent: Posted) -> tuple[PhotoRef, ...]:
    kept = []
    for photo in old:
        if any(photo.sha256.startswith(sha) for sha in sent.removed):
            continue
        words = next(
            (text for sha, text in sent.captions.items() if photo.sha256.startswith(sha)),
            photo.caption,
        )
        kept.append(replace(photo, caption=words[:LONGEST_CAPTION]))
    return tuple(kept)


def _add_photo(
    findings: dict[str, dict[str | None, Finding]],
    known: Mapping[str, Question],
    photo: Taken,
    result: Read,
) -> None:
    if photo.place is None:
        return
    if photo.refused:
        result.problems[photo.field] = _with(result.problems.get(photo.field), photo.refused)
        return
    question, room = photo.place
    if not known[question].photo.allowed:
        result.problems[photo.field] = "No photos here, please. Nothing else is lost"
        return
    rooms = findings.setdefault(question, {})
    old = rooms.get(room, Finding(room=room))
    if all(one.sha256 != photo.sha256 for one in old.photos):
        rooms[room] = replace(old, photos=(*old.photos, PhotoRef(photo.sha256)))


def _with(before: str | None, words: str) -> str:
    return words if before is None else f"{before}. {words}"


def _answers(
    findings: Mapping[str, Mapping[str | None, Finding]], order: Sequence[str]
) -> tuple[Answer, ...]:
    """The findings that hold anything, in the order of the questions."""
    found = []
    for question in dict.fromkeys([*order, *findings]):
        several = tuple(one for one in findings.get(question, {}).values() if _holds(one))
        if several:
            found.append(Answer(question, several))
    return tuple(found)


def _holds(finding: Finding) -> bool:
    return bool(
        has_answer(finding)
        or finding.comment
        or finding.reason
        or finding.photos
        or finding.raise_to
    )


# -- Who was told ----------------------------------------------------------------------------------

HOW = {"phone": "By phone", "in-person": "In person", "message": "By message"}


def read_told(form: Fields, before: Submission, *, now: datetime) -> Read:
    """Add who was told of danger (`told-who`, `told-how`, `told-at` as 14:05, now when it is empty)."""
    result = Read(before)
    who = _first(form, "told-who")[:LONGEST_NAME]
    how, at = _first(form, "told-how"), _first(form, "told-at")
    if not who:
        if how or at:
            result.problems["told-who"] = "Enter who you told"
            result.typed.update({"told-how": how, "told-at": at})
        return result
    moment = _today_at(at, now=now) if at else now
    if moment is None:
        result.problems["told-at"] = "Enter the time, like 14:05"
        result.typed.update({"told-who": who, "told-how": how, "told-at": at})
        return result
    told = Told(who=who, how=how if how in HOW else "", at=moment)
    is_known = any((one.who, one.how) == (told.who, told.how) for one in before.told)
    if not is_known:
        result.submission = replace(before, told=(*before.told, told))
    return result


def _first(form: Fields, name: str) -> str:
    return next((words for one in form.getlist(name) if (words := clean_text(one))), "")


def _today_at(text: str, *, now: datetime) -> datetime | None:
    """A time of today in London, not later than now; None when it is no time."""
    found = re.fullmatch(r"([01]?[0-9]|2[0-3])[:.]?([0-5][0-9])(?::[0-5][0-9])?", text)
    if found is None:
        return None
    at = time(int(found[1]), int(found[2]))
    return min(datetime.combine(local(now).date(), at, LONDON).astimezone(UTC), now)
