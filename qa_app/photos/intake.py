"""Takes in photos so that what it returned from survives a power cut; every step is a method of its own.

The order is what counts (reliability.md, finding 1): write and hash, look, sync the file, rename it,
sync the folder; only then may a row name it, and only after that row may anybody say "received".
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import mmap
import os
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from io import FileIO
from pathlib import Path
from typing import Final, Protocol

from qa_app.base.errors import NotDurable
from qa_app.photos import headers
from qa_app.photos.headers import Kind
from qa_app.photos.rules import NotAPicture, PhotoTooLarge

CHUNK: Final = 64 * 1024
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{16,80}")


class Stream(Protocol):
    """Whatever bytes can be read from: a request's body, an uploaded file."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; none at the end."""
        ...


@dataclass(frozen=True)
class Received:
    """A file that was taken in: where it lies, its random name, its SHA-256 (hex) and size in bytes.

    ``kind`` is known after ``look``; ``is_kept`` is true once it is durable.
    """

    path: Path
    name: str
    sha256: str
    size: int
    kind: Kind | None = None
    is_kept: bool = False


class Intake:
    """A folder with two parts: ``incoming`` for what is being written, ``kept`` for what is durable."""

    def __init__(self, folder: Path, *, limit: int = 20_000_000) -> None:
        """``limit`` is the most bytes one photo may have."""
        self.folder = folder
        self.limit = limit
        self.incoming = folder / "incoming"
        self.kept = folder / "kept"

    def take(self, stream: Stream) -> Received:
        """Do every step in order; what is returned is durable, looks like a picture and has no row yet.

        Raises ``PhotoTooLarge``, ``NotAPicture`` or ``NotDurable``; nothing is left behind then.
        """
        received = self.receive(stream)
        try:
            received = replace(received, kind=self.look(received))
        except BaseException:
            self.discard(received)
            raise
        return self.keep(received)

    def receive(self, stream: Stream) -> Received:
        """Write the stream to a temporary file while hashing it; never more than one chunk in memory."""
        name = secrets.token_urlsafe(16)
        path = self.incoming / f"{name}.part"
        digest, size = hashlib.sha256(), 0
        try:
            with self._open(path) as file:
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    self._hold_to_limit(size)
                    digest.update(chunk)
                    self.write(file, chunk)
        except BaseException:
            self._remove(path)
            raise
        return Received(path, name, digest.hexdigest(), size)

    def look(self, received: Received) -> Kind:
        """Return what the file says it is, by its header and its end, undecoded."""
        if received.size == 0:
            raise NotAPicture("It is empty.")
        with (
            received.path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            return headers.look(data)

    def keep(self, received: Received, name: str | None = None) -> Received:
        """Make the file durable under ``name`` (its own random name when None) and return where it lies."""
        name = _checked(name or received.name)
        target = self.kept / name
        try:
            with _durably():
                self.sync_file(received.path)
                self.rename(received.path, target)
                self.sync_folder(target.parent)
        except BaseException:
            self._remove(received.path)
            raise
        return replace(received, path=target, name=name, is_kept=True)

    def discard(self, received: Received) -> None:
        """Forget a file that is not wanted; nothing happens when it has gone already."""
        self._remove(received.path)

    def read(self, name: str) -> bytes:
        """Return the bytes of a kept file; ``KeyError`` when there is none of this name."""
        try:
            return (self.kept / _checked(name)).read_bytes()
        except FileNotFoundError:
            raise KeyError(name) from None

    def holds(self, name: str | None) -> bool:
        """Whether a kept file of this name is there."""
        return name is not None and (self.kept / _checked(name)).is_file()

    def forget(self, name: str) -> None:
        """Delete a kept file; nothing happens when it has gone already."""
        (self.kept / _checked(name)).unlink(missing_ok=True)

    def sweep(self, *, older_than: timedelta) -> int:
        """Delete temporary files that a crash left behind; return how many. ``older_than`` by the file system's clock."""
        old = list(_older(self.incoming, older_than))
        for path in old:
            self._remove(path)
        return len(old)

    def old_names(self, *, older_than: timedelta) -> list[str]:
        """Return the names of kept files of that age; those that no row names are orphans."""
        return sorted(
            path.name for path in _older(self.kept, older_than) if _NAME.fullmatch(path.name)
        )

    # The steps below are methods so that a test can stop the process between them.

    def write(self, file: FileIO, chunk: bytes) -> None:
        """Write one chunk, straight to the system."""
        rest = memoryview(chunk)
        with _durably():
            while rest:
                rest = rest[file.write(rest) :]

    def sync_file(self, path: Path) -> None:
        """Wait until the bytes of a file are on the disk."""
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def rename(self, path: Path, target: Path) -> None:
        """Give a file its name, whole or not at all."""
        path.replace(target)

    def sync_folder(self, folder: Path) -> None:
        """Wait until the names in a folder are on the disk."""
        self.sync_file(folder)

    def _hold_to_limit(self, size: int) -> None:
        if size > self.limit:
            raise PhotoTooLarge(f"It is larger than {self.limit // 1_000_000} megabytes.")

    def _open(self, path: Path) -> FileIO:
        with _durably():
            try:
                return FileIO(path, "xb", opener=_private)
            except FileNotFoundError:
                self._make_folders()
                return FileIO(path, "xb", opener=_private)

    def _make_folders(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (self.incoming, self.kept):
            folder.mkdir(mode=0o700, exist_ok=True)
        for folder in (self.folder, self.folder.parent):
            self.sync_folder(folder)

    @staticmethod
    def _remove(path: Path) -> None:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    """Open a file that only this account may read."""
    return os.open(path, flags, 0o600)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("not a name of the intake")
    return name


def _older(folder: Path, age: timedelta) -> Iterator[Path]:
    before = time.time() - age.total_seconds()
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        with contextlib.suppress(FileNotFoundError):
            if entry.is_file(follow_symlinks=False) and entry.stat().st_mtime < before:
                yield Path(entry.path)


@contextlib.contextmanager
def _durably() -> Iterator[None]:
    """Turn trouble with the disk (full, broken, read-only) into one error that asks to try again."""
    try:
        yield
    except OSError as error:
        words = errno.errorcode.get(error.errno or 0, "unknown")
        raise NotDurable(f"A photo could not be written to disk ({words}).") from error
