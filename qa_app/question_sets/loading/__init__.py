"""From the text of a question set file to a QuestionSet, or to every mistake with its line."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from functools import lru_cache

from qa_app.question_sets.loading.mistakes import Mistake, QuestionSetInvalid, Report
from qa_app.question_sets.loading.sets import read_set
from qa_app.question_sets.loading.text import UNREADABLE, read_text
from qa_app.question_sets.rules import QuestionSet

__all__ = [
    "Mistake",
    "QuestionSetInvalid",
    "content_digest",
    "from_content",
    "parse",
    "to_content",
]


def parse(text: str) -> QuestionSet:
    """The question set in YAML text. QuestionSetInvalid: names every mistake with its line."""
    data, _, report = read_text(text)
    return read_set(data, report, content=_canonical(data))


def to_content(question_set: QuestionSet) -> str:
    """The set as JSON, to keep: whatever made no difference in the file makes none here."""
    return question_set.content


def content_digest(content: str) -> str:
    """SHA-256 (hex) of kept content: two versions with one digest are the same set."""
    return hashlib.sha256(content.encode()).hexdigest()


@lru_cache(maxsize=64)
def from_content(content: str) -> QuestionSet:
    """The set kept as JSON by `to_content`. QuestionSetInvalid: the content was tampered with."""
    try:
        data = json.loads(content, parse_float=Decimal)
    except ValueError as error:
        raise QuestionSetInvalid((Mistake(0, "", f"This is not JSON: {error}."),)) from None
    return read_set(data, Report({}), content=content)


def _canonical(data: object) -> str:
    """JSON without spaces, numbers in their shortest form, keys in the order of the file."""
    return json.dumps(_plain(data), ensure_ascii=False, separators=(",", ":"))


def _plain(data: object) -> object:
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(one) for one in data]
    if isinstance(data, Decimal):
        return int(data) if data == int(data) else float(data)
    return None if data is UNREADABLE else data
