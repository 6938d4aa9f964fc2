"""Plan a visit, or change a plan; who goes is checked here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.audit import service as audit
from qa_app.base.errors import DomainError, Refused
from qa_app.base.text import day, local_day
from qa_app.homes import queries as homes
from qa_app.homes.models import Home
from qa_app.question_sets import queries as question_sets
from qa_app.question_sets.models import QuestionSetVersion
from qa_app.visits import queries, rules
from qa_app.visits.models import Visit, VisitPerson, VisitQuestions
from qa_app.visits.purposes import purposes
from qa_app.visits.rules import Answer, State

KIND = "visit"
FULL = "full"


def plan(
    session: Session,
    *,
    home: Home,
    purpose: str,
    form: str,
    is_announced: bool,
    due_on: date,
    starts_at: datetime | None,
    officer: User | None,
    young_inspectors: Sequence[User],
    actor: User,
    now: datetime,
) -> Visit:
    """Plan a visit; ``Refused`` names the fields that stand against it."""
    version = officer_version(session)
    wrong = form_problems(version, purpose, form)
    wrong.update(
        people_problems(
            session, home, officer, young_inspectors, due_on=due_on, starts_at=starts_at, now=now
        )
    )
    if wrong:
        raise Refused(wrong)
    assert officer is not None  # noqa: S101 - plan_problems refused a plan without one
    visit = new_visit(
        session, home, purpose=purpose, form=form, due_on=due_on, actor=actor, now=now
    )
    visit.is_announced = is_announced
    visit.starts_at = starts_at
    visit.people.append(part_of(officer, rules.OFFICER, Answer.ACCEPTED))
    visit.questions.append(questions_for(version, rules.OFFICER, form))
    session.add(visit)
    session.flush()
    _set_young_inspectors(session, visit, young_inspectors, now=now)
    session.flush()
    audit.event(session, KIND, visit.id, who=actor, what="Planned", now=now, note=day(due_on))
    audit.record(session, actor, "visit.planned", KIND, visit.id, now=now, after=facts_of(visit))
    return visit


def change(
    session: Session,
    visit: Visit,
    *,
    purpose: str,
    form: str,
    is_announced: bool,
    due_on: date,
    starts_at: datetime | None,
    young_inspectors: Sequence[User],
    actor: User,
    now: datetime,
) -> None:
    """Change a visit that has not begun; ``Refused`` names the fields that stand against it."""
    if visit.status != State.PLANNED:
        raise DomainError("This visit has begun or is over, so its plan cannot change.")
    row = queries.questions_of(visit, rules.OFFICER)
    version = row.version if row is not None else officer_version(session)
    part = queries.officer_of(visit)
    wrong = form_problems(version, purpose, form)
    wrong.update(
        people_problems(
            session, visit.home, part.user if part else None, young_inspectors,
            due_on=due_on, starts_at=starts_at, now=now, earliest=min(visit.due_on, local_day(now)),
        )
    )  # fmt: skip
    if form != visit.form and row is not None and row.asked is not None:
        wrong["form"] = (
            "The questions are on somebody's phone already. Cancel, and plan another visit"
        )
    if wrong:
        raise Refused(wrong)
    before = facts_of(visit)
    visit.purpose, visit.form, visit.is_announced = purpose, form, is_announced
    visit.due_on, visit.starts_at = due_on, starts_at
    if row is not None:
        row.form = form
    _set_young_inspectors(session, visit, young_inspectors, now=now)
    session.flush()
    after = facts_of(visit)
    if after != before:
        audit.event(session, KIND, visit.id, who=actor, what="Plan changed", now=now)
        audit.record(
            session, actor, "visit.changed", KIND, visit.id, now=now, before=before, after=after
        )


def officer_version(session: Session) -> QuestionSetVersion:
    """Return the newest question set for officers; ``DomainError`` before any was loaded."""
    version = question_sets.latest_for(session, rules.AUDIENCE[rules.OFFICER])
    if version is None:
        raise DomainError("No question set for officers has been loaded yet. Ask an administrator.")
    return version


def form_problems(version: QuestionSetVersion, purpose: str, form: str) -> dict[str, str]:
    """Return what is wrong with a purpose or a form, by field."""
    wrong: dict[str, str] = {}
    if purpose not in purposes():
        wrong["purpose"] = "Choose why the visit is made"
    if form not in question_sets.question_set(version).forms:
        wrong["form"] = "Choose the questions to ask"
    return wrong


def people_problems(
    session: Session,
    home: Home,
    officer: User | None,
    young_inspectors: Iterable[User],
    *,
    due_on: date,
    starts_at: datetime | None,
    now: datetime,
    earliest: date | None = None,
) -> dict[str, str]:
    """Return what stands against who is to go and when, by field; private conflicts are asked for too."""
    young = tuple(young_inspectors)
    wrong: dict[str, str] = {}
    for field, words in rules.plan_problems(
        officer=None if officer is None else _going(officer),
        young_inspectors=[_going(one) for one in young],
        due_on=due_on,
        starts_at=starts_at,
        is_home_closed=home.status == "closed",
        today=local_day(now),
        earliest=earliest,
    ):
        wrong.setdefault(field, words)
    for field, people in (("officer", (officer,)), ("young_inspectors", young)):
        for one in people:
            if one is not None and rules.conflict_checks.any(session, home, one):
                wrong.setdefault(field, rules.conflict_words(one.name))
    return wrong


def _going(user: User) -> rules.Going:
    return rules.Going(user.id, user.name, user.role, user.is_active)


def new_visit(
    session: Session,
    home: Home,
    *,
    purpose: str,
    form: str,
    due_on: date,
    actor: User,
    now: datetime,
) -> Visit:
    """Return a visit to a home, with the provider of that day copied onto it."""
    under = homes.contract_on(session, home, due_on)
    return Visit(
        home=home,
        provider_id=under.contract.provider_id if under is not None else None,
        contract_id=under.contract_id if under is not None else None,
        purpose=purpose,
        form=form,
        due_on=due_on,
        status=State.PLANNED,
        planned_by_id=actor.id,
        created_at=now,
    )


def part_of(user: User, voice: str, answer: Answer) -> VisitPerson:
    """Return a person's part in a visit."""
    return VisitPerson(user_id=user.id, user=user, voice=voice, answer=answer)


