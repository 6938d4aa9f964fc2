"""What is done to inspections: take one in, refuse a photo, decide between revisions, share."""

from __future__ import annotations

from qa_app.inspections.service.revisions import keep_first, look_at, make_current, put_away
from qa_app.inspections.service.sharing import share
from qa_app.inspections.service.submitting import (
    InvalidSubmission,
    TooManyPhotos,
    one_at_a_time,
    receipt,
    receipt_for,
    refuse_photo,
    settle,
    submit,
    take_photo,
)

__all__ = [
    "InvalidSubmission",
    "TooManyPhotos",
    "keep_first",
    "look_at",
    "make_current",
    "one_at_a_time",
    "put_away",
    "receipt",
    "receipt_for",
    "refuse_photo",
    "settle",
    "share",
    "submit",
    "take_photo",
]
