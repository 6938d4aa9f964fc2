"""Who acts on defects, which limits count, and the promise that a provider is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from qa_app.accounts.rules import Role
from qa_app.base.text import day, moment
from qa_app.defects import catalogue, rules
from qa_app.defects.models import Defect
from qa_app.defects.rules import ActorKind
from qa_app.homes.models import HomeUnderContract
from qa_app.jobs import service as jobs
from qa_app.providers.models import Contract


class Actor(Protocol):
    """Whoever acts."""

    @property
    def id(self) -> int:
        """The account."""

    @property
    def role(self) -> str:
        """The role at the time."""


ACTOR_KINDS: Mapping[str, ActorKind] = {
    Role.OFFICER: ActorKind.OFFICER,
    Role.MANAGER: ActorKind.OFFICER,
    Role.MONITOR: ActorKind.MONITOR,
    Role.PROVIDER: ActorKind.PROVIDER,
}


def actor_kind(actor: Actor) -> ActorKind | None:
    """In what capacity a person acts on defects; None for one who may only look."""
    return ACTOR_KINDS.get(actor.role)


def targets_of(contract: Contract | HomeUnderContract | None) -> rules.Targets:
    """Return the limits that count: the contract's over the usual ones."""
    bought: Contract | None = (
        contract.contract if isinstance(contract, HomeUnderContract) else contract
    )
    return catalogue.targets(bought.targets if bought is not None else None)


def promise_to_tell(session: Session, defect: Defect, why: str, *, now: datetime) -> None:
    """Promise that the provider is told; whether it is (priority, withheld) is decided when it is done."""
    jobs.enqueue(
        session, "defects.raised", {"defect": defect.id, "why": why}, now=now,
        key=f"defects.raised:{defect.id}:{why}:{defect.priority}:{defect.times_reopened}",
    )  # fmt: skip


def limits_sentence(defect: Defect) -> str:
    """Say in one sentence which limits a defect has: "Make safe by ..., fix by ..."."""
    parts = []
    if defect.make_safe_by is not None:
        parts.append(f"make safe by {moment(defect.make_safe_by)}")
    if defect.fix_by is not None:
        parts.append(f"fix by the end of {day(defect.fix_by)}")
    said = ", ".join(parts) or "no date is set; it is to be agreed"
    return f"{said[0].upper()}{said[1:]}."
