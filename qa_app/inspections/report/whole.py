"""The whole report of one inspection, for staff or for the provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from qa_app.accounts import rules as accounts
from qa_app.accounts.rules import Role
from qa_app.actions import queries as actions
from qa_app.actions import rules as action_rules
from qa_app.actions.models import Action
from qa_app.base.registry import Viewer
from qa_app.base.text import day
from qa_app.defects import queries as defects
from qa_app.defects import showing
from qa_app.inspections import preparing, queries
from qa_app.inspections.forms.reading import HOW
from qa_app.inspections.models import Inspection, InspectionRevision
from qa_app.inspections.report.answers import Reading, ShownSection, sections
from qa_app.inspections.report.scores import ShownScore, shown
from qa_app.inspections.rules.arrival import flag_words
from qa_app.inspections.rules.findings import Findings
from qa_app.inspections.rules.submission import Told
from qa_app.inspections.service import receipt
from qa_app.inspections.voices import VOICE_LABELS
from qa_app.question_sets.rules import Question
from qa_app.safeguarding import queries as safeguarding
from qa_app.visits import queries as visits
from qa_app.visits.purposes import purpose_label


@dataclass(frozen=True)
class ProviderEyes:
    """Whoever signs in for a provider: looks as they do, for a preview."""

    provider_id: int | None
    id: int = 0
    role: str = Role.PROVIDER

    def can(self, permission: str) -> bool:
        """Whether a provider's contact holds a permission."""
        return accounts.may(self.role, permission)


@dataclass(frozen=True)
class Report:
    """What a page says of an inspection. For a provider everything it may not know is left out, not hidden."""

    title: str
    voice: str
    by: str
    on: str
    facts: Sequence[tuple[str, str]]
    score: ShownScore
    sections: Sequence[ShownSection]
    last_on: str
    defects: Sequence[showing.Row]
    actions: Sequence[Mapping[str, str]]
    told: Sequence[Told]
    told_apart: int
    waiting: int
    refused: int
    unreadable: int
    gaps: Sequence[str]
    flags: Sequence[str]
    is_for_provider: bool


def report_for(
    session: Session, inspection: Inspection, viewer: Viewer, *, now: datetime
) -> Report:
    """Return the report of the current revision as this viewer may read it (product.md, permission table; ``share``)."""
    revision = inspection.current
    is_for_provider = viewer.role == Role.PROVIDER
    words = frozenset(inspection.released) if is_for_provider else None
    apart = safeguarding.told_apart(session, inspection.id) if not is_for_provider else []
    last = _last(session, inspection, viewer)
    reading = Reading(
        question_set=queries.question_set(revision),
        questions=_questions(revision, is_for_provider=is_for_provider),
        asked=frozenset(revision.asked),
        findings=queries.findings(session, revision),
        room_labels=_room_labels(revision),
        photos=queries.photos_of(session, inspection),
        facts=queries.facts(revision),
        last=last[1],
        may_read_words=words,
        apart=frozenset(apart),
    )
    card = (queries.provider_card if is_for_provider else queries.card)(session, revision)
    visit = inspection.visit
    held = receipt(session, inspection)
    return Report(
        title=visits.name_of(visit, viewer, now),
        voice=VOICE_LABELS.get(inspection.voice, inspection.voice),
        by="" if is_for_provider else str(inspection.user.name),
        on=day(revision.finished_at),
        facts=_facts(inspection),
        score=shown(
            card, reading.question_set, reading.findings, reading.room_labels, may_read_words=words
        ),
        sections=sections(reading),
        last_on=last[0],
        defects=[
            showing.row(one, now=now)
            for one in defects.told_through(session, "inspection", [inspection.id], viewer)
        ],
        actions=_actions(session, inspection, is_for_provider=is_for_provider),
        told=[] if is_for_provider else _told(revision),
        told_apart=len(apart),
        waiting=0 if is_for_provider else len(held.needs),
        refused=0 if is_for_provider else len(held.refused),
        unreadable=0 if is_for_provider else len(held.unreadable),
        gaps=[] if is_for_provider else [_gap(reading, one) for one in revision.gaps],
        flags=[] if is_for_provider else [flag_words(one) for one in revision.flags],
        is_for_provider=is_for_provider,
    )


