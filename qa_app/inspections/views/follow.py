"""What follows from an inspection: an officer confirms, edits or declines what the answers propose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from qa_app.accounts.access import needs
from qa_app.actions import queries as actions
from qa_app.actions import rules as action_rules
from qa_app.actions import service as action_service
from qa_app.actions.models import Action
from qa_app.base.choosing import Choice
from qa_app.base.db import db
from qa_app.base.errors import DomainError, Refused
from qa_app.base.forms import DateField, Form, Radios, Select, TextArea
from qa_app.base.text import day, local_day, plural
from qa_app.base.transaction import writes
from qa_app.defects import catalogue, showing
from qa_app.defects import queries as defects
from qa_app.defects.models import Defect
from qa_app.homes import queries as homes
from qa_app.inspections import queries, voices
from qa_app.inspections.models import Inspection, Proposal
from qa_app.inspections.report import report_for
from qa_app.inspections.report.answers import ShownAnswer
from qa_app.inspections.rules.follows import follows
from qa_app.inspections.service.deciding import decline_proposal, raise_proposal
from qa_app.inspections.views import bp
from qa_app.ports import clock

NOT_DONE = "Seen on a visit: it is not done"


def _categories() -> list[Choice]:
    return [
        Choice(one.id, f"{top.label}: {one.label}" if one is not top else top.label)
        for top, subs in catalogue.categories().groups()
        for one in (top, *subs)
    ]


def _priorities() -> list[Choice]:
    return [
        Choice(one.id.value, f"{one.id.value} {one.label}")
        for one in catalogue.priorities().values()
    ]


class ProposalForm(Form):
    """What to do with one repair that an answer suggests. Nothing chosen: later."""

    do = Radios("What shall we do?")
    category = Select("What is wrong?", choices=_categories, empty="Choose")
    priority = Select("Priority", choices=_priorities, empty="Choose")
    room = Select("Where?", empty=None)
    words = TextArea(
        "In words",
        max_length=2000,
        description="The provider reads this. Name nobody who lives there.",
    )
    because = TextArea("Why is no repair needed?", max_length=1000)

    def read(self, *, is_default: bool) -> dict[str, str]:
        """Return what is missing, by field; an unanswered one is confirmed when ``is_default``."""
        if self.do.data is None and is_default and self.category.data and self.priority.data:
            self.do.data = self.do.choices[0].value
        if self.do.data is None:
            return {}
        if self.do.data == "decline":
            return {} if self.because.data else {"because": "Say why this needs no repair"}
        mistakes = {}
        if not self.category.data:
            mistakes["category"] = "Choose what is wrong"
        if not self.priority.data:
            mistakes["priority"] = "Choose a priority"
        if not self.words.data:
            mistakes["words"] = "Say what is wrong"
        return mistakes


class ActionForm(Form):
    """What to do with one action that an answer suggests. Nothing chosen: later."""

    do = Radios(
        "What shall we do?",
        choices=(Choice("confirm", "Ask for it"), Choice("decline", "It is not needed")),
    )
    owner = Select(
        "Whose is it?",
        choices=[Choice(id, label) for id, label in action_rules.OWNER_LABELS.items()],
        empty=None,
    )
    due_on = DateField("By when?")
    words = TextArea("What must be done?", max_length=2000)
    because = TextArea("Why is it not needed?", max_length=1000)

    def read(self, *, is_default: bool) -> dict[str, str]:
        """Return what is missing, by field; an unanswered one is confirmed when ``is_default``."""
        if self.do.data is None and is_default:
            self.do.data = "confirm"
        if self.do.data == "decline" and not self.because.data:
            return {"because": "Say why this is not needed"}
        if self.do.data != "confirm":
            return {}
        mistakes = {}
        if self.due_on.data is None and not self.due_on.errors:
            mistakes["due_on"] = "Enter the day by which it must be done"
        if not self.words.data:
            mistakes["words"] = "Say what must be done"
        return mistakes


@dataclass
class Item:
    """Something proposed, with its form and what the inspector said."""

    thing: Any
    form: Any
    title: str
    answer: ShownAnswer | None
    open_already: Defect | None = None
    told_when: str = ""

    @property
    def must_pick(self) -> bool:
        """Whether an officer has to say what is wrong first."""
        return isinstance(self.thing, Proposal) and not (
            self.thing.category and self.thing.priority
        )


@dataclass
class Page:
    """Everything on the page."""

    proposals: list[Item]
    actions: list[Item]
    last_actions: Sequence[Action]
    open_list: list[showing.Row]
    open_list_answer: ShownAnswer | None


@bp.route("/inspections/<inspection_id>/follow", methods=["GET", "POST"])
@needs("inspections.follow")
@writes
def follow(inspection_id: str) -> ResponseReturnValue:
    """Show what was raised and what is proposed; take the decisions, all or none."""
    session, now = db.session(), clock().now()
    inspection = queries.one(session, inspection_id, g.person)
    if voices.is_hidden(session, inspection, g.person, now=now):
        return redirect(url_for("inspections.show", inspection_id=inspection_id))
    is_sent = request.method == "POST"
    page = _page(session, inspection, is_sent=is_sent)
    if not is_sent:
        return _shown(inspection, page)
    if not _are_valid(page, is_default=request.form.get("action") == "confirm-all"):
        return _shown(inspection, page), 422
    try:
        done = _apply(session, inspection, page)
    except DomainError as error:
        session.rollback()
        flash(str(error), "warning")
        return redirect(url_for("inspections.follow", inspection_id=inspection_id))
    flash(done, "success")
    return redirect(url_for("inspections.follow", inspection_id=inspection_id))


# -- Reading ---------------------------------------------------------------------------------------


def _page(session: Session, inspection: Inspection, *, is_sent: bool) -> Page:
    report = report_for(session, inspection, g.person, now=clock().now())
    texts = {
        (question.id, answer.room): (question.text, answer)
        for section in report.sections
        for question in section.questions
        for answer in question.answers
    }
    labels = {room.id: room.label for room in inspection.visit.home.rooms}
    labels |= {one["id"]: one["label"] for one in inspection.current.rooms}

    def said(question: str, room: str) -> tuple[str, ShownAnswer | None]:
        found = texts.get((question, labels.get(room, "") if room else ""))
        return found if found is not None else (question, None)

    waiting = [one for one in queries.proposals(session, inspection.id) if one.state == "proposed"]
    proposed = [one for one in actions.of_inspection(session, inspection.id) if one.is_proposed]
    prompts = _prompts(inspection)
    return Page(
        proposals=[
            _proposal(session, inspection, one, *said(one.question, one.room_id), is_sent=is_sent)
            for one in waiting
        ],
        actions=[
            _action(one, *said(one.question, one.room_id), is_sent=is_sent) for one in proposed
        ],
        last_actions=_last_actions(session, inspection) if "reopen-actions" in prompts else [],
        open_list=_open_list(session, inspection) if "match-defects" in prompts else [],
        open_list_answer=said(prompts["match-defects"], "")[1]
        if "match-defects" in prompts
        else None,
    )


def _prompts(inspection: Inspection) -> dict[str, str]:
    """Return the prompts that the answers gave: kind -> question."""
    revision = inspection.current
    found = follows(
        queries.question_set(revision), queries.submission(revision), queries.facts(revision)
    )
    return {one.kind: one.question for one in found.prompts}


def _last_actions(session: Session, inspection: Inspection) -> Sequence[Action]:
    return actions.of_last_visit(
        session, inspection.home_id, inspection.received_at, besides=inspection.visit_id
    )


def _open_list(session: Session, inspection: Inspection) -> list[showing.Row]:
    now = clock().now()
    return [
        showing.row(one, now=now)
        for one in defects.open_for_home(session, inspection.home_id, g.person)
    ]


def _proposal(
    session: Session,
    inspection: Inspection,
    proposal: Proposal,
    text: str,
    answer: ShownAnswer | None,
    *,
    is_sent: bool,
) -> Item:
    prefix = f"p{proposal.id}"
    home = inspection.visit.home
    rooms = homes.live_rooms(home)
    room = proposal.room_id if proposal.room_id in {one.id for one in rooms} else ""
    form = (
        ProposalForm(prefix=prefix)
        if is_sent and _has_fields(prefix)
        else ProposalForm(
            formdata=None, prefix=prefix, category=proposal.category, priority=proposal.priority,
            words=proposal.words, room=room,
        )
    )  # fmt: skip
    form.room.choices = [
        Choice("", "The whole home"),
        *(Choice(one.id, one.label) for one in rooms),
    ]
    found = defects.open_at(session, home.id, room or None, proposal.category)
    form.do.choices = (
        [
            Choice("join", f"Yes, it is {found.ref}: add this to it"),
            Choice("separate", "No, it is another one: raise it"),
        ]
        if found is not None
        else [Choice("confirm", "Raise it as a repair")]
    ) + [Choice("decline", "No repair is needed")]
    if found is not None:
        form.do.label.text = f"May it be {found.ref}?"
    when = "" if found is None else _ago(found)
    return Item(proposal, form, text, answer, open_already=found, told_when=when)


def _has_fields(prefix: str) -> bool:
    """Whether the form of one item was sent at all; without it, what was proposed stands."""
    return any(name.startswith(f"{prefix}-") for name in request.form)


def _ago(defect: Defect) -> str:
    days = (local_day(clock().now()) - local_day(defect.aware_at)).days
    return "told today" if days < 1 else f"told {plural(days, 'day')} ago"


def _action(action: Action, text: str, answer: ShownAnswer | None, *, is_sent: bool) -> Item:
    prefix = f"a{action.id}"
    form = (
        ActionForm(prefix=prefix)
        if is_sent and _has_fields(prefix)
        else ActionForm(
            formdata=None, prefix=prefix, owner=action.owner, due_on=action.due_on,
            words=action.words,
        )
    )  # fmt: skip
    return Item(action, form, text, answer)


def _are_valid(page: Page, *, is_default: bool) -> bool:
    """Check every form, and put what is missing beside its field."""
    is_valid = True
    for item in (*page.proposals, *page.actions):
        is_right = item.form.validate()
        mistakes = item.form.read(is_default=is_default)
        if mistakes:
            item.form.refuse(Refused(mistakes))
        is_valid = is_valid and is_right and not mistakes
    return is_valid


# -- Deciding --------------------------------------------------------------------------------------


def _apply(session: Session, inspection: Inspection, page: Page) -> str:
    now, person = clock().now(), g.person
    raised, added, declined, later = [], 0, 0, 0
    for item in page.proposals:
        form = item.form
        if form.do.data is None:
            later += 1
        elif form.do.data == "decline":
            decline_proposal(session, item.thing, form.because.data, actor=person, now=now)
            declined += 1
        else:
            defect = raise_proposal(
                session, item.thing, category=form.category.data, priority=form.priority.data,
                words=form.words.data, room_id=form.room.data or None,
                is_separate=form.do.data == "separate", actor=person, now=now,
            )  # fmt: skip
            raised.append(defect.ref)
    for item in page.actions:
        form = item.form
        if form.do.data is None:
            later += 1
        elif form.do.data == "decline":
            action_service.decline(session, item.thing, form.because.data, actor=person, now=now)
            declined += 1
        else:
            action_service.confirm(
                session, item.thing, owner=form.owner.data, due_on=form.due_on.data,
                words=form.words.data, actor=person, now=now,
            )  # fmt: skip
            added += 1
    added += _reopen(session, page.last_actions)
    if inspection.shared_at is not None:
        action_service.share(session, inspection.id, released=inspection.released, now=now)
    return _said(raised, added, declined, later)


def _reopen(session: Session, last: Sequence[Action]) -> int:
    """Open again what was ticked as not done; return how many."""
    ticked, count = set(request.form.getlist("reopen")), 0
    for action in last:
        if action.ref in ticked and action.done_at is not None:
            action_service.reopen(
                session, action, because=NOT_DONE, actor=g.person, now=clock().now()
            )
            count += 1
    return count


def _said(raised: list[str], added: int, declined: int, later: int) -> str:
    parts = [
        f"{plural(len(raised), 'repair')} raised ({', '.join(raised)})" if raised else "",
        f"{plural(added, 'action')} asked for" if added else "",
        f"{declined} declined" if declined else "",
        f"{later} left for later" if later else "",
    ]
    return ("; ".join(part for part in parts if part) or "Nothing was changed") + "."


# -- Showing ---------------------------------------------------------------------------------------


def _shown(inspection: Inspection, page: Page) -> str:
    session = db.session()
    decided = [one for one in queries.proposals(session, inspection.id) if one.state != "proposed"]
    mistakes = [
        mistake for item in (*page.proposals, *page.actions) for mistake in item.form.summary()
    ]
    declined = [
        one for one in actions.of_inspection(session, inspection.id) if one.declined_because
    ]
    return render_template(
        "inspections/follow.html",
        inspection=inspection,
        page=page,
        mistakes=mistakes,
        raised=[one for one in decided if one.state in {"raised", "merged"}],
        declined=[*(one for one in decided if one.state == "declined"), *declined],
        category_label=lambda id: catalogue.label(id) if id else "",
        owner_labels=action_rules.OWNER_LABELS,
        kind_label=action_rules.kind_label,
        on=day(inspection.current.finished_at),
        voice=voices.VOICE_LABELS.get(inspection.voice, inspection.voice),
    )
