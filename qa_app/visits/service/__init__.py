"""Plan, begin, change and end visits; keep what is still being written."""

from __future__ import annotations

from qa_app.visits.service.drafts import finish_draft, save_draft
from qa_app.visits.service.making import (
    answer,
    begin_unplanned,
    cancel,
    check_in,
    check_out,
    finish,
    reassign,
)
from qa_app.visits.service.planning import KIND, change, plan

__all__ = [
    "KIND",
    "answer",
    "begin_unplanned",
    "cancel",
    "change",
    "check_in",
    "check_out",
    "finish",
    "finish_draft",
    "plan",
    "reassign",
    "save_draft",
]
