"""Numbers and rows for pages made of many features, each scoped by the feature it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from qa_app.base.registry import Viewer
from qa_app.base.text import local_day
from qa_app.certificates import queries as certificates
from qa_app.certificates import rules as certificate_rules
from qa_app.certificates.models import Certificate
from qa_app.defects import queries as defects
from qa_app.defects.models import Defect
from qa_app.homes import queries as homes
from qa_app.homes import rules as home_rules
from qa_app.homes.models import Home, HostAuthority
from qa_app.inspections import queries as inspections
from qa_app.inspections.models import Inspection, Proposal
from qa_app.jobs.models import Job
from qa_app.notifications.models import OutgoingMessage
from qa_app.providers.models import Provider
from qa_app.question_sets.models import QuestionSetVersion
from qa_app.visits.models import Draft, Visit, VisitPerson
from qa_app.visits.rules import State

# -- For those who make visits ---------------------------------------------------------------------


@dataclass(frozen=True)
class Unfinished:
    """A visit that somebody began to write down and has not finished."""

    visit: Visit
    saved_at: datetime
    devices: int


def unfinished(session: Session, person: Viewer) -> list[Unfinished]:
    """Return a person's own drafts by visit, the one saved last first; what is finished or cancelled is left out."""
    rows = session.execute(
        select(Draft.visit_id, func.max(Draft.saved_at), func.count())
        .join(Visit, Visit.id == Draft.visit_id)
        .where(
            Draft.user_id == person.id,
            Draft.finished_at.is_(None),
            Visit.status.in_([State.PLANNED, State.IN_PROGRESS]),
        )
        .group_by(Draft.visit_id)
    ).all()
    visits = {
        visit.id: visit
        for visit in session.scalars(select(Visit).where(Visit.id.in_([id for id, _, _ in rows])))
    }
    found = [Unfinished(visits[id], saved_at, devices) for id, saved_at, devices in rows]
    return sorted(found, key=lambda one: one.saved_at, reverse=True)


@dataclass(frozen=True)
class Waiting:
    """An inspection with repairs that were proposed and wait for an officer."""

    inspection: Inspection
    number: int
    is_urgent: bool


def proposals_waiting(session: Session, viewer: Viewer, *, only_own: bool) -> list[Waiting]:
    """Return the inspections whose proposed repairs nobody has decided, urgent ones first, then the oldest.

    ``only_own``: of visits on which this person goes.
    """
    if not viewer.can("inspections.follow"):
        return []
    is_urgent = func.max(case((Proposal.priority.in_(("P1", "P2")), 1), else_=0))
    statement = (
        select(Proposal.inspection_id, func.count(), is_urgent)
        .join(Inspection, Inspection.id == Proposal.inspection_id)
        .where(Proposal.state == "proposed", inspections.scope(viewer))
        .group_by(Proposal.inspection_id)
    )
    if only_own:
        own = select(VisitPerson.visit_id).where(
            VisitPerson.user_id == viewer.id, VisitPerson.ended_at.is_(None)
        )
        statement = statement.where(Inspection.visit_id.in_(own))
    counted = {id: (number, urgent) for id, number, urgent in session.execute(statement)}
    rows = session.scalars(
        select(Inspection).where(Inspection.id.in_(counted)).order_by(Inspection.received_at)
    )
    found = [Waiting(row, counted[row.id][0], bool(counted[row.id][1])) for row in rows]
    return sorted(found, key=lambda one: not one.is_urgent)


# -- For those who oversee -------------------------------------------------------------------------


@dataclass(frozen=True)
class Overdue:
    """What one provider has let pass: late repairs of its open ones, and the worst priority among the late."""

    provider_id: int
    name: str
    late: int
    open: int
    worst: str


def overdue_by_provider(session: Session, viewer: Viewer, *, now: datetime) -> list[Overdue]:
    """Return the providers that hold repairs past their time, the most late first; counts of now, no rate."""
    is_late = defects.is_overdue(now)
    late = func.sum(case((is_late, 1), else_=0))
    rows = session.execute(
        select(
            Provider.id,
            Provider.name,
            late,
            func.count(),
            func.min(case((is_late, Defect.priority))),
        )
        .join(Defect, Defect.provider_id == Provider.id)
        .where(defects.scope(viewer), Defect.status.in_(defects.LIVE))
        .group_by(Provider.id, Provider.name)
        .having(late > 0)
        .order_by(late.desc(), Provider.name)
    )
    return [Overdue(*row) for row in rows]


