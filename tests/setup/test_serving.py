"""The server and its worker: up together, down together, and the worker comes back."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qa_app.setup.progress import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings_for(folder: Path, port: int) -> dict[str, str]:
    (folder / "postcodes.sqlite").touch()  # the worker has no half minute of work to begin with
    own = {name: value for name, value in os.environ.items() if not name.startswith("QA_")}
    return {**own, "QA_INSTANCE": str(folder), "QA_PORT": str(port), "QA_DEMO": "0"}


def eventually(seen: Callable[[], object], seconds: float = 120) -> object:
    """Wait until `seen` answers something; fail when it does not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = seen()
        if found:
            return found
        time.sleep(0.1)
    pytest.fail("it did not happen in time")


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def parent_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def worker_of(server: subprocess.Popen[str]) -> int | None:
    pids = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
    children = [pid for pid in pids if parent_of(pid) == server.pid and is_running(pid)]
    return children[0] if children else None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "qa_app"],
        cwd=ROOT,
        env=settings_for(tmp_path, port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        eventually(lambda: answers(port) or process.poll() is not None)
        yield process, port
    finally:
        process.kill()
        process.communicate()


def test_the_worker_comes_back_and_ends_with_the_server(
    server: tuple[subprocess.Popen[str], int],
) -> None:
    process, port = server
    first = int(str(eventually(lambda: worker_of(process))))
    os.kill(first, signal.SIGKILL)
    second = int(
        str(eventually(lambda: (pid := worker_of(process)) is not None and pid != first and pid))
    )
    assert answers(port)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert f"Doorstep is at http://127.0.0.1:{port}" in said
    assert "Doorstep has stopped." in said
    assert "users add --role administrator" in said, "an empty instance says how to make an account"
    assert "Traceback" not in said
    assert not is_running(second)


def test_a_worker_does_not_outlive_a_server_that_was_killed(
    server: tuple[subprocess.Popen[str], int],
) -> None:
    process, _ = server
    worker = int(str(eventually(lambda: worker_of(process))))
    process.kill()
    eventually(lambda: not is_running(worker))


def test_a_port_in_use_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "qa_app"],
            cwd=ROOT,
            env=settings_for(tmp_path, port),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"port {port} cannot be used" in done.stdout
    assert f"QA_PORT={port + 1} python3 -m qa_app" in done.stdout


def test_a_database_that_cannot_be_opened_is_no_traceback(tmp_path: Path) -> None:
    env = settings_for(tmp_path, free_port())
    env["QA_DATABASE_URL"] = f"sqlite:///{tmp_path}/no/such/folder/doorstep.sqlite"
    done = subprocess.run(
        [sys.executable, "-m", "qa_app"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "the database cannot be used" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