def _told(revision: InspectionRevision) -> list[Told]:
    """Return who was told of danger, and how in words."""
    return [
        replace(one, how=HOW.get(one.how, one.how).lower())
        for one in queries.submission(revision).told
    ]


def _questions(revision: InspectionRevision, *, is_for_provider: bool) -> dict[str, Question]:
    """Return the questions that may be read; checks of what was open are for staff."""
    if is_for_provider:
        return {one.id: one for one in queries.visible_questions(revision)}
    visit = revision.inspection.visit
    row = next((one for one in visit.questions if one.voice == revision.inspection.voice), None)
    checks = preparing.checks_of(row.checks) if row is not None else {}
    return {**queries.question_set(revision).questions, **checks}


def _room_labels(revision: InspectionRevision) -> dict[str, str]:
    """Return what rooms were called then; one that only the phone knew keeps the phone's name."""
    ours = {one.id: one.label for one in queries.rooms(revision)}
    theirs = {one.id: one.label for one in queries.submission(revision).rooms if one.label}
    return {**theirs, **ours}


def _last(session: Session, inspection: Inspection, viewer: Viewer) -> tuple[str, Findings]:
    """Return the day and the answers of the same voice's last visit, as far as this viewer may know them."""
    before = queries.latest_complete(
        session, inspection.home_id, inspection.voice, inspection.current.finished_at,
        besides=inspection.visit_id,
    )  # fmt: skip
    if before is None:
        return "", {}
    known = queries.of_home(session, inspection.home_id, viewer)
    if before.inspection_id not in {one.id for one in known}:
        return "", {}
    found = queries.findings(session, before)
    if viewer.role == Role.PROVIDER:
        free = {one.id for one in queries.visible_questions(before) if one.kind != "text"}
        found = {id: rooms for id, rooms in found.items() if id in free}
    return day(before.finished_at), found


def _facts(inspection: Inspection) -> list[tuple[str, str]]:
    visit, revision = inspection.visit, inspection.current
    form = queries.question_set(revision).forms.get(revision.form)
    return [
        ("Why", purpose_label(visit.purpose)),
        ("Form", form.title if form else revision.form),
        ("Announced", "Yes" if visit.is_announced else "No"),
    ]


def _actions(
    session: Session, inspection: Inspection, *, is_for_provider: bool
) -> list[dict[str, str]]:
    found = []
    for one in actions.of_inspection(session, inspection.id):
        is_wanted = not one.is_proposed and not one.declined_because
        if is_for_provider and not action_rules.is_for_provider(
            owner=one.owner, share=one.share, question=one.question,
            released=inspection.released, is_wanted=is_wanted,
        ):  # fmt: skip
            continue
        found.append(
            {
                "ref": one.ref,
                "words": one.words,
                "kind": action_rules.kind_label(one.kind),
                "owner": action_rules.OWNER_LABELS.get(one.owner, one.owner),
                "due": day(one.due_on),
                "state": _state(one),
            }
        )
    return found


def _state(action: Action) -> str:
    if action.declined_because:
        return "Declined"
    if action.is_proposed:
        return "Proposed"
    return "Done" if action.done_at else "To do"


def _gap(reading: Reading, gap: str) -> str:
    """Say which question is missing something: "Is the home warm? (Bedroom 1)"."""
    question, _, room = gap.partition(".")
    known = reading.questions.get(question)
    text = known.text if known is not None else question
    label = reading.room_labels.get(room, "a room not on our record") if room else ""
    return f"{text} ({label})" if label else text
