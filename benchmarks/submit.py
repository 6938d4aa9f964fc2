"""What one visit costs at the door: answers and 12 photos over HTTP, beside storing the same bytes and nothing else.

    python benchmarks/submit.py [--visits 30] [--clients 1 4]

Prints a table for RESULTS.md: wall time of a visit (every request of it, its receipt complete), the
server's CPU, visits a second, and the most memory the server held.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import io
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import Flask, request
from PIL import Image

from qa_app import create_app
from qa_app.accounts.access import public
from qa_app.accounts.models import User
from qa_app.base.db import db
from qa_app.config import Settings
from qa_app.photos.intake import Intake
from qa_app.visits.models import Visit
from tests.support import sending
from tests.support.client import Browser
from tests.support.databases import prepare
from tests.support.world import World

PHOTOS = 12
PHOTO_BYTES = 300_000
TICK = os.sysconf("SC_CLK_TCK")


def settings(instance: Path) -> Settings:
    """Settings of the server."""
    return Settings(
        instance=instance,
        database_url=f"sqlite:///{instance / 'doorstep.sqlite'}",
        secret_key=uuid.uuid5(uuid.NAMESPACE_URL, str(instance)).hex * 2,
        is_demo=False,
        trusted_hosts=("127.0.0.1", "localhost"),
        log_level="ERROR",
    )


# -- The server ------------------------------------------------------------------------------------


def serve(instance: Path) -> None:
    """Be the server: the product, and one more address that stores bytes durably and does nothing else."""
    from waitress.server import create_server

    app = create_app(settings(instance))
    plain = Intake(instance / "plain")

    @app.put("/plain")
    def store() -> dict[str, str]:
        return {"sha256": plain.keep(plain.receive(request.stream)).sha256}

    public(app.view_functions["store"])
    server: Any = create_server(app, host="127.0.0.1", port=0, threads=8)
    print(server.effective_port, flush=True)
    server.run()


@contextmanager
def server(instance: Path) -> Iterator[tuple[int, int]]:
    """Run the server beside us; give its port and its process."""
    program = subprocess.Popen(
        [sys.executable, __file__, "--serve", str(instance)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert program.stdout is not None
        yield int(program.stdout.readline()), program.pid
    finally:
        program.terminate()
        program.wait()


def cpu_s(pid: int) -> float:
    """CPU seconds a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def peak_mb(pid: int) -> float:
    """The most memory a process has held, in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


# -- What is sent ----------------------------------------------------------------------------------


def base_photo() -> bytes:
    """A JPEG of about 300 kB."""
    side = 560
    picture = Image.frombytes("L", (side, side), random.Random(1).randbytes(side * side))
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=90)
    return held.getvalue()


def another(photo: bytes, number: int) -> bytes:
    """The same picture in other bytes, filled up to the size wanted."""
    filler = uuid.UUID(int=number).bytes * ((PHOTO_BYTES - len(photo)) // 16)
    made = photo[:2]
    for start in range(0, max(1, len(filler)), 60_000):
        part = filler[start : start + 60_000]
        made += b"\xff\xfe" + (len(part) + 2).to_bytes(2, "big") + part
    return made + photo[2:]


@dataclass
class Parcel:
    """One visit on a phone."""

    body: bytes
    photos: list[bytes]


@dataclass
class Sender:
    """One phone: its sign-in, and its visits."""

    cookie: str
    token: str
    parcels: list[Parcel]


def parcels(visits: list[str], now: Any, photo: bytes, *, photos: int) -> list[Parcel]:
    """Whole visits: every question answered, the photos at twelve of them."""
    made = []
    for visit_id in visits:
        visit = db.session.get_one(Visit, visit_id)
        pictures = [another(photo, uuid.uuid4().int) for _ in range(photos)]
        answers = sending.best_answers(db.session, visit)
        for question, picture in zip(answers, pictures, strict=False):
            answers[question][0]["photos"] = [sending.named(picture, "As found")]
        answers["O04"][0]["value"] = "needs-attention"
        body = sending.body(visit, answers, now=now)
        made.append(Parcel(json.dumps(body).encode(), pictures))
    return made


def prepare_senders(
    app: Flask, world: World, clients: int, visits: int, photo: bytes, *, photos: int
) -> list[Sender]:
    """Plan visits for as many officers as there are clients, and sign them in."""
    home, made = world.home(bedrooms=4), []
    world.certificates(home)
    for _ in range(clients):
        officer: User = world.person("officer", name=f"Officer {uuid.uuid4().hex[:8]}")
        ids = [world.visit(home, officer=officer).id for _ in range(visits)]
        browser = Browser(app, officer)
        token = browser.api_token()
        cookie = browser.client.get_cookie("doorstep")
        assert cookie is not None
        found = parcels(ids, world.now(), photo, photos=photos)
        made.append(Sender(cookie.value, token, found))
    return made


class Line:
    """A connection kept open, as a phone's is."""

    def __init__(self, port: int, sender: Sender) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {
            "Cookie": f"doorstep={sender.cookie}",
            "X-CSRF-Token": sender.token,
            "Origin": f"http://127.0.0.1:{port}",
        }

    def put(self, path: str, data: bytes) -> Any:
        """Send, and read the answer."""
        self.connection.request("PUT", path, data, self.headers)
        answer = self.connection.getresponse()
        found = json.loads(answer.read())
        assert answer.status in {200, 201}, (answer.status, found)
        return found


