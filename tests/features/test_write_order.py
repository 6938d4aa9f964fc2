"""Nothing acknowledged is ever lost: killed at every point, with a full disk, a lost connection, many writers.

``QA_TRIALS=300 pytest tests/features/test_write_order.py -k trials -s`` runs the long form and prints its figures.
"""

from __future__ import annotations

import errno
import json
import os
import random
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import FileIO
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from flask import Flask
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError

from qa_app.base.db import db
from qa_app.inspections.models import Inspection, InspectionRevision
from qa_app.photos import service as photos
from qa_app.photos.intake import Intake
from qa_app.photos.models import Photo
from qa_app.visits.models import Visit
from tests.support import crashing, sending
from tests.support.client import Browser
from tests.support.crash_app import POINTS
from tests.support.crashing import Phone, Servers, SignedIn, Trial, Work, run_trial
from tests.support.world import World

Open = Callable[[str], Browser]
TRIALS = int(os.environ.get("QA_TRIALS", "20"))


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """Servers that can be killed."""
    made = Servers.begin()
    yield made
    made.close()


@pytest.fixture
def visit(world: World) -> Visit:
    return world.visit()


@pytest.fixture
def signed_in(browser: Open, visit: Visit) -> SignedIn:
    """An officer's phone."""
    officer = browser("officer")
    token = officer.api_token()
    cookie = officer.client.get_cookie("doorstep")
    assert cookie is not None
    return SignedIn(cookie.value, token)


@pytest.fixture
def template(signed_in: SignedIn, tmp_path: Path) -> Path:
    """A database in one file, with the visit and the sign-in in it."""
    db.session.rollback()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = tmp_path / "template.sqlite"
    copy.write_bytes((tmp_path / "doorstep.sqlite").read_bytes())
    return copy


@pytest.fixture
def make_work(visit: Visit, world: World) -> Callable[[random.Random], Work]:
    """Makes an inspection with three photos, and urgent repairs that follow from it."""
    now = world.now()

    def make(chance: random.Random) -> Work:
        pictures = [crashing.noisy_photo(chance) for _ in range(3)]
        named = [sending.named(one) for one in pictures]
        answers = {"O05": sending.finding("no", photos=named), "O58": "yes", "O37": "no"}
        body = sending.body(visit, answers, now=now)
        return Work(
            client_id=sending.new_id(),
            body=json.dumps(body).encode(),
            digest=sending.sha(rfc8785.dumps(body)),
            photos={sending.sha(one): one for one in pictures},
        )

    return make


Run = Callable[..., Trial]


@pytest.fixture
def run(
    servers: Servers,
    template: Path,
    tmp_path: Path,
    signed_in: SignedIn,
    make_work: Callable[[random.Random], Work],
) -> Run:
    """Runs one trial."""

    def one(point: str, seed: int, intake: str = "real") -> Trial:
        folder = tmp_path / "trial"
        return run_trial(
            servers, template, folder, signed_in, make_work, point=point, seed=seed, intake=intake
        )

    return one


# -- Killed ----------------------------------------------------------------------------------------


@pytest.mark.sqlite_only
@pytest.mark.slow
def test_f42_trials_lose_nothing_acknowledged(run: Run) -> None:
    trials = [run(POINTS[seed % len(POINTS)], seed) for seed in range(TRIALS)]
    kills = Counter(point for one in trials for point in one.killed_at)
    sys.stdout.write(
        f"\n{len(trials)} trials, {sum(kills.values())} kills {dict(kills)}, "
        f"{sum(bool(one.lost) for one in trials)} with something lost, "
        f"{sum(one.left_parts for one in trials)} half files and "
        f"{sum(one.left_orphans for one in trials)} orphans left for the sweep\n"
    )
    assert [one.lost for one in trials if one.lost] == []
    assert all(one.is_complete for one in trials)
    assert all(one.killed_at for one in trials)
    assert set(kills) == set(POINTS)


@pytest.mark.sqlite_only
@pytest.mark.slow
@pytest.mark.parametrize("point", ["after-commit", "before-rename"])
def test_f43_the_same_check_turns_red_when_the_row_comes_before_the_file(
    point: str, run: Run
) -> None:
    trials = [run(point, seed, "row-first") for seed in range(4)]
    assert any(one.lost for one in trials), "the check cannot find a loss"


