"""Taking in photos: what is refused, what is left behind, and the order in which a photo becomes durable."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import FileIO
from pathlib import Path

import pytest

from qa_app.base.errors import NotDurable
from qa_app.photos.intake import Intake
from qa_app.photos.rules import NotAPicture, PhotoTooLarge
from tests.support import pictures

GOOD: dict[str, tuple[Callable[[], bytes], str]] = {
    "jpeg": (pictures.jpeg, "image/jpeg"),
    "turned jpeg": (lambda: pictures.jpeg(orientation=6), "image/jpeg"),
    "mpo": (pictures.mpo, "image/jpeg"),
    "polyglot": (pictures.polyglot, "image/jpeg"),
    "png": (pictures.png, "image/png"),
    "webp": (pictures.webp, "image/webp"),
    "animated webp": (lambda: pictures.webp(is_animated=True), "image/webp"),
    "heic": (pictures.heic, "image/heic"),
}


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    return Intake(tmp_path / "instance" / "uploads")


@pytest.mark.parametrize("name", GOOD)
def test_a_photo_is_hashed_looked_at_and_kept(intake: Intake, name: str) -> None:
    make, content_type = GOOD[name]
    data = make()
    received = intake.take(io.BytesIO(data))
    assert received.sha256 == hashlib.sha256(data).hexdigest()
    assert received.size == len(data)
    assert received.kind is not None
    assert received.kind.content_type == content_type
    assert received.is_kept
    assert intake.read(received.name) == data
    assert files(intake.folder) == [intake.kept / received.name]


@pytest.mark.parametrize(
    ("make", "size"),
    [
        (lambda: pictures.jpeg(width=333, height=222), (333, 222)),
        (lambda: pictures.png(width=333, height=222), (333, 222)),
        (lambda: pictures.webp(width=333, height=222), (333, 222)),
        (lambda: pictures.webp(width=333, height=222, is_plain=True), (333, 222)),
        (lambda: pictures.webp(width=333, height=222, is_lossless=True), (333, 222)),
        (lambda: pictures.heic(width=336, height=224), (336, 224)),
    ],
)
def test_the_size_is_read_from_the_header(
    intake: Intake, make: Callable[[], bytes], size: tuple[int, int]
) -> None:
    kind = intake.take(io.BytesIO(make())).kind
    assert kind is not None
    assert (kind.width, kind.height) == size


def test_f13_two_byte_identical_photos_are_two_files(intake: Intake) -> None:
    first, second = (intake.take(io.BytesIO(pictures.jpeg())) for _ in range(2))
    assert first.sha256 == second.sha256
    assert first.name != second.name
    assert len(files(intake.folder)) == 2


@pytest.mark.parametrize("name", pictures.NOT_PICTURES)
def test_t35_what_is_no_picture_is_refused_and_nothing_stays(intake: Intake, name: str) -> None:
    with pytest.raises(NotAPicture):
        intake.take(io.BytesIO(pictures.NOT_PICTURES[name]()))
    assert files(intake.folder) == []


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_f24_f50_photos_cut_off_are_refused_at_the_door(
    intake: Intake, name: str, share: float
) -> None:
    make, _ = GOOD[name]
    if name in {"mpo", "polyglot"}:
        share /= 2  # the photo is their first half
    with pytest.raises(NotAPicture):
        intake.take(io.BytesIO(pictures.truncated(make(), share)))
    assert files(intake.folder) == []


@pytest.mark.parametrize(
    "make",
    [
        pictures.png_bomb,
        lambda: pictures.jpeg_claiming(20_000, 20_000),
        lambda: pictures.heic_claiming(16_384, 12_288),
    ],
)
def test_t36_f51_pixel_bombs_are_refused_in_under_a_second(
    intake: Intake, make: Callable[[], bytes]
) -> None:
    data = make()
    began = time.monotonic()
    with pytest.raises(PhotoTooLarge, match="50 megapixels"):
        intake.take(io.BytesIO(data))
    assert time.monotonic() - began < 1
    assert files(intake.folder) == []


def test_a_file_over_the_limit_is_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    class Endless:
        given = 0

        def read(self, size: int, /) -> bytes:
            self.given += size
            return b"\xff" * size

    stream = Endless()
    intake = Intake(tmp_path, limit=1_000_000)
    with pytest.raises(PhotoTooLarge, match="1 megabytes"):
        intake.receive(stream)
    assert stream.given < 1_200_000
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0\0\0\x0cmeta\0\0\0\0" * 200_000,
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0\0\0\x08free" * 400_000,
        b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0IHDR" * 300_000,
        b"\xff\xd8" + b"\xff\xe1\0\2" * 800_000,
        b"\xff\xd8\xff" + b"\xff" * 4_000_000,
    ],
)
def test_t51_headers_made_to_waste_time_do_not(intake: Intake, data: bytes) -> None:
    began = time.monotonic()
    with pytest.raises(NotAPicture):
        intake.take(io.BytesIO(data))
    assert time.monotonic() - began < 2


def test_f24_a_connection_cut_at_half_leaves_nothing(intake: Intake) -> None:
    class Cut:
        parts = iter([b"\xff\xd8\xff" + b"\0" * 1000])

        def read(self, _size: int, /) -> bytes:
            for part in self.parts:
                return part
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        intake.take(Cut())
    assert files(intake.folder) == []


class Faulty(Intake):
    """Fails at one step, as a disk does."""

    fails_at = ""
    fault = errno.ENOSPC

    def _fail(self, step: str) -> None:
        if step == self.fails_at:
            raise OSError(self.fault, os.strerror(self.fault))

    def write(self, file: FileIO, chunk: bytes) -> None:
        super().write(file, chunk[:100])
        super().write(Full(file, self.fault) if self.fails_at == "write" else file, chunk[100:])

    def sync_file(self, path: Path) -> None:
        self._fail("sync file" if path.is_file() else "sync folder")
        super().sync_file(path)

    def rename(self, path: Path, target: Path) -> None:
        self._fail("rename")
        super().rename(path, target)


class Full(FileIO):
    """An open file on a disk that has just filled up."""

    def __init__(self, file: FileIO, fault: int) -> None:
        super().__init__(file.fileno(), "wb", closefd=False)
        self.fault = fault

    def write(self, _data: object, /) -> int:
        raise OSError(self.fault, os.strerror(self.fault))


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO, errno.EROFS])
@pytest.mark.parametrize("step", ["write", "sync file", "rename", "sync folder"])
def test_f44_f45_trouble_with_the_disk_is_not_durable_and_leaves_no_stump(
    tmp_path: Path, step: str, fault: int
) -> None:
    intake = Faulty(tmp_path)
    intake.take(io.BytesIO(pictures.png()))
    before = files(tmp_path)
    intake.fails_at, intake.fault = step, fault
    with pytest.raises(NotDurable, match=errno.errorcode[fault]):
        intake.take(io.BytesIO(pictures.jpeg()))
    left = files(tmp_path)
    if (
        step == "sync folder"
    ):  # the file has its name already; the sweep takes it, for no row will name it
        left = [path for path in left if path.parent != intake.kept or path in before]
    assert left == before


def test_f42_every_step_happens_in_its_order(tmp_path: Path) -> None:
    steps: list[str] = []

    class Traced(Intake):
        def write(self, file: FileIO, chunk: bytes) -> None:
            steps.append("write")
            super().write(file, chunk)

        def sync_file(self, path: Path) -> None:
            steps.append(f"sync {path.name if path.is_dir() else 'file'}")
            super().sync_file(path)

        def rename(self, path: Path, target: Path) -> None:
            steps.append("rename")
            super().rename(path, target)

    intake = Traced(tmp_path)
    intake.take(io.BytesIO(pictures.jpeg()))
    steps.clear()
    intake.take(io.BytesIO(pictures.jpeg()))
    assert steps == ["write", "sync file", "rename", "sync kept"]


KILLED = """
import io, os, sys
from pathlib import Path
from qa_app.photos.intake import Intake
folder, step = Path(sys.argv[1]), sys.argv[2]

