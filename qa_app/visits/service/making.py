"""Begin, check in and out, cancel, give to somebody else, finish."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.audit import service as audit
from qa_app.base.errors import DomainError, NotFound, Refused
from qa_app.base.text import local_day
from qa_app.homes.models import Home
from qa_app.visits import queries, rules
from qa_app.visits.models import Visit
from qa_app.visits.rules import Answer, State
from qa_app.visits.service.planning import (
    KIND,
    facts_of,
    form_problems,
    new_visit,
    officer_version,
    part_of,
    people_problems,
    questions_for,
)

LONGEST_REASON = 1000


def begin_unplanned(
    session: Session,
    *,
    visit_id: str,
    home: Home,
    purpose: str,
    form: str,
    started_at: datetime,
    officer: User,
    now: datetime,
) -> Visit:
    """Begin a visit at the door, under an id made on the phone; the same id again gives the same visit.

    A closed home is no hindrance: somebody stands at its door. ``NotFound`` when the id is that of
    a visit this officer does not go on; ``Refused`` for an unknown purpose or form.
    """
    found = session.get(Visit, visit_id)
    if found is None:
        version = officer_version(session)
        wrong = form_problems(version, purpose, form)
        if officer.role not in rules.OFFICER_ROLES:
            wrong["officer"] = "Only an officer or a manager can begin a visit"
        if wrong:
            raise Refused(wrong)
        started_at = min(started_at, now)
        visit = new_visit(
            session, home, purpose=purpose, form=form, due_on=local_day(started_at),
            actor=officer, now=now,
        )  # fmt: skip
        visit.id = visit_id
        visit.is_unplanned, visit.is_announced = True, False
        visit.starts_at = visit.checked_in_at = started_at
        visit.status = State.IN_PROGRESS
        visit.people.append(part_of(officer, rules.OFFICER, Answer.ACCEPTED))
        visit.questions.append(questions_for(version, rules.OFFICER, form))
        try:
            with session.begin_nested():
                session.add(visit)
        except IntegrityError:  # the same id at the same moment (PostgreSQL)
            found = session.get(Visit, visit_id)
            if found is None:
                raise
        else:
            audit.event(session, KIND, visit.id, who=officer, what="Begun at the door", now=now)
            audit.record(
                session, officer, "visit.begun", KIND, visit.id, now=now, after=facts_of(visit)
            )
            return visit
    if queries.person_on(found, officer.id) is None:
        raise NotFound("no such visit")
    return found


def check_in(session: Session, visit: Visit, *, actor: User, at: datetime, now: datetime) -> None:
    """Note that the visit has begun; once it has, nothing changes.

    Only an officer who goes begins a visit: its beginning shows young inspectors the address.
    """
    part = queries.person_on(visit, actor.id)
    if part is None or part.voice != rules.OFFICER:
        return
    if not rules.is_open(visit.status) or visit.checked_in_at is not None:
        return
    visit.checked_in_at = min(at, now)
    visit.status = State.IN_PROGRESS
    audit.event(session, KIND, visit.id, who=actor, what="Checked in", now=visit.checked_in_at)
    session.flush()


def check_out(session: Session, visit: Visit, *, actor: User, at: datetime, now: datetime) -> None:
    """Note that everybody has left the home; from now on a young inspector sees the area only."""
    if visit.checked_in_at is None:
        raise DomainError("Check in first: nobody has arrived yet.")
    if visit.checked_out_at is not None:
        return
    visit.checked_out_at = max(min(at, now), visit.checked_in_at)
    audit.event(session, KIND, visit.id, who=actor, what="Checked out", now=visit.checked_out_at)
    session.flush()


def cancel(session: Session, visit: Visit, *, because: str, actor: User, now: datetime) -> None:
    """Cancel a visit with a reason; drafts are kept, and what is sent all the same is taken and flagged."""
    because = because.strip()[:LONGEST_REASON]
    if not because:
        raise Refused({"because": "Say why the visit is cancelled"})
    if visit.status == State.CANCELLED:
        return
    if not rules.may_move(visit.status, State.CANCELLED):
        raise DomainError("This visit is done, so it cannot be cancelled.")
    before = visit.status
    visit.status, visit.cancelled_because = State.CANCELLED, because
    audit.event(session, KIND, visit.id, who=actor, what="Cancelled", now=now, note=because)
    audit.record(
        session, actor, "visit.cancelled", KIND, visit.id, now=now,
        before={"status": before}, after={"status": visit.status},
    )  # fmt: skip
    session.flush()


def reassign(session: Session, visit: Visit, *, officer: User, actor: User, now: datetime) -> None:
    """Give the visit to another officer; what the first has begun is kept."""
    if not rules.is_open(visit.status):
        raise DomainError("This visit is over.")
    before = queries.officer_of(visit)
    if before is not None and before.user_id == officer.id:
        return
    wrong = people_problems(
        session, visit.home, officer, (), due_on=visit.due_on, starts_at=visit.starts_at,
        now=now, earliest=visit.due_on,
    )  # fmt: skip
    wrong.pop("home", None)  # a visit to a home that closed meanwhile still needs somebody
    if wrong:
        raise Refused(wrong)
    if before is not None:
        before.ended_at = now
    part = queries.person_on(visit, officer.id)
    if part is None:
        visit.people.append(part_of(officer, rules.OFFICER, Answer.ACCEPTED))
    else:
        part.ended_at, part.voice, part.answer = None, rules.OFFICER, Answer.ACCEPTED
    session.flush()
    audit.event(
        session,
        KIND,
        visit.id,
        who=actor,
        what="Given to another officer",
        now=now,
        note=officer.name,
    )
    audit.record(
        session, actor, "visit.reassigned", KIND, visit.id, now=now,
        before={"officer": before.user_id if before else None}, after={"officer": officer.id},
    )  # fmt: skip


def answer(session: Session, visit: Visit, *, person: User, accepts: bool, now: datetime) -> None:
    """Take a young inspector's yes or no; ``NotFound`` when they were not asked."""
    part = queries.person_on(visit, person.id)
    if part is None or part.ended_at is not None or part.voice != rules.YOUNG_INSPECTOR:
        raise NotFound("no such visit")
    if not rules.is_open(visit.status):
        raise DomainError("This visit is over.")
    wanted = Answer.ACCEPTED if accepts else Answer.DECLINED
    if part.answer == wanted:
        return
    part.answer = wanted
    words = "A young inspector is coming" if accepts else "A young inspector cannot come"
    audit.event(session, KIND, visit.id, who=person, what=words, now=now)
    session.flush()


def finish(session: Session, visit: Visit, *, now: datetime) -> None:
    """Mark a visit as done once the officer's inspection has arrived; a cancelled one stays cancelled."""
    if not rules.may_move(visit.status, State.DONE):
        return
    visit.status = State.DONE
    audit.event(session, KIND, visit.id, who=None, what="Done", now=now, is_for_provider=False)
    session.flush()
