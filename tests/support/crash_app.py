"""A server that kills itself at a named point, for the tests of the write order; the product has no such points.

    python -m tests.support.crash_app     reads orders as JSON lines, begins a server for each, answers {pid, port}

Everything is imported once and each server is a fork, so that a trial costs a fraction of a second.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from dataclasses import dataclass, replace
from io import FileIO
from pathlib import Path
from typing import Any, NoReturn

from flask import Flask, Response, request
from sqlalchemy import event

from qa_app import create_app
from qa_app.base.db import db
from qa_app.config import Settings
from qa_app.photos.intake import Intake, Received, Stream

POINTS = ("receive", "half-photo", "before-rename", "after-rename", "before-commit", "after-commit")
SECRET = "a test key that is long enough for anything"


class Killer:
    """Kills this process the ``nth`` time that it passes one point."""

    def __init__(self, point: str | None, nth: int) -> None:
        self.point, self.left = point, nth

    def at(self, point: str) -> None:
        """Pass a point."""
        if point == self.point:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class CrashingIntake(Intake):
    """The real intake, step by step, with a point before and after each."""

    def __init__(self, folder: Path, killer: Killer) -> None:
        super().__init__(folder)
        self.killer = killer
        self._chunks = 0

    def receive(self, stream: Stream) -> Received:
        """See ``Intake``."""
        self._chunks = 0
        return super().receive(stream)

    def write(self, file: FileIO, chunk: bytes) -> None:
        """See ``Intake``; half a photo is one that has its first chunk and not its second."""
        self._chunks += 1
        if self._chunks == 2:
            self.killer.at("half-photo")
        super().write(file, chunk)

    def rename(self, path: Path, target: Path) -> None:
        """See ``Intake``."""
        self.killer.at("before-rename")
        super().rename(path, target)
        self.killer.at("after-rename")


class RowFirstIntake(CrashingIntake):
    """Broken on purpose: says that a photo is kept at once, and moves it to its place only after the answer."""

    def keep(self, received: Received, name: str | None = None) -> Received:
        """Promise only."""
        target = self.kept / (name or received.name)
        self.late = (received.path, target)
        return replace(received, path=target, name=target.name, is_kept=True)

    def holds(self, name: str | None) -> bool:
        """Believe the row."""
        return name is not None

    def discard(self, received: Received) -> None:
        """Forget what was sent again: "I know this one"."""
        path, _ = self.late
        self._remove(path)

    def finish(self) -> None:
        """Do what should have been done before the row."""
        path, target = self.late
        if path.exists():
            self.rename(path, target)


INTAKES = {"real": CrashingIntake, "row-first": RowFirstIntake}


@dataclass
class Crashing:
    """The product's app on one instance folder, with points around its steps."""

    app: Flask
    killer: Killer

    @classmethod
    def build(cls, instance: Path, intake_kind: str, first: dict[str, Any] | None) -> Crashing:
        """Build it, ready to fork: nothing is open, nothing is killed yet.

        ``first`` is a request to answer once, so that every statement is compiled before the first
        fork; the database is put back as it was.
        """
        settings = Settings(
            instance=instance,
            database_url=f"sqlite:///{instance / 'doorstep.sqlite'}",
            secret_key=SECRET,
            is_demo=False,
            trusted_hosts=("127.0.0.1",),
            log_level="ERROR",
        )
        app, killer = create_app(settings), Killer(None, 1)
        intake = INTAKES[intake_kind](settings.uploads, killer)
        app.extensions["photo_intake"] = intake

        @app.before_request
        def _received() -> None:
            if request.method == "PUT":
                killer.at("receive")

        @app.after_request
        def _committed(response: Response) -> Response:
            if request.method == "PUT" and response.status_code < 400:
                killer.at("after-commit")
            if isinstance(intake, RowFirstIntake) and "/photos/" in request.path:
                response.call_on_close(intake.finish)
            return response

        with app.app_context():
            event.listen(db.engine, "commit", lambda _connection: killer.at("before-commit"))
            if first is not None:
                warm_up(app, instance, first)
            db.engine.dispose()
        return cls(app, killer)


def warm_up(app: Flask, instance: Path, first: dict[str, Any]) -> None:
    """Answer one request on a copy."""
    database, copy = instance / "doorstep.sqlite", instance / "before.sqlite"
    shutil.copyfile(database, copy)
    client = app.test_client()
    client.set_cookie("doorstep", first["cookie"], domain="127.0.0.1")
    answer = client.put(
        first["path"], data=first["body"], base_url="http://127.0.0.1",
        headers={"X-CSRF-Token": first["token"], "Origin": "http://127.0.0.1"},
    )  # fmt: skip
    if answer.status_code != 201:
        raise SystemExit(f"the warm-up was answered {answer.status_code}: {answer.text}")
    db.session.remove()
    db.engine.dispose()
    for left in instance.glob("doorstep.sqlite-*"):
        left.unlink()
    copy.replace(database)


def serve(crashing: Crashing, order: dict[str, Any], answer_to: int) -> NoReturn:
    """Be one server until killed."""
    from waitress.server import create_server

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    crashing.killer.point = order.get("point")
    crashing.killer.left = int(order.get("nth", 1))
    threads = int(order.get("threads", 2))
    server: Any = create_server(crashing.app, host="127.0.0.1", port=0, threads=threads)
    os.write(answer_to, str(server.effective_port).encode())
    os.close(answer_to)
    server.run()
    os._exit(0)


def say(what: dict[str, Any]) -> None:
    """Answer whoever ordered."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Begin servers as ordered."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    say({"ready": True})
    built: dict[tuple[str, str], Crashing] = {}
    for line in sys.stdin:
        order = json.loads(line)
        key = order["instance"], order.get("intake", "real")
        if key not in built:
            built[key] = Crashing.build(Path(key[0]), key[1], order.get("first"))
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(ours)
            serve(built[key], order, theirs)
        os.close(theirs)
        port = os.read(ours, 16)
        os.close(ours)
        say({"pid": pid, "port": int(port or 0)})


if __name__ == "__main__":
    main()
