"""What follows from an inspection: repairs raised or proposed, actions, records kept apart, checks of what was open.

An officer's critical answers and P1 repairs are raised on receipt, of every revision; all else is
proposed from the current one; nothing of a young inspector is raised without an officer (product.md,
Lifecycles). Safe to repeat.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.actions import service as actions
from qa_app.actions.rules import Owner
from qa_app.audit import service as audit
from qa_app.base.text import local_day
from qa_app.defects import rules as defect_rules
from qa_app.defects import service as defects
from qa_app.defects.models import Defect
from qa_app.inspections import queries
from qa_app.inspections.models import Inspection, InspectionRevision, Proposal
from qa_app.inspections.preparing import AUDIENCES
from qa_app.inspections.rules.findings import gather
from qa_app.inspections.rules.follows import Follows, Prompt, ProposedDefect, follows, said
from qa_app.inspections.service.checks import confirm_checks
from qa_app.inspections.service.keeping import SAFEGUARDING, Weighed
from qa_app.providers.models import Contract
from qa_app.question_sets.answers import export
from qa_app.safeguarding import service as safeguarding
from qa_app.safeguarding.models import SafeguardingRecord
from qa_app.visits.queries import officer_of

SOURCE = "inspection"
PROPOSED, RAISED, MERGED = "proposed", "raised", "merged"
TOLD = "The provider was told"
MANAGER_PROMPT, PLAN_PROMPT, REOPEN_PROMPT = "escalate-to-manager", "pathway-plan", "reopen-actions"


def follow(
    session: Session,
    revision: InspectionRevision,
    weighed: Weighed,
    *,
    is_current: bool,
    now: datetime,
) -> None:
    """Raise, propose and record what a revision asks for."""
    inspection = revision.inspection
    found = follows(
        weighed.question_set, weighed.submission, weighed.facts,
        audience=AUDIENCES[inspection.voice], checks=weighed.checks,
    )  # fmt: skip
    urgent = [
        defect
        for one in found.defects
        if (defect := _defect(session, revision, weighed, one, is_current=is_current, now=now))
    ]
    if is_current:
        _forget_old_proposals(session, inspection, found)
    _actions(session, revision, found, is_current=is_current, now=now)
    for prompt in found.prompts:
        _prompt(session, revision, weighed, prompt, is_current=is_current, now=now)
    _worries(session, revision, weighed, now=now)
    _told(session, revision, weighed, urgent, now=now)
    if is_current:
        confirm_checks(session, inspection, found.checks, now=now)
    session.flush()


# -- Repairs ---------------------------------------------------------------------------------------


def _defect(
    session: Session,
    revision: InspectionRevision,
    weighed: Weighed,
    one: ProposedDefect,
    *,
    is_current: bool,
    now: datetime,
) -> Defect | None:
    """Raise a repair at once, or propose it; return the defect that was raised or told of again."""
    inspection = revision.inspection
    room = one.room or ""
    proposal = session.scalar(
        select(Proposal).where(
            Proposal.inspection_id == inspection.id,
            Proposal.question == one.question,
            Proposal.room_id == room,
        )
    )
    must_raise = one.is_immediate and one.category is not None
    if proposal is None:
        if not must_raise and not is_current:
            return None
        proposal = Proposal(
            inspection_id=inspection.id, question=one.question, room_id=room, state=PROPOSED
        )
        session.add(proposal)
    is_decided = proposal.state != PROPOSED
    if is_decided and not must_raise:
        return None
    if is_decided and proposal.state != "declined" and not _is_worse(one, proposal):
        return None
    proposal.revision_id = revision.id
    proposal.category, proposal.priority, proposal.words = one.category, one.priority, one.words
    proposal.target_working_days, proposal.hazards = one.target_working_days, list(one.hazards)
    if not must_raise or one.category is None:
        session.flush()
        return None
    defect, is_new = _raise(session, revision, weighed, one, one.category, now=now)
    proposal.priority = one.priority or defect_rules.Priority.P1.value
    proposal.state, proposal.defect_ref = RAISED if is_new else MERGED, defect.ref
    proposal.decided_at, proposal.decided_by_id = now, inspection.user_id
    proposal.declined_because = ""
    session.flush()
    return defect


def _is_worse(one: ProposedDefect, proposal: Proposal) -> bool:
    return (one.priority or "P1") < (proposal.priority or "P4")


def _raise(
    session: Session,
    revision: InspectionRevision,
    weighed: Weighed,
    one: ProposedDefect,
    category: str,
    *,
    now: datetime,
) -> tuple[Defect, bool]:
    inspection = revision.inspection
    visit = inspection.visit
    aware = defect_rules.aware_at(revision.finished_at, revision.received_at)
    owner = queries.owner_id(inspection.user_id, inspection.client_id)
    return defects.raise_defect(
        session,
        home=visit.home,
        provider_id=inspection.provider_id,
        contract=session.get(Contract, visit.contract_id) if visit.contract_id else None,
        room_id=one.room,
        category=category,
        priority=one.priority or defect_rules.Priority.P1.value,
        words=one.words,
        source_kind=SOURCE,
        source_id=inspection.id,
        question=one.question,
        photos=[
            {"owner_id": owner, "sha256": photo.sha256, "caption": photo.caption}
            for photo in one.photos
        ],
        aware_at=aware.at,
        hazards=one.hazards,
        hazard_scheme=weighed.question_set.hazard_scheme,
        target_working_days=one.target_working_days,
        is_withheld=one.share != "yes",
        actor=inspection.user,
        now=now,
    )


def _forget_old_proposals(session: Session, inspection: Inspection, found: Follows) -> None:
    """Drop what an earlier revision proposed, nobody decided, and the current one no longer says."""
    wanted = {(one.question, one.room or "") for one in found.defects}
    for proposal in queries.proposals(session, inspection.id):
        key = (proposal.question, proposal.room_id)
        if proposal.state == PROPOSED and key not in wanted:
            session.delete(proposal)


def _told(
    session: Session,
    revision: InspectionRevision,
    weighed: Weighed,
    urgent: list[Defect],
    *,
    now: datetime,
) -> None:
    """Note on every urgent repair, and on the visit, whom the officer told ("Ring the provider now"), once."""
    inspection = revision.inspection
    for told in weighed.submission.told:
        at = min(told.at or revision.finished_at, revision.received_at)
        note = ", ".join(part for part in (told.who.strip(), told.how.strip()) if part)
        _told_line(session, inspection, ("visit", inspection.visit_id), at=at, note=note)
        for defect in urgent:
            if defect.first_told_at is None or at < defect.first_told_at:
                defect.first_told_at = at
            _told_line(
                session, inspection, ("defect", defect.ref), at=at, note=note,
                is_for_provider=not defect.is_withheld,
            )  # fmt: skip


def _told_line(
    session: Session,
    inspection: Inspection,
    subject: tuple[str, str],
    *,
    at: datetime,
    note: str,
    is_for_provider: bool = False,
) -> None:
    lines = audit.timeline(session, *subject)
    if any((one.what, one.at, one.note) == (TOLD, at, note) for one in lines):
        return
    audit.event(
        session, *subject, who=inspection.user, what=TOLD, now=at, note=note,
        is_for_provider=is_for_provider,
    )  # fmt: skip


# -- Actions and prompts ---------------------------------------------------------------------------


def _actions(
    session: Session,
    revision: InspectionRevision,
    found: Follows,
    *,
    is_current: bool,
    now: datetime,
) -> None:
    for one in found.actions:
        if is_current or one.is_immediate:
            _action(
                session, revision, question=one.question, room=one.room, kind=one.kind,
                words=one.words, share=one.share, is_proposed=not one.is_immediate, now=now,
            )  # fmt: skip


def _action(
    session: Session,
    revision: InspectionRevision,
    *,
    question: str,
    room: str | None,
    kind: str,
    words: str,
    share: str,
    is_proposed: bool,
    now: datetime,
    **more: Any,
) -> None:
    inspection = revision.inspection
    action = actions.add(
        session,
        home=inspection.visit.home,
        provider_id=inspection.provider_id,
        visit_id=inspection.visit_id,
        inspection_id=inspection.id,
        question=question,
        room_id=room,
        kind=kind,
        words=words,
        owner=more.get("owner"),
        due_on=more.get("due_on"),
        share=share,
        is_proposed=is_proposed,
        actor=inspection.user,
        now=now,
    )
    if action.is_proposed and not is_proposed:
        action.is_proposed = False


def _prompt(
    session: Session,
    revision: InspectionRevision,
    weighed: Weighed,
    prompt: Prompt,
    *,
    is_current: bool,
    now: datetime,
) -> None:
    inspection = revision.inspection
    question = weighed.question_set.questions[prompt.question]
    finding = gather(weighed.submission.answers)[prompt.question][prompt.room]
    answer = export(question, finding.value, finding.status)
    by_officer = inspection.voice == "officer"
    if prompt.kind == SAFEGUARDING:
        _record(
            session, revision, question=prompt.question, room=prompt.room, answer=answer,
            words=finding.comment.strip(), now=now,
        )  # fmt: skip
    elif prompt.kind == MANAGER_PROMPT and (is_current or prompt.is_critical):
        _action(
            session, revision, question=prompt.question, room=prompt.room, kind=prompt.kind,
            words=said(question, finding), share="never", is_proposed=not by_officer,
            owner=Owner.MANAGER, due_on=local_day(now), now=now,
        )  # fmt: skip
    elif prompt.kind == PLAN_PROMPT and is_current:
        _action(
            session, revision, question=prompt.question, room=prompt.room, kind=prompt.kind,
            words=f"{said(question, finding)}. Update the plan and the risk assessment.",
            share="never", is_proposed=not by_officer, owner=Owner.ADVISER, now=now,
        )  # fmt: skip
    elif prompt.kind == REOPEN_PROMPT and is_current:
        audit.event(
            session, "visit", inspection.visit_id, who=inspection.user, now=now,
            what="Actions of the last visit are not finished", note=answer,
        )  # fmt: skip


def _worries(
    session: Session, revision: InspectionRevision, weighed: Weighed, *, now: datetime
) -> None:
    for number, worry in enumerate(weighed.submission.worries, start=1):
        officer = officer_of(revision.inspection.visit)
        _record(
            session, revision, question=f"worry-{number}", room=None, answer="", words=worry.words,
            to=worry.to, hearer=officer.user if officer and worry.to == "officer" else None, now=now,
        )  # fmt: skip


def _record(
    session: Session,
    revision: InspectionRevision,
    *,
    question: str,
    room: str | None,
    answer: str,
    words: str,
    now: datetime,
    to: str = "",
    hearer: User | None = None,
) -> None:
    """Record apart, unless an earlier revision said the very same."""
    inspection = revision.inspection
    same = session.scalar(
        select(SafeguardingRecord.id).where(
            SafeguardingRecord.inspection_id == inspection.id,
            SafeguardingRecord.question == question,
            SafeguardingRecord.room_id == (room or ""),
            SafeguardingRecord.answer == answer,
            SafeguardingRecord.words == words,
        )
    )
    if same is not None:
        return
    known_as = {"to": to} if to else {}
    safeguarding.record(
        session,
        home_id=inspection.home_id,
        visit_id=inspection.visit_id,
        inspection_id=inspection.id,
        revision_number=revision.number,
        question=question,
        room_id=room,
        answer=answer,
        words=words,
        author=inspection.user,
        hearer_id=hearer.id if hearer else None,
        now=now,
        **known_as,
    )
