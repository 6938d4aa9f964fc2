"""Where clean copies of photos are kept: in files, or in memory for tests."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from pathlib import Path

from qa_app.ports import StorageError

_KEY = re.compile(r"[A-Za-z0-9_-]{16,80}")


def _checked(key: str) -> str:
    """Return ``key``; ``ValueError`` unless it is one of ours: long, random, no dot and no slash."""
    if not _KEY.fullmatch(key):
        raise ValueError("not a key of the photo store")
    return key


class FilePhotoStore:
    """Keeps each photo in a file of its own below ``folder``, readable by this account only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, key: str, data: bytes) -> None:
        """Write a temporary file, sync it, rename it, sync the folder; ``StorageError`` if any fails."""
        path = self._path(key)
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
        try:
            self._make(path.parent)
            try:
                handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(path)
                self._sync(path.parent)
            except BaseException:
                with contextlib.suppress(OSError):
                    temporary.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise StorageError(f"The photo could not be kept: {error.strerror}.") from error

    def get(self, key: str) -> bytes:
        """Return what is kept under ``key``; ``KeyError`` when nothing is."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise KeyError(key) from None
        except OSError as error:
            raise StorageError(f"The photo could not be read: {error.strerror}.") from error

    def exists(self, key: str) -> bool:
        """Whether anything is kept under ``key``."""
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        """Forget ``key``; nothing happens when it is not there."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"The photo could not be deleted: {error.strerror}.") from error

    def _path(self, key: str) -> Path:
        """Spread files over folders named by two characters, so that none grows too long to list."""
        return self.folder / _checked(key)[:2] / key

    def _make(self, folder: Path) -> None:
        """Make ``folder`` and whatever is missing above it, each entry synced."""
        if folder.is_dir():
            return
        self._make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        self._sync(folder.parent)

    @staticmethod
    def _sync(folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class MemoryPhotoStore:
    """Keeps photos in memory: the harmless twin for tests."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, key: str, data: bytes) -> None:
        """Keep ``data`` under ``key``."""
        self.kept[_checked(key)] = bytes(data)

    def get(self, key: str) -> bytes:
        """Return what is kept under ``key``; ``KeyError`` when nothing is."""
        return self.kept[_checked(key)]

    def exists(self, key: str) -> bool:
        """Whether anything is kept under ``key``."""
        return _checked(key) in self.kept

    def delete(self, key: str) -> None:
        """Forget ``key``; nothing happens when it is not there."""
        self.kept.pop(_checked(key), None)
