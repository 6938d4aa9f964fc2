"""A person's day at `/`: what waits for them first, each role its own; an empty day says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.accounts.rules import Role
from qa_app.actions import queries as actions
from qa_app.actions import rules as action_rules
from qa_app.base.fields import clean_text
from qa_app.base.paging import PER_PAGE, Page
from qa_app.base.text import local_day
from qa_app.defects import queries as defects
from qa_app.defects import showing
from qa_app.desk import queries
from qa_app.homes import queries as homes
from qa_app.homes import rules as home_rules
from qa_app.inspections import voices
from qa_app.safeguarding import queries as safeguarding
from qa_app.visits import queries as visits
from qa_app.visits.showing import shown

MOST = 5
"""How many of a kind the day shows; the rest stand behind a link."""
WORKER_LATE_S = 600

Context = dict[str, Any]


def context(session: Session, person: User, *, now: datetime) -> Context:
    """Return what the day of a person shows: a part is there only when this role has it."""
    today = local_day(now)
    found: Context = {"today": today, "role": person.role, "shown": lambda visit: shown(visit, now)}
    for part in PARTS.get(Role(person.role), ()):
        found.update(part(session, person, now))
    return found


# -- Parts -----------------------------------------------------------------------------------------


def _visits(session: Session, person: User, now: datetime) -> Context:
    return {
        "day": visits.my_day(session, person, today=local_day(now)),
        "unfinished": queries.unfinished(session, person),
    }


def _proposed_repairs(session: Session, person: User, now: datetime) -> Context:
    only_own = person.role == Role.OFFICER
    waiting = queries.proposals_waiting(session, person, only_own=only_own)
    return {
        "proposals": [
            {
                "id": one.inspection.id,
                "home": one.inspection.visit.home.name,
                "on": one.inspection.visit.due_on,
                "voice": voices.VOICE_LABELS.get(one.inspection.voice, one.inspection.voice),
                "number": one.number,
                "is_urgent": one.is_urgent,
            }
            for one in waiting[:MOST]
        ],
        "proposals_total": len(waiting),
    }


def _emergencies(session: Session, person: User, now: datetime) -> Context:
    found = session.scalars(
        defects.listed(person, defects.Filters(status="open", priority="P1"), now=now)
    ).all()
    names = defects.provider_names(session, {one.provider_id for one in found})
    return {
        "emergencies": [showing.row(one, now=now, providers=names) for one in found[:MOST]],
        "emergencies_total": len(found),
    }


def _disputed(session: Session, person: User, now: datetime) -> Context:
    found = session.scalars(
        defects.listed(person, defects.Filters(status="disputed"), now=now)
    ).all()
    names = defects.provider_names(session, {one.provider_id for one in found})
    return {
        "disputed": [showing.row(one, now=now, providers=names) for one in found[:MOST]],
        "disputed_total": len(found),
    }


def _overdue_repairs(session: Session, person: User, now: datetime) -> Context:
    return {
        "overdue": queries.overdue_by_provider(session, person, now=now),
        "overdue_total": defects.overdue_count(session, person, now=now),
        "without_provider": queries.without_provider(session, person),
    }


def _to_confirm(session: Session, person: User, now: datetime) -> Context:
    # an emergency stands further up until somebody has confirmed it
    found = [one for one in defects.awaiting_confirmation(session, person) if one.priority != "P1"]
    return {
        "to_confirm": [showing.row(one, now=now) for one in found[:MOST]],
        "to_confirm_total": len(found),
    }


def _actions(session: Session, person: User, now: datetime) -> Context:
    """Return what is asked of this role; a manager's are due the same day."""
    today = local_day(now)
    found = session.scalars(
        actions.listed(person, actions.Filters(owner=str(person.role)), today=today)
    ).all()
    return {
        "actions": [
            {
                "ref": one.ref,
                "words": one.words,
                "home": one.home.name,
                "kind": action_rules.kind_label(one.kind),
                "due": action_rules.due_words(one.due_on, today),
                "is_late": one.due_on < today,
            }
            for one in found[:MOST]
        ],
        "actions_total": len(found),
        "actions_owner": str(person.role),
    }


def _asked_of_a_manager(session: Session, person: User, now: datetime) -> Context:
    return {
        "asked": homes.proposed(session, person),
        "home_statuses": home_rules.STATUS_LABELS,
    }


def _certificates(session: Session, person: User, now: datetime) -> Context:
    found = queries.homes_lacking_certificates(session, person, today=local_day(now))
    return {"lacking": found[:MOST], "lacking_total": len(found)}


def _kept_apart(session: Session, person: User, now: datetime) -> Context:
    today = local_day(now)
    if not safeguarding.may_read(session, person, today=today):
        return {}
    return {"kept_apart": safeguarding.count_waiting(session, person, today=today)}


def _homes(session: Session, person: User, now: datetime) -> Context:
    return {
        "home_counts": queries.count_of_homes(session, person),
        "home_statuses": home_rules.STATUS_LABELS,
    }


def _cards(session: Session, person: User, now: datetime) -> Context:
    """Return placement cards in pages, narrowed by what the address says."""
    ask = request.args
    words = clean_text(ask.get("words", "")[:100])
    status = ask.get("status", "")
    found = queries.placement_cards(session, person, words=words, status=status)
    last = max(1, -(-len(found) // PER_PAGE))
    number = min(max(1, ask.get("page", 1, type=int)), last)
    rows = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    return {
        "card_page": Page(rows=rows, number=number, total=len(found)),
        "words": words,
        "status": status,
        "home_statuses": {
            status: label
            for status, label in home_rules.STATUS_LABELS.items()
            if status != home_rules.Status.CLOSED
        },
    }


def _machinery(session: Session, person: User, now: datetime) -> Context:
    given_up = queries.jobs_given_up(session)
    return {
        "question_sets": queries.question_set_versions(session),
        "jobs_given_up": given_up[:MOST],
        "jobs_given_up_total": len(given_up),
        "messages_given_up": queries.messages_given_up(session),
        "jobs_late": queries.jobs_late(session, now=now, than_s=WORKER_LATE_S),
    }


Part = Callable[[Session, User, datetime], Context]
PARTS: Mapping[Role, tuple[Part, ...]] = {
    Role.OFFICER: (_kept_apart, _visits, _proposed_repairs, _emergencies, _to_confirm, _actions),
    Role.YOUNG_INSPECTOR: (_visits,),
    Role.MONITOR: (_disputed, _overdue_repairs, _emergencies, _certificates),
    Role.MANAGER: (
        _kept_apart,
        _asked_of_a_manager,
        _actions,
        _visits,
        _proposed_repairs,
        _emergencies,
        _to_confirm,
        _overdue_repairs,
        _certificates,
    ),
    Role.DIRECTOR: (_homes, _emergencies, _overdue_repairs),
    Role.ADVISER: (_cards,),
    Role.ADMINISTRATOR: (_machinery,),
}
"""What each role's day is made of. A provider contact has a page of their own."""