def without_provider(session: Session, viewer: Viewer) -> int:
    """How many open repairs no provider holds, because the home was under no contract."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Defect)
            .where(
                defects.scope(viewer),
                Defect.status.in_(defects.LIVE),
                Defect.provider_id.is_(None),
            )
        )
        or 0
    )


@dataclass(frozen=True)
class Lacking:
    """A home that lacks certificates which it must hold."""

    home: Home
    expired: int
    missing: int


def homes_lacking_certificates(session: Session, viewer: Viewer, *, today: date) -> list[Lacking]:
    """Return the homes, closed ones left out, with a required certificate expired or missing, the most first."""
    rows = session.scalars(
        homes.scoped(viewer).where(Home.status != home_rules.Status.CLOSED).order_by(Home.ref)
    ).all()
    papers: dict[int, list[certificate_rules.Held]] = {}
    for row in session.scalars(
        select(Certificate).where(
            Certificate.ended_at.is_(None), Certificate.home_id.in_([one.id for one in rows])
        )
    ):
        papers.setdefault(row.home_id or 0, []).append(certificates.as_held(row))
    found = []
    for home in rows:
        standings = [
            certificate_rules.standing(papers.get(home.id, []), kind, today)
            for kind in certificates.required(home)
        ]
        expired = standings.count(certificate_rules.Standing.EXPIRED)
        missing = standings.count(certificate_rules.Standing.MISSING)
        if expired or missing:
            found.append(Lacking(home, expired, missing))
    return sorted(found, key=lambda one: (-one.expired, -one.missing, one.home.ref))


def count_of_homes(session: Session, viewer: Viewer) -> Mapping[str, int]:
    """Return how many homes this viewer may know, by status."""
    known = homes.scoped(viewer).subquery()
    rows = session.execute(select(known.c.status, func.count()).group_by(known.c.status))
    return dict(rows.all())


# -- Placement cards -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Card:
    """All that a personal adviser is told of a home (product.md, "placement card"): no address, no score."""

    ref: str
    name: str
    area: str
    status: str
    last_visit_on: date | None
    open_p1: int
    open_p2: int
    council_tax: str


def placement_cards(
    session: Session, viewer: Viewer, *, words: str = "", status: str = ""
) -> list[Card]:
    """Return a card for every home that is not closed, by name; words are looked for in name, reference and area."""
    if not viewer.can("homes.card"):
        return []
    live = (defects.scope(viewer), Defect.status.in_(defects.LIVE))
    counted = (
        select(
            Defect.home_id,
            func.sum(case((Defect.priority == "P1", 1), else_=0)).label("p1"),
            func.sum(case((Defect.priority == "P2", 1), else_=0)).label("p2"),
        )
        .where(*live)
        .group_by(Defect.home_id)
        .subquery()
    )
    visited = (
        select(
            Visit.home_id,
            func.max(Visit.checked_in_at).label("at"),
            func.max(Visit.due_on).label("due_on"),
        )
        .where(Visit.status == State.DONE)
        .group_by(Visit.home_id)
        .subquery()
    )
    statement = (
        select(Home, counted.c.p1, counted.c.p2, visited.c.at, visited.c.due_on)
        .outerjoin(counted, counted.c.home_id == Home.id)
        .outerjoin(visited, visited.c.home_id == Home.id)
        .where(Home.status != home_rules.Status.CLOSED)
        .order_by(func.lower(Home.name), Home.id)
    )
    if status:
        statement = statement.where(Home.status == status)
    if words:
        statement = statement.where(_card_words(words))
    return [
        Card(
            ref=home.ref,
            name=home.name,
            area=homes.area_of(home),
            status=home.status,
            last_visit_on=local_day(at) if at is not None else due_on,
            open_p1=p1 or 0,
            open_p2=p2 or 0,
            council_tax=home.host_authority.council_tax_rule if home.host_authority else "",
        )
        for home, p1, p2, at, due_on in session.execute(statement).unique()
    ]


def _card_words(words: str) -> ColumnElement[bool]:
    """Return the condition that a card holds the words. Of a postcode only the first half is looked at, whole:
    with more of it one could feel for an address."""
    plain = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    like = f"%{plain}%"
    found = [
        Home.name.ilike(like, escape="\\"),
        Home.ref.ilike(like, escape="\\"),
        Home.host_authority.has(HostAuthority.name.ilike(like, escape="\\")),
    ]
    if len(words.split()) == 1:
        found.append(Home.postcode.ilike(f"{plain} %", escape="\\"))
    return or_(*found)


# -- For an administrator --------------------------------------------------------------------------


def question_set_versions(session: Session) -> Sequence[QuestionSetVersion]:
    """Return every version of every question set, by key, the newest first."""
    return session.scalars(
        select(QuestionSetVersion).order_by(
            QuestionSetVersion.key, QuestionSetVersion.version.desc()
        )
    ).all()


def jobs_given_up(session: Session) -> Sequence[Job]:
    """Return the work that was tried until the last time and is not done, the newest first."""
    return session.scalars(
        select(Job).where(Job.given_up_at.is_not(None)).order_by(Job.given_up_at.desc(), Job.id)
    ).all()


def messages_given_up(session: Session) -> int:
    """How many messages could not be handed over."""
    return (
        session.scalar(
            select(func.count())
            .select_from(OutgoingMessage)
            .where(OutgoingMessage.state == "given-up")
        )
        or 0
    )


def jobs_late(session: Session, *, now: datetime, than_s: int) -> int:
    """How many pieces of work have waited longer than so many seconds past their time: the worker may be down."""
    rows = session.scalars(
        select(Job.run_at).where(Job.done_at.is_(None), Job.given_up_at.is_(None), Job.run_at < now)
    )
    return sum((now - run_at).total_seconds() > than_s for run_at in rows)
