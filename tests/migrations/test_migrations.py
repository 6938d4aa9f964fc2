"""Migrations: one head, the tables the models say, on both databases, and back to nothing."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from qa_app.base.db import Base, db
from qa_app.config import ROOT

FOLDER = ROOT / "qa_app" / "migrations"


def test_there_is_one_head_and_files_are_numbered() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1
    names = sorted(path.name for path in Path(FOLDER / "versions").glob("*.py"))
    assert [name[:4] for name in names] == [f"{n:04}" for n in range(1, len(names) + 1)]


def test_the_migrated_tables_are_those_of_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
        )
    assert differences == []


def test_going_back_leaves_nothing_and_going_forward_again_works(app: Flask) -> None:
    db.session.remove()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert inspect(db.engine).has_table("inspection_revision")
