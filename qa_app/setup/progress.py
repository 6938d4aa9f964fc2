"""Steps that say what they do, how long it took, and what to do when one fails."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
"""The checkout: the folder that holds pyproject.toml."""


class Failure(Exception):
    """A step that could not be done: what went wrong, and the remedy."""

    def __init__(self, what: str, remedy: str, detail: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.detail = detail

    def show(self) -> None:
        """Print the failure to the terminal: the tool's own last words, what it means, what to do."""
        if self.detail:
            print("\n".join("    " + line for line in self.detail.strip().splitlines()[-12:]))
        print(f"\nStopped: {self.what}\nWhat to do: {self.remedy}", flush=True)


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Print `title`, then the seconds it took."""
    print(f"  {title} ...", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print(f" failed after {time.monotonic() - started:.1f} s", flush=True)
        raise
    print(f" {time.monotonic() - started:.1f} s", flush=True)


# What the tools say, what it means, and what helps. First match wins.
REMEDIES: tuple[tuple[str, str, str], ...] = (
    (
        r"no space left on device|ENOSPC",
        "the disk is full",
        "free about 1 GB and run the same command again",
    ),
    (
        r"certificate.verify.failed|UnknownIssuer|SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER",
        "the package index's certificate is not trusted here",
        "set PIP_CERT, SSL_CERT_FILE and NODE_EXTRA_CA_CERTS to your organisation's certificate file",
    ),
    (
        r"\b(401|403|407)\b.{0,40}(unauthori|forbidden|proxy)|E401|E403",
        "the package index refused us",
        "check the sign-in of your package index in pip's and npm's own configuration",
    ),
    (
        r"could not resolve|name or service not known|temporary failure in name resolution"
        r"|connection refused|network is unreachable|NewConnectionError|dns error|timed? ?out"
        r"|error sending request|failed to fetch|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT",
        "the package index cannot be reached",
        "check the network connection (behind a proxy: set HTTPS_PROXY; with an index of your own: "
        "set PIP_INDEX_URL and npm's registry), then run the same command again",
    ),
    (
        r"no solution found|no matching distribution|could not find a version",
        "the package index does not have a version we need",
        "the lines above name the package; an index that mirrors PyPI needs to be brought up to date",
    ),
)


def explain(output: str, what: str) -> Failure:
    """The failure that a tool's output stands for, with its remedy."""
    for pattern, meaning, remedy in REMEDIES:
        if re.search(pattern, output, re.IGNORECASE | re.DOTALL):
            return Failure(f"{what}: {meaning}.", remedy + ".", output)
    return Failure(
        f"{what}.",
        "read the lines above; if they do not help, delete the folder .venv and run the command again.",
        output,
    )


def run(
    command: Sequence[str | os.PathLike[str]],
    *,
    what: str,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a program quietly and return what it printed.

    Raises Failure, with the remedy for what the program said, when it ends badly.
    """
    try:
        done = subprocess.run(
            [os.fspath(part) for part in command],
            cwd=cwd,
            env=dict(env) if env is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except OSError as problem:
        raise explain(str(problem), what) from problem
    output = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        raise explain(output, what)
    return output


@contextlib.contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Hold a lock file, so that two commands started together do not install over each other."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with lock.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
