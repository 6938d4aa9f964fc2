"""The code checks, each named with its seconds; all of them run, and one failure fails the whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from qa_app.assets import vendor
from qa_app.setup.environment import BIN
from qa_app.setup.progress import ROOT, Failure

PYTHON_FOLDERS = [name for name in ("qa_app", "tests", "benchmarks") if (ROOT / name).is_dir()]


@dataclass(frozen=True)
class Outcome:
    """What one check said: whether it passed, its seconds, and its words when it did not."""

    name: str
    passed: bool
    seconds: float
    words: str


def run_all() -> int:
    """Run every check, print each as it ends, and return 1 when any failed."""
    print("Checks", flush=True)
    started = time.monotonic()
    checks: list[tuple[str, Callable[[], str]]] = [
        ("types (mypy --strict)", _types),
        ("format (ruff format)", lambda: _tool("ruff", "format", "--check", *PYTHON_FOLDERS)),
        ("lint (ruff check)", lambda: _tool("ruff", "check", *PYTHON_FOLDERS)),
        ("import floors (lint-imports)", lambda: _tool("lint-imports", "--no-logo", "--no-cache")),
        ("templates (djlint)", _templates),
        ("scripts (node --check)", _scripts),
        ("locks hold no address", _locks),
    ]
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(lambda check: _one(*check), checks))
    for outcome in outcomes:
        mark = "pass" if outcome.passed else "FAIL"
        print(f"  {mark}  {outcome.name}  {outcome.seconds:.1f} s", flush=True)
    for outcome in outcomes:
        if not outcome.passed:
            print(f"\n--- {outcome.name}\n{outcome.words.rstrip()}", flush=True)
    failed = sum(not outcome.passed for outcome in outcomes)
    total = time.monotonic() - started
    print(f"\n{len(outcomes) - failed} of {len(outcomes)} checks passed, {total:.1f} s", flush=True)
    return 1 if failed else 0


def _one(name: str, check: Callable[[], str]) -> Outcome:
    started = time.monotonic()
    try:
        words, passed = check(), True
    except Failure as problem:
        words, passed = problem.detail or problem.what, False
    return Outcome(name, passed, time.monotonic() - started, words)


def _tool(name: str, *arguments: str) -> str:
    """Run one of the tools in .venv; raises Failure with all it printed when it ends badly."""
    done = subprocess.run(
        [BIN / name, *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        check=False,
    )
    output = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        raise Failure(f"{name} found something.", "see above.", output)
    return output


def _types() -> str:
    """Types, with the cache; what is found is looked at once more without, for the cache can be stale."""
    try:
        return _tool("mypy")
    except Failure:
        return _tool("mypy", "--cache-dir", os.devnull)


def _templates() -> str:
    return _tool("djlint", "templates", "--lint", "--quiet")


def _scripts() -> str:
    """Every module of our own under static/js parses, as a module, in Node."""
    broken: list[str] = []
    for script in sorted((ROOT / "static").rglob("*.js")):
        if "vendor" in script.parts:
            continue
        done = subprocess.run(
            [vendor.node(), "--input-type=module", "--check"],
            input=script.read_bytes(),
            capture_output=True,
            check=False,
        )
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()
            broken.append(f"{script.relative_to(ROOT)}: {said}")
    if broken:
        raise Failure("a script does not parse.", "see above.", "\n".join(broken))
    return ""


def _locks() -> str:
    """No lock names a host: anyone's own index must do."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in (ROOT / "requirements.lock", ROOT / "qa_app" / "assets" / "package-lock.json")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if re.search(r"\w+://|\"resolved\"", line)
    ]
    if found:
        raise Failure("a lock file names a host.", "see CONTRIBUTING.md.", "\n".join(found))
    return ""


if __name__ == "__main__":
    sys.exit(run_all())
