"""What every test may ask for: an app on a fresh database, people who sign in, a world of homes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from qa_app.adapters.clock import SetClock
from qa_app.adapters.geocoder import FixedGeocoder
from qa_app.adapters.mail import KeptMail
from qa_app.adapters.storage import MemoryPhotoStore
from qa_app.base.db import db
from qa_app.config import Settings
from qa_app.ports import Place, Ports
from tests.support.client import Browser
from tests.support.compiled import CompiledTemplates
from tests.support.databases import Databases
from tests.support.world import World

TEMPLATES = CompiledTemplates()
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PLACES = {
    "SE15 4NX": Place("SE15 4NX", 51.4672, -0.0694, "E09000028"),
    "SE1 2AA": Place("SE1 2AA", 51.5045, -0.0786, "E09000028"),
    "SE13 6LH": Place("SE13 6LH", 51.4613, -0.0112, "E09000023"),
    "CR0 1EA": Place("CR0 1EA", 51.3732, -0.0997, "E09000008"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database sqlite` or `--database postgresql` runs the feature tests on one of the two only."""
    parser.addoption("--database", choices=["sqlite", "postgresql", "both"], default="both")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that touches the database on both databases."""
    if "database_kind" in metafunc.fixturenames:
        wanted = metafunc.config.getoption("--database")
        kinds = ["sqlite", "postgresql"] if wanted == "both" else [wanted]
        if metafunc.definition.get_closest_marker("sqlite_only"):
            kinds = [kind for kind in kinds if kind == "sqlite"]
        metafunc.parametrize("database_kind", kinds, scope="function")


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Migrated databases to start from, one of each kind."""
    made = Databases(tmp_path_factory)
    yield made
    made.close()


@pytest.fixture
def clock() -> SetClock:
    """The clock of the test; 22 November 2026, ten in the morning, until it is moved."""
    return SetClock(NOW)


@pytest.fixture
def settings(database_kind: str, databases: Databases, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an app on a fresh, migrated database with reference data."""
    with databases.lent(database_kind, tmp_path) as url:
        yield Settings(
            instance=tmp_path,
            database_url=url,
            secret_key="a test key that is long enough for anything",
            is_demo=False,
            is_testing=True,
            trusted_hosts=("localhost",),
            base_url="http://localhost",
        )


@pytest.fixture
def ports(settings: Settings, clock: SetClock) -> Ports:
    """Harmless twins of everything outside."""
    return Ports(
        clock=clock,
        photos=MemoryPhotoStore(),
        geocoder=FixedGeocoder(PLACES),
        mailer=KeptMail(),
        settings=settings,
    )


@pytest.fixture
def app(settings: Settings, ports: Ports) -> Iterator[Flask]:
    """The app; its database is thrown away afterwards."""
    from qa_app import create_app

    made = create_app(settings, ports)
    made.jinja_env.bytecode_cache = TEMPLATES
    with made.app_context():
        yield made
        left = [*db.session.new, *db.session.dirty, *db.session.deleted]
        db.session.remove()
        db.engine.dispose()
    assert not left, f"the test left changes that nobody committed: {left}"


@pytest.fixture
def world(app: Flask) -> World:
    """Builds providers, homes, visits and people, each with a secret-looking address to search for."""
    return World(app)


@pytest.fixture
def browser(app: Flask, world: World) -> Callable[[str], Browser]:
    """Return a signed-in browser for a role ("officer"), or for nobody ("")."""

    def open_for(who: str = "") -> Browser:
        return Browser(app, world.person(who) if who else None)

    return open_for
