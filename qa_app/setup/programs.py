"""Programs the tests drive, Chromium and PostgreSQL: found on this machine, or fetched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from qa_app.setup.progress import Failure, run, step

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
POSTGRES_PLACES = (
    ("/usr/lib/postgresql", "*/bin"),  # Debian, Ubuntu
    ("/usr", "pgsql-*/bin"),  # Fedora, Red Hat
    ("/opt/homebrew/opt", "postgresql*/bin"),
    ("/usr/local/opt", "postgresql*/bin"),
)


def chromium() -> Path | None:
    """A Chromium that starts on this machine; fetched when there is none, None when it cannot be had."""
    found = _chromium_here()
    if found:
        return found
    try:
        with step("Fetching Chromium by Playwright"):
            run(
                [sys.executable, "-m", "playwright", "install", "chromium"],
                what="playwright install chromium failed",
            )
    except Failure as problem:
        print(f"    {problem.what}")
    found = _chromium_here()
    if found:
        return found
    _apt(["chromium"])
    return _chromium_here()


def postgres() -> Path | None:
    """The folder of initdb and pg_ctl; installed by apt as root when missing, None when it cannot be had."""
    return _postgres_here() or (_postgres_here() if _apt(["postgresql"]) else None)


def _chromium_here() -> Path | None:
    candidates = [shutil.which(name) for name in CHROMIUM_NAMES]
    candidates += [os.environ.get("QA_TEST_CHROMIUM")]
    for candidate in [*candidates, *map(str, _playwrights_own())]:
        if candidate and _starts(candidate):
            return Path(candidate)
    return None


def _playwrights_own() -> list[Path]:
    home = Path.home()
    folders = [
        Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or home / ".cache" / "ms-playwright"),
        home / "Library" / "Caches" / "ms-playwright",
        home / "AppData" / "Local" / "ms-playwright",
    ]
    patterns = (
        "chromium-*/chrome-linux*/chrome",
        "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
        "chromium-*/chrome-win*/chrome.exe",
    )
    return [path for folder in folders for pattern in patterns for path in folder.glob(pattern)]


def _starts(program: str) -> bool:
    """Whether the browser runs here at all: a downloaded one may lack system libraries."""
    if sys.platform == "win32":
        return Path(program).exists()  # chrome.exe --version opens a window there
    try:
        done = subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _postgres_here() -> Path | None:
    set_by_hand = os.environ.get("QA_TEST_PG_BIN")
    on_path = shutil.which("initdb")
    folders = [Path(set_by_hand)] if set_by_hand else []
    folders += [Path(on_path).resolve().parent] if on_path else []
    for parent, pattern in POSTGRES_PLACES:
        folders += sorted(Path(parent).glob(pattern), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    return None


def _apt(packages: list[str]) -> bool:
    """Install Debian packages, as root only; whether that worked."""
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    names = " ".join(packages)
    try:
        with step(f"Installing {names} by apt"):
            run(["apt-get", "update", "-qq"], what="apt-get update failed", env=env)
            run(
                ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
                what=f"apt-get install {names} failed",
                env=env,
            )
    except Failure as problem:
        print(f"    {problem.what}")
        return False
    return True
