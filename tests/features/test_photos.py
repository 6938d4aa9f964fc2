"""A photo from the door to the page: taken in once, cleaned, its upload deleted, shown to whom its owner allows."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.adapters.storage import MemoryPhotoStore
from qa_app.base.db import db
from qa_app.base.registry import Viewer, may_see
from qa_app.base.transaction import writing
from qa_app.jobs import worker
from qa_app.jobs.models import Job
from qa_app.photos import queries, service, tasks
from qa_app.photos.models import Photo
from qa_app.ports import Ports, StorageError, clock
from tests.support import pictures
from tests.support.client import Browser
from tests.support.world import World

OPEN, SHUT = "test-open", "test-shut"


@pytest.fixture(autouse=True)
def rules() -> Iterator[None]:
    """Two kinds of owner: one that everybody who may read photos may see, one that nobody may."""

    def everybody(_session: Session, _owner: str, _viewer: Viewer) -> bool:
        return True

    def nobody(_session: Session, _owner: str, _viewer: Viewer) -> bool:
        return False

    may_see.add(OPEN, everybody)
    may_see.add(SHUT, nobody)
    yield
    may_see._rules.pop(OPEN)
    may_see._rules.pop(SHUT)


@pytest.fixture
def store(ports: Ports) -> MemoryPhotoStore:
    assert isinstance(ports.photos, MemoryPhotoStore)
    return ports.photos


def take(
    data: bytes, *, owner: str = OPEN, owner_id: str = "1", user_id: int | None = None
) -> tuple[str, bool]:
    """Take a photo in as a view does and return its id and whether it is new."""
    received = service.intake().take(io.BytesIO(data))
    with writing() as session:
        photo, is_new = service.take_in(
            session,
            received,
            owner_kind=owner,
            owner_id=owner_id,
            user_id=user_id,
            now=clock().now(),
        )
        return photo.id, is_new


def photo(photo_id: str) -> Photo:
    db.session.rollback()
    return db.session.get_one(Photo, photo_id)


def uploads(app: Flask) -> list[Path]:
    with app.app_context():
        return [path for path in service.intake().folder.rglob("*") if path.is_file()]


def test_a_photo_is_received_then_cleaned_and_its_upload_deleted(
    app: Flask, store: MemoryPhotoStore
) -> None:
    data = pictures.heic(orientation=6)
    photo_id, is_new = take(data)
    assert is_new
    row = photo(photo_id)
    assert (row.state, row.size, row.content_type) == ("received", len(data), "image/heic")
    assert len(uploads(app)) == 1

    worker.run_all()

    row = photo(photo_id)
    assert row.state == "clean"
    assert row.upload_name is None
    assert uploads(app) == []
    assert (row.width, row.height) == (640, 480)
    assert row.phash is not None
    assert len(row.phash) == 16
    assert row.cleaned_at is not None
    assert sorted(store.kept) == sorted([row.large_key or "", row.small_key or ""])
    for clean in store.kept.values():
        assert pictures.CANARY.encode() not in clean
    assert pictures.are_upright(Image.open(io.BytesIO(store.kept[row.large_key or ""])))


def test_the_capture_time_is_kept_privately(app: Flask) -> None:
    block = pictures.exif_block(taken="2026:06:01 10:15:00")
    photo_id, _ = take(pictures.jpeg(exif=block))
    worker.run_all()
    assert photo(photo_id).taken_at == datetime(2026, 6, 1, 9, 15, tzinfo=UTC)  # London, summer


def test_f26_the_same_bytes_again_are_the_same_photo(app: Flask) -> None:
    first, is_new = take(pictures.jpeg())
    again, is_newer = take(pictures.jpeg())
    assert (is_new, is_newer) == (True, False)
    assert first == again
    assert len(uploads(app)) == 1
    worker.run_all()
    third, _ = take(pictures.jpeg())
    assert third == first
    assert uploads(app) == []
    assert db.session.scalar(select(func.count()).select_from(Photo)) == 1


def test_the_same_bytes_of_another_owner_are_another_photo(app: Flask) -> None:
    first, _ = take(pictures.jpeg(), owner_id="1")
    second, is_new = take(pictures.jpeg(), owner_id="2")
    assert is_new
    assert first != second
    rows = queries.by_hashes(
        db.session(), owner_kind=OPEN, owner_id="2", hashes={photo(first).sha256, "0" * 64}
    )
    assert [row.id for row in rows.values()] == [second]


def test_f43_a_row_whose_bytes_are_gone_takes_them_again(
    app: Flask, store: MemoryPhotoStore
) -> None:
    photo_id, _ = take(pictures.jpeg())
    for path in uploads(app):
        path.unlink()
    assert not service.is_held(photo(photo_id))
    assert take(pictures.jpeg()) == (photo_id, False)
    assert service.is_held(photo(photo_id))
    worker.run_all()
    assert photo(photo_id).state == "clean"

    store.kept.popitem()
    assert not service.is_held(photo(photo_id))
    assert take(pictures.jpeg()) == (photo_id, False)
    worker.run_all()
    assert photo(photo_id).state == "clean"
    assert len(store.kept) == 2
    assert uploads(app) == []


def test_no_row_may_name_what_is_not_durable(app: Flask) -> None:
    received = service.intake().receive(io.BytesIO(pictures.jpeg()))
    with pytest.raises(ValueError, match="durable"), writing() as session:
        service.take_in(
            session, received, owner_kind=OPEN, owner_id="1", user_id=None, now=clock().now()
        )


def test_f50_an_unreadable_photo_is_named_so_and_its_upload_deleted(app: Flask) -> None:
    damaged = pictures.damaged_png()
    photo_id, _ = take(damaged)
    worker.run_all()
    row = photo(photo_id)
    assert row.state == "unreadable"
    assert row.upload_name is None
    assert uploads(app) == []
    assert service.is_held(row), "nothing more is wanted of the sender"
    assert take(damaged) == (photo_id, False)
    assert uploads(app) == []


class Away(MemoryPhotoStore):
    """A store that is away, or that forgets what it was given."""

    is_away = True

    def put(self, key: str, data: bytes) -> None:
        if self.is_away:
            raise StorageError("away")


@pytest.mark.parametrize("is_away", [True, False])
def test_while_the_store_is_away_or_forgets_the_upload_stays(
    app: Flask, ports: Ports, is_away: bool
) -> None:
    broken = Away()
    broken.is_away = is_away
    photo_id, _ = take(pictures.jpeg())
    from dataclasses import replace

    with pytest.raises(StorageError):
        tasks.tidy({"photo": photo_id}, replace(ports, photos=broken))
    assert photo(photo_id).state == "received"
    assert len(uploads(app)) == 1
    tasks.tidy({"photo": photo_id}, ports)
    assert photo(photo_id).state == "clean"
    assert uploads(app) == []


def test_an_upload_that_changed_on_the_disk_is_not_cleaned(app: Flask, ports: Ports) -> None:
    photo_id, _ = take(pictures.jpeg())
    (upload,) = uploads(app)
    upload.chmod(0o600)
    upload.write_bytes(pictures.jpeg(orientation=3))
    with pytest.raises(tasks.UploadLost):
        tasks.tidy({"photo": photo_id}, ports)
    assert photo(photo_id).state == "received"


class Stopped(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", ["_put", "_record", "forget"])
def test_f52_the_worker_may_die_at_any_step_and_try_again(
    app: Flask, ports: Ports, store: MemoryPhotoStore, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    photo_id, _ = take(pictures.jpeg())

    def stop(*_args: object, **_more: object) -> None:
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(service.intake() if step == "forget" else tasks, step, stop)
        with pytest.raises(Stopped):
            tasks.tidy({"photo": photo_id}, ports)
    db.session.rollback()
    row = photo(photo_id)
    assert row.upload_name is not None
    assert len(uploads(app)) == 1, (
        "the upload goes only after the row says that clean copies are kept"
    )
    tasks.tidy({"photo": photo_id}, ports)
    row = photo(photo_id)
    assert (row.state, row.upload_name) == ("clean", None)
    assert uploads(app) == []
    assert len(store.kept) == 2
    tasks.tidy({"photo": photo_id}, ports)  # and once too often changes nothing


def test_sweeping_takes_orphans_and_leaves_what_a_row_names(app: Flask, ports: Ports) -> None:
    photo_id, _ = take(pictures.jpeg())
    service.intake().take(io.BytesIO(pictures.png()))
    service.intake().receive(io.BytesIO(pictures.png()))
    tasks.sweep({}, ports)
    assert len(uploads(app)) == 3, "a request may still be on its way"
    for path in uploads(app):
        os.utime(path, (time.time() - 7200, time.time() - 7200))
    tasks.sweep({}, ports)
    assert [path.name for path in uploads(app)] == [photo(photo_id).upload_name]


def test_an_upload_promises_one_sweep_an_hour(app: Flask) -> None:
    for size in (500, 510, 520):
        take(pictures.jpeg(width=size))
    names = db.session.scalars(select(Job.name)).all()
    assert names.count("photos.sweep") <= 2  # the hour may turn while the test runs
    assert names.count("photos.tidy") == 3


def test_the_page_of_a_photo(app: Flask, browser: Callable[[str], Browser]) -> None:
    officer = browser("officer")
    photo_id, _ = take(pictures.jpeg())
    waiting = officer.get(f"/photos/{photo_id}/small")
    assert waiting.status_code == 202
    assert waiting.mimetype == "image/svg+xml"
    assert waiting.headers["Retry-After"]
    assert waiting.headers["Cache-Control"] == "no-store"
    worker.run_all()
    for size, side in (("small", 400), ("large", 640)):
        shown = officer.get(f"/photos/{photo_id}/{size}")
        assert shown.status_code == 200
        assert shown.mimetype == "image/jpeg"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert shown.headers["Cache-Control"].startswith("private, max-age=")
        assert "Cookie" in shown.headers["Vary"]
        assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert shown.headers["Content-Disposition"] == f'inline; filename="{photo_id}.jpg"'
        assert Image.open(io.BytesIO(shown.data)).width == side
        again = officer.get(
            f"/photos/{photo_id}/{size}", headers={"If-None-Match": shown.headers["ETag"]}
        )
        assert again.status_code == 304
        assert again.data == b""
    assert officer.get(f"/photos/{photo_id}/original").status_code == 404
    assert officer.get(f"/photos/{photo_id}").status_code == 404


def test_an_unreadable_photo_says_so(app: Flask, browser: Callable[[str], Browser]) -> None:
    damaged = pictures.damaged_png()
    photo_id, _ = take(damaged)
    worker.run_all()
    shown = browser("officer").get(f"/photos/{photo_id}/large")
    assert shown.mimetype == "image/svg+xml"
    assert "could not be opened" in shown.text


def test_t32_a_photo_is_shown_only_by_its_owners_rule(
    app: Flask, world: World, browser: Callable[[str], Browser]
) -> None:
    shut, _ = take(pictures.jpeg(), owner=SHUT)
    unspoken, _ = take(pictures.jpeg(), owner="nobody-spoke-for-it")
    shown, _ = take(pictures.jpeg(), owner=OPEN)
    worker.run_all()
    officer = browser("officer")
    absent = officer.get("/photos/AAAAAAAAAAAAAAAAAAAAAA/large")
    for photo_id in (shut, unspoken):
        refused = officer.get(f"/photos/{photo_id}/large")
        assert refused.status_code == absent.status_code == 404
        assert b"\xff\xd8" not in refused.data
    assert browser("").get(f"/photos/{shown}/large").status_code == 302
    assert browser("administrator").get(f"/photos/{shown}/large").status_code == 403


def test_a_missing_clean_copy_is_a_plain_404_and_a_store_that_is_away_a_503(
    app: Flask,
    browser: Callable[[str], Browser],
    store: MemoryPhotoStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photo_id, _ = take(pictures.jpeg())
    worker.run_all()
    officer = browser("officer")

    def away(_key: str) -> bytes:
        raise StorageError("away")

    monkeypatch.setattr(store, "get", away)
    answer = officer.get(f"/photos/{photo_id}/large")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    monkeypatch.undo()
    store.kept.clear()
    assert officer.get(f"/photos/{photo_id}/large").status_code == 404


def test_a_clock_that_cannot_be_right_says_nothing() -> None:
    from qa_app.photos.rules import capture_moment

    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert capture_moment(None, received_at=now) is None
    assert capture_moment(now + timedelta(days=3), received_at=now) is None
    assert capture_moment(datetime(1970, 1, 1, tzinfo=UTC), received_at=now) is None
    assert capture_moment(datetime(1, 1, 1, tzinfo=UTC), received_at=now) is None
    assert capture_moment(now - timedelta(days=3), received_at=now) == now - timedelta(days=3)
