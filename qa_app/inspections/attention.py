"""What came in oddly and waits for a person to look: late, twice, conflicting, orphaned, unreadable, given up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, cast, exists, select
from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.base.text import moment, plural
from qa_app.inspections import queries
from qa_app.inspections.models import Inspection, InspectionRevision, LookedAt
from qa_app.inspections.rules.arrival import flag_words
from qa_app.jobs.models import Job
from qa_app.photos.models import Photo
from qa_app.photos.rules import PhotoState
from qa_app.question_sets.answers import export
from qa_app.visits.models import Draft, Visit

PHOTOS_TAKE = timedelta(days=1)
"""How long photos may be on their way before anybody is asked to look."""
MOST = 200
"""How many of each kind a page shows; looking at them brings up the rest."""
MOST_CHANGES = 20

KINDS = ("drafts", "orphans", "unreadable", "waiting", "job")
"""Kinds that are put away by their name; revisions are decided instead."""
_JOB_WORDS = {
    "photos.tidy": "A photo could not be made ready",
    "photos.sweep": "Old uploads could not be swept",
    "defects.raised": "The provider could not be told of a repair",
    "notifications.send": "A message could not be sent",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that differs between the revision that counts and another."""

    question: str
    where: str
    counts: str
    sent: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at. ``visit_id`` and ``inspection_id`` say where to look; ``revision_id`` is there
    when an officer decides between revisions."""

    kind: str
    subject: str
    at: datetime
    title: str
    why: tuple[str, ...]
    who: str = ""
    home: str = ""
    visit_id: str | None = None
    inspection_id: str | None = None
    revision_id: int | None = None
    is_choice: bool = False
    changes: tuple[Change, ...] = ()

    @property
    def change_rows(self) -> list[list[str]]:
        """The changes as rows of two texts: what was asked, and both answers."""
        return [
            [
                f"{one.question} ({one.where})" if one.where else one.question,
                f"First: {one.counts}. Then: {one.sent}.",
            ]
            for one in self.changes
        ]


def items(session: Session, *, now: datetime) -> Sequence[Item]:
    """Return everything that waits for a look, the newest first."""
    found = [
        *_revisions(session),
        *_waiting(session, now=now),
        *_drafts(session),
        *_orphans(session, now=now),
        *_unreadable(session),
        *_jobs(session),
    ]
    away = {(one.kind, one.subject_id) for one in session.scalars(select(LookedAt))}
    left = [one for one in found if (one.kind, one.subject) not in away]
    return sorted(left, key=lambda one: one.at, reverse=True)


def _revisions(session: Session) -> Iterator[Item]:
    rows = session.scalars(
        select(InspectionRevision)
        .where(
            InspectionRevision.decided_at.is_(None),
            cast(InspectionRevision.flags, String) != "[]",
        )
        .order_by(InspectionRevision.id.desc())
        .limit(MOST)
    ).all()
    for row in rows:
        inspection = row.inspection
        is_choice = row.number > 1 and inspection.current_revision_id != row.id
        yield _about(
            inspection,
            kind="revision",
            subject=str(row.id),
            at=row.received_at,
            title="Sent again, with other answers" if row.number > 1 else "Odd when it arrived",
            why=tuple(flag_words(name) for name in row.flags if name != "revision"),
            revision_id=row.id,
            is_choice=is_choice,
            changes=tuple(_changes(session, inspection.current, row)) if is_choice else (),
        )


def _changes(
    session: Session, counts: InspectionRevision, other: InspectionRevision
) -> list[Change]:
    known = queries.question_set(other).questions
    labels = {room.id: room.label for room in queries.rooms(other)}
    before, after = queries.findings(session, counts), queries.findings(session, other)
    found = []
    for question_id in dict.fromkeys((*before, *after)):
        question = known.get(question_id)
        if question is None:
            continue
        mine, theirs = before.get(question_id, {}), after.get(question_id, {})
        for room in dict.fromkeys((*mine, *theirs)):
            was = export(question, mine[room].value, mine[room].status) if room in mine else ""
            now = (
                export(question, theirs[room].value, theirs[room].status) if room in theirs else ""
            )
            if was != now:
                where = labels.get(room or "", "")
                found.append(Change(question.text, where, was or "No answer", now or "No answer"))
    return found[:MOST_CHANGES]


def _waiting(session: Session, *, now: datetime) -> Iterator[Item]:
    rows = session.scalars(
        select(InspectionRevision)
        .where(
            InspectionRevision.completed_at.is_(None),
            InspectionRevision.received_at < now - PHOTOS_TAKE,
        )
        .order_by(InspectionRevision.id.desc())
        .limit(MOST)
    ).all()
    for row in rows:
        yield _about(
            row.inspection,
            kind="waiting",
            subject=str(row.id),
            at=row.received_at,
            title="Photos have not arrived",
            why=("Ask the person to open Doorstep on their phone where there is signal",),
        )


def _drafts(session: Session) -> Iterator[Item]:
    """Drafts of one person from several devices, or one left over beside what was sent."""
    rows = session.execute(
        select(Draft, User.name, Visit)
        .join(User, User.id == Draft.user_id)
        .join(Visit, Visit.id == Draft.visit_id)
        .where(Draft.finished_at.is_(None))
        .order_by(Draft.saved_at.desc())
    )
    groups: dict[tuple[str, int], list[tuple[Draft, str, Visit]]] = defaultdict(list)
    for draft, name, visit in rows:
        groups[draft.visit_id, draft.user_id].append((draft, name, visit))
    for (visit_id, user_id), found in groups.items():
        has_sent = session.scalar(
            select(exists().where(Inspection.visit_id == visit_id, Inspection.user_id == user_id))
        )
        if len(found) < 2 and not has_sent:
            continue
        newest, name, visit = found[0]
        yield Item(
            kind="drafts",
            subject=f"{visit_id}/{user_id}/{newest.saved_at:%Y%m%d%H%M%S}",
            at=newest.saved_at,
            title="Answers were left unfinished beside what was sent"
            if has_sent
            else "Two devices hold different answers",
            why=tuple(
                f"Saved {moment(draft.saved_at)}, with {plural(_count(draft), 'answer')}"
                for draft, _, _ in found
            ),
            who=name,
            home=visit.home.name,
            visit_id=visit_id,
        )


def _count(draft: Draft) -> int:
    return len(draft.content.get("answers") or ())


def _orphans(session: Session, *, now: datetime) -> Iterator[Item]:
    """Photos whose answers never came."""
    is_known = exists().where(
        Photo.owner_id == cast(Inspection.user_id, String) + "/" + Inspection.client_id
    )
    rows = session.execute(
        select(Photo.owner_id, Photo.received_at, User.name)
        .join(User, User.id == Photo.user_id)
        .where(
            Photo.owner_kind == queries.OWNER_KIND,
            Photo.received_at < now - PHOTOS_TAKE,
            ~is_known,
        )
        .order_by(Photo.received_at.desc())
    )
    groups: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for owner_id, received_at, name in rows:
        groups[owner_id].append((received_at, name))
    for owner_id, found in groups.items():
        yield Item(
            kind="orphans",
            subject=f"{owner_id}/{len(found)}",
            at=found[0][0],
            title="Photos came without answers",
            why=(f"{plural(len(found), 'photo')}. The answers may still be on the phone",),
            who=found[0][1],
        )


def _unreadable(session: Session) -> Iterator[Item]:
    rows = session.execute(
        select(Photo, Inspection)
        .join(
            Inspection,
            Photo.owner_id == cast(Inspection.user_id, String) + "/" + Inspection.client_id,
        )
        .where(Photo.owner_kind == queries.OWNER_KIND, Photo.state == PhotoState.UNREADABLE)
        .order_by(Photo.received_at.desc())
        .limit(MOST)
    )
    groups: dict[str, tuple[Inspection, list[Photo]]] = {}
    for photo, inspection in rows:
        groups.setdefault(inspection.id, (inspection, []))[1].append(photo)
    for inspection, found in groups.values():
        yield _about(
            inspection,
            kind="unreadable",
            subject=f"{inspection.id}/{len(found)}",
            at=found[0].received_at,
            title="A photo cannot be read" if len(found) == 1 else "Some photos cannot be read",
            why=("Ask for another photo if it matters. Everything else was kept",),
        )


def _jobs(session: Session) -> Iterator[Item]:
    rows = session.scalars(
        select(Job).where(Job.given_up_at.is_not(None)).order_by(Job.given_up_at.desc()).limit(MOST)
    )
    for job in rows:
        yield Item(
            kind="job",
            subject=str(job.id),
            at=job.given_up_at or job.created_at,
            title=_JOB_WORDS.get(job.name, "Something could not be done"),
            why=(
                f"We tried {plural(job.attempts, 'time')}. Tell an administrator: job {job.id}, {job.name}",
            ),
        )


def _about(inspection: Inspection, *, why: Iterable[str], **more: object) -> Item:
    return Item(
        who=inspection.user.name,
        home=inspection.visit.home.name,
        visit_id=inspection.visit_id,
        inspection_id=inspection.id,
        why=tuple(why),
        **more,  # type: ignore[arg-type]  # the callers above name fields of Item
    )
