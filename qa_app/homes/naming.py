"""What a home is called, for whom: a young inspector is told the area only (product.md, permissions)."""

from __future__ import annotations

from qa_app.base.registry import Viewer
from qa_app.homes import rules
from qa_app.homes.catalogue import authority_name
from qa_app.homes.models import Home


def may_name(viewer: Viewer) -> bool:
    """Whether this viewer may be told which home it is, wherever they meet it."""
    return viewer.can("homes.read") or viewer.can("homes.card")


def name_for(home: Home, viewer: Viewer) -> str:
    """Return the home's name, or its area ("SE15, Southwark") for who may not know which it is."""
    if may_name(viewer):
        return home.name
    return rules.area_words(home.postcode, authority_name(home.host_authority_code))


def ref_for(home: Home, viewer: Viewer) -> str:
    """Return the home's reference, or nothing for who may not know which it is."""
    return home.ref if may_name(viewer) else ""
