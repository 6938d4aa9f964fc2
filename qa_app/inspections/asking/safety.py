"""Safety first: what must be said before any further question, out of the answers so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from qa_app.homes import emergency
from qa_app.inspections.asking.beside import SAFEGUARDING
from qa_app.inspections.preparing import AUDIENCES, Prepared
from qa_app.inspections.rules.follows import follows
from qa_app.inspections.rules.submission import Submission, Told
from qa_app.providers.models import Provider
from qa_app.visits.models import Visit
from qa_app.visits.rules import OFFICER

ADULT_AGE = 18


@dataclass(frozen=True)
class ToRing:
    """Somebody at the provider who can be rung."""

    name: str
    role: str
    display: str
    dial: str


@dataclass(frozen=True)
class Safety:
    """``panels``: emergency panels of answers that stand. ``cannot_wait``: what the provider must be rung about
    now. ``prompted``: questions whose answer is a matter of safeguarding, as (question, room)."""

    panels: tuple[emergency.Panel, ...]
    cannot_wait: tuple[str, ...]
    to_ring: tuple[ToRing, ...]
    told: tuple[Told, ...]
    prompted: tuple[tuple[str, str | None], ...]
    danger: emergency.Panel | None
    area: emergency.Contact | None
    has_minors: bool
    has_adults: bool

    @property
    def must_ring(self) -> bool:
        """Whether the provider must be rung, and nobody has been recorded as told."""
        return bool(self.cannot_wait) and not self.told

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.panels or self.cannot_wait or self.prompted or self.told)


def safety(
    session: Session,
    visit: Visit,
    voice: str,
    prepared: Prepared,
    submission: Submission,
    *,
    today: date,
) -> Safety:
    """Return what must be said now. A young inspector is never asked to ring a provider."""
    found = follows(
        prepared.question_set, submission, prepared.facts, audience=AUDIENCES[voice],
        checks=prepared.checks,
    )  # fmt: skip
    names = {one.id: one.label for one in prepared.rooms}
    prompted = tuple((one.question, one.room) for one in found.prompts if one.kind == SAFEGUARDING)
    home = visit.home
    cannot_wait = tuple(
        f"{names[one.room]}: {one.words}" if one.room in names else one.words
        for one in found.immediate
    )
    is_officer = voice == OFFICER
    return Safety(
        panels=tuple(
            emergency.panel(one) for one in dict.fromkeys(e.panel for e in found.emergencies)
        ),
        cannot_wait=cannot_wait if is_officer else (),
        to_ring=_to_ring(session, visit.provider_id) if is_officer and cannot_wait else (),
        told=submission.told,
        prompted=prompted,
        danger=emergency.panels().get("danger") if prompted else None,
        area=emergency.child_safeguarding(home.host_authority_code, today=today)
        if prompted
        else None,
        has_minors=home.youngest_age is None or home.youngest_age < ADULT_AGE,
        has_adults=home.oldest_age is None or home.oldest_age >= ADULT_AGE,
    )


def prompted(
    prepared: Prepared, voice: str, submission: Submission
) -> tuple[tuple[str, str | None], ...]:
    """Return the answers that are a matter of safeguarding, as (question, room)."""
    found = follows(prepared.question_set, submission, prepared.facts, audience=AUDIENCES[voice])
    return tuple((one.question, one.room) for one in found.prompts if one.kind == SAFEGUARDING)


def _to_ring(session: Session, provider_id: int | None) -> tuple[ToRing, ...]:
    """Emergency contacts first; any other number before none at all."""
    provider = session.get(Provider, provider_id) if provider_id is not None else None
    if provider is None:
        return ()
    with_phone = [one for one in provider.contacts if one.phone]
    chosen = [one for one in with_phone if one.is_emergency] or with_phone
    return tuple(ToRing(one.name, one.job, one.phone, _dial(one.phone)) for one in chosen)


def _dial(phone: str) -> str:
    return "".join(sign for sign in phone if sign.isdigit() or sign == "+")
