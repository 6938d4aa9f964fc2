"""Which visits there are, for whom; scope is decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, case, exists, false, or_, select
from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.accounts.queries import active_with_role
from qa_app.accounts.rules import Role
from qa_app.base.errors import NotFound
from qa_app.base.fields import clean_text
from qa_app.base.registry import Viewer
from qa_app.homes.catalogue import authority_name
from qa_app.homes.models import Home
from qa_app.homes.rules import area_words
from qa_app.visits import rules
from qa_app.visits.models import Draft, Visit, VisitPerson, VisitQuestions
from qa_app.visits.rules import State

shared_with_provider: list[Callable[[], Any]] = []
"""Conditions on a visit, filled by the floor above: it has been shared with its provider. While nobody
has spoken, a provider sees no visit at all."""


def goes(user_id: int) -> Any:
    """Return the condition that a person goes on a visit and nobody has taken their place."""
    return exists().where(
        VisitPerson.visit_id == Visit.id,
        VisitPerson.user_id == user_id,
        VisitPerson.ended_at.is_(None),
    )


def scoped(viewer: Viewer) -> Select[Visit]:
    """Return the visits that this viewer may know of (product.md, permissions).

    A young inspector: those they were asked to. A provider: those of its own homes that are done
    and have been shared, never one to come, or it would be announced.
    """
    statement = select(Visit)
    if not viewer.can("visits.read"):
        return statement.where(false())
    if viewer.role == Role.YOUNG_INSPECTOR:
        return statement.where(goes(viewer.id))
    if viewer.role == Role.PROVIDER:
        shared = [condition() for condition in shared_with_provider]
        return statement.where(
            Visit.provider_id == viewer.provider_id,
            Visit.status == State.DONE,
            or_(false(), *shared),
        )
    return statement


def one(session: Session, visit_id: str, viewer: Viewer) -> Visit:
    """Return a visit; ``NotFound`` alike when it does not exist and when it is out of scope."""
    found = session.scalar(scoped(viewer).where(Visit.id == clean_text(visit_id)))
    if found is None:
        raise NotFound("no such visit")
    return found


def to_fill(session: Session, visit_id: str, person: Viewer) -> tuple[Visit, VisitPerson]:
    """Return a visit and the person's part in it, that they may answer its questions.

    Somebody whose place another has taken may still send what they have: it is kept, and flagged.
    ``NotFound`` for anybody who was never to go.
    """
    visit = session.get(Visit, clean_text(visit_id))
    part = None if visit is None else person_on(visit, person.id)
    if visit is None or part is None or not person.can("inspections.fill"):
        raise NotFound("no such visit")
    return visit, part


def person_on(visit: Visit, user_id: int) -> VisitPerson | None:
    """Return a person's part in a visit, replaced or not; None for somebody who was never to go."""
    return next((part for part in visit.people if part.user_id == user_id), None)


def officer_of(visit: Visit) -> VisitPerson | None:
    """Return the officer who goes now."""
    return next((part for part in going(visit) if part.voice == rules.OFFICER), None)


def young_inspectors_of(visit: Visit) -> list[VisitPerson]:
    """Return the young inspectors who were asked and have not been taken off."""
    return [part for part in going(visit) if part.voice == rules.YOUNG_INSPECTOR]


def going(visit: Visit) -> list[VisitPerson]:
    """Return everybody whose place nobody has taken."""
    return [part for part in visit.people if part.ended_at is None]


def questions_of(visit: Visit, voice: str) -> VisitQuestions | None:
    """Return what one voice is asked."""
    return next((row for row in visit.questions if row.voice == voice), None)


def for_person(session: Session, person: Viewer, *, today: date) -> Sequence[Visit]:
    """Return the visits that a person still has to make, the earliest first: what a phone fetches.

    A young inspector's stays for two weeks after the officer has finished, until their answers arrive.
    """
    mine = and_(
        VisitPerson.visit_id == Visit.id,
        VisitPerson.user_id == person.id,
        VisitPerson.ended_at.is_(None),
        VisitPerson.answer != rules.Answer.DECLINED,
    )
    is_still_wanted = and_(
        Visit.status == State.DONE,
        Visit.due_on >= today - rules.STILL_WANTED,
        exists().where(
            mine,
            VisitPerson.voice == rules.YOUNG_INSPECTOR,
            VisitPerson.sent_at.is_(None),
            VisitPerson.absent_at.is_(None),
        ),
    )
    return (
        session.scalars(
            select(Visit)
            .where(
                exists().where(mine),
                or_(Visit.status.in_([State.PLANNED, State.IN_PROGRESS]), is_still_wanted),
            )
            .order_by(Visit.due_on, Visit.starts_at, Visit.id)
        )
        .unique()
        .all()
    )


def drafts(session: Session, visit: Visit, user_id: int) -> Sequence[Draft]:
    """Return a person's drafts of a visit, one a device, the one saved last first."""
    return session.scalars(
        select(Draft)
        .where(Draft.visit_id == visit.id, Draft.user_id == user_id)
        .order_by(Draft.saved_at.desc(), Draft.id.desc())
    ).all()


