"""What waits on the day the demonstration is loaded: visits late, for today and to come, one half done, and work that arrived oddly."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from qa_app.accounts.models import User
from qa_app.demo.answers import Said, Shot, Story
from qa_app.demo.history import Stage, answer, made_id, send_officer
from qa_app.demo.plot import Made
from qa_app.demo.stories import MADE
from qa_app.homes import service as homes
from qa_app.homes.rules import Status
from qa_app.inspections import preparing, wire, working
from qa_app.inspections import service as inspections
from qa_app.inspections.rules.submission import Submission
from qa_app.jobs.models import Job
from qa_app.notifications import service as notifications
from qa_app.safeguarding import queries as safeguarding
from qa_app.safeguarding import service as safeguarding_service
from qa_app.visits import service as visits
from qa_app.visits.models import Visit
from qa_app.visits.rules import OFFICER, YOUNG_INSPECTOR

BEGUN_BEFORE: Final = timedelta(minutes=35)

# home, days from today, hour, purpose, form, officer, young inspectors asked, those who said yes
TO_COME: Final = (
    ("harbour", -3, 16, "drop-in", "short", "officer", ("inspector",), ("inspector",)),
    ("juniper", 0, 15, "follow-up", "follow-up", "officer", ("inspector",), ("inspector",)),
    ("rowan", 1, 11, "before-first-use", "before-first-use", "officer", ("inspector",), ("inspector",)),
    ("willow", 1, 17, "follow-up", "follow-up", "officer2", ("inspector2",), ("inspector2",)),
    ("alder", 2, 14, "follow-up", "follow-up", "officer", ("inspector3",), ()),
    ("maple", 6, 10, "routine", "full", "officer2", ("inspector",), ()),
    ("fern", 13, 16, "staying-put", "staying-put", "officer", (), ()),
)  # fmt: skip

HALF_WAY: Final[Story] = {
    "O02": "announced",
    "O09": Said("4", "Tidy, one bike in the way.", (Shot("hall", caption="The hall", seed=1),)),
    "O14": Said(
        "good", "Every closer works now.", (Shot("fire-door", caption="The kitchen door"),)
    ),
    "O26": Said("no", "The fan in the shower room is silent."),
}
HALF_WAY_YOUNG: Final[Story] = {
    "Y01": Said("4", "", (Shot("outside", caption="From the street"),)),
    "Y03": Said("5", "They had biscuits."),
    "Y05": Said("4", "", (Shot("living-room", caption="A good sofa", seed=2),)),
}

OTHER_ANSWERS: Final[Story] = {
    "O24": Said("good", "The drip stopped while I was there: somebody had tightened the tap."),
    "O64": Said("with-actions", "Safe tonight. The gas certificate has run out."),
}
"""What the other phone said of the same visit."""


def wait(stage: Stage) -> None:
    """Put on the stage what is still to be done."""
    for number, planned in enumerate(TO_COME):
        _put_planned(stage, number, planned)
    _put_half_done(stage)
    _put_cancelled(stage)
    _put_second_answers(stage)
    _put_acknowledged(stage)
    _put_proposed_pause(stage)
    _put_undelivered(stage)


def _put_planned(
    stage: Stage,
    number: int,
    planned: tuple[str, int, int, str, str, str, tuple[str, ...], tuple[str, ...]],
) -> None:
    home, days, hour, purpose, form, officer, asked, coming = planned
    due_on = stage.today + timedelta(days=days)
    key = f"to-come-{number}"

    def plan(now: datetime) -> None:
        stage.visits[key] = visits.plan(
            stage.session, home=stage.homes[home], purpose=purpose, form=form,
            is_announced=purpose != "drop-in", due_on=due_on, starts_at=stage.on(due_on, hour),
            officer=stage.people[officer], young_inspectors=[stage.people[one] for one in asked],
            actor=stage.people[officer], now=now,
        )  # fmt: skip

    def accept(now: datetime) -> None:
        for one in coming:
            person = stage.people[one]
            visits.answer(stage.session, stage.visits[key], person=person, accepts=True, now=now)

    planned_at = stage.now - timedelta(days=max(2, 7 - days), minutes=number)
    stage.add(planned_at, plan)
    stage.add(planned_at + timedelta(days=1), accept)


# -- Half done -------------------------------------------------------------------------------------


def _put_half_done(stage: Stage) -> None:
    begun_at = _begun_at(stage)
    due_on = (
        stage.today if stage.on(stage.today, 0) <= begun_at else stage.today - timedelta(days=1)
    )

    def plan(now: datetime) -> None:
        visit = stage.visits["half-done"] = visits.plan(
            stage.session, home=stage.homes["cedar"], purpose="routine", form="full",
            is_announced=True, due_on=due_on, starts_at=begun_at, officer=stage.people["officer"],
            young_inspectors=[stage.people["inspector"]], actor=stage.people["officer"], now=now,
        )  # fmt: skip
        visits.answer(stage.session, visit, person=stage.people["inspector"], accepts=True, now=now)

    def begin(now: datetime) -> None:
        visit, officer = stage.visits["half-done"], stage.people["officer"]
        visits.check_in(stage.session, visit, actor=officer, at=now, now=now)

    def save(now: datetime) -> None:
        visit = stage.visits["half-done"]
        officer, inspector = stage.people["officer"], stage.people["inspector"]
        _save(stage, visit, officer, voice=OFFICER, story=HALF_WAY, now=now)
        _save(stage, visit, inspector, voice=YOUNG_INSPECTOR, story=HALF_WAY_YOUNG, now=now)

    stage.add(stage.now - timedelta(days=6), plan)
    stage.add(begun_at, begin)
    stage.add(stage.now - timedelta(minutes=4), save)


def _begun_at(stage: Stage) -> datetime:
    """Return when the visit that is half done began, to five minutes."""
    begun_at = stage.now - BEGUN_BEFORE
    return begun_at - timedelta(minutes=begun_at.minute % 5, seconds=begun_at.second)


def _save(
    stage: Stage, visit: Visit, person: User, *, voice: str, story: Story, now: datetime
) -> None:
    """Save a draft with the first half of the answers."""
    client_id = made_id(f"half-done/{person.email}")
    begun_at = _begun_at(stage)
    prepared = preparing.prepare(stage.session, visit, voice, now=now, doors=stage.doors)
    answers = answer(
        stage, prepared, visit, story, level="fair", seed=client_id, person=person,
        client_id=client_id, at=begun_at,
    )  # fmt: skip
    sent = Submission(
        visit=visit.id, set_key=prepared.question_set.key, set_version=prepared.question_set.version,
        form=prepared.form, started=begun_at, finished=None, asked=prepared.asked,
        answers=answers[: len(answers) // 2],
    )  # fmt: skip
    visits.save_draft(
        stage.session, visit, person, client_id=client_id, device=working.DEVICE,
        content=wire.content_of(sent), saved_at=now, now=now,
    )  # fmt: skip


# -- What needs a look -----------------------------------------------------------------------------


def _put_cancelled(stage: Stage) -> None:
    """An officer out of signal makes a visit that had been cancelled."""
    day = stage.today - timedelta(days=9)
    made = Made(
        "cancelled", "fern", 9, "officer2",
        {"O02": "short-notice", "O64": Said("suitable", "Nobody had told me that it was off. All well.")},
        purpose="drop-in", form="short",
    )  # fmt: skip
    starts_at = stage.on(day, 17)

    def plan(now: datetime) -> None:
        officer = stage.people["officer2"]
        stage.visits[made.key] = visits.plan(
            stage.session, home=stage.homes[made.home], purpose=made.purpose, form=made.form,
            is_announced=True, due_on=day, starts_at=starts_at, officer=officer,
            young_inspectors=(), actor=officer, now=now,
        )  # fmt: skip

    def cancel(now: datetime) -> None:
        visits.cancel(
            stage.session, stage.visits[made.key], because="The host family is away.",
            actor=stage.people["manager"], now=now,
        )  # fmt: skip

    def send(now: datetime) -> None:
        ends_at = starts_at + timedelta(minutes=15)
        send_officer(stage, made, starts_at=starts_at, ends_at=ends_at, now=now)

    stage.add(starts_at - timedelta(days=5), plan)
    stage.add(starts_at - timedelta(hours=5), cancel)
    stage.add(starts_at + timedelta(hours=16), send)


def _put_second_answers(stage: Stage) -> None:
    """The same visit comes again from another phone, with other answers; one of its photos was no photo."""
    made = next(one for one in MADE if one.key == "willow-2")

    def send(now: datetime) -> None:
        visit = stage.visits[made.key]
        starts_at = visit.checked_in_at or now
        other = replace(made, told=())
        send_officer(
            stage, other, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=58),
            now=now, changes=OTHER_ANSWERS,
        )  # fmt: skip
        officer = stage.people[made.officer]
        inspections.refuse_photo(
            stage.session, officer, client_id=made_id(f"{made.key}/{officer.email}"),
            sha256="0" * 64, reason="not_a_picture", now=now,
        )  # fmt: skip

    stage.add(stage.now - timedelta(hours=20), send)


def _put_acknowledged(stage: Stage) -> None:
    """What was said six weeks ago has been taken on; what was said this week waits for whoever is on duty."""

    def acknowledge(now: datetime) -> None:
        manager = stage.people["manager"]
        for record in safeguarding.listed(stage.session, manager, today=stage.today):
            safeguarding_service.acknowledge(
                stage.session, record, actor=manager, now=now,
                note="Spoke to the young person and their adviser the same day. The police know.",
            )  # fmt: skip

    stage.add(stage.now - timedelta(days=37), acknowledge)


def _put_proposed_pause(stage: Stage) -> None:
    """An officer asks the manager that nobody moves into the damp home."""

    def propose(now: datetime) -> None:
        homes.propose(
            stage.session, stage.homes["juniper"], Status.PAUSED, actor=stage.people["officer"], now=now,
            because="Damp on two walls, and no survey after three months. Nobody should move in yet.",
        )  # fmt: skip

    stage.add(stage.now - timedelta(days=1, hours=3), propose)


def _put_undelivered(stage: Stage) -> None:
    """A message that never left, for an administrator to look at."""

    def give_up(now: datetime) -> None:
        message = notifications.tell_address(
            stage.session, "office@ninefold.example", template="demo.undelivered",
            subject="A visit of yours has been shared", body="Sign in to Doorstep to read it.", now=now,
        )  # fmt: skip
        if message is None:
            return
        message.state, message.attempts = "given-up", 48
        job = stage.session.scalars(select(Job).where(Job.key == f"message:{message.id}")).one()
        job.attempts, job.given_up_at = 48, now
        job.last_error = "DeliveryError: the mailbox does not exist"

    stage.add(stage.now - timedelta(days=4), give_up)
