"""Writes the demonstration data into an empty database: the same story each time, told relative to today."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.base.db import Base
from qa_app.base.errors import DomainError
from qa_app.base.transaction import writing
from qa_app.demo import history, homes, people, waiting
from qa_app.demo.camera import Camera, develop
from qa_app.ports import Ports, ports

REFERENCE: Final = frozenset({"host_authority", "question_set_version", "job", "audit_entry"})
"""Tables that an empty instance may hold rows in."""

KEPT_IN: Final = "demo-password.txt"

Say = Callable[[str], None]


def load(say: Say = lambda _words: None, *, camera: Camera | None = None) -> str:
    """Write everything, or nothing; return the password of every account.

    ``DomainError`` when the database holds anything but reference data. The password is the setting's, or
    one made at random; it also stands in a file in the instance folder that only this account may read.
    """
    doors = ports()
    password = doors.settings.demo_password or "-".join(secrets.token_hex(2) for _ in range(4))
    began = time.monotonic()
    camera = camera or Camera()
    try:
        with writing() as session:
            _must_be_empty(session)
            _tell(session, camera, doors, password=password)
    except BaseException:
        camera.forget()
        raise
    say(f"demonstration visits and repairs: {time.monotonic() - began:.1f} s")
    _keep_password(doors.settings.instance / KEPT_IN, password)
    began = time.monotonic()
    count = develop(doors)
    say(f"{count} demonstration photos: {time.monotonic() - began:.1f} s")
    return password


def _must_be_empty(session: Session) -> None:
    for table in Base.metadata.sorted_tables:
        if table.name in REFERENCE:
            continue
        if session.execute(select(table).limit(1)).first() is not None:
            raise DomainError(
                "This database is in use, so no demonstration data was written. Set QA_INSTANCE to a new "
                "folder (or QA_DATABASE_URL to an empty database) and try again."
            )


def _tell(session: Session, camera: Camera, doors: Ports, *, password: str) -> None:
    now = doors.clock.now().replace(microsecond=0)
    staff = people.add_staff(session, password=password, now=now)
    firms = homes.add_providers(session, actor=staff["monitor"], now=now)
    contacts = people.add_contacts(session, firms, password=password, now=now)
    houses = homes.add_homes(
        session, firms, geocoder=doors.geocoder, actor=staff["manager"], now=now
    )
    stage = history.Stage(
        session=session,
        people={**staff, **contacts},
        homes=houses,
        camera=camera,
        doors=doors,
        now=now,
    )
    history.tell(stage)
    waiting.wait(stage)
    stage.run()


def _keep_password(path: Path, password: str) -> None:
    """Write the password where only the account that runs Doorstep can read it."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"{password}\n")
