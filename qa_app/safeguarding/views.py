"""Safeguarding: what waits for the duty officers, one record, taking it on. Each opening is written down."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.accounts import queries as accounts
from qa_app.accounts.access import needs
from qa_app.accounts.models import User
from qa_app.accounts.rules import DutyKind, Role
from qa_app.base.db import db
from qa_app.base.errors import DomainError
from qa_app.base.forms import Form
from qa_app.base.text import local_day
from qa_app.base.transaction import writes, writing
from qa_app.homes import emergency
from qa_app.homes.models import Home, Room
from qa_app.ports import clock
from qa_app.question_sets import queries as question_sets
from qa_app.safeguarding import queries, service
from qa_app.safeguarding.forms import NoteForm, TakeOnForm
from qa_app.safeguarding.models import SafeguardingRecord

bp = Blueprint("safeguarding", __name__, url_prefix="/safeguarding")


@bp.get("")
@needs("safeguarding.read")
def index() -> ResponseReturnValue:
    """List what this person may read today, by reference, home and day; never the words."""
    session, today = db.session(), local_day(clock().now())
    on_duty = accounts.on_duty(session, DutyKind.SAFEGUARDING, today=today)
    records = queries.listed(session, g.person, today=today)
    homes = _homes(session, {one.home_id for one in records})
    return render_template(
        "safeguarding/index.html",
        records=[(one, homes[one.home_id]) for one in records],
        on_duty=on_duty,
        is_on_duty=any(one.id == g.person.id for one in on_duty),
        may_stand_in=not on_duty and g.person.role == Role.MANAGER,
        names=_names(session, {one.acknowledged_by_id for one in records}),
    )


@bp.post("/stand-in")
@needs("safeguarding.read")
@writes
def stand_in() -> ResponseReturnValue:
    """Let a manager take the duty for today because nobody has it."""
    try:
        service.stand_in(db.session(), g.person, now=clock().now())
    except DomainError as error:
        flash(str(error), "warning")
    else:
        flash("You are on duty for safeguarding today.", "success")
    return redirect(url_for("safeguarding.index"))


@bp.get("/<int:record_id>")
@needs("safeguarding.read")
def show(record_id: int) -> ResponseReturnValue:
    """Show one record; who opened it is written down before it is shown."""
    now = clock().now()
    with writing() as session:
        found = queries.one(session, record_id, g.person, now=now, today=local_day(now))
    form = NoteForm(formdata=None) if found.acknowledged_at else TakeOnForm(formdata=None)
    return _page(found, form)


def _page(found: SafeguardingRecord, form: Form, *, status: int = 200) -> ResponseReturnValue:
    session = db.session()
    today = local_day(clock().now())
    home = session.get_one(Home, found.home_id)
    room = session.get(Room, found.room_id) if found.room_id else None
    page = render_template(
        "safeguarding/show.html",
        record=found,
        home=home,
        room=room,
        asked=_question_words(session, found.question),
        is_worry=found.question.startswith("worry"),
        names=_names(session, {found.author_id, found.acknowledged_by_id}),
        author=session.get_one(User, found.author_id),
        contact=emergency.child_safeguarding(home.host_authority_code, today=today),
        danger=emergency.panel("danger").numbers,
        form=form,
    )
    return page, status


@bp.post("/<int:record_id>/take-on")
@needs("safeguarding.read")
@writes
def take_on(record_id: int) -> ResponseReturnValue:
    """Take it on, with one's name."""
    session, now = db.session(), clock().now()
    found = queries.one(session, record_id, g.person, now=now, today=local_day(now))
    form = TakeOnForm()
    if not form.validate():
        return _page(found, form, status=422)
    try:
        service.acknowledge(session, found, note=form.note.data or "", actor=g.person, now=now)
    except DomainError as error:
        flash(str(error), "warning")
    else:
        flash(f"{found.ref} is yours.", "success")
    return redirect(url_for("safeguarding.show", record_id=record_id))


@bp.post("/<int:record_id>/note")
@needs("safeguarding.read")
@writes
def note(record_id: int) -> ResponseReturnValue:
    """Write down what was done."""
    session, now = db.session(), clock().now()
    found = queries.one(session, record_id, g.person, now=now, today=local_day(now))
    form = NoteForm()
    if not form.validate():
        return _page(found, form, status=422)
    service.add_note(session, found, note=form.note.data or "", actor=g.person, now=now)
    flash("Written down.", "success")
    return redirect(url_for("safeguarding.show", record_id=record_id))


def _question_words(session: Session, question: str) -> str:
    """Return the question as it is worded now; "" for a worry, which answers none."""
    for audience in ("officer", "young inspector"):
        version = question_sets.latest_for(session, audience)
        found = question_sets.question_set(version).question(question) if version else None
        if found is not None:
            return found.text
    return ""


def _homes(session: Session, ids: set[int]) -> dict[int, Home]:
    return {home.id: home for home in session.scalars(select(Home).where(Home.id.in_(ids)))}


def _names(session: Session, ids: set[Any]) -> dict[int, str]:
    rows = session.execute(select(User.id, User.name).where(User.id.in_(ids - {None})))
    return {row.id: row.name for row in rows}