def send_visit(line: Line, parcel: Parcel) -> None:
    """Send a visit as the contract asks; it must be complete at the end."""
    path = f"/api/v1/inspections/{uuid.uuid4()}"
    receipt = line.put(path, parcel.body)
    by_hash = {hashlib.sha256(one).hexdigest(): one for one in parcel.photos}
    for sha256 in receipt["needs"]:
        receipt = line.put(f"{path}/photos/{sha256}", by_hash[sha256])
    assert receipt["status"] == "complete"


def send_plain(line: Line, parcel: Parcel) -> None:
    """Store the same bytes."""
    for data in (parcel.body, *parcel.photos):
        line.put("/plain", data)


@dataclass
class Result:
    """What a run came to: milliseconds a visit, and visits a second."""

    name: str
    clients: int
    p50: float
    p95: float
    cpu_ms: float
    each_s: float
    memory_mb: float


def measure(
    name: str,
    port: int,
    pid: int,
    senders: list[Sender],
    send: Callable[[Line, Parcel], None],
) -> Result:
    """Let every sender send all its visits, at once."""
    together = threading.Barrier(len(senders) + 1)

    def run(sender: Sender) -> list[float]:
        line = Line(port, sender)
        together.wait()
        times = []
        for parcel in sender.parcels:
            begun = time.perf_counter()
            send(line, parcel)
            times.append(1000 * (time.perf_counter() - begun))
        return times

    with ThreadPoolExecutor(len(senders)) as pool:
        waiting = [pool.submit(run, sender) for sender in senders]
        together.wait()
        begun, cpu = time.perf_counter(), cpu_s(pid)
        times = sorted(one for future in waiting for one in future.result())
        wall, used = time.perf_counter() - begun, cpu_s(pid) - cpu
    return Result(
        name, len(senders), statistics.median(times), times[int(0.95 * (len(times) - 1))],
        1000 * used / len(times), len(times) / wall, peak_mb(pid),
    )  # fmt: skip


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--visits", type=int, default=30, help="visits a client")
    reader.add_argument("--clients", type=int, nargs="+", default=[1, 4])
    reader.add_argument("--serve", type=Path)
    wanted = reader.parse_args()
    if wanted.serve:
        serve(wanted.serve)
        return
    with tempfile.TemporaryDirectory(dir=os.environ.get("QA_BENCHMARK_FOLDER")) as folder:
        instance = Path(folder)
        prepare(settings(instance).database_url, instance)
        app = create_app(settings(instance))
        photo = base_photo()
        results = []
        with app.app_context(), server(instance) as (port, pid):
            world = World(app)
            warm = prepare_senders(app, world, 1, 3, photo, photos=PHOTOS)
            measure("warm-up", port, pid, warm, send_visit)
            for clients in wanted.clients:
                plan = (app, world, clients, wanted.visits, photo)
                with_photos = prepare_senders(*plan, photos=PHOTOS)
                size = len(with_photos[0].parcels[0].photos[0])
                results.append(measure(f"answers and {PHOTOS} photos of {size // 1000} kB", port, pid, with_photos, send_visit))  # fmt: skip
                results.append(measure("the same bytes, stored and nothing else", port, pid, with_photos, send_plain))  # fmt: skip
                alone = prepare_senders(*plan, photos=0)
                results.append(measure("answers alone", port, pid, alone, send_visit))
            db.session.remove()
            db.engine.dispose()
    print("| One visit | clients | p50 ms | p95 ms | server's CPU ms | visits a second | peak MB |")
    print("|---|---|---|---|---|---|---|")
    for one in results:
        print(
            f"| {one.name} | {one.clients} | {one.p50:.0f} | {one.p95:.0f} | {one.cpu_ms:.0f} "
            f"| {one.each_s:.1f} | {one.memory_mb:.0f} |"
        )


if __name__ == "__main__":
    main()
