"""Pages of inspections: filling one in, looking at one, sharing it with the provider."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Blueprint

bp = Blueprint("inspections", __name__)

for _name in ("fill", "show", "share", "follow"):
    if find_spec(f"{__name__}.{_name}") is not None:
        import_module(f"{__name__}.{_name}")
