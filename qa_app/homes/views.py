"""Homes: list, new, show, edit; their rooms."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.accounts.access import needs
from qa_app.accounts.timelines import shown
from qa_app.audit import service as audit
from qa_app.base.choosing import Choice
from qa_app.base.db import db
from qa_app.base.errors import DomainError, Refused
from qa_app.base.fields import clean_text
from qa_app.base.paging import page_of
from qa_app.base.registry import panels
from qa_app.base.text import local_day
from qa_app.base.transaction import writes
from qa_app.homes import catalogue, queries, rules, service
from qa_app.homes.forms import AnswerForm, HomeForm, MoveForm, RoomForm
from qa_app.homes.models import Home, HomeUnderContract
from qa_app.homes.queries import Filters
from qa_app.ports import clock, ports
from qa_app.providers import queries as providers

bp = Blueprint("homes", __name__, url_prefix="/homes")

MOVE_WORDS = {
    rules.Status.NOT_YET_USED: "Open again, as not yet used",
    rules.Status.IN_USE: "In use: young people may move in",
    rules.Status.PAUSED: "Paused: no new placements for now",
    rules.Status.CLOSED: "Closed",
}


@bp.get("")
@needs("homes.read")
def index() -> ResponseReturnValue:
    """List the homes this person may know, narrowed by what the address says."""
    session, ask = db.session(), request.args
    filters = Filters(
        words=clean_text(ask.get("words", "")[:100]),
        status=ask.get("status", ""),
        type=ask.get("type", ""),
        provider=ask.get("provider", type=int),
        where=ask.get("where", ""),
        sort=ask.get("sort", "ref"),
    )
    own = ports().settings.own_authority
    page = page_of(
        session,
        queries.listed(g.person, filters, own_authority=own),
        ask.get("page", 1, type=int),
    )
    return render_template(
        "homes/index.html",
        page=page,
        filters=filters,
        is_narrowed=replace(filters, sort="") != Filters(sort=""),
        types=catalogue.home_types(),
        statuses=rules.STATUS_LABELS,
        providers=providers.all_by_name(session) if g.person.can("providers.list") else [],
        is_inside=lambda home: rules.is_inside(home.host_authority_code, own),
        area=queries.area_of,
    )


@bp.get("/<ref>")
@needs("homes.read")
def show(ref: str) -> ResponseReturnValue:
    """Show one home, its rooms, contract and whatever other features add."""
    session = db.session()
    home = queries.one(session, ref, g.person)
    today = local_day(clock().now())
    under = _under(home, today)
    return render_template(
        "homes/show.html",
        home=home,
        ring=providers.emergency_contacts(under.contract.provider)[:2] if under else [],
        area=queries.area_of(home),
        rooms=queries.live_rooms(home),
        ended_rooms=[room for room in home.rooms if room.ended_on is not None],
        room_kinds=catalogue.room_kinds(),
        under=under,
        type=catalogue.home_types().get(home.type),
        category=catalogue.ofsted_categories().get(home.ofsted_category or 0),
        tenure=catalogue.tenures().get(home.tenure),
        tier=catalogue.risk_tiers().get(home.risk_tier),
        status_label=rules.STATUS_LABELS.get(rules.Status(home.status)),
        statuses=rules.STATUS_LABELS,
        lines=_lines(home),
        is_inside=rules.is_inside(home.host_authority_code, ports().settings.own_authority),
        room_form=RoomForm(),
        panels=panels.on("homes.show", session, home, g.person),
    )


def _under(home: Home, today: date) -> HomeUnderContract | None:
    """Return the contract of the day for those who may read providers; a provider only ever sees its own."""
    if not g.person.can("providers.read"):
        return None
    under = queries.contract_on(db.session(), home, today)
    if under is not None and g.person.provider_id not in {None, under.contract.provider_id}:
        return None
    return under


def _lines(home: Home) -> list[dict[str, str]]:
    """Return what happened to a home, for staff who may propose or decide, and for those who oversee."""
    if g.person.provider_id is not None or not g.person.can("homes.address"):
        return []
    session = db.session()
    return shown(session, audit.timeline(session, "home", home.ref), is_for_provider=False)


def _form(home: Home | None = None) -> HomeForm:
    form = HomeForm()
    form.contract.choices = [
        Choice(str(one.id), f"{one.provider.name}: {one.title}")
        for one in providers.contracts(db.session(), on_day=_today())
    ]
    form.contract.empty = "No contract yet" if home is None else "No change"
    if home is not None and request.method == "GET":
        form.show(home)
    elif request.method == "GET":
        form.risk_tier.process_data("standard" if "standard" in catalogue.risk_tiers() else "")
    return form


@bp.route("/new", methods=["GET", "POST"])
@needs("homes.write")
@writes
def new() -> ResponseReturnValue:
    """Make a home; the postcode gives its pin and its host authority."""
    form = _form()
    if request.method == "GET":
        return render_template("homes/edit.html", form=form, home=None)
    if form.validate():
        session, now = db.session(), clock().now()
        try:
            with session.begin_nested():
                home = service.create(
                    session, form.values(), geocoder=ports().geocoder, actor=g.person, now=now
                )
                _put_under_contract(home, form)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(f"{home.name} is {home.ref}. Add its rooms next.", "success")
            return redirect(url_for("homes.show", ref=home.ref, _anchor="rooms"))
    _add_mistakes_about_the_place(form, Home())
    return render_template("homes/edit.html", form=form, home=None), 422


def _add_mistakes_about_the_place(form: HomeForm, home: Home) -> None:
    """Say at once what is wrong with the postcode or the pin, when something else was wrong as well."""
    found = service.place_mistakes(db.session(), home, form.values(), geocoder=ports().geocoder)
    form.refuse(Refused({name: words for name, words in found.items() if not form[name].errors}))


def _put_under_contract(home: Home, form: HomeForm) -> None:
    if not form.contract.data:
        return
    now = clock().now()
    starts_on = form.contract_starts_on.data or local_day(now)
    contract_id = int(form.contract.data)
    try:
        service.put_under_contract(
            db.session(), home, contract_id, starts_on=starts_on, actor=g.person, now=now
        )
    except Refused as refused:
        raise Refused(
            {
                "contract_starts_on" if name == "starts_on" else name: words
                for name, words in refused.fields.items()
            }
        ) from refused


@bp.route("/<ref>/edit", methods=["GET", "POST"])
@needs("homes.write")
@writes
def edit(ref: str) -> ResponseReturnValue:
    """Change a home."""
    session = db.session()
    home = queries.one(session, ref, g.person)
    form = _form(home)
    if request.method == "GET":
        return render_template("homes/edit.html", form=form, home=home)
    if form.validate():
        doors, now = ports(), clock().now()
        try:
            with session.begin_nested():
                service.change(
                    session, home, form.values(), geocoder=doors.geocoder, actor=g.person, now=now
                )
                _put_under_contract(home, form)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash("Saved.", "success")
            return redirect(url_for("homes.show", ref=home.ref))
    _add_mistakes_about_the_place(form, home)
    return render_template("homes/edit.html", form=form, home=home), 422


@bp.post("/<ref>/rooms")
@needs("homes.write")
@writes
def add_room(ref: str) -> ResponseReturnValue:
    """Add a room."""
    session = db.session()
    home = queries.one(session, ref, g.person)
    form = RoomForm()
    if form.validate():
        try:
            room = service.add_room(
                session,
                home,
                kind=form.kind.data,
                label=form.label.data,
                actor=g.person,
                now=clock().now(),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(f"Added {room.label}.", "success")
            return redirect(url_for("homes.show", ref=home.ref, _anchor="rooms"))
    return render_template("homes/room.html", form=form, home=home), 422


@bp.post("/<ref>/rooms/<room_id>/end")
@needs("homes.write")
@writes
def end_room(ref: str, room_id: str) -> ResponseReturnValue:
    """End a room; its history stays."""
    session = db.session()
    home = queries.one(session, ref, g.person)
    room = next((room for room in home.rooms if room.id == room_id), None)
    if room is None:
        abort(404)
    service.end_room(session, room, on_day=_today(), actor=g.person, now=clock().now())
    flash(f"{room.label} has ended. What was found in it stays on record.", "success")
    return redirect(url_for("homes.show", ref=home.ref, _anchor="rooms"))


@bp.post("/<ref>/rooms/<room_id>/bring-back")
@needs("homes.write")
@writes
def bring_back(ref: str, room_id: str) -> ResponseReturnValue:
    """Undo the end of a room."""
    session = db.session()
    home = queries.one(session, ref, g.person)
    room = next((room for room in home.rooms if room.id == room_id), None)
    if room is None:
        abort(404)
    try:
        service.bring_back(session, room, actor=g.person, now=clock().now())
    except DomainError as error:
        flash(str(error), "warning")
    else:
        flash(f"{room.label} is there again.", "success")
    return redirect(url_for("homes.show", ref=home.ref, _anchor="rooms"))


def _today() -> date:
    return local_day(clock().now())


@bp.route("/<ref>/status", methods=["GET", "POST"])
@needs("homes.propose")
@writes
def move(ref: str) -> ResponseReturnValue:
    """Bring a home into use, pause it or close it: a manager does it, officers and monitors propose it."""
    session = db.session()
    home = queries.one(session, ref, g.person)
    form = MoveForm()
    form.to.choices = [Choice(to, MOVE_WORDS[to]) for to in _moves(home)]
    if request.method == "GET":
        return render_template("homes/move.html", form=form, home=home)
    if not form.validate():
        return render_template("homes/move.html", form=form, home=home), 422
    act = service.move if g.person.can("homes.move") else service.propose
    to = rules.Status(form.to.data)
    act(session, home, to, because=form.because.data, actor=g.person, now=clock().now())
    if g.person.can("homes.move"):
        flash(f"{home.name} is now: {rules.STATUS_LABELS[to].lower()}.", "success")
    else:
        flash("A manager decides this, and sees your proposal today.", "success")
    return redirect(url_for("homes.show", ref=home.ref))


def _moves(home: Home) -> list[rules.Status]:
    possible = rules.MOVES[rules.Status(home.status)]
    return [to for to in rules.Status if to in possible]


@bp.route("/<ref>/proposal", methods=["GET", "POST"])
@needs("homes.move")
@writes
def answer(ref: str) -> ResponseReturnValue:
    """Answer what somebody proposed about a home."""
    session = db.session()
    home = queries.one(session, ref, g.person)
    if not home.proposed_status:
        flash("Somebody has answered this already.", "warning")
        return redirect(url_for("homes.show", ref=home.ref))
    to = rules.Status(home.proposed_status)
    form = AnswerForm()
    page = {"form": form, "home": home, "wanted": rules.STATUS_LABELS[to]}
    if request.method == "GET":
        return render_template("homes/answer.html", **page)
    if not form.validate():
        return render_template("homes/answer.html", **page), 422
    now, because = clock().now(), form.because.data
    try:
        if form.answer.data == "yes":
            service.move(session, home, to, because=because, actor=g.person, now=now)
            flash(f"{home.name} is now: {rules.STATUS_LABELS[to].lower()}.", "success")
        else:
            service.decline(session, home, because=because, actor=g.person, now=now)
            flash("Your answer is on the home's record.", "success")
    except DomainError as error:
        flash(str(error), "warning")
    return redirect(url_for("homes.show", ref=home.ref))
