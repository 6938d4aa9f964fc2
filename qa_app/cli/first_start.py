"""What happens between setting up and serving: migrate, load reference data, and the demonstration once."""

from __future__ import annotations

import os
from collections.abc import Callable

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.config import DATA
from qa_app.ports import ports


def prepare(app: Flask, say: Callable[[str], None] = lambda _words: None) -> None:
    """Bring the database up to date and fill what a first start needs; quick when nothing changed."""
    with app.app_context():
        fingerprint = _fingerprint()
        stamp = ports().settings.instance / "prepared"
        if stamp.exists() and stamp.read_text() == fingerprint and _is_there():
            return
        upgrade()
        load_reference(say)
        if ports().settings.is_demo and is_empty():
            from qa_app.demo import service as demo

            say("writing the demonstration data")
            password = demo.load(say)
            say(f"demonstration accounts: officer@demo.example and others, password {password}")
        stamp.write_text(fingerprint)


def load_reference(say: Callable[[str], None] = lambda _words: None) -> None:
    """Load authorities and the question sets that ship, and promise the postcode look-up file."""
    from qa_app.homes import service as homes
    from qa_app.jobs import service as jobs
    from qa_app.question_sets import service as question_sets

    doors = ports()
    now = doors.clock.now()
    say("loading authorities and question sets")
    with writing() as session:
        homes.load_authorities(session)
        for file in sorted((DATA / "question_sets").glob("*.yaml")):
            question_sets.load(session, file.read_text("utf-8"), now=now)
        if not doors.settings.postcodes.exists():
            jobs.enqueue(
                session, "homes.build-postcodes", now=now, key="homes.build-postcodes:2026.1.1"
            )


def is_empty() -> bool:
    """Whether nobody has an account yet."""
    from qa_app.accounts.models import User

    return db.session().scalar(select(User.id).limit(1)) is None


def _is_there() -> bool:
    """Whether the database still stands (somebody may have deleted the file but not the stamp)."""
    from sqlalchemy import inspect

    return inspect(db.engine).has_table("job")


def _fingerprint() -> str:
    """Change whenever a migration, a data file or the database's place changes."""
    import hashlib

    digest = hashlib.sha256(ports().settings.database_url.encode())
    folders = (DATA, DATA / "question_sets", DATA.parent / "migrations" / "versions")
    for folder in folders:
        for entry in sorted(os.scandir(folder), key=lambda item: item.name):
            if entry.is_file():
                digest.update(f"{entry.name}:{entry.stat().st_size}:".encode())
                with open(entry.path, "rb") as file:
                    digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest()