def test_the_product_has_no_kill_points(app: Flask) -> None:
    with app.app_context():
        assert type(photos.intake()) is Intake
    sources = (Path(app.root_path).parent / "qa_app").rglob("*.py")
    told = {
        path.name
        for path in sources
        if any(word in path.read_text(encoding="utf-8") for word in ("crash_app", "Killer("))
    }
    assert told == set()


@pytest.mark.sqlite_only
def test_what_a_crash_leaves_is_swept(tmp_path: Path) -> None:
    from datetime import timedelta

    intake = Intake(tmp_path / "uploads")
    intake.incoming.mkdir(parents=True)
    (intake.incoming / "half-a-photo.part").write_bytes(b"x" * 1000)
    assert intake.sweep(older_than=timedelta(hours=1)) == 0
    assert intake.sweep(older_than=timedelta(seconds=-1)) == 1


# -- Many at once ----------------------------------------------------------------------------------


@pytest.mark.sqlite_only
@pytest.mark.slow
def test_f46_sixteen_writers_never_meet_a_lock(
    servers: Servers,
    template: Path,
    tmp_path: Path,
    signed_in: SignedIn,
    make_work: Callable[[random.Random], Work],
) -> None:
    """Four server processes with four threads each, on one database; sixteen phones, three inspections each."""
    folder = tmp_path / "writers"
    folder.mkdir()
    (folder / "doorstep.sqlite").write_bytes(template.read_bytes())
    (folder / "postcodes.sqlite").touch()
    ports = [servers.serve(folder, threads=4) for _ in range(4)]
    works = [[make_work(random.Random(100 * n + m)) for m in range(3)] for n in range(16)]

    def write(number: int) -> int:
        done = 0
        for work in works[number]:
            phone = Phone(signed_in, work, random.Random(number))
            done += phone.send_all(ports[number % 4])
        return done

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(write, range(16))) == 48
    servers.stop()
    answers, rows = crashing.on_disk(folder)
    assert len(answers) == 48
    assert len(rows) == 144


@pytest.mark.slow
def test_f15_f26_the_same_inspection_sent_by_eight_at_one_moment_is_one(
    app: Flask, browser: Open, visit: Visit, world: World
) -> None:
    officers = [browser("officer") for _ in range(8)]
    for one in officers:
        one.api_token()
    body = sending.body(visit, {"O05": "no", "O58": "yes"}, now=world.now())
    client_id, together, found = sending.new_id(), threading.Barrier(8), list[Any]()
    tokens = [one.api_token() for one in officers]
    db.session.remove()

    def send(number: int) -> None:
        together.wait(timeout=30)
        answer = officers[number].client.put(
            f"/api/v1/inspections/{client_id}", json=body,
            headers={"Origin": "http://localhost", "X-CSRF-Token": tokens[number]},
        )  # fmt: skip
        found.append((answer.status_code, answer.json))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _ in found) == [200] * 7 + [201]
    assert all(receipt == found[0][1] for _, receipt in found)
    for model in (Inspection, InspectionRevision):
        assert db.session.scalar(select(func.count()).select_from(model)) == 1


# -- Disk and database trouble ---------------------------------------------------------------------