class Killed(Intake):
    def die(self, here):
        if here == step:
            os.kill(os.getpid(), 9)
    def write(self, file, chunk):
        super().write(file, chunk[: len(chunk) // 2])
        self.die("half a photo")
        super().write(file, chunk[len(chunk) // 2 :])
    def rename(self, path, target):
        self.die("before rename")
        super().rename(path, target)
        self.die("after rename")

taken = Killed(folder).take(io.BytesIO(sys.stdin.buffer.read()))
print("acknowledged", taken.name, taken.sha256)
"""


@pytest.mark.parametrize("step", ["half a photo", "before rename", "after rename", "never"])
def test_f42_a_killed_intake_acknowledges_nothing_and_its_leavings_are_swept(
    tmp_path: Path, step: str
) -> None:
    data = pictures.jpeg()
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), step],
        input=data,
        capture_output=True,
        check=False,
    )
    intake = Intake(tmp_path)
    if step == "never":
        _, name, sha256 = run.stdout.decode().split()
        assert hashlib.sha256(intake.read(name)).hexdigest() == sha256
        return
    assert run.returncode == -9
    assert run.stdout == b""
    for whole in intake.kept.iterdir():
        assert whole.read_bytes() == data, "a kept file is whole or not there"
    for path in files(tmp_path):
        os.utime(path, (time.time() - 7200, time.time() - 7200))
    assert intake.sweep(older_than=timedelta(hours=1)) == (1 if step != "after rename" else 0)
    assert len(intake.old_names(older_than=timedelta(hours=1))) == (
        1 if step == "after rename" else 0
    )


def test_sweeping_leaves_young_files_alone(intake: Intake) -> None:
    assert intake.sweep(older_than=timedelta(hours=1)) == 0  # before there is a folder
    intake.take(io.BytesIO(pictures.jpeg()))
    intake.receive(io.BytesIO(pictures.jpeg()))
    assert intake.sweep(older_than=timedelta(hours=1)) == 0
    assert intake.old_names(older_than=timedelta(hours=1)) == []
    assert len(files(intake.folder)) == 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of one megabyte, where this account may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("this account may not mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_f44_a_full_disk_is_not_durable_leaves_no_stump_and_can_be_used_again(
    small_disk: Path,
) -> None:
    intake = Intake(small_disk / "uploads")
    intake.take(io.BytesIO(pictures.jpeg()))
    with pytest.raises(NotDurable, match="ENOSPC"):
        intake.take(io.BytesIO(os.urandom(2_000_000)))
    assert len(files(small_disk)) == 1
    intake.take(io.BytesIO(pictures.jpeg()))


@pytest.mark.parametrize(
    "name", ["", "short", "../../../etc/passwd", "a/b-aaaaaaaaaaaaaaaaaa", "a" * 20 + ".part"]
)
def test_names_that_are_not_ours_are_refused(intake: Intake, name: str) -> None:
    received = intake.take(io.BytesIO(pictures.jpeg()))
    for call in (intake.read, intake.forget, lambda text: intake.keep(received, text or "?")):
        with pytest.raises(ValueError, match="not a name"):
            call(name)


def test_names_say_nothing_and_files_are_private(intake: Intake) -> None:
    received = intake.take(io.BytesIO(pictures.jpeg()))
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", received.name)
    assert received.path.stat().st_mode & 0o077 == 0
    assert intake.kept.stat().st_mode & 0o077 == 0
