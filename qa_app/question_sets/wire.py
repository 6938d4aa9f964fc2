"""A question set as the phone gets it: questions flat, in order, with every choice on offer."""

from __future__ import annotations

import json
from typing import Any

from qa_app.question_sets.rules import Choice, Question, QuestionSet


def for_phone(question_set: QuestionSet) -> dict[str, Any]:
    """The set whole, as plain JSON values (product.md, `GET /visits/<id>`).

    Every key of a question in its file is there, with its `section`, its `type`, and `choices`
    (offers included) or, for numbers and texts, `statuses`: the ways of giving no value.
    """
    document = json.loads(question_set.content)
    in_file = {one["id"]: one for section in document["sections"] for one in section["questions"]}
    document["questions"] = [
        _question(one, in_file[one.id]) for one in question_set.questions.values()
    ]
    document["sections"] = [
        {"id": one.id, "title": one.title, "questions": list(one.question_ids)}
        for one in question_set.sections
    ]
    document["forms"] = {
        one.id: {"title": one.title, "questions": list(one.question_ids), "and": list(one.adds)}
        for one in question_set.forms.values()
    }
    return dict(document)


def _question(question: Question, in_file: dict[str, Any]) -> dict[str, Any]:
    known = {**in_file, "section": question.section_id, "type": question.kind}
    known["share"] = question.share
    if question.kind == "choice":
        known["choices"] = [_choice(one) for one in question.choices]
    else:
        known["statuses"] = [one.value for one in question.choices]
    return known


def _choice(choice: Choice) -> dict[str, Any]:
    known: dict[str, Any] = {"value": choice.value, "label": choice.label}
    if choice.score is not None:
        known["score"] = float(choice.score)
    if choice.coverage is not None:
        known["coverage"] = choice.coverage
    return known
