"""The demonstration: whole or not at all, the same each time, nobody real, and work waiting for everybody."""

from __future__ import annotations

import functools
import io
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from qa_app import create_app
from qa_app.accounts.models import User
from qa_app.accounts.rules import Role
from qa_app.actions.models import Action
from qa_app.adapters.clock import SetClock
from qa_app.adapters.geocoder import postcode_geocoder
from qa_app.adapters.mail import KeptMail
from qa_app.adapters.storage import MemoryPhotoStore
from qa_app.base.db import db
from qa_app.base.errors import DomainError
from qa_app.base.transaction import writing
from qa_app.config import Settings
from qa_app.defects.models import Defect
from qa_app.demo import homes as demo_homes
from qa_app.demo import people as demo_people
from qa_app.demo import service
from qa_app.demo.camera import Camera
from qa_app.homes.models import Home
from qa_app.inspections.models import Inspection, InspectionRevision, Proposal
from qa_app.jobs.models import Job
from qa_app.notifications.models import OutgoingMessage
from qa_app.photos.models import Photo
from qa_app.ports import Geocoder, Ports
from qa_app.providers.models import Provider, ProviderContact
from qa_app.safeguarding.models import SafeguardingRecord
from qa_app.visits.models import Draft, Visit
from tests.support.client import Browser
from tests.support.databases import Databases

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
PASSWORD = "a password for everybody"
NAMED = (
    "officer", "monitor", "manager", "director", "inspector", "provider", "adviser", "admin",
)  # fmt: skip
"""The accounts of product.md, by the part before the @."""

MOST_OF_ONE_ENDPOINT = 2

pytestmark = pytest.mark.xdist_group("demonstration")  # loaded once, by one of the processes


def sketch(kind: str, fault: str | None, seed: int) -> bytes:
    """Return a small picture that differs with what is on it: what it looks like is not tested here."""
    colour = abs(hash_of(f"{kind}/{fault}/{seed}")) % 0xFFFFFF
    picture = Image.new("RGB", (64, 48), f"#{colour:06x}")
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def hash_of(text: str) -> int:
    """Return a number that is the same in every process."""
    return sum(number * 31**place for place, number in enumerate(text.encode()))


@functools.cache
def real_postcodes() -> Geocoder:
    """Return the geocoder of the app itself, which reads the files that ship once."""
    return postcode_geocoder(Path("no-table.sqlite"))


