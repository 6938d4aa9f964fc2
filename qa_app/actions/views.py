"""Actions: the list, one action, done, opened again, answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.accounts.access import needs
from qa_app.accounts.rules import Role
from qa_app.accounts.timelines import shown
from qa_app.actions import queries, rules, service
from qa_app.actions.forms import AnswerForm, DoneForm, ReopenForm
from qa_app.actions.models import Action
from qa_app.actions.queries import Filters
from qa_app.audit import service as audit
from qa_app.base.db import db
from qa_app.base.errors import DomainError, Refused
from qa_app.base.forms import Form
from qa_app.base.paging import page_of
from qa_app.base.text import local_day
from qa_app.base.transaction import writes
from qa_app.ports import clock

bp = Blueprint("actions", __name__, url_prefix="/actions")


def _row(action: Action) -> dict[str, Any]:
    today = local_day(clock().now())
    state = rules.state(
        is_proposed=action.is_proposed,
        declined_because=action.declined_because,
        is_done=action.done_at is not None,
        due_on=action.due_on,
        today=today,
    )
    is_open = state in {rules.State.OPEN, rules.State.OVERDUE}
    return {
        "ref": action.ref,
        "words": action.words,
        "kind": rules.kind_label(action.kind),
        "home_name": action.home.name,
        "home_ref": action.home.ref,
        "owner": rules.OWNER_LABELS.get(action.owner, action.owner),
        "state": state.value,
        "state_label": rules.STATE_LABELS[state],
        "due": rules.due_words(action.due_on, today) if is_open else "",
        "is_open": is_open,
    }


@bp.get("")
@needs("actions.read")
def index() -> ResponseReturnValue:
    """List the actions this person may know, due soonest first."""
    ask = request.args
    status, owner = ask.get("status", "open"), ask.get("owner", "")
    filters = Filters(
        status=status if status in queries.STATUS_FILTERS else "open",
        owner=owner if owner in rules.OWNER_LABELS else "",
    )
    page = page_of(
        db.session(),
        queries.listed(g.person, filters, today=local_day(clock().now())),
        ask.get("page", 1, type=int),
    )
    return render_template(
        "actions/index.html",
        page=page,
        rows=[_row(one) for one in page.rows],
        filters=filters,
        statuses=queries.STATUS_FILTERS,
        owners=[] if g.person.role == Role.PROVIDER else list(rules.OWNER_LABELS.items()),
    )


def _form(action: Action, sent: str = "") -> tuple[str, Form | None]:
    """Return which form this person has now, and the form."""
    is_open = bool(_row(action)["is_open"])
    kinds: dict[str, tuple[bool, Callable[..., Form]]] = {
        "done": (is_open and g.person.can("actions.write"), DoneForm),
        "reopen": (action.done_at is not None and g.person.can("actions.write"), ReopenForm),
        "answer": (is_open and g.person.can("actions.answer"), AnswerForm),
    }
    for name, (may, kind) in kinds.items():
        if may and sent in {"", name}:
            return name, kind() if sent else kind(formdata=None)
    return "", None


def _page(
    action: Action, name: str, form: Form | None, *, status: int = 200
) -> ResponseReturnValue:
    session, is_provider = db.session(), g.person.role == Role.PROVIDER
    events = audit.timeline(session, "action", action.ref, is_for_provider=is_provider)
    page = render_template(
        "actions/show.html",
        action=action,
        row=_row(action),
        form=form,
        form_name=name,
        lines=shown(session, events, is_for_provider=is_provider),
        may_open_visit=action.inspection_id is not None and g.person.can("inspections.read"),
    )
    return page, status


@bp.get("/<ref>")
@needs("actions.read")
def show(ref: str) -> ResponseReturnValue:
    """Show one action, its story, and what this person may do."""
    action = queries.one(db.session(), ref, g.person)
    return _page(action, *_form(action))


def _act(ref: str, name: str, act: Callable[[Action, Any], str]) -> ResponseReturnValue:
    session = db.session()
    action = queries.one(session, ref, g.person)
    _, form = _form(action, name)
    if form is None:
        flash("This cannot be done any more. Somebody may have changed it meanwhile.", "warning")
        return redirect(url_for("actions.show", ref=action.ref))
    if form.validate():
        try:
            said = act(action, form)
        except Refused as refused:
            form.refuse(refused)
        except DomainError as error:
            form.form_errors.append(str(error))
        else:
            flash(said, "success")
            return redirect(url_for("actions.show", ref=action.ref))
    return _page(action, name, form, status=422)


@bp.post("/<ref>/done")
@needs("actions.write")
@writes
def done(ref: str) -> ResponseReturnValue:
    """Say that it is done."""

    def act(action: Action, form: DoneForm) -> str:
        service.done(
            db.session(), action, evidence=form.evidence.data or "", actor=g.person,
            now=clock().now(),
        )  # fmt: skip
        return f"{action.ref} is done."

    return _act(ref, "done", act)


@bp.post("/<ref>/reopen")
@needs("actions.write")
@writes
def reopen(ref: str) -> ResponseReturnValue:
    """Say that it is not done after all."""

    def act(action: Action, form: ReopenForm) -> str:
        service.reopen(
            db.session(), action, because=form.because.data or "", actor=g.person, now=clock().now()
        )
        return f"{action.ref} is open again."

    return _act(ref, "reopen", act)


@bp.post("/<ref>/answer")
@needs("actions.answer")
@writes
def answer(ref: str) -> ResponseReturnValue:
    """Take a provider's answer."""

    def act(action: Action, form: AnswerForm) -> str:
        service.answer(
            db.session(), action, words=form.words.data or "", actor=g.person, now=clock().now()
        )
        return "Thank you. The council has your answer."

    return _act(ref, "answer", act)
