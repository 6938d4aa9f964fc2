"""The test run: everything it needs is looked for first, and what was missing is the last thing said."""

from __future__ import annotations

import os
import subprocess
import sys

from qa_app.assets import vendor
from qa_app.setup import programs
from qa_app.setup.progress import ROOT


def run(arguments: list[str]) -> int:
    """Run pytest with `arguments`; return its exit code.

    QA_TEST_CHROMIUM, QA_TEST_PG_BIN and QA_TEST_AXE tell the tests where things are. With
    QA_TEST_STRICT=1 a missing browser or database fails the run instead of skipping its tests.
    """
    env = _environment()
    missing: list[str] = []
    browser = programs.chromium()
    if browser:
        env["QA_TEST_CHROMIUM"] = str(browser)
    else:
        env.pop("QA_TEST_CHROMIUM", None)
        missing.append(
            "BROWSER TESTS: no Chromium could be had (Debian: sudo apt install chromium)"
        )
    database = programs.postgres()
    if database:
        env["QA_TEST_PG_BIN"] = str(database)
    else:
        env.pop("QA_TEST_PG_BIN", None)
        missing.append("POSTGRESQL TESTS: no initdb found (Debian: sudo apt install postgresql)")
    env["QA_TEST_AXE"] = str(vendor.AXE)
    env["QA_TEST_NODE"] = str(vendor.node())
    if missing and os.environ.get("QA_TEST_STRICT") == "1":
        _say_loudly("NOT RUN, because this run must not skip", missing)
        return 1
    command = [sys.executable, "-m", "pytest", *_spread(arguments), *arguments]
    code = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
    if missing:
        _say_loudly("SKIPPED, for want of programs on this machine", missing)
    return code


def _environment() -> dict[str, str]:
    """This process's environment without the app's own settings: tests never touch a real instance."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("QA_") or name.startswith("QA_TEST_")
    }


def _spread(arguments: list[str]) -> list[str]:
    """Over how many processes: at most four; the caller's own -n wins."""
    if any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments):
        return []
    return ["-n", str(max(1, min(4, os.cpu_count() or 1))), "--dist", "loadgroup"]


def _say_loudly(headline: str, lines: list[str]) -> None:
    rule = "!" * 78
    print("\n".join(["", rule, f"!! {headline}:", *(f"!!   {line}" for line in lines), rule]))