class TroubledIntake(Intake):
    """A disk that is full, or broken, at one step."""

    def __init__(self, folder: Path, step: str, number: int) -> None:
        super().__init__(folder)
        self.step, self.number = step, number

    def write(self, file: FileIO, chunk: bytes) -> None:
        """See ``Intake``; the first half is written."""
        if self.step == "write":
            file.write(chunk[: len(chunk) // 2])
            super().write(_Full(self.number), chunk)  # type: ignore[arg-type]  # a file that only fails
        super().write(file, chunk)

    def sync_file(self, path: Path) -> None:
        """See ``Intake``."""
        if self.step == "sync":
            raise OSError(self.number, "trouble")
        super().sync_file(path)


class _Full:
    def __init__(self, number: int) -> None:
        self.number = number

    def write(self, _data: object) -> int:
        raise OSError(self.number, "trouble")


@pytest.mark.parametrize(
    ("step", "number"), [("write", errno.ENOSPC), ("sync", errno.EIO), ("sync", errno.ENOSPC)]
)
def test_f44_f45_a_disk_that_is_full_or_broken_gives_503_and_no_receipt(
    step: str, number: int, app: Flask, browser: Open, visit: Visit
) -> None:
    healthy = photos.intake()
    app.extensions["photo_intake"] = TroubledIntake(healthy.folder, step, number)
    officer, client_id, picture = browser("officer"), sending.new_id(), sending.photo()
    path = f"/api/v1/inspections/{client_id}/photos/{sending.sha(picture)}"
    answer = officer.call("PUT", path, picture)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "status" not in (answer.json or {}) or answer.json["status"] == 503
    assert [p for p in healthy.folder.rglob("*") if p.is_file()] == []
    assert db.session.scalar(select(func.count()).select_from(Photo)) == 0
    app.extensions["photo_intake"] = healthy
    assert officer.call("PUT", path, picture).status_code == 201


@pytest.mark.sqlite_only
def test_f44_a_database_that_cannot_grow_gives_503_and_stays_whole(
    app: Flask, browser: Open, visit: Visit, world: World
) -> None:
    officer, client_id = browser("officer"), sending.new_id()
    body = sending.body(
        visit, {"O05": sending.finding("no", comment="x" * 150_000)}, now=world.now()
    )
    path = f"/api/v1/inspections/{client_id}"

    def full(connection: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 3}")

    event.listen(db.engine, "begin", full)
    answer = officer.call("PUT", path, body)
    event.remove(db.engine, "begin", full)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    db.engine.dispose()
    assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
    assert db.session.scalar(select(func.count()).select_from(Inspection)) == 0
    db.session.rollback()
    assert officer.call("PUT", path, body).status_code == 201


def test_f47_a_connection_that_dropped_in_the_middle_is_tried_once_more(
    app: Flask, browser: Open, visit: Visit, world: World, database_kind: str
) -> None:
    if database_kind == "sqlite":
        pytest.skip("a file has no connection to drop")
    officer, client_id, cut = browser("officer"), sending.new_id(), list[int]()
    body = sending.body(visit, {"O05": "no"}, now=world.now())

    def drop(session: Any, _context: Any, _instances: Any) -> None:
        if not cut and any(isinstance(one, Inspection) for one in session.new):
            pid = session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar()
            cut.append(pid)
            with db.engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    event.listen(db.session, "before_flush", drop)
    answer = officer.call("PUT", f"/api/v1/inspections/{client_id}", body)
    event.remove(db.session, "before_flush", drop)
    assert cut
    assert answer.status_code == 201
    assert db.session.scalar(select(func.count()).select_from(Inspection)) == 1


@pytest.mark.parametrize(("times", "status"), [(1, 201), (2, 503)])
def test_f48_a_deadlock_is_tried_once_more(
    times: int, status: int, browser: Open, visit: Visit, world: World
) -> None:
    officer, client_id, left = browser("officer"), sending.new_id(), [times]
    body = sending.body(visit, {"O05": "no"}, now=world.now())

    class Deadlock(Exception):
        sqlstate = "40P01"

    def clash(session: Any, _context: Any, _instances: Any) -> None:
        if left[0] and any(isinstance(one, Inspection) for one in session.new):
            left[0] -= 1
            raise OperationalError("INSERT", {}, Deadlock())

    event.listen(db.session, "before_flush", clash)
    answer = officer.call("PUT", f"/api/v1/inspections/{client_id}", body)
    event.remove(db.session, "before_flush", clash)
    assert answer.status_code == status


@pytest.mark.sqlite_only
def test_f24_an_upload_cut_at_half_leaves_nothing_and_goes_again(
    servers: Servers,
    template: Path,
    tmp_path: Path,
    signed_in: SignedIn,
    make_work: Callable[[random.Random], Work],
) -> None:
    folder = tmp_path / "cut"
    folder.mkdir()
    (folder / "doorstep.sqlite").write_bytes(template.read_bytes())
    (folder / "postcodes.sqlite").touch()
    port, chance = servers.serve(folder), random.Random(1)
    work = make_work(chance)
    name, data = next(iter(work.photos.items()))
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        head = (
            f"PUT /api/v1/inspections/{work.client_id}/photos/{name} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
            f"Cookie: doorstep={signed_in.cookie}\r\nX-CSRF-Token: {signed_in.token}\r\n"
            f"Content-Length: {len(data)}\r\n\r\n"
        )
        line.sendall(head.encode() + data[: len(data) // 2])
    phone = Phone(signed_in, work, chance)
    assert phone.put(port, name)["status"] == "needs"
    answers, rows = crashing.on_disk(folder)
    assert (answers, len(rows)) == ([], 1)
    assert len([path for path in (folder / "uploads").rglob("*") if path.is_file()]) == 1
    assert phone.send_all(port)
    servers.stop()
