"""One contract for every photo store: files and the twin in memory."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from qa_app.adapters.storage import FilePhotoStore, MemoryPhotoStore
from qa_app.ports import PhotoStore, StorageError

KEY = "b8Zk3vQ0-test_key_0001-large"


@pytest.fixture(params=["files", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PhotoStore:
    if request.param == "files":
        return FilePhotoStore(tmp_path / "not" / "there" / "yet")
    return MemoryPhotoStore()


def test_what_was_put_comes_back(store: PhotoStore) -> None:
    assert not store.exists(KEY)
    store.put(KEY, b"clean")
    assert store.exists(KEY)
    assert store.get(KEY) == b"clean"


def test_putting_again_replaces_because_jobs_run_at_least_once(store: PhotoStore) -> None:
    store.put(KEY, b"first")
    store.put(KEY, b"second")
    assert store.get(KEY) == b"second"


def test_an_unknown_key_is_a_key_error(store: PhotoStore) -> None:
    with pytest.raises(KeyError):
        store.get(KEY)


def test_deleting_twice_is_no_mistake(store: PhotoStore) -> None:
    store.put(KEY, b"clean")
    store.delete(KEY)
    store.delete(KEY)
    assert not store.exists(KEY)


@pytest.mark.parametrize(
    "key",
    ["", "short", "../../../../etc/passwd", "/etc/passwd-is-not-ours", "aa/../../secret-key-0000",
     "..aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaa.jpg", "aaaaaaaaaaaaaaaaaaaa\n", "é" * 20,
     "a" * 81, "aaaaaaaaaaaaaaaa\0bbbb"],
)  # fmt: skip
def test_keys_that_are_not_ours_are_refused_by_every_method(store: PhotoStore, key: str) -> None:
    for call in (store.get, store.exists, store.delete, lambda name: store.put(name, b"x")):
        with pytest.raises(ValueError, match="not a key"):
            call(key)


def test_f53_file_and_folder_are_synced_before_put_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace: list[str] = []
    real_fsync, real_replace = os.fsync, Path.replace

    def fsync(handle: int) -> None:
        trace.append("sync " + Path(os.readlink(f"/proc/self/fd/{handle}")).name)
        real_fsync(handle)

    def replace(self: Path, target: Path) -> Path:
        trace.append("rename")
        return real_replace(self, target)

    FilePhotoStore(tmp_path).put(KEY, b"warm up: the folder exists from here on")
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    FilePhotoStore(tmp_path).put(KEY, b"clean")
    assert [step.split(".")[-1] for step in trace] == ["part", "rename", "sync b8"]


@pytest.mark.parametrize("fault", [errno.EIO, errno.ENOSPC])
def test_f45_a_failed_sync_is_a_storage_error_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: int
) -> None:
    store = FilePhotoStore(tmp_path)

    def broken(_handle: int) -> None:
        raise OSError(fault, os.strerror(fault))

    store.put(KEY, b"warm up: the folder exists from here on")
    store.delete(KEY)
    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(StorageError):
        store.put(KEY, b"clean")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_files_are_readable_by_this_account_only(tmp_path: Path) -> None:
    FilePhotoStore(tmp_path).put(KEY, b"clean")
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0
