"""What an officer decides about what an inspection proposes: raise it, add it to an open one, or decline it.

Nothing here commits.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.audit import service as audit
from qa_app.base.errors import DomainError, Refused
from qa_app.defects import rules as defect_rules
from qa_app.defects import service as defects
from qa_app.defects.models import Defect
from qa_app.inspections import queries
from qa_app.inspections.models import InspectionRevision, Proposal
from qa_app.inspections.rules.submission import PhotoRef
from qa_app.providers.models import Contract

SOURCE = "inspection"


def raise_proposal(
    session: Session,
    proposal: Proposal,
    *,
    category: str,
    priority: str,
    words: str,
    room_id: str | None,
    is_separate: bool,
    actor: User,
    now: datetime,
) -> Defect:
    """Raise what was proposed, as the officer words it; an open repair in the same room and category takes it as
    another telling unless ``is_separate``. The clock counts from the visit. ``DomainError`` when it is decided already."""
    _must_wait(proposal)
    revision = session.get_one(InspectionRevision, proposal.revision_id)
    inspection = revision.inspection
    visit = inspection.visit
    owner = queries.owner_id(inspection.user_id, inspection.client_id)
    defect, is_new = defects.raise_defect(
        session,
        home=visit.home,
        provider_id=inspection.provider_id,
        contract=session.get(Contract, visit.contract_id) if visit.contract_id else None,
        room_id=room_id,
        category=category,
        priority=priority,
        words=words,
        source_kind=SOURCE,
        source_id=inspection.id,
        question=proposal.question,
        photos=[
            {"owner_id": owner, "sha256": photo.sha256, "caption": photo.caption}
            for photo in _photos(session, revision, proposal)
        ],
        aware_at=defect_rules.aware_at(revision.finished_at, revision.received_at).at,
        hazards=proposal.hazards,
        hazard_scheme=queries.question_set(revision).hazard_scheme,
        target_working_days=proposal.target_working_days,
        is_withheld=is_withheld(revision, proposal.question),
        is_separate=is_separate,
        actor=actor,
        now=now,
    )
    proposal.category, proposal.priority, proposal.words = category, priority, words.strip()
    proposal.state = "raised" if is_new else "merged"
    proposal.defect_ref = defect.ref
    _decide(session, proposal, actor=actor, now=now)
    return defect


def decline_proposal(
    session: Session, proposal: Proposal, because: str, *, actor: User, now: datetime
) -> None:
    """Say that it needs no repair, and why; ``Refused`` without a reason, ``DomainError`` when it is decided already."""
    _must_wait(proposal)
    if not because.strip():
        raise Refused({"because": "Say why this needs no repair"})
    proposal.state, proposal.declined_because = "declined", because.strip()
    _decide(session, proposal, actor=actor, now=now)


def is_withheld(revision: InspectionRevision, question: str) -> bool:
    """Whether a repair must be kept from the provider because its question is not shared with it."""
    return question not in {one.id for one in queries.visible_questions(revision)}


def _photos(
    session: Session, revision: InspectionRevision, proposal: Proposal
) -> tuple[PhotoRef, ...]:
    rooms = queries.findings(session, revision).get(proposal.question, {})
    found = rooms.get(proposal.room_id or None)
    return found.photos if found is not None else ()


def _must_wait(proposal: Proposal) -> None:
    if proposal.state != "proposed":
        raise DomainError("Somebody has decided this meanwhile. Look at what they decided below.")


def _decide(session: Session, proposal: Proposal, *, actor: User, now: datetime) -> None:
    proposal.decided_by_id, proposal.decided_at = actor.id, now
    audit.record(
        session, actor, f"proposal.{proposal.state}", "inspection", proposal.inspection_id, now=now,
        after={"question": proposal.question, "defect": proposal.defect_ref},
    )  # fmt: skip
    session.flush()
