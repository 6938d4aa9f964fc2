"""A phone that sends to a server which dies, and a check of what was acknowledged against what is on disk."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from qa_app.config import ROOT
from qa_app.photos.intake import CHUNK
from tests.support import crash_app

DEATH = (ConnectionError, http.client.HTTPException, TimeoutError)
MOST_ROUNDS = 12


@dataclass
class Servers:
    """Begins servers, each a fork of one warm process."""

    program: subprocess.Popen[str]
    running: set[int] = field(default_factory=set)

    @classmethod
    def begin(cls) -> Servers:
        """Warm up."""
        program = subprocess.Popen(
            [sys.executable, "-m", "tests.support.crash_app"], cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        servers = cls(program)
        servers._answer()
        return servers

    def serve(self, instance: Path, **order: Any) -> int:
        """Begin a server and return its port."""
        assert self.program.stdin is not None
        self.program.stdin.write(json.dumps({"instance": str(instance), **order}) + "\n")
        self.program.stdin.flush()
        answer = self._answer()
        assert answer["port"], "the server did not begin"
        self.running.add(answer["pid"])
        return int(answer["port"])

    def stop(self) -> None:
        """End every server that still runs."""
        for pid in self.running:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.running.clear()

    def close(self) -> None:
        """End everything."""
        self.stop()
        assert self.program.stdin is not None
        self.program.stdin.close()
        self.program.wait(timeout=10)
        assert self.program.stdout is not None
        self.program.stdout.close()

    def _answer(self) -> dict[str, Any]:
        assert self.program.stdout is not None
        line = self.program.stdout.readline()
        assert line, "the warm process has gone"
        return dict(json.loads(line))


@dataclass(frozen=True)
class SignedIn:
    """What a phone holds of a sign-in."""

    cookie: str
    token: str


@dataclass(frozen=True)
class Work:
    """One inspection on a phone: answers as JSON, and photos by hash."""

    client_id: str
    body: bytes
    digest: str
    photos: dict[str, bytes]


@dataclass(frozen=True)
class Ack:
    """One answer of the server that the phone has read."""

    sent: str
    """ "answers", or the hash of a photo."""
    status: int
    is_complete: bool


def noisy_photo(chance: random.Random) -> bytes:
    """A JPEG of several chunks, different each time."""
    picture = Image.frombytes("L", (360, 360), chance.randbytes(360 * 360))
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=95)
    data = held.getvalue()
    assert len(data) > CHUNK + 1000, "a photo of one chunk cannot be half received"
    return data


def sha(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


class Phone:
    """Sends until a receipt says complete, whatever happens to the server."""

    def __init__(self, signed_in: SignedIn, work: Work, chance: random.Random) -> None:
        self.signed_in, self.work, self.chance = signed_in, work, chance
        self.acks: list[Ack] = []

    def put(self, port: int, sent: str) -> dict[str, Any]:
        """Send one thing and note the answer."""
        path, data = f"/api/v1/inspections/{self.work.client_id}", self.work.body
        if sent != "answers":
            path, data = f"{path}/photos/{sent}", self.work.photos[sent]
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            connection.request(
                "PUT", path, data,
                {
                    "Cookie": f"doorstep={self.signed_in.cookie}",
                    "X-CSRF-Token": self.signed_in.token,
                    "Origin": f"http://127.0.0.1:{port}",
                    "Content-Type": "application/octet-stream",
                },
            )  # fmt: skip
            answer = connection.getresponse()
            found = json.loads(answer.read())
        assert answer.status in {200, 201}, (answer.status, found)
        self.acks.append(Ack(sent, answer.status, found["status"] == "complete"))
        return dict(found)

    def send_all(self, port: int) -> bool:
        """Send everything in some order, then whatever is still needed; True when complete."""
        wanted = ["answers", *self.work.photos]
        self.chance.shuffle(wanted)
        for _ in range(MOST_ROUNDS):
            found: dict[str, Any] = {}
            for sent in wanted:
                found = self.put(port, sent)
                if found["status"] == "complete":
                    return True
            wanted = found["needs"] or ["answers"]
        return False


def on_disk(instance: Path) -> tuple[list[str], dict[str, str]]:
    """Return what a restart would find: digests of answers; photos' hashes with the file their row names."""
    with closing(sqlite3.connect(instance / "doorstep.sqlite")) as base:
        answers = [row[0] for row in base.execute("SELECT content_sha256 FROM inspection_revision")]
        photos = dict(base.execute("SELECT sha256, upload_name FROM photo").fetchall())
    return answers, photos


def lost(instance: Path, work: Work, acks: list[Ack]) -> list[str]:
    """Return what was acknowledged and is not there. Each photo is hashed again."""
    answers, rows = on_disk(instance)
    kept = instance / "uploads" / "kept"
    files = {path.name: sha(path.read_bytes()) for path in kept.glob("*")} if kept.exists() else {}
    safe = {sha256 for sha256, name in rows.items() if files.get(name) == sha256}
    missing = []
    for ack in acks:
        promised = {"answers", *work.photos} if ack.is_complete else {ack.sent}
        if "answers" in promised and answers != [work.digest]:
            missing.append(f"answers, after {ack}")
        missing += [f"photo {one[:8]}, after {ack}" for one in promised - {"answers"} - safe]
    return missing


@dataclass
class Trial:
    """What one trial came to."""

    point: str
    killed_at: list[str]
    lost: list[str]
    is_complete: bool
    left_parts: int
    left_orphans: int


def run_trial(
    servers: Servers,
    template: Path,
    folder: Path,
    signed_in: SignedIn,
    make_work: Callable[[random.Random], Work],
    *,
    point: str,
    seed: int,
    intake: str = "real",
) -> Trial:
    """Send one inspection to a server that dies at ``point``, once or twice; then to one that lives."""
    chance = random.Random(seed)
    folder.mkdir()
    shutil.copyfile(template, folder / "doorstep.sqlite")
    (folder / "postcodes.sqlite").touch()
    work = make_work(chance)
    phone = Phone(signed_in, work, chance)
    first = {
        "cookie": signed_in.cookie, "token": signed_in.token, "body": work.body.decode(),
        "path": f"/api/v1/inspections/{work.client_id}",
    }  # fmt: skip
    killed_at, is_complete, missing = list[str](), False, list[str]()
    for one in (point, *(chance.sample(crash_app.POINTS, 1) if chance.random() < 0.5 else ())):
        most = 3 if "photo" in one or "rename" in one else 4
        port = servers.serve(
            folder, point=one, nth=chance.randint(1, most), intake=intake, first=first
        )
        try:
            is_complete = phone.send_all(port)
        except DEATH:
            killed_at.append(one)
        servers.stop()
        missing += lost(folder, work, phone.acks)
        if is_complete:
            break
    if not is_complete:
        port = servers.serve(folder, intake=intake, first=first)
        is_complete = phone.send_all(port)
        servers.stop()
        missing += lost(folder, work, phone.acks)
    _, rows = on_disk(folder)
    kept, parts = folder / "uploads" / "kept", folder / "uploads" / "incoming"
    trial = Trial(
        point, killed_at, missing, is_complete,
        left_parts=len(list(parts.glob("*"))),
        left_orphans=len({path.name for path in kept.glob("*")} - set(rows.values())),
    )  # fmt: skip
    shutil.rmtree(folder)
    return trial
