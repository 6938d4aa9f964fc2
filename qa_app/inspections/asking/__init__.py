"""A page of questions, ready to be shown: what is asked where, what was answered, what stands beside it."""

from __future__ import annotations

from qa_app.inspections.asking.beside import Beside, beside
from qa_app.inspections.asking.pages import Asked, Context, Group, asked_groups
from qa_app.inspections.asking.progress import (
    GapShown,
    Progress,
    Standings,
    gaps_shown,
    in_words,
    progress,
    sections,
)
from qa_app.inspections.asking.safety import Safety, prompted, safety

__all__ = [
    "Asked",
    "Beside",
    "Context",
    "GapShown",
    "Group",
    "Progress",
    "Safety",
    "Standings",
    "asked_groups",
    "beside",
    "gaps_shown",
    "in_words",
    "progress",
    "prompted",
    "safety",
    "sections",
]
