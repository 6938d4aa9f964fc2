"""The scripts of the pages, tested by Node's own test runner."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parents[1] / "scripts").glob("*.test.mjs"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_the_decisions_of_a_script(path: Path) -> None:
    node = os.environ.get("QA_TEST_NODE") or shutil.which("node")
    if node is None:
        pytest.skip("Node is not here; `python3 -m qa_app test` brings it")
    # without the experimental warning Node prints to standard error for modules named .js
    done = subprocess.run(
        [node, "--no-warnings", "--test", str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# fail 0" in done.stdout or "ℹ fail 0" in done.stdout, done.stdout
