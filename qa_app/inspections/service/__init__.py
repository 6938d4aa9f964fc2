"""What is done to inspections: take one in, refuse a photo, decide between revisions, share."""

from __future__ import annotations

from qa_app.inspections.service.revisions import keep_first, look_at, make_current
from qa_app.inspections.service.sharing import share
from qa_app.inspections.service.submitting import (
    InvalidSubmission,
    receipt,
    refuse_photo,
    settle,
    submit,
)

__all__ = [
    "InvalidSubmission",
    "keep_first",
    "look_at",
    "make_current",
    "receipt",
    "refuse_photo",
    "settle",
    "share",
    "submit",
]