def made_app(kind: str, databases: Databases, folder: Path, **changes: Any) -> Flask:
    """Return an app on a fresh database, with real postcodes."""
    settings = Settings(
        **{
            "instance": folder, "database_url": databases.fresh(kind, folder), "secret_key": "k" * 40,
            "demo_password": PASSWORD, "is_testing": True, "trusted_hosts": ("localhost",),
            "base_url": "http://localhost", **changes,
        }
    )  # fmt: skip
    ports = Ports(
        clock=SetClock(NOW), photos=MemoryPhotoStore(), mailer=KeptMail(), settings=settings,
        geocoder=real_postcodes(),
    )  # fmt: skip
    return create_app(settings, ports)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def loaded(
    request: pytest.FixtureRequest,
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """An app with the demonstration loaded, once for this file and each database; tests only read."""
    wanted = request.config.getoption("--database")
    if wanted not in {"both", request.param}:
        pytest.skip(f"only {wanted} was asked for")
    app = made_app(request.param, databases, tmp_path_factory.mktemp("demo"))
    with app.app_context():
        assert service.load(camera=Camera(sketch)) == PASSWORD
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def visitor(loaded: Flask) -> Iterator[Callable[[str], Browser]]:
    """Return a signed-in browser for an account of the demonstration."""

    def sign_in(key: str) -> Browser:
        person = db.session.scalars(select(User).where(User.email == f"{key}@demo.example")).one()
        return Browser(loaded, person, password=PASSWORD)

    yield sign_in
    db.session.rollback()


def count(model: type[Any], *where: Any) -> int:
    """Return how many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


# -- Whole, or not at all --------------------------------------------------------------------------


def test_a_database_in_use_is_refused_and_left_as_it_is(loaded: Flask) -> None:
    before = (count(User), count(Visit), count(Photo))
    with pytest.raises(DomainError, match="in use"):
        service.load(camera=Camera(sketch))
    assert (count(User), count(Visit), count(Photo)) == before


def test_one_account_is_enough_to_refuse(databases: Databases, tmp_path: Path) -> None:
    app = made_app("sqlite", databases, tmp_path)
    with app.app_context():
        with writing() as session:
            session.add(
                User(name="A", email="a@example.org", role=Role.OFFICER, password_hash="-", created_at=NOW)
            )  # fmt: skip
        with pytest.raises(DomainError, match="in use"):
            service.load(camera=Camera(sketch))
        assert count(User) == 1
        assert not (tmp_path / service.KEPT_IN).exists()
        db.session.remove()
        db.engine.dispose()


def story() -> list[tuple[Any, ...]]:
    """Return what the demonstration says, without ids made at random."""
    rows: list[tuple[Any, ...]] = []
    for statement in (
        select(User.email, User.name, User.role),
        select(Home.ref, Home.name, Home.postcode, Home.host_authority_code, Home.status),
        select(Home.ref, Visit.due_on, Visit.starts_at, Visit.form, Visit.status).join(
            Home, Home.id == Visit.home_id
        ),
        select(
            Inspection.id, InspectionRevision.percent, InspectionRevision.band,
            InspectionRevision.finished_at, Inspection.shared_at,
        ).join(InspectionRevision, InspectionRevision.inspection_id == Inspection.id),
        select(
            Home.ref, Defect.category, Defect.priority, Defect.status, Defect.words, Defect.aware_at,
            Defect.fix_by, Defect.claimed_fixed_at,
        ).join(Home, Home.id == Defect.home_id),
        select(Home.ref, Action.kind, Action.words, Action.due_on, Action.done_at).join(
            Home, Home.id == Action.home_id
        ),
    ):  # fmt: skip
        rows += sorted((tuple(row) for row in db.session.execute(statement)), key=str)
    return rows


@dataclass(frozen=True)
class Second:
    """What a load left behind that failed half-way, and what the next one, in the same place, wrote."""

    rows: list[int]
    files: list[Path]
    was_password_kept: bool
    story: list[tuple[Any, ...]]
    password: str
    kept: Path


@pytest.fixture(scope="module")
def second(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Second:
    """A load that runs out of paint, and then one that does not; on SQLite, with no password set."""
    folder = tmp_path_factory.mktemp("second")
    kept = folder / service.KEPT_IN
    drawn: list[str] = []

    def break_down(kind: str, fault: str | None, seed: int) -> bytes:
        drawn.append(kind)
        if len(drawn) > 6:
            raise RuntimeError("out of paint")
        return sketch(kind, fault, seed)

    app = made_app("sqlite", databases, folder, demo_password=None)
    with app.app_context():
        with pytest.raises(RuntimeError, match="out of paint"):
            service.load(camera=Camera(break_down))
        rows = [count(model) for model in (User, Provider, Home, Visit, Inspection, Defect, Photo)]
        files = [path for path in (folder / "uploads").rglob("*") if path.is_file()]
        was_kept = kept.exists()
        password = service.load(camera=Camera(sketch))
        found = Second(rows, files, was_kept, story(), password, kept)
        db.session.remove()
        db.engine.dispose()
    return found


def test_a_load_that_fails_leaves_nothing_behind(second: Second) -> None:
    assert second.rows == [0] * len(second.rows)
    assert not second.files
    assert not second.was_password_kept


def test_without_a_password_one_is_made_and_kept_for_this_account_only(second: Second) -> None:
    assert second.kept.read_text().strip() == second.password
    assert len(second.password) >= 16
    assert stat.S_IMODE(second.kept.stat().st_mode) == 0o600


def test_it_is_the_same_each_time_and_on_either_database(loaded: Flask, second: Second) -> None:
    assert story() == second.story


# -- What is in it ---------------------------------------------------------------------------------


def test_three_providers_and_eight_homes_inside_and_outside(loaded: Flask) -> None:
    homes = db.session.scalars(select(Home)).all()
    per_provider = Counter(home.contracts[-1].contract.provider_id for home in homes)
    assert sorted(per_provider.values()) == [1, 2, 5]
    inside = [home for home in homes if home.host_authority_code == "E09000028"]
    assert 3 <= len(inside) <= 6
    assert all(home.pin_source == "postcode" and home.latitude for home in homes)
    assert all(home.host_authority.name for home in homes)


def test_nobody_in_it_is_real(loaded: Flask) -> None:
    """Names of providers were made up; numbers are in the range Ofcom keeps free for drama."""
    numbers = [user.phone for user in db.session.scalars(select(User))]
    contacts = db.session.scalars(select(ProviderContact)).all()
    numbers += [contact.phone for contact in contacts]
    assert len(numbers) > 15
    assert all(re.fullmatch(r"020 7946 0\d{3}", number) for number in numbers)
    addresses = [user.email for user in db.session.scalars(select(User))]
    addresses += [contact.email for contact in contacts]
    assert all(address.endswith(".example") for address in addresses)
    names = {provider.name for provider in db.session.scalars(select(Provider))}
    assert names == {"Quillfeather Homes", "Tamarind Row Support", "Ninefold Lodgings"}
    assert {firm.name for firm in demo_homes.FIRMS} == names


def test_both_voices_over_about_four_months(loaded: Flask) -> None:
    voices = Counter(db.session.scalars(select(Inspection.voice)))
    assert voices["officer"] >= 12
    assert voices["young-inspector"] >= 6
    finished = list(db.session.scalars(select(InspectionRevision.finished_at)))
    assert timedelta(days=90) < max(finished) - min(finished) < timedelta(days=150)
    assert max(finished) < NOW
    bands = set(db.session.scalars(select(InspectionRevision.band)))
    assert {"good", "mostly-good", "needs-work", "urgent-action"} <= bands
    assert count(InspectionRevision, InspectionRevision.is_partial) >= 1


def test_a_young_inspector_saw_a_home_quite_otherwise(loaded: Flask) -> None:
    scores: dict[str, dict[str, float]] = {}
    for one in db.session.scalars(select(Inspection)):
        if one.current.percent is not None:
            scores.setdefault(one.visit_id, {})[one.voice] = one.current.percent
    gaps = [both["officer"] - both["young-inspector"] for both in scores.values() if len(both) == 2]
    assert len(gaps) >= 6
    assert max(gaps) > 30


def test_repairs_stand_everywhere_they_can_stand(loaded: Flask) -> None:
    states = set(db.session.scalars(select(Defect.status)))
    assert {"open", "scheduled", "claimed-fixed", "closed", "disputed"} <= states
    assert count(Defect, Defect.times_reopened > 0) >= 1
    locks = db.session.scalars(
        select(Defect).where(Defect.category == "doors.lock", Defect.priority == "P1")
    ).all()
    assert len({lock.room_id for lock in locks}) == 2
    assert all(lock.first_told_at and lock.made_safe_at for lock in locks)
    assert {"raised", "merged", "declined", "proposed"} <= set(
        db.session.scalars(select(Proposal.state))
    )


def test_all_of_it_lies_in_the_past(loaded: Flask) -> None:
    """Nothing was told, raised or sent before it happened, or later than now."""
    assert count(Defect, Defect.created_at > NOW) == 0
    assert count(Defect, Defect.first_told_at > NOW) == 0
    assert count(OutgoingMessage) > 10
    assert set(db.session.scalars(select(OutgoingMessage.state))) == {"sent", "given-up"}
    assert count(OutgoingMessage, OutgoingMessage.created_at > NOW - timedelta(hours=1)) == 0
    undone = select(Job.name).where(Job.done_at.is_(None), Job.given_up_at.is_(None))
    waiting = set(db.session.scalars(undone))
    assert waiting <= {"homes.build-postcodes"}


def test_photos_can_be_seen_from_the_first_page_on(loaded: Flask) -> None:
    states = Counter(db.session.scalars(select(Photo.state)))
    assert states["clean"] >= 30
    assert set(states) == {"clean"}
    assert count(Photo, Photo.upload_name.is_not(None)) == 0


# -- Everybody has work ----------------------------------------------------------------------------


def test_what_waits(loaded: Flask) -> None:
    today = NOW.date()
    mine = db.session.scalars(
        select(Visit).where(Visit.status.in_(["planned", "in-progress"]))
    ).all()
    days = {
        key: {
            visit.due_on
            for visit in mine
            if any(part.user.email == f"{key}@demo.example" for part in visit.people)
        }
        for key in ("officer", "inspector")
    }
    for due in days.values():
        assert today in due
        assert today + timedelta(days=1) in due
        assert min(due) < today
    assert count(Visit, Visit.status == "in-progress") == 1
    drafts = db.session.scalars(select(Draft)).all()
    assert {draft.visit_id for draft in drafts} == {
        visit.id for visit in mine if visit.status == "in-progress"
    }
    assert all(10 <= len(draft.content["answers"]) <= 40 for draft in drafts)
    assert count(SafeguardingRecord, SafeguardingRecord.acknowledged_at.is_(None)) == 1
    flagged = [
        flag for flags in db.session.scalars(select(InspectionRevision.flags)) for flag in flags
    ]
    assert {"late", "clock", "visit-cancelled", "revision"} <= set(flagged)


FIRST_PAGES = {
    "officer": (
        "Overdue",
        "Visits today",
        "Rowan House",
        "Juniper Lodge",
        "repairs proposed",
        "worry",
    ),
    "officer2": ("Next", "Willow Flats", "repair proposed", "Said to be fixed"),
    "monitor": ("does not agree", "Late repairs", "Certificates that homes lack"),
    "manager": ("worry", "Juniper Lodge", "Paused", "Rowan House", "Emergencies open"),
    "director": ("Emergencies open", "Late repairs"),
    "inspector": ("Cedar Court", "SE17", "Juniper Lodge", "SE18", "Can you come?"),
    "inspector2": ("CR0",),
    "inspector3": ("Can you come?",),
    "provider": ("Alder House", "P1", "late"),
    "provider2": ("Rowan House", "P2"),
    "provider3": ("What we owe",),
    "adviser": ("Alder House", "1 emergency"),
    "admin": ("Officer property visit", "1 message", "could not be sent"),
}
"""What must stand on the first page of each account: what waits for it."""


@pytest.mark.parametrize("key", [person.key for person in demo_people.PEOPLE])
def test_every_account_signs_in_to_what_waits_for_it(
    visitor: Callable[[str], Browser], key: str
) -> None:
    answer = visitor(key).get("/", follow=True)
    assert answer.status_code == 200
    assert "emonstration" in answer.text, "every page says that this is demonstration data"
    missing = [words for words in FIRST_PAGES[key] if words not in answer.text]
    assert not missing


def links(html: str) -> list[str]:
    """Return the addresses of our own that a page links to or shows pictures from."""
    found = re.findall(r'(?:href|src)="(/[^"#]*)', html)
    return [path.replace("&amp;", "&") for path in found if not path.startswith("/static")]


@pytest.mark.parametrize("key", NAMED)
def test_no_page_that_anybody_can_reach_fails(
    loaded: Flask, visitor: Callable[[str], Browser], key: str
) -> None:
    """Every link is followed, a few of each kind, and every address without parameters is tried."""
    browser = visitor(key)
    adapter = loaded.url_map.bind("localhost")
    queue = ["/"] + [
        rule.rule
        for rule in loaded.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    seen: set[str] = set()
    opened: Counter[str] = Counter()
    wrong = []
    while queue:
        path = queue.pop(0)
        if path in seen:
            continue
        seen.add(path)
        try:
            endpoint, _ = adapter.match(urlsplit(path).path, method="GET")
        except (HTTPException, RequestRedirect):
            continue
        if opened[endpoint] >= MOST_OF_ONE_ENDPOINT:
            continue
        opened[endpoint] += 1
        answer = browser.get(path)
        if answer.status_code not in {200, 302, 303, 304, 401, 403, 404}:
            wrong.append(f"{path}: {answer.status_code}")
        if answer.status_code == 200 and answer.mimetype == "text/html":
            queue += links(answer.text)
        elif answer.status_code in {302, 303}:
            queue.append(urlsplit(answer.headers["Location"]).path)
    assert not wrong
    assert len(opened) > 5
