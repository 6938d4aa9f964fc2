"""Doorstep: the app with which a council makes sure that every home for care leavers is one they would choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from qa_app.config import Settings
    from qa_app.ports import Ports

# Only the standard library may be imported at module level: `python3 -m qa_app` runs this
# file on a fresh machine before anything is installed.


def create_app(settings: Settings | None = None, ports: Ports | None = None) -> Flask:
    """Return the web application.

    ``settings`` defaults to those read from the environment (``SettingsError`` when one is wrong),
    ``ports`` to the real adapters that the settings name.
    """
    from qa_app.wiring import build_app

    return build_app(settings, ports)
