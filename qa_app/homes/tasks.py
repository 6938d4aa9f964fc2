"""The worker makes the look-up file for postcodes once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qa_app.jobs import worker
from qa_app.ports import Ports


def build_postcodes(_payload: Mapping[str, Any], doors: Ports) -> None:
    """Make the look-up file (some seconds); postcodes are found without it, only more slowly."""
    doors.geocoder.build()


def connect() -> None:
    """Register the handler."""
    worker.long_handlers["homes.build-postcodes"] = build_postcodes
