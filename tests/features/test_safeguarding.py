"""Safeguarding: told apart, read by those on duty only, every opening written down, somebody's name on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from qa_app.accounts import service as accounts
from qa_app.accounts.models import User
from qa_app.accounts.rules import DutyKind
from qa_app.adapters.clock import SetClock
from qa_app.audit.models import AuditEntry
from qa_app.base.db import db
from qa_app.base.errors import Refused
from qa_app.base.transaction import writing
from qa_app.inspections.models import Inspection
from qa_app.inspections.rules.submission import Finding, Worry
from qa_app.jobs import worker
from qa_app.ports import Ports
from qa_app.safeguarding.models import SafeguardingRecord
from tests.support.answering import sent
from tests.support.client import Browser
from tests.support.world import World

Open = Callable[[str], Browser]
WORDS = "safeguarding-canary words of what was seen"


def on_duty(world: World, person: User, kind: DutyKind = DutyKind.SAFEGUARDING) -> None:
    person_id, today = person.id, world.today()
    with writing() as session:
        accounts.put_on_duty(
            session, session.get_one(User, person_id), kind, starts_on=today, ends_on=today,
            now=world.now(),
        )  # fmt: skip


def seen(world: World, **more: object) -> tuple[Inspection, int]:
    """An officer sees something; return the inspection and the number of the record."""
    visit = world.visit()
    inspection = sent(visit, world.person("officer"), {"O59": Finding(value="yes", comment=WORDS)})
    return inspection, db.session.scalars(select(SafeguardingRecord.id)).one()


def letters(ports: Ports) -> list[tuple[str, str]]:
    worker.run_all()
    return [
        (one.recipient, one.subject + one.body)
        for one in ports.mailer.letters  # type: ignore[attr-defined]  # the twin keeps them
        if "S-" in one.subject
    ]


def test_the_duty_officer_is_told_a_reference_and_nothing_else(world: World, ports: Ports) -> None:
    duty = world.person("officer", name="Duty Officer")
    on_duty(world, duty)
    email = duty.email
    _, number = seen(world)
    told = letters(ports)
    assert [one for one, _ in told] == [email]
    assert f"S-{number}" in told[0][1]
    for secret in ("canary", "Maple", "O59", "exploitation"):
        assert secret not in told[0][1]


def test_managers_are_told_when_nobody_is_on_duty_and_may_take_the_duty(
    world: World, ports: Ports, browser: Open
) -> None:
    email = world.person("manager").email
    _, number = seen(world)
    assert [one for one, _ in letters(ports)] == [email]
    manager = browser("manager")
    assert manager.get(f"/safeguarding/{number}").status_code == 404
    assert "Nobody is on duty" in manager.get("/safeguarding").text
    assert browser("officer").post("/safeguarding/stand-in").status_code == 302
    assert manager.get(f"/safeguarding/{number}").status_code == 404
    manager.post("/safeguarding/stand-in")
    assert WORDS in manager.get(f"/safeguarding/{number}").text


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("officer", 404), ("manager", 404), ("monitor", 403), ("director", 403), ("young-inspector", 403),
        ("provider", 403), ("adviser", 403), ("administrator", 403),
    ],
)  # fmt: skip
def test_nobody_reads_it_who_is_not_on_duty(
    world: World, browser: Open, role: str, status: int
) -> None:
    on_duty(world, world.person("officer", name="Duty Officer"))
    _, number = seen(world)
    someone = browser(role)
    assert someone.get(f"/safeguarding/{number}").status_code == status
    assert someone.post(f"/safeguarding/{number}/take-on", {"note": "x"}).status_code == status
    assert someone.get("/safeguarding").status_code == (200 if status == 404 else 403)


@pytest.mark.parametrize(
    "role", ["monitor", "director", "young-inspector", "provider", "adviser", "administrator"]
)
def test_nobody_is_put_on_this_duty_who_may_not_read_a_word(world: World, role: str) -> None:
    with pytest.raises(Refused, match="may not read"):
        on_duty(world, world.person(role))
    on_duty(world, world.person(role), DutyKind.ON_CALL)


def test_every_opening_is_written_down_and_taking_it_on_has_a_name(
    world: World, browser: Open
) -> None:
    on_duty(world, world.person("officer", name="Duty Officer"))
    _, number = seen(world)
    duty = browser_of(world, "Duty Officer")
    for _ in range(2):
        assert WORDS in duty.get(f"/safeguarding/{number}").text
    opened = [
        one
        for one in db.session.scalars(select(AuditEntry))
        if one.what == "safeguarding.opened" and one.subject_id == f"S-{number}"
    ]
    assert len(opened) == 2
    assert not any(WORDS in str((one.before, one.after)) for one in opened)
    assert duty.post(f"/safeguarding/{number}/take-on", {"note": ""}).status_code == 422
    assert duty.post(f"/safeguarding/{number}/take-on", {"note": "I ring now"}).status_code == 302
    page = duty.get(f"/safeguarding/{number}").text
    assert "by Duty Officer on" in page
    assert "I ring now" in page
    again = duty.post(f"/safeguarding/{number}/take-on", {"note": "Me too"}, follow=True)
    assert "Somebody has taken this on already" in again.text
    duty.post(f"/safeguarding/{number}/note", {"note": "Referred at noon"})
    assert "Referred at noon" in duty.get(f"/safeguarding/{number}").text


def browser_of(world: World, name: str) -> Browser:
    return Browser(world.app, world.person("officer", name=name))


def test_a_duty_ends_with_its_day(world: World, clock: SetClock) -> None:
    on_duty(world, world.person("officer", name="Duty Officer"))
    _, number = seen(world)
    duty = browser_of(world, "Duty Officer")
    assert duty.get(f"/safeguarding/{number}").status_code == 200
    clock.move(timedelta(hours=11))  # still signed in, but after 9 in the evening
    clock.move(timedelta(hours=4))  # the day after
    duty = browser_of(world, "Duty Officer")
    assert duty.get(f"/safeguarding/{number}").status_code == 404


def test_a_worry_is_read_by_whom_it_was_told_to_and_by_the_duty_officers(
    world: World, ports: Ports
) -> None:
    duty, lead = world.person("officer", name="Duty Officer"), world.person("officer", name="Lead")
    on_duty(world, duty)
    on_duty(world, lead, DutyKind.PROGRAMME_LEAD)
    lead_email = lead.email
    young = world.person("young-inspector")
    visit = world.visit(young_inspectors=(young,))
    sent(visit, young, worries=(Worry(DutyKind.PROGRAMME_LEAD, WORDS),))
    number = db.session.scalars(select(SafeguardingRecord.id)).one()
    assert [one for one, _ in letters(ports)] == [lead_email]
    for name, status in (("Lead", 200), ("Duty Officer", 200), ("Somebody Else", 404)):
        assert browser_of(world, name).get(f"/safeguarding/{number}").status_code == status


def test_the_words_are_on_no_other_page(world: World, browser: Open) -> None:
    on_duty(world, world.person("officer", name="Duty Officer"))
    inspection, _ = seen(world)
    paths = [
        f"/inspections/{inspection.id}", f"/inspections/{inspection.id}/follow",
        f"/inspections/{inspection.id}/share", f"/visits/{inspection.visit_id}", "/inspections", "/defects",
        "/actions", "/attention", "/", f"/homes/{inspection.visit.home.ref}", "/safeguarding", "/provider",
    ]  # fmt: skip
    for role in (
        "officer",
        "manager",
        "monitor",
        "director",
        "provider",
        "adviser",
        "administrator",
    ):
        someone = browser(role)
        for path in paths:
            assert "safeguarding-canary" not in someone.get(path, follow=True).text, (role, path)
    page = browser("officer").get(f"/inspections/{inspection.id}").text
    assert "Told apart to the duty officers" in page


def test_pages_when_nothing_waits(world: World, browser: Open) -> None:
    assert "Tell a manager now" in browser("officer").get("/safeguarding").text
    on_duty(world, world.person("officer"))
    assert "Nothing is waiting" in browser("officer").get("/safeguarding").text
