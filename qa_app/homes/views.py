"""Homes: list, new, show, edit; their rooms."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.accounts.access import needs
from qa_app.audit import service as audit
from qa_app.base.choosing import Choice
from qa_app.base.db import db
from qa_app.base.errors import DomainError, Refused
from qa_app.base.paging import page_of
from qa_app.base.registry import panels
from qa_app.base.text import local_day
from qa_app.base.transaction import writes
from qa_app.homes import catalogue, queries, rules, service
from qa_app.homes.forms import HomeForm, RoomForm
from qa_app.homes.models import Home, Room
from qa_app.homes.queries import Filters
from qa_app.ports import clock, ports
from qa_app.providers import queries as providers

bp = Blueprint("homes", __name__, url_prefix="/homes")


@bp.get("")
@needs("homes.read")
def index() -> ResponseReturnValue:
    """List the homes this person may know, narrowed by what the address says."""
    session, ask = db.session(), request.args
    filters = Filters(
        words=ask.get("words", "")[:100],
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
        types=catalogue.home_types(),
        statuses=rules.STATUS_LABELS,
        providers=providers.all_by_name(session) if g.person.can("providers.write") else [],
        is_inside=lambda home: rules.is_inside(home.host_authority_code, own),
        area=_area,
    )


def _area(home: Home) -> str:
    name = home.host_authority.name if home.host_authority is not None else ""
    return rules.area_words(home.postcode, name or home.host_authority_code)


@bp.get("/<ref>")
@needs("homes.read")
def show(ref: str) -> ResponseReturnValue:
    """Show one home, its rooms, contract and whatever other features add."""
    session = db.session()
    home = queries.one(session, ref, g.person)
    today = local_day(clock().now())
    return render_template(
        "homes/show.html",
        home=home,
        area=_area(home),
        rooms=queries.live_rooms(home),
        ended_rooms=[room for room in home.rooms if room.ended_on is not None],
        room_kinds=catalogue.room_kinds(),
        under=queries.contract_on(session, home, today),
        type=catalogue.home_types().get(home.type),
        category=catalogue.ofsted_categories().get(home.ofsted_category or 0),
        tenure=catalogue.tenures().get(home.tenure),
        tier=catalogue.risk_tiers().get(home.risk_tier),
        status_label=rules.STATUS_LABELS.get(rules.Status(home.status)),
        moves=[
            (to, rules.STATUS_LABELS[to]) for to in sorted(rules.MOVES[rules.Status(home.status)])
        ],
        is_inside=rules.is_inside(home.host_authority_code, ports().settings.own_authority),
        room_form=RoomForm(),
        panels=panels.on("homes.show", session, home, g.person),
    )


def _form(home: Home | None = None) -> HomeForm:
    form = HomeForm()
    form.contract.choices = [
        Choice("", "No contract yet"),
        *(
            Choice(str(one.id), f"{one.provider.name}: {one.title}")
            for one in providers.contracts(db.session())
        ),
    ]
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
            home = service.create(
                session, form.values(), geocoder=ports().geocoder, actor=g.person, now=now
            )
            _put_under_contract(home, form)
        except Refused as refused:
            session.rollback()
            form.refuse(refused)
        else:
            flash(f"{home.name} is {home.ref}. Add its rooms next.", "success")
            return redirect(url_for("homes.show", ref=home.ref, _anchor="rooms"))
    return render_template("homes/edit.html", form=form, home=None), 422


def _put_under_contract(home: Home, form: HomeForm) -> None:
    if not form.contract.data:
        return
    now = clock().now()
    service.put_under_contract(
        db.session(),
        home,
        int(form.contract.data),
        starts_on=form.contract_starts_on.data or local_day(now),
        actor=g.person,
        now=now,
    )


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
        try:
            service.change(
                session,
                home,
                form.values(),
                geocoder=ports().geocoder,
                actor=g.person,
                now=clock().now(),
            )
            _put_under_contract(home, form)
        except Refused as refused:
            session.rollback()
            form.refuse(refused)
        else:
            flash("Saved.", "success")
            return redirect(url_for("homes.show", ref=home.ref))
    return render_template(
        "homes/edit.html", form=form, home=queries.one(session, ref, g.person)
    ), 422


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
    room = session.get(Room, room_id)
    if room is None or room.home_id != home.id:
        abort(404)
    now = clock().now()
    service.end_room(session, room, on_day=_today(), actor=g.person, now=now)
    flash(f"{room.label} has ended. What was found in it stays on record.", "success")
    return redirect(url_for("homes.show", ref=home.ref, _anchor="rooms"))


def _today() -> date:
    return local_day(clock().now())


@bp.post("/<ref>/status")
@needs("homes.propose")
@writes
def move(ref: str) -> ResponseReturnValue:
    """Bring a home into use, pause it or close it: a manager does it, officers and monitors propose it."""
    session = db.session()
    home = queries.one(session, ref, g.person)
    try:
        to = rules.Status(request.form.get("to", ""))
    except ValueError:
        abort(400)
    now = clock().now()
    if not g.person.can("homes.move"):
        audit.event(
            session,
            "home",
            home.ref,
            who=g.person,
            what=f"Asked a manager: {rules.STATUS_LABELS[to]}",
            now=now,
        )
        flash("A manager decides this. Your proposal is on the home's record.", "success")
        return redirect(url_for("homes.show", ref=home.ref))
    try:
        service.move(session, home, to, actor=g.person, now=now)
    except DomainError as error:
        flash(str(error), "warning")
    else:
        flash(f"{home.name} is now: {rules.STATUS_LABELS[to].lower()}.", "success")
    return redirect(url_for("homes.show", ref=home.ref))
