"""The child process that decodes: what kills it, what it may not do, and that the worker lives on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa_app.config import ROOT
from qa_app.photos.sandbox import Died, Sandbox, SandboxAway, Unreadable
from tests.support import pictures

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    box = Sandbox()
    yield box
    box.close()


@pytest.mark.parametrize(
    "make", [pictures.jpeg, pictures.heic, pictures.png, pictures.webp, pictures.mpo]
)
def test_it_gives_what_tidying_gives(sandbox: Sandbox, make: Callable[[], bytes]) -> None:
    from qa_app.photos import imaging

    data = make()
    assert sandbox.tidy(data) == imaging.tidy(data)


def test_one_child_serves_many_and_is_replaced_at_the_end_of_its_life() -> None:
    box = Sandbox(life=2)
    try:
        pids = []
        for _ in range(4):
            box.tidy(pictures.jpeg())
            pids.append(box.pid)
        assert pids[0] == pids[1] != pids[2] == pids[3]
    finally:
        box.close()
    assert box.pid is None


def test_a_refused_picture_is_unreadable_and_the_child_lives_on(sandbox: Sandbox) -> None:
    sandbox.tidy(pictures.jpeg())
    before = sandbox.pid
    for data in (
        pictures.NOT_PICTURES["svg"](),
        pictures.truncated(pictures.heic()),
        pictures.png_bomb(),
    ):
        with pytest.raises(Unreadable, match=r"\w+ .*\."):
            sandbox.tidy(data)
    assert sandbox.pid == before


def test_f52_a_child_that_was_killed_is_replaced_and_the_picture_is_not_blamed(
    sandbox: Sandbox,
) -> None:
    sandbox.tidy(pictures.jpeg())
    first = sandbox.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert sandbox.tidy(pictures.jpeg()).width == 640
    assert sandbox.pid != first


def test_t36_a_picture_that_eats_memory_is_unreadable_and_the_next_one_is_fine() -> None:
    box = Sandbox(memory=500_000_000)
    try:
        with pytest.raises(Unreadable):
            box.tidy(pictures.png("RGBA", width=8000, height=6200))
        assert box.tidy(pictures.jpeg()).width == 640
    finally:
        box.close()


def test_a_picture_that_takes_too_long_is_unreadable_and_the_next_one_is_fine(
    sandbox: Sandbox,
) -> None:
    sandbox.tidy(pictures.jpeg())
    sandbox.wall_seconds = 0.0
    large = pictures.png_bomb(7_000)  # 49 megapixels: just allowed
    with pytest.raises(Unreadable, match="memory and time"):
        sandbox.tidy(large)
    sandbox.wall_seconds = 60
    assert sandbox.tidy(pictures.jpeg()).width == 640


@pytest.mark.parametrize("program", ["/bin/false", "/no/such/program"])
def test_no_child_at_all_says_nothing_about_the_picture(
    monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    with pytest.raises(SandboxAway):
        Sandbox().tidy(pictures.jpeg())


@linux_only
def test_t37_the_child_is_confined(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_SECRET_KEY", "not-for-decoders")
    sandbox.tidy(pictures.jpeg())
    process = Path(f"/proc/{sandbox.pid}")
    limits = {
        line[:26].strip(): line[26:].split()
        for line in (process / "limits").read_text().splitlines()
    }
    assert limits["Max open files"][:2] == ["3", "3"]
    assert limits["Max file size"][:2] == ["0", "0"]
    assert limits["Max core file size"][:2] == ["0", "0"]
    assert limits["Max address space"][0] == str(sandbox.memory)
    assert 0 < int(limits["Max cpu time"][0]) <= 60
    assert sorted(entry.name for entry in (process / "fd").iterdir()) == ["0", "1", "2"]
    assert b"not-for-decoders" not in (process / "environ").read_bytes()


@linux_only
def test_the_child_ends_when_its_parent_has_gone() -> None:
    """The other end of its standard input closing is all it needs to know."""
    box = Sandbox()
    box.tidy(pictures.jpeg())
    child = box._child
    assert child is not None
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(10) == 0
    box.close()


def test_threads_take_turns(sandbox: Sandbox) -> None:
    widths: list[int] = []

    def work(width: int) -> None:
        widths.append(sandbox.tidy(pictures.jpeg(width=width)).width - width)

    threads = [threading.Thread(target=work, args=(600 + 10 * n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert widths == [0] * 6


def test_an_answer_that_makes_no_sense_is_not_believed(sandbox: Sandbox) -> None:
    good = pictures.jpeg()
    sound: dict[str, object] = {
        "width": 640,
        "height": 480,
        "phash": "0" * 16,
        "taken_at": None,
        "kind": "jpeg",
    }
    assert sandbox._understood(sound, [good, good]).width == 640
    for wrong in (
        {"width": 10_000}, {"height": -1}, {"phash": "<script>"}, {"kind": "svg"}, {"taken_at": "then"},
    ):  # fmt: skip
        with pytest.raises(Died):
            sandbox._understood(sound | wrong, [good, good])
    with pytest.raises(Died):
        sandbox._understood(sound, [b"<svg/>", good])


def test_closing_is_quick(sandbox: Sandbox) -> None:
    sandbox.tidy(pictures.jpeg())
    began = time.monotonic()
    sandbox.close()
    assert time.monotonic() - began < 2


def test_t37_neither_the_web_server_nor_the_worker_loads_a_decoder() -> None:
    words = (
        "import sys, qa_app.photos.views, qa_app.photos.tasks, qa_app.photos.intake;"
        "print([m for m in ('PIL', 'pillow_heif', 'imagehash') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", words], capture_output=True, check=True, cwd=ROOT)
    assert run.stdout.decode().strip() == "[]"
