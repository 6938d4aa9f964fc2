"""Plays the stories through the real services, in the order in which they happened."""

from __future__ import annotations

import heapq
import itertools
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.actions import service as actions
from qa_app.actions.models import Action
from qa_app.adapters.clock import SetClock
from qa_app.base.text import LONDON, local_day
from qa_app.defects import service as defects
from qa_app.defects.models import Defect
from qa_app.defects.rules import State
from qa_app.demo.answers import Said, Story, whole
from qa_app.demo.camera import Camera
from qa_app.demo.people import People
from qa_app.demo.plot import Asked, Made, Repair, Step, Voice
from qa_app.demo.repairs import ACTIONS, REPAIRS
from qa_app.demo.stories import MADE
from qa_app.homes.models import Home
from qa_app.inspections import preparing
from qa_app.inspections import queries as inspections
from qa_app.inspections import service as inspection_service
from qa_app.inspections.models import Proposal
from qa_app.inspections.rules.submission import Answer, Submission, Told, Worry
from qa_app.inspections.service import deciding
from qa_app.jobs import service as jobs
from qa_app.jobs import worker
from qa_app.jobs.models import Job
from qa_app.notifications.models import OutgoingMessage
from qa_app.ports import Ports
from qa_app.visits import service as visits
from qa_app.visits.models import Visit
from qa_app.visits.rules import OFFICER, YOUNG_INSPECTOR

IDS: Final = uuid.UUID("5d3f3a54-6d0f-4a53-9f58-0d6c0b6f2a11")
PLANNED_BEFORE: Final = timedelta(days=9)
ACCEPTED_BEFORE: Final = timedelta(days=5)
VISIT_LASTS: Final = timedelta(minutes=55)

Play = Callable[[datetime], None]


def made_id(name: str) -> str:
    """Return the id that a phone made up for this name: the same each time the demonstration is loaded."""
    return str(uuid.uuid5(IDS, name))