def draft_of(session: Session, visit: Visit, user_id: int, device: str) -> Draft | None:
    """Return a person's draft from one device."""
    return session.scalar(
        select(Draft).where(
            Draft.visit_id == visit.id, Draft.user_id == user_id, Draft.device == device
        )
    )


def address_may_be_seen(visit: Visit, viewer: Viewer, now: datetime) -> bool:
    """Whether this viewer may be shown where the home is: name, reference and address alike."""
    if viewer.role == Role.YOUNG_INSPECTOR:
        part = person_on(visit, viewer.id)
        return part is not None and rules.young_inspector_may_see_address(
            state=visit.status,
            answer=part.answer,
            due_on=visit.due_on,
            starts_at=visit.starts_at,
            checked_in_at=visit.checked_in_at,
            checked_out_at=visit.checked_out_at,
            is_replaced=part.ended_at is not None,
            now=now,
        )
    return viewer.can("homes.address")


def name_of(visit: Visit, viewer: Viewer, now: datetime) -> str:
    """Return the name of a visit's home, or its area for who may not know now which it is."""
    if address_may_be_seen(visit, viewer, now):
        return str(visit.home.name)
    return area_of(visit)


def area_of(visit: Visit) -> str:
    """Return the area of a visit's home, and no more: "SE15, Southwark"."""
    home: Home = visit.home
    return area_words(home.postcode, authority_name(home.host_authority_code))


def officers(session: Session) -> Sequence[User]:
    """Return everybody who may fill in the officer's questions, by name."""
    return active_with_role(session, Role.OFFICER, Role.MANAGER)


def young_inspectors(session: Session) -> Sequence[User]:
    """Return every young inspector whose account is in use, by name."""
    return active_with_role(session, Role.YOUNG_INSPECTOR)


@dataclass(frozen=True)
class Filters:
    """What a list of visits is narrowed by; empty means all."""

    words: str = ""
    who: int | None = None
    status: str = ""
    """a state, or "open" for planned and in progress."""
    purpose: str = ""
    home: str = ""
    """reference of a home."""


def listed(viewer: Viewer, filters: Filters) -> Select[Visit]:
    """Return the visits of a list: what is still to do first, by day, then what is over, newest first.

    Words are looked for in name and reference of the home, never for a young inspector.
    """
    statement = scoped(viewer).join(Home, Home.id == Visit.home_id)
    words = filters.words.strip()
    if words and viewer.role != Role.YOUNG_INSPECTOR:
        like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        columns = (Home.name, Home.ref)
        statement = statement.where(or_(*(c.ilike(like, escape="\\") for c in columns)))
    if filters.home and viewer.role != Role.YOUNG_INSPECTOR:
        statement = statement.where(Home.ref == filters.home)
    if filters.who is not None:
        statement = statement.where(goes(filters.who))
    is_to_do = Visit.status.in_([State.PLANNED, State.IN_PROGRESS])
    if filters.status == "open":
        statement = statement.where(is_to_do)
    elif filters.status:
        statement = statement.where(Visit.status == filters.status)
    if filters.purpose:
        statement = statement.where(Visit.purpose == filters.purpose)
    return statement.order_by(
        case((is_to_do, 0), else_=1),
        case((is_to_do, Visit.due_on)),
        Visit.due_on.desc(),
        Visit.starts_at,
        Visit.id,
    )


@dataclass(frozen=True)
class Day:
    """Somebody's day: what is on today, what is late, what comes next, what was done lately."""

    today: list[Visit]
    overdue: list[Visit]
    next: list[Visit]
    done: list[Visit]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.today or self.overdue or self.next or self.done)


MOST_NEXT, MOST_DONE = 10, 5


def my_day(session: Session, person: Viewer, *, today: date) -> Day:
    """Return one person's own visits, as they stand in their day; ten to come and five done at most."""
    mine = for_person(session, person, today=today)
    groups: dict[str, list[Visit]] = {}
    for visit in mine:
        stands = rules.when(state=visit.status, due_on=visit.due_on, today=today)
        if stands == rules.When.OVER:  # done, but this person's answers are still wanted
            stands = rules.When.TODAY
        groups.setdefault(stands, []).append(visit)
    done = session.scalars(
        select(Visit)
        .where(
            goes(person.id),
            Visit.status == State.DONE,
            Visit.id.not_in([visit.id for visit in mine]),
        )
        .order_by(Visit.due_on.desc(), Visit.id)
        .limit(MOST_DONE)
    ).unique()
    return Day(
        today=groups.get(rules.When.TODAY, []),
        overdue=groups.get(rules.When.OVERDUE, []),
        next=groups.get(rules.When.NEXT, [])[:MOST_NEXT],
        done=list(done),
    )


def of_home(session: Session, home: Home, viewer: Viewer, *, most: int = 10) -> Sequence[Visit]:
    """Return the visits of a home that a viewer may know of, the newest first."""
    return (
        session.scalars(
            scoped(viewer)
            .where(Visit.home_id == home.id)
            .order_by(Visit.due_on.desc(), Visit.starts_at.desc(), Visit.id)
            .limit(most)
        )
        .unique()
        .all()
    )
