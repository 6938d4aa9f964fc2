"""Checks of what was still open: one small question for each open defect and action."""

from __future__ import annotations

import re

from qa_app.question_sets.rules import CHECKS_SECTION, COULD_NOT_CHECK, Choice, Question

FIXED = "fixed"
NOT_FIXED = "not-fixed"
_CHECK_ID = re.compile(r"[DA]-[0-9A-Za-z-]{1,40}")


def is_check_id(question_id: str) -> bool:
    """Whether an id is that of a defect (`D-...`) or an action (`A-...`), not of a question."""
    return _CHECK_ID.fullmatch(question_id) is not None


def check_question(check_id: str, text: str) -> Question:
    """The question about one open defect or action; it carries no weight."""
    yes, no = ("Done", "Not done") if check_id.startswith("A-") else ("Fixed", "Not fixed")
    return Question(
        id=check_id,
        text=text,
        section_id=CHECKS_SECTION,
        kind="choice",
        choices=(Choice(FIXED, yes), Choice(NOT_FIXED, no), COULD_NOT_CHECK),
    )
