"""The virtual environment: made once, filled from pyproject.toml and requirements.lock, stamped by hash."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from qa_app.setup import package_index
from qa_app.setup.progress import ROOT, Failure, one_at_a_time, run, step

VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if sys.platform == "win32" else "bin")
PYTHON = BIN / ("python.exe" if sys.platform == "win32" else "python")
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "doorstep-packages.json"
OLDEST = (3, 11)


def check_python() -> None:
    """Go on with a newer Python of this machine when this one is too old, or say what to install."""
    if sys.version_info >= OLDEST:
        return
    for minor in range(15, OLDEST[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other:
            os.execv(other, [other, "-m", "qa_app", *sys.argv[1:]])  # noqa: S606  # no shell is what we want
    here = ".".join(str(part) for part in sys.version_info[:3])
    raise Failure(
        f"this is Python {here}; Doorstep needs Python 3.11 or newer.",
        "install it (Debian, Ubuntu: sudo apt install python3.11 python3.11-venv; "
        "elsewhere: https://www.python.org/downloads/) and run the same command with it.",
    )


def is_active() -> bool:
    """Whether this process already runs in our environment."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def ensure(extras: set[str]) -> None:
    """Make the environment hold the app's packages and those of `extras`; nothing to do costs nothing."""
    if PYTHON.exists() and _is_current(extras):
        return
    print("Setting up (the first time takes a minute or two).", flush=True)
    if not PYTHON.exists():
        _make()
    with one_at_a_time(VENV / "doorstep.lock"):
        if not _is_current(extras):
            _install(extras | _stamped_extras())


def enter(arguments: list[str]) -> None:
    """Carry on inside the environment: this process becomes `.venv/bin/python -m qa_app ...`."""
    command = [str(PYTHON), "-m", "qa_app", *arguments]
    env = dict(os.environ)
    if env.pop("PYTHONDONTWRITEBYTECODE", ""):
        # whoever sets this wants no files beside the sources; without any, every start takes seconds
        env.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "pycache"))
    if sys.platform == "win32":
        raise SystemExit(subprocess.run(command, env=env, check=False).returncode)
    sys.stdout.flush()
    os.execve(command[0], command, env)  # noqa: S606  # no shell is what we want


def wanted(extras: set[str]) -> list[str]:
    """The requirement lines of the app and of `extras`, from pyproject.toml."""
    import tomllib  # from 3.11 on; older Pythons must reach check_python first

    with (ROOT / "pyproject.toml").open("rb") as handle:
        project = tomllib.load(handle)["project"]
    lines = list(project["dependencies"])
    for extra in sorted(extras):
        lines += project["optional-dependencies"][extra]
    return list(dict.fromkeys(lines))


def _digest(extras: set[str]) -> str:
    text = "\n".join([*wanted(extras), LOCK.read_text("utf-8"), str(sys.version_info[:2])])
    return hashlib.sha256(text.encode()).hexdigest()


def _stamp() -> dict[str, object]:
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _stamped_extras() -> set[str]:
    extras = _stamp().get("extras")
    return {str(extra) for extra in extras} if isinstance(extras, list) else set()


def _is_current(extras: set[str]) -> bool:
    have = _stamped_extras()
    return extras <= have and _stamp().get("sha256") == _digest(have)


def _make() -> None:
    remedy = (
        f"install it (Debian, Ubuntu: sudo apt install python3-venv, or "
        f"python3.{sys.version_info[1]}-venv) and run the same command again."
    )
    try:
        import ensurepip
        import venv
    except ImportError as missing:
        raise Failure("this Python cannot make virtual environments.", remedy) from missing
    del ensurepip, venv
    with step("Making the virtual environment in .venv"):
        run([sys.executable, "-m", "venv", "--clear", VENV], what="Making .venv failed")


def _install(extras: set[str]) -> None:
    STAMP.unlink(missing_ok=True)
    requirements = VENV / "doorstep-requirements.txt"
    requirements.write_text("\n".join(wanted(extras)) + "\n", "utf-8")
    arguments = ["-r", str(requirements), "-c", str(LOCK)]
    uv = BIN / ("uv.exe" if sys.platform == "win32" else "uv")
    pip = [str(PYTHON), "-m", "pip"]
    quick = _get_uv(uv, pip)
    count = len(wanted(extras))
    if quick:
        try:
            with step(f"Installing packages with uv ({count} named in pyproject.toml)"):
                listing = run([*pip, "config", "list"], what="Reading pip's settings failed")
                run(
                    [uv, "pip", "install", "--python", PYTHON, *arguments],
                    what="Installing packages with uv failed",
                    env=package_index.for_uv(listing),
                )
        except Failure as problem:
            print(f"  uv could not do it ({problem.what}) Trying pip.", flush=True)
            quick = False
    if not quick:
        with step(f"Installing packages with pip ({count} named; a minute or two)"):
            run(
                [*pip, "install", "--disable-pip-version-check", "--no-input", *arguments],
                what="Installing packages failed",
            )
    stamp = {"sha256": _digest(extras), "extras": sorted(extras)}
    STAMP.write_text(json.dumps(stamp), "utf-8")


def _get_uv(uv: Path, pip: list[str]) -> bool:
    """Install uv, which is four times as fast as pip; not having it is no failure."""
    if uv.exists():
        return True
    try:
        with step("Installing uv, which installs the rest"):
            run(
                [
                    *pip,
                    "install",
                    "--disable-pip-version-check",
                    "--no-input",
                    "uv",
                    "-c",
                    str(LOCK),
                ],
                what="Installing uv failed",
            )
    except Failure:
        return False
    return uv.exists()