@dataclass
class Stage:
    """Everything that playing needs: the database, the people, the homes, the phone, the doors, and today."""

    session: Session
    people: People
    homes: Mapping[str, Home]
    camera: Camera
    doors: Ports
    now: datetime
    visits: dict[str, Visit] = field(default_factory=dict)
    _steps: list[tuple[datetime, int, Play]] = field(default_factory=list)
    _order: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def today(self) -> date:
        """The local day on which the demonstration is loaded."""
        return local_day(self.now)

    def on(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Return a moment of a local day."""
        return datetime.combine(day, time(hour, minute), LONDON)

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Return a moment of a local day, not later than now."""
        return min(self.on(day, hour, minute), self.now)

    def add(self, moment: datetime, play: Play) -> None:
        """Play something at a moment; what was added first goes first when moments are the same."""
        heapq.heappush(self._steps, (moment, next(self._order), play))

    def run(self) -> None:
        """Play everything in order, and do what was promised as it falls due."""
        while self._steps:
            moment, _, play = heapq.heappop(self._steps)
            play(moment)
            _keep_promises(self.session, replace(self.doors, clock=SetClock(moment)), moment)


def tell(stage: Stage) -> None:
    """Put the visits of the last four months and all that came of them on the stage; ``run`` plays them."""
    days = {made.key: _weekday(stage.today - timedelta(days=made.days_ago)) for made in MADE}
    for made in MADE:
        _put_visit(stage, made, days[made.key])
    for repair in REPAIRS:
        for step in repair.steps:
            day = days[repair.visit] + timedelta(days=step.after)
            stage.add(stage.at(day, step.hour), _step(stage, repair, step))
    for asked in ACTIONS:
        day = days[asked.visit] + timedelta(days=asked.after)
        stage.add(stage.at(day, 13), _asked(stage, asked))


def _weekday(day: date) -> date:
    """Return the day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


# -- Visits ----------------------------------------------------------------------------------------


def _put_visit(stage: Stage, made: Made, day: date) -> None:
    starts_at = stage.at(day, made.hour)
    ends_at = starts_at + VISIT_LASTS
    arrives_at = min(
        ends_at + timedelta(days=made.received_after, minutes=2), stage.now - timedelta(hours=1)
    )

    def plan(now: datetime) -> None:
        stage.visits[made.key] = visits.plan(
            stage.session, home=stage.homes[made.home], purpose=made.purpose, form=made.form,
            is_announced=made.is_announced, due_on=day, starts_at=starts_at,
            officer=stage.people[made.officer],
            young_inspectors=[stage.people[voice.who] for voice in made.young],
            actor=stage.people[made.officer], now=now,
        )  # fmt: skip

    def accept(now: datetime) -> None:
        for voice in made.young:
            visits.answer(
                stage.session, stage.visits[made.key], person=stage.people[voice.who],
                accepts=True, now=now,
            )  # fmt: skip

    def check_in(now: datetime) -> None:
        visit, officer = stage.visits[made.key], stage.people[made.officer]
        visits.check_in(stage.session, visit, actor=officer, at=now, now=now)

    def check_out(now: datetime) -> None:
        visit, officer = stage.visits[made.key], stage.people[made.officer]
        visits.check_out(stage.session, visit, actor=officer, at=now, now=now)

    def send(now: datetime) -> None:
        send_officer(stage, made, starts_at=starts_at, ends_at=ends_at, now=now)

    stage.add(starts_at - PLANNED_BEFORE, plan)
    stage.add(starts_at - ACCEPTED_BEFORE, accept)
    if not made.received_after:
        stage.add(starts_at, check_in)
        stage.add(ends_at, check_out)
    stage.add(arrives_at, send)
    for number, voice in enumerate(made.young, start=1):
        stage.add(
            ends_at + timedelta(minutes=20 * number),
            _young(stage, made, voice, starts_at=starts_at, ends_at=ends_at),
        )
    if made.decided_after is not None:
        decided_on = local_day(arrives_at) + timedelta(days=made.decided_after)
        stage.add(max(stage.at(decided_on, 12), ends_at + timedelta(hours=2)), _decide(stage, made))
    if made.shared_after is not None:
        shared_on = local_day(arrives_at) + timedelta(days=made.shared_after)
        stage.add(stage.at(shared_on, 12, 30), _share(stage, made))


def send_officer(
    stage: Stage,
    made: Made,
    *,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    changes: Story | None = None,
) -> None:
    """Send the officer's inspection of a visit; ``changes`` are answers given otherwise under the same id."""
    told = tuple(Told(who, how, ends_at - timedelta(minutes=20)) for who, how in made.told)
    _send(
        stage, made, stage.people[made.officer], voice=OFFICER,
        story={**made.story, **(changes or {})}, level=made.level,
        starts_at=starts_at, ends_at=ends_at, told=told, now=now,
    )  # fmt: skip


def _young(
    stage: Stage, made: Made, voice: Voice, *, starts_at: datetime, ends_at: datetime
) -> Play:
    def send(now: datetime) -> None:
        worries = () if voice.worry is None else (Worry(*voice.worry),)
        _send(
            stage, made, stage.people[voice.who], voice=YOUNG_INSPECTOR,
            story=voice.story, level=voice.level,
            starts_at=starts_at + timedelta(minutes=5), ends_at=ends_at, worries=worries, now=now,
        )  # fmt: skip

    return send


def _send(
    stage: Stage,
    made: Made,
    person: User,
    *,
    voice: str,
    story: Story,
    level: str,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    told: tuple[Told, ...] = (),
    worries: tuple[Worry, ...] = (),
) -> None:
    visit = stage.visits[made.key]
    client_id = made_id(f"{made.key}/{person.email}")
    prepared = preparing.prepare(stage.session, visit, voice, now=now, doors=stage.doors)
    answers = answer(
        stage, prepared, visit, story, level=level, seed=f"{made.key}/{person.email}",
        person=person, client_id=client_id, at=starts_at,
    )  # fmt: skip
    inspection_service.submit(
        stage.session, person, client_id=client_id, doors=stage.doors, now=now,
        submission=Submission(
            visit=visit.id, set_key=prepared.question_set.key, set_version=prepared.question_set.version,
            form=prepared.form, started=starts_at, finished=ends_at, asked=prepared.asked,
            answers=answers, rooms=tuple(room for room in prepared.rooms if not room.is_ended),
            told=told, worries=worries,
        ),
    )  # fmt: skip


def answer(
    stage: Stage,
    prepared: preparing.Prepared,
    visit: Visit,
    story: Story,
    *,
    level: str,
    seed: str,
    person: User,
    client_id: str,
    at: datetime,
) -> tuple[Answer, ...]:
    """Return a whole set of answers to what was prepared, photos taken in on the way."""
    plain = {key: said for key, said in story.items() if not key.startswith("check:")}
    plain |= {ref: _check(stage, visit, ref, story) for ref in prepared.checks}
    return whole(
        prepared.question_set, prepared.asked, prepared.rooms, plain, level=level, seed=seed,
        shoot=stage.camera.of(stage.session, person, client_id, at=at),
    )  # fmt: skip


def _check(stage: Stage, visit: Visit, ref: str, story: Story) -> Said | str:
    """Return what was found of an open repair or action: what the story says, else actions done, repairs not looked at."""
    if ref.startswith("A-"):
        return story.get("check:actions", "fixed")
    defect = stage.session.scalars(select(Defect).where(Defect.ref == ref)).one()
    where = f".{defect.room.label}" if defect.room is not None else ""
    return story.get(f"check:{defect.category}{where}", "unchecked")


# -- What came of them -----------------------------------------------------------------------------


def _share(stage: Stage, made: Made) -> Play:
    def share(now: datetime) -> None:
        officer = stage.people[made.officer]
        for one in inspections.of_visit(stage.session, stage.visits[made.key].id, officer):
            inspection_service.share(stage.session, one, actor=officer, now=now)

    return share


def _decide(stage: Stage, made: Made) -> Play:
    def decide(now: datetime) -> None:
        officer = stage.people[made.officer]
        for inspection in inspections.of_visit(stage.session, stage.visits[made.key].id, officer):
            for proposal in inspections.proposals(stage.session, inspection.id):
                if proposal.state == "proposed":
                    _decide_one(stage, made, proposal, officer, now)
        for action in stage.session.scalars(
            select(Action).where(Action.visit_id == stage.visits[made.key].id, Action.is_proposed)
        ).all():
            actions.confirm(
                stage.session, action, owner=action.owner, due_on=action.due_on,
                words=action.words, actor=officer, now=now,
            )  # fmt: skip

    return decide


def _decide_one(stage: Stage, made: Made, proposal: Proposal, officer: User, now: datetime) -> None:
    because = made.declined.get(proposal.question) or made.declined.get(proposal.category or "")
    if because is not None:
        deciding.decline_proposal(stage.session, proposal, because, actor=officer, now=now)
        return
    category, words = proposal.category or "", proposal.words
    if proposal.question in made.picked:
        category, words = made.picked[proposal.question]
    deciding.raise_proposal(
        stage.session, proposal, category=category, priority=proposal.priority or "P3", words=words,
        room_id=proposal.room_id or None, is_separate=False, actor=officer, now=now,
    )  # fmt: skip


def _step(stage: Stage, repair: Repair, step: Step) -> Play:
    def play(now: datetime) -> None:
        defect = _repair(stage, repair)
        actor = stage.people[step.who]
        session = stage.session
        if step.to == "safe":
            defects.make_safe(session, defect, actor=actor, now=now, note=step.note)
        elif step.to == "comment":
            defects.comment(session, defect, step.note, is_for_provider=True, actor=actor, now=now)
        else:
            defects.move(
                session, defect, State(step.to), actor=actor, now=now, note=step.note,
                promised_on=local_day(now) + timedelta(days=step.in_days) if step.in_days else None,
            )  # fmt: skip

    return play


def _repair(stage: Stage, repair: Repair) -> Defect:
    home_id = stage.visits[repair.visit].home_id
    found = stage.session.scalars(
        select(Defect)
        .where(Defect.home_id == home_id, Defect.category == repair.category)
        .order_by(Defect.id.desc())
    ).all()
    for defect in found:
        if (defect.room.label if defect.room is not None else None) == repair.room:
            return defect
    raise LookupError(f"no repair {repair.category} of {repair.visit} in {repair.room}")


def _asked(stage: Stage, asked: Asked) -> Play:
    def play(now: datetime) -> None:
        action = stage.session.scalars(
            select(Action).where(
                Action.visit_id == stage.visits[asked.visit].id, Action.question == asked.question
            )
        ).one()
        actor = stage.people[asked.who]
        if asked.to == "answer":
            actions.answer(stage.session, action, words=asked.words, actor=actor, now=now)
        else:
            actions.done(stage.session, action, evidence=asked.words, actor=actor, now=now)

    return play


# -- Promised work ---------------------------------------------------------------------------------


def _keep_promises(session: Session, doors: Ports, moment: datetime) -> None:
    """Do what was promised by then, as a worker would have; photos come later, and nobody is sent an old message."""
    waiting = (
        select(Job)
        .where(Job.done_at.is_(None), Job.given_up_at.is_(None), Job.run_at <= moment)
        .order_by(Job.id)
    )
    for job in session.scalars(waiting).all():
        if job.name in worker.handlers:
            worker.handlers[job.name](session, job.payload, doors)
            jobs.finish(job, now=moment)
    for job in session.scalars(waiting.where(Job.name == "notifications.send")).all():
        message = session.get_one(OutgoingMessage, job.payload["message"])
        message.state, message.attempts, message.sent_at = "sent", 1, moment
        jobs.finish(job, now=moment)
    session.flush()
