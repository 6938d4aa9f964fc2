"""Decodes pictures in a child process, so that a hostile one can harm nothing but itself."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import logging
import re
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from qa_app.photos.decoder import LENGTH
from qa_app.photos.rules import LARGE, Tidied

MEMORY: Final = 1_300_000_000
"""Address space of the child, in bytes: what the hungriest picture we allow needs (a WebP of 50 megapixels), and a little more."""

CPU_SECONDS: Final = 30
WALL_SECONDS: Final = 60
START_SECONDS: Final = 60
LIFE: Final = 200
"""Pictures after which the child is replaced, so that what it leaks goes with it."""

_MOST: Final = 16_000_000
_ROOT: Final = Path(__file__).resolve().parent.parent.parent

log = logging.getLogger(__name__)


class Unreadable(Exception):
    """This picture cannot be decoded; the message says why, in plain words."""


class SandboxAway(Exception):
    """No child could be started: nothing is known about the picture, and trying later may help."""


class Died(Exception):
    """The child ended, or was ended, before it answered."""


class Sandbox:
    """One long-lived child that tidies pictures; safe to call from several threads, one at a time."""

    def __init__(
        self,
        *,
        memory: int = MEMORY,
        cpu_seconds: int = CPU_SECONDS,
        wall_seconds: float = WALL_SECONDS,
        life: int = LIFE,
    ) -> None:
        self.memory = memory
        self.cpu_seconds = cpu_seconds
        self.wall_seconds = wall_seconds
        self.life = life
        self._child: subprocess.Popen[bytes] | None = None
        self._done = 0
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The process id of the child; None while there is none."""
        return self._child.pid if self._child else None

    def tidy(self, data: bytes) -> Tidied:
        """Return the clean copies of a picture.

        Raises ``Unreadable`` when it cannot be decoded within memory and time, ``SandboxAway`` when
        no child can be had. A child that dies gets the picture once more in a fresh one: it may
        have been ended for no fault of the picture.
        """
        with self._lock:
            for is_last in (False, True):
                try:
                    return self._ask(data)
                except Died:
                    self._end()
                    log.warning("the picture decoder died", extra={"is_last_attempt": is_last})
            raise Unreadable("It could not be opened within our limits of memory and time.")

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def _ask(self, data: bytes) -> Tidied:
        if self._done >= self.life:
            self._end()
        child = self._child or self._start()
        assert child.stdin is not None  # noqa: S101 - both were asked for as pipes
        assert child.stdout is not None  # noqa: S101 - likewise
        self._done += 1
        with _deadline(child, self.wall_seconds):
            try:
                child.stdin.write(LENGTH.pack(len(data)))
                child.stdin.write(data)
                child.stdin.flush()
            except OSError as error:
                raise Died from error
            head, bodies = _read(child.stdout)
        return self._understood(head, bodies)

    def _understood(self, head: dict[str, object], bodies: list[bytes]) -> Tidied:
        """Trust nothing in the child's answer: it has just read what a stranger sent."""
        refused = head.get("refused")
        if refused == "memory":
            self._end()
            raise Unreadable("It needs more memory to open than we allow.")
        if head.get("fault") is not None:
            self._end()
            raise SandboxAway("The picture decoder failed for a reason of its own.")
        if refused is not None:
            raise Unreadable(str(head.get("why") or "It cannot be decoded.")[:200])
        width, height, phash = head.get("width"), head.get("height"), head.get("phash")
        taken, kind = head.get("taken_at"), head.get("kind")
        if (
            not isinstance(width, int)
            or not isinstance(height, int)
            or not 0 < width <= LARGE
            or not 0 < height <= LARGE
            or not isinstance(phash, str)
            or not re.fullmatch(r"[0-9a-f]{16}", phash)
            or kind not in {"jpeg", "png", "webp", "heif"}
            or len(bodies) != 2
            or not all(b.startswith(b"\xff\xd8") and b.endswith(b"\xff\xd9") for b in bodies)
        ):
            raise Died
        try:
            taken_at = datetime.fromisoformat(taken) if isinstance(taken, str) else None
        except ValueError as error:
            raise Died from error
        return Tidied(bodies[0], bodies[1], width, height, phash, taken_at, str(kind))

    def _start(self) -> subprocess.Popen[bytes]:
        """Start a child without our environment, which may hold secrets, and wait until it is ready."""
        try:
            child = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "qa_app.photos.decoder",
                    str(self.memory),
                    str(self.cpu_seconds),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"},
                start_new_session=True,
            )
        except OSError as error:
            raise SandboxAway(
                f"The picture decoder cannot be started: {error.strerror}."
            ) from error
        self._child, self._done = child, 0
        assert child.stdout is not None  # noqa: S101 - it was asked for as a pipe
        try:
            with _deadline(child, START_SECONDS):
                head, _ = _read(child.stdout)
        except Died as error:
            self._end()
            raise SandboxAway("The picture decoder ended before it was ready.") from error
        if head.get("ready") is not True:
            self._end()
            raise SandboxAway(f"The picture decoder is not ready: {head.get('why')}")
        return child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        child.wait()


class _deadline:
    """Ends the child when the block takes longer than it may."""

    def __init__(self, child: subprocess.Popen[bytes], seconds: float) -> None:
        self._timer = threading.Timer(seconds, child.kill)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _read(stream: IO[bytes]) -> tuple[dict[str, object], list[bytes]]:
    """Read one message of the child; ``Died`` when it ends early or makes no sense."""
    try:
        head = json.loads(_exactly(stream, LENGTH.unpack(_exactly(stream, LENGTH.size))[0]))
        lengths = head["bodies"]
        return head, [_exactly(stream, int(length)) for length in lengths]
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise Died from error


def _exactly(stream: IO[bytes], length: int) -> bytes:
    if not 0 <= length <= _MOST:
        raise Died
    data = stream.read(length)
    if len(data) != length:
        raise Died
    return data


@functools.cache
def shared() -> Sandbox:
    """Return the one sandbox of this process, which ends with it."""
    sandbox = Sandbox()
    atexit.register(sandbox.close)
    return sandbox