def questions_for(version: QuestionSetVersion, voice: str, form: str) -> VisitQuestions:
    """Return what one voice will be asked, not prepared yet."""
    return VisitQuestions(version=version, voice=voice, form=form, checks={})


def _set_young_inspectors(
    session: Session, visit: Visit, wanted: Sequence[User], *, now: datetime
) -> None:
    ids = {one.id for one in wanted}
    for part in visit.people:
        if part.voice == rules.YOUNG_INSPECTOR:
            if part.user_id not in ids:
                part.ended_at = part.ended_at or now
            elif part.ended_at is not None:
                part.ended_at, part.answer = None, Answer.ASKED
    for one in wanted:
        if queries.person_on(visit, one.id) is None:
            visit.people.append(part_of(one, rules.YOUNG_INSPECTOR, Answer.ASKED))
    if wanted and queries.questions_of(visit, rules.YOUNG_INSPECTOR) is None:
        version = question_sets.latest_for(session, rules.AUDIENCE[rules.YOUNG_INSPECTOR])
        if version is None:
            raise DomainError(
                "No question set for young inspectors has been loaded yet. Ask an administrator."
            )
        visit.questions.append(questions_for(version, rules.YOUNG_INSPECTOR, FULL))


def facts_of(visit: Visit) -> dict[str, Any]:
    """Return what is kept of a plan in the audit: never an address."""
    return {
        "purpose": visit.purpose,
        "form": visit.form,
        "is_announced": visit.is_announced,
        "due_on": visit.due_on.isoformat(),
        "starts_at": visit.starts_at.isoformat() if visit.starts_at else None,
        "people": sorted(part.user_id for part in queries.going(visit)),
    }
