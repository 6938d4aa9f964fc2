"""What stands beside a question for an officer: the last visit, what is still open, what our record says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from qa_app.actions import queries as actions
from qa_app.actions.models import Action
from qa_app.certificates.kinds import kind_label
from qa_app.defects.models import Defect
from qa_app.inspections import queries
from qa_app.inspections.preparing import Prepared
from qa_app.inspections.rules.submission import RoomSeen
from qa_app.photos import queries as photos
from qa_app.photos.models import Photo
from qa_app.question_sets import answers
from qa_app.question_sets.rules import Question
from qa_app.visits.models import Visit
from qa_app.visits.rules import OFFICER

SAFEGUARDING = "safeguarding"
_HINTS = {
    "escalate-to-manager": "{labels}: this becomes an action for the manager, today.",
    "pathway-plan": "{labels}: this becomes an action for the personal adviser, to look at plan and risks.",
    "reopen-actions": "{labels}: say in the comment which are not done.",
    SAFEGUARDING: "{labels}: what you write here is kept apart. Only the safeguarding duty officers read it, never the provider.",
}


@dataclass(frozen=True)
class LastTime:
    """What was found at the last visit."""

    words: str
    comment: str
    on: datetime
    photos: tuple[Photo, ...]


@dataclass(frozen=True)
class Beside:
    """Everything that may stand beside a question; empty for a young inspector, whose eyes are to be fresh."""

    prepared: Prepared
    is_officer: bool
    last_on: datetime | None = None
    photos_by_hash: Mapping[str, Photo] = field(default_factory=dict)
    last_actions: Sequence[Action] = ()

    def last(self, question: Question, room: RoomSeen | None) -> LastTime | None:
        """What the last visit found, here and on this question."""
        if not self.is_officer or self.last_on is None:
            return None
        rooms = self.prepared.last_answers.get(question.id, {})
        found = rooms.get(room.id if room else None)
        if found is None:
            return None
        words = answers.export(question, found.value, found.status)
        if not words:
            return None
        held = (self.photos_by_hash.get(one.sha256) for one in found.photos)
        return LastTime(
            words, found.comment, self.last_on, tuple(one for one in held if one is not None)
        )

    def open_defects(self, question: Question, room: RoomSeen | None) -> list[Defect]:
        """What is still open here, of the kind that this question can raise."""
        rule = question.defect
        if not self.is_officer or rule is None or rule.category is None:
            return []
        return [
            one
            for one in self.prepared.open_defects
            if one.category == rule.category and (room is None or one.room_id == room.id)
        ]

    def hints(self, question: Question) -> tuple[str, ...]:
        """What an answer leads to, and what our record says, in plain words."""
        found = []
        rule = question.prompt
        if self.is_officer and rule is not None and rule.when is not None:
            labels = [question.choice(one) for one in rule.when if isinstance(one, str)]
            words = " or ".join(f"“{one.label}”" for one in labels if one is not None)
            hint = _HINTS.get(rule.kind)
            if hint:
                found.append(hint.format(labels=words))
        critical = question.critical
        if self.is_officer and critical is not None and critical.only_if_expired_or_missing:
            found.append(self._certificates())
        return tuple(found)

    def _certificates(self) -> str:
        kinds = sorted(kind_label(one) for one in self.prepared.facts.expired_or_missing)
        if not kinds:
            return "Our record: every required certificate is in date. Please check all the same."
        return f"Our record: expired or missing: {', '.join(kinds)}. Please check all the same."

    def shows_last_actions(self, question: Question) -> bool:
        """Whether the actions of the last visit belong beside this question."""
        rule = question.prompt
        return self.is_officer and rule is not None and rule.kind == "reopen-actions"

    def shows_open_list(self, question: Question) -> bool:
        """Whether our own list of open repairs belongs beside this question."""
        rule = question.prompt
        return self.is_officer and rule is not None and rule.kind == "match-defects"


def beside(
    session: Session, visit: Visit, voice: str, prepared: Prepared, *, now: datetime
) -> Beside:
    """Return what stands beside the questions of one voice."""
    if voice != OFFICER:
        return Beside(prepared, is_officer=False)
    last = queries.latest_complete(session, visit.home_id, voice, now, besides=visit.id)
    held: dict[str, Photo] = {}
    if last is not None:
        owner = queries.owner_id(last.inspection.user_id, last.inspection.client_id)
        rows = photos.of_owner(session, owner_kind=queries.OWNER_KIND, owner_id=owner)
        held = {one.sha256: one for one in rows if one.small_key is not None}
    return Beside(
        prepared,
        is_officer=True,
        last_on=last.finished_at if last is not None else None,
        photos_by_hash=held,
        last_actions=actions.of_last_visit(session, visit.home_id, now),
    )
