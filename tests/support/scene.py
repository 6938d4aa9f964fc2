"""One small world that has everything twice: own and other's homes, visits, inspections, repairs, photos.

Every private thing in it carries words found nowhere else, so that a test can search any answer for them.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from qa_app.accounts import service as accounts
from qa_app.accounts.models import User
from qa_app.accounts.rules import DutyKind
from qa_app.actions import service as actions
from qa_app.actions.models import Action
from qa_app.base.db import db
from qa_app.base.transaction import writing
from qa_app.defects.models import Defect
from qa_app.homes.models import Home, HomeUnderContract
from qa_app.inspections import service as inspections
from qa_app.inspections.models import Inspection
from qa_app.inspections.wire import submission_of
from qa_app.notifications.models import OutgoingMessage
from qa_app.photos.models import Photo
from qa_app.ports import ports
from qa_app.safeguarding.models import SafeguardingRecord
from qa_app.visits import service as visits
from qa_app.visits.models import Visit
from tests.support.client import PASSWORD, Browser
from tests.support.world import World

ROLES = (
    "officer", "monitor", "manager", "director", "young-inspector", "provider", "adviser", "administrator",
)  # fmt: skip
OTHERS = ("other officer", "other young inspector", "other provider", "duty officer")
"""People of the same roles who belong to the other home; and an officer on safeguarding duty."""


def canary(what: str) -> str:
    """Return words that stand nowhere else."""
    return f"{what}-canary-{secrets.token_hex(5)}"


class Scene:
    """Own and other's of everything; ``secrets`` holds each private text by name."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world = app, world
        self.secrets: dict[str, str] = {}
        self.ids: dict[str, Any] = {}
        self._people()
        self._homes()
        self._visits()
        self._inspections()
        self._what_follows()
        self._drafts()

    # -- People ------------------------------------------------------------------------------------

    def _people(self) -> None:
        world = self.world
        own = world.provider("Lantern Homes")
        other = world.provider("Harbour Rooms")
        self.people: dict[str, User] = {}
        names = {
            "young-inspector": "Zephyrine Ownvoice",
            "other young inspector": "Quillon Othervoice",
        }
        for who in (*ROLES, *OTHERS):
            role = {
                "other officer": "officer", "duty officer": "officer",
                "other young inspector": "young-inspector", "other provider": "provider",
            }.get(who, who)  # fmt: skip
            provider = other if who == "other provider" else own
            self.people[who] = world.person(
                role, name=names.get(who, f"{who.title()} Person"), provider=provider
            )
        self.secrets["name of the young inspector"] = names["young-inspector"]
        self.secrets["name of the other young inspector"] = names["other young inspector"]
        for who, person in self.people.items():
            self.secrets[f"e-mail of {who}"] = person.email
            self.ids[who] = person.id
        with writing() as session:
            for name, price in (("own", 91_357_246), ("other", 82_469_135)):
                provider = session.merge(own if name == "own" else other)
                provider.notes = self.secret(f"notes on the {name} provider")
                provider.contracts[0].weekly_price_pence = price
                provider.contacts[0].phone = f"020 7946 0{price % 1000:03}"
                self.ids[f"{name} company"] = provider.id
                self.ids[f"{name} contract"] = provider.contracts[0].id
                self.ids[f"{name} contact"] = provider.contacts[0].id
                self.secrets[f"price of the {name} provider"] = f"{price / 100:,.2f}"
            accounts.put_on_duty(
                session, session.get_one(User, self.ids["duty officer"]), DutyKind.SAFEGUARDING,
                starts_on=world.today() - timedelta(days=30), ends_on=None, now=world.now(),
            )  # fmt: skip

    def secret(self, what: str) -> str:
        """Return the words of one private thing, made when first asked for."""
        return self.secrets.setdefault(what, canary(what.replace(" ", "-")))

    def browser(self, who: str) -> Browser:
        """Return the signed-in browser of somebody ("" for nobody; "disabled": an account stopped while signed in)."""
        if who == "disabled":
            person = self.world.person("officer", name="Disabled Person")
            browser = Browser(self.app, person)
            with writing() as session:
                accounts.disable(
                    session, session.get_one(User, person.id), actor=None, now=self.world.now()
                )
            return browser
        person_id = self.ids.get(who)
        if person_id is None:
            return Browser(self.app)
        return Browser(self.app, db.session.get_one(User, person_id), PASSWORD)

    # -- Homes -------------------------------------------------------------------------------------

    def _homes(self) -> None:
        own, other = self.world.provider("Lantern Homes"), self.world.provider("Harbour Rooms")
        spots = {
            "own": ("Maple House", own, "SE15 9ZX", 51.467_131, -0.069_171),
            "next": ("Willow House", own, "SE15 8YW", 51.461_237, -0.061_273),
            "other": ("Quay Lodge", other, "SE16 7XV", 51.499_313, -0.049_319),
            "moved": ("Ferry Cottage", own, "SE16 6WU", 51.493_417, -0.043_433),
        }
        for name, (title, provider, postcode, latitude, longitude) in spots.items():
            home = self.world.home(
                title, provider=provider, postcode=postcode, latitude=latitude, longitude=longitude
            )
            self.world.certificates(home)
            self.ids[f"{name} home"], self.ids[f"{name} room"] = home.id, home.rooms[0].id
            self.ids[f"{name} ref"] = home.ref
            self.secrets[f"name of the {name} home"] = title
            self.secrets[f"reference of the {name} home"] = home.ref
            self.secrets[f"address of the {name} home"] = home.address
            self.secrets[f"postcode of the {name} home"] = postcode
            self.secrets[f"latitude of the {name} home"] = f"{latitude}"
            self.secrets[f"longitude of the {name} home"] = f"{longitude}"
            self.secrets[f"report code of the {name} home"] = home.report_code
        with writing() as session:  # another provider runs it since last month
            moved = session.get_one(Home, self.ids["moved home"])
            last = self.world.today() - timedelta(days=30)
            moved.contracts[0].ends_on = last
            moved.contracts.append(
                HomeUnderContract(
                    contract_id=self.ids["other contract"], starts_on=last + timedelta(days=1)
                )
            )

    def home(self, name: str) -> Home:
        """Return a home: own, next, other or moved."""
        return db.session.get_one(Home, self.ids[f"{name} home"])

    def person(self, who: str) -> User:
        """Return somebody."""
        return db.session.get_one(User, self.ids[who])

    # -- Visits ------------------------------------------------------------------------------------

    def _visits(self) -> None:
        """Plan visits for today (own, the manager's, the other's), one next month, and make some that are done."""
        today = self.world.today()
        old = {"status": "done"}
        for name, home, officer, young, due_on, columns in (
            ("own", "own", "officer", ("young-inspector",), today, {}),
            ("manager's", "own", "manager", (), today, {}),
            ("other", "other", "other officer", ("other young inspector",), today, {}),
            ("future", "next", "officer", ("young-inspector",), today + timedelta(days=35), {}),
            ("shared", "own", "officer", ("young-inspector",), today - timedelta(days=9), old),
            ("unshared", "own", "officer", (), today - timedelta(days=5), old),
            ("foreign", "other", "other officer", ("other young inspector",), today - timedelta(days=8), old),
            ("past", "next", "officer", ("young-inspector",), today - timedelta(days=20), old),
        ):  # fmt: skip
            visit = self.world.visit(
                self.home(home), officer=self.person(officer), due_on=due_on,
                young_inspectors=tuple(self.person(one) for one in young), **columns,
            )  # fmt: skip
            self.ids[f"{name} visit"] = visit.id

    def visit(self, name: str) -> Visit:
        """Return a visit by its name."""
        return db.session.get_one(Visit, self.ids[f"{name} visit"])

    # -- Inspections -------------------------------------------------------------------------------

    def _inspections(self) -> None:
        for name, officer, young, days in (
            ("shared", "officer", "young-inspector", 9),
            ("unshared", "officer", "", 5),
            ("foreign", "other officer", "other young inspector", 8),
        ):
            then = self.world.now() - timedelta(days=days)
            home = "other" if name == "foreign" else "own"
            self._submit(name, officer, self._officers_answers(name, home), then)
            if young:
                self._submit(f"{name} young", young, self._young_answers(name), then)
        then = self.world.now() - timedelta(days=20)
        self._submit("past young", "young-inspector", self._young_answers("past"), then)
        self._share("shared", "shared young", "foreign", "foreign young")

    def _officers_answers(self, name: str, home: str) -> dict[str, Any]:
        room = self.ids[f"{home} room"]
        photo = self._photo(f"{name} photo")
        withheld = self._photo(f"{name} withheld photo")
        say = lambda what: self.secret(f"{what} of the {name} visit")  # noqa: E731  one line each below
        return {
            "set": "officer-visit",
            "answers": [
                _answer("O01", "yes"),
                _answer("O05", "no", comment=say("comment"), photos=[_ref(photo, say("caption"))]),
                _answer("O38", "no", room=room, comment=say("room comment")),
                _answer("O45", "in-a-private-room", comment=say("camera")),
                _answer("O50", "2", comment=say("reviewed comment"), photos=[_ref(withheld, say("reviewed caption"))]),
                _answer("O53", "none", comment=say("feeling unsafe")),
                _answer("O58", "yes", comment=say("safeguarding")),
                _answer("O64", "not-suitable", comment=say("not suitable")),
            ],
            "told": [{"who": say("who was told"), "how": "rang"}],
        }  # fmt: skip

    def _young_answers(self, name: str) -> dict[str, Any]:
        return {
            "set": "young-inspector-visit",
            "answers": [
                _answer("Y01", "3"),
                _answer("Y14", "no", comment=self.secret(f"young comment of the {name} visit")),
                _answer("Y24", "no", comment=self.secret(f"young fear of the {name} visit")),
                _answer("Y27", self.secret(f"young words of the {name} visit")),
            ],
            "worries": [
                {
                    "to": "safeguarding-duty-officer",
                    "words": self.secret(f"worry of the {name} visit"),
                }
            ],
        }

    def _photo(self, name: str) -> Photo:
        """Make a clean photo that an inspection of this name will own; its row is written with the answers."""
        data = f"a picture called {name}".encode()
        return Photo(
            id=secrets.token_urlsafe(16)[:22], owner_kind="inspection", owner_id="", sha256=hashlib.sha256(data).hexdigest(),
            content_type="image/jpeg", size=len(data), state="clean", large_key=secrets.token_hex(20),
            small_key=secrets.token_hex(20), width=40, height=30, received_at=self.world.now(),
            taken_at=datetime.fromisoformat("2019-07-13T04:05:06+00:00"), cleaned_at=self.world.now(),
        )  # fmt: skip

    def _submit(self, name: str, who: str, body: dict[str, Any], then: datetime) -> None:
        person, client_id = self.person(who), str(uuid.uuid4())
        photos = [
            photo.pop("row")
            for answer in body["answers"]
            for finding in answer["findings"]
            for photo in finding["photos"]
        ]
        content = {
            "visit": self.ids[f"{name.removesuffix(' young')} visit"],
            "question_set": {"key": body.pop("set"), "version": 1}, "form": "full",
            "started": (then - timedelta(hours=1)).isoformat(), "finished": then.isoformat(), **body,
        }  # fmt: skip
        with writing() as session:
            for photo in photos:
                photo.owner_id, photo.user_id = f"{person.id}/{client_id}", person.id
                session.add(photo)
                for key in (photo.large_key, photo.small_key):
                    ports().photos.put(key or "", b"\xff\xd8 a picture")
            session.flush()
            inspections.submit(
                session, session.get_one(User, person.id), client_id=client_id, submission=submission_of(content),
                content_json=content, doors=ports(), now=then,
            )  # fmt: skip
        made = db.session.scalars(select(Inspection).where(Inspection.client_id == client_id)).one()
        self.ids[f"{name} inspection"] = made.id
        self.ids[f"{name} revision"] = str(made.current_revision_id)
        for label, photo in zip((f"{name} photo", f"{name} withheld photo"), photos, strict=False):
            self.ids[label] = photo.id

    def _share(self, *names: str) -> None:
        for name in names:
            with writing() as session:
                found = session.get_one(Inspection, self.ids[f"{name} inspection"])
                officer = session.get_one(User, self.ids["officer"])
                inspections.share(session, found, actor=officer, now=self.world.now())

    # -- What follows ------------------------------------------------------------------------------

    def _what_follows(self) -> None:
        """Name the repairs, actions and records that came of the inspections, and withhold one repair."""
        for name in ("shared", "unshared", "foreign"):
            inspection = self.ids[f"{name} inspection"]
            self.ids[f"{name} record"] = db.session.scalars(
                select(SafeguardingRecord.id).where(SafeguardingRecord.inspection_id == inspection)
            ).first()
        for name, home in (("own", "own"), ("other", "other")):
            self.ids[f"{name} defect"] = db.session.scalars(
                select(Defect.ref)
                .where(Defect.home_id == self.ids[f"{home} home"], Defect.is_withheld.is_(False))
                .order_by(Defect.id)
            ).first()
        with writing() as session:
            self._withheld_defect(session)
            for name, home, is_shared in (
                ("own", "own", True),
                ("unshared", "own", False),
                ("other", "other", True),
            ):
                words = self.secret(f"words of the {name} action")
                made = actions.add(
                    session, home=session.get_one(Home, self.ids[f"{home} home"]),
                    provider_id=self.ids[f"{home} company"], visit_id=None, inspection_id=None,
                    question="", room_id=None, kind="records", words=words, owner="provider",
                    due_on=self.world.today(), share="yes", is_proposed=False, now=self.world.now(),
                )  # fmt: skip
                made.shared_at = self.world.now() if is_shared else None
                session.flush()
                self.ids[f"{name} action"] = made.ref

    def _withheld_defect(self, session: Any) -> None:
        made = Defect(
            ref="D-7K3M9", home_id=self.ids["own home"], provider_id=self.ids["own company"], category="doors.lock",
            priority="P1", words=self.secret("words of the withheld defect"), source="inspection", status="open",
            aware_at=self.world.now(), is_withheld=True, created_at=self.world.now(),
        )  # fmt: skip
        session.add(made)
        self.ids["withheld defect"] = made.ref

    def _drafts(self) -> None:
        for who, visit in (
            ("officer", "own"), ("manager", "manager's"), ("young-inspector", "own"),
            ("other officer", "other"),
        ):  # fmt: skip
            with writing() as session:
                visits.save_draft(
                    session, session.get_one(Visit, self.ids[f"{visit} visit"]),
                    session.get_one(User, self.ids[who]), client_id=str(uuid.uuid4()), device="a phone",
                    content={"answers": [_answer("O01", "yes", comment=self.secret(f"draft of {who}"))]},
                    saved_at=self.world.now(), now=self.world.now(),
                )  # fmt: skip

    # -- What went out -----------------------------------------------------------------------------

    @staticmethod
    def messages() -> list[tuple[str, str]]:
        """Return every message promised so far: to whom, and all its words."""
        rows = db.session.scalars(select(OutgoingMessage))
        return [(row.recipient, f"{row.subject}\n{row.body}") for row in rows]

    @staticmethod
    def proposed_action() -> Action | None:
        """Return an action that waits for an officer."""
        return db.session.scalars(select(Action).where(Action.is_proposed.is_(True))).first()


def _answer(question: str, value: str, **more: Any) -> dict[str, Any]:
    finding = {"room": None, "value": value, "comment": "", "photos": [], **more}
    return {"question": question, "findings": [finding]}


def _ref(photo: Photo, caption: str) -> dict[str, Any]:
    return {"sha256": photo.sha256, "caption": caption, "row": photo}
