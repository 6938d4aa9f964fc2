"""Serving: the web server and one worker beside it, both ended cleanly by Ctrl-C or SIGTERM."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from qa_app.config import ROOT, Settings, SettingsError, load
from qa_app.setup.progress import Failure

if TYPE_CHECKING:
    from types import FrameType

    from flask import Flask

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
THREADS = 8
LONGEST_PAUSE_S = 30.0
WORKER_HAS_S = 5.0
"""How long a worker may take to finish the piece of work in its hands; what is cut off is done again."""


def serve(started: float) -> int:
    """Bring the instance up to date and serve it; `started` is when the command began (monotonic)."""
    settings = _settings()
    _check_port(settings.port)
    app = _prepared(settings)
    from waitress.server import create_server

    signal.signal(signal.SIGTERM, _leave)
    server = create_server(
        app,
        host=HOST,
        port=settings.port,
        threads=THREADS,
        ident="",
        max_request_body_size=settings.form_limit + 16 * 1024 * 1024,
        clear_untrusted_proxy_headers=True,
    )
    with _Worker():
        seconds = time.monotonic() - started
        print(f"\nDoorstep is at http://{HOST}:{settings.port} (ready after {seconds:.1f} s).")
        _say_how_to_sign_in(app, settings)
        print("Stop it with Ctrl-C.", flush=True)
        server.run()  # returns when KeyboardInterrupt or SystemExit reaches it
    print("Doorstep has stopped.", flush=True)
    return 0


def work() -> int:
    """Be the worker: do promised work until told to stop, or until the server that began us is gone."""
    from qa_app import create_app
    from qa_app.jobs import worker

    stop = threading.Event()
    # Ctrl-C reaches every process of a terminal: the server hears it and tells us by SIGTERM
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(target=_wait_for_end, args=(stop,), daemon=True).start()
    worker.run_forever(create_app(), stop)
    return 0


def _wait_for_end(stop: threading.Event) -> None:
    """Set `stop` when the server's end of our standard input closes, however the server died."""
    while os.read(0, 1):  # no buffer: a thread that waits in one would spoil the end of the process
        pass
    stop.set()


def _settings() -> Settings:
    try:
        return load()
    except SettingsError as problem:
        raise Failure(
            str(problem), "correct the settings named above and start again."
        ) from problem


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as problem:
            raise Failure(
                f"port {port} cannot be used ({problem.strerror}).",
                f"stop the program that uses it, or choose another: QA_PORT={port + 1} "
                "python3 -m qa_app",
            ) from problem


def _prepared(settings: Settings) -> Flask:
    """The app, its database migrated and, in a fresh instance, its first data loaded."""
    from sqlalchemy.exc import OperationalError

    from qa_app import create_app
    from qa_app.cli import first_start

    began = time.monotonic()
    try:
        app = create_app(settings)  # looks at the database's settings already
        first_start.prepare(app, say=lambda words: print(f"  {words}", flush=True))
    except SystemExit as problem:  # flask-migrate ends the program after logging what went wrong
        raise Failure(
            "the database could not be brought up to date.",
            "read the lines above; the database is as it was. QA_DATABASE_URL names it.",
        ) from problem
    except OperationalError as problem:
        raise Failure(
            "the database cannot be used.",
            "check that QA_DATABASE_URL is right and its server runs, or that the instance folder "
            "can be written to and its disk is not full.",
            str(problem.orig),  # the driver's words only: the statement could hold an address
        ) from problem
    if time.monotonic() - began > 2:
        print(f"  database and first data ready: {time.monotonic() - began:.1f} s", flush=True)
    return app


def _say_how_to_sign_in(app: Flask, settings: Settings) -> None:
    from qa_app.cli import first_start

    kept = settings.instance / "demo-password.txt"
    if kept.exists():
        print(f"Demonstration: sign in as officer@demo.example; the password is in {kept}")
        return
    with app.app_context():
        is_empty = first_start.is_empty()
    if is_empty:
        print(
            "Nobody has an account yet. Make the first one:\n"
            "  .venv/bin/flask --app qa_app users add --role administrator --name NAME --email ADDRESS"
        )


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


class _Worker:
    """One worker process beside the server, begun again when it dies, with a pause that grows."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._keep, name="worker-watch", daemon=True)

    def __enter__(self) -> _Worker:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watch.join(timeout=1)
        if self._watch.is_alive():
            print("Stopping: the worker finishes what it has in its hands.", flush=True)
        self._watch.join(timeout=WORKER_HAS_S + 5)

    def _keep(self) -> None:
        pause = 1.0
        while not self._stop.is_set():
            began = time.monotonic()
            process = _begin_worker()
            while process.poll() is None and not self._stop.wait(0.2):
                pass
            if self._stop.is_set():
                _end(process)
                return
            if time.monotonic() - began > 60:
                pause = 1.0
            log.error("the worker ended with %s; beginning again", process.returncode)
            self._stop.wait(pause)
            pause = min(LONGEST_PAUSE_S, pause * 2)


def _begin_worker() -> subprocess.Popen[bytes]:
    # the open pipe tells the worker that we still live; a session of its own keeps Ctrl-C for us
    return subprocess.Popen(
        [sys.executable, "-m", "qa_app", "worker"],
        cwd=ROOT,
        env=dict(os.environ),
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=WORKER_HAS_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
