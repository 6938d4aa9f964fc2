"""Pages of visits: the programme, planning, one visit and what can be done with it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from qa_app.visits import rules
from qa_app.visits.purposes import purpose_label

bp = Blueprint("visits", __name__, url_prefix="/visits")


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"visit_state_labels": rules.STATE_LABELS, "purpose_label": purpose_label}


from qa_app.visits.views import one, planning, programme  # noqa: E402  # they hang their pages on bp

__all__ = ["bp", "one", "planning", "programme"]
