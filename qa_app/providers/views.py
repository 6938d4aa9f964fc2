"""Providers: list, new, show, change, end; the people to ring; contracts."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.accounts.access import needs
from qa_app.accounts.rules import Role
from qa_app.base.db import db
from qa_app.base.errors import Refused
from qa_app.base.forms import Form, clean_text
from qa_app.base.paging import page_of
from qa_app.base.registry import panels
from qa_app.base.text import local_day
from qa_app.base.transaction import writes
from qa_app.ports import clock
from qa_app.providers import catalogue, queries, rules, service
from qa_app.providers.forms import ContactForm, ContractForm, EndForm, ProviderForm
from qa_app.providers.models import Contract, Provider

bp = Blueprint("providers", __name__, url_prefix="/providers")

STANDINGS = {"now": "Working with us", "ended": "Ended"}


@bp.get("")
@needs("providers.read")
def index() -> ResponseReturnValue:
    """List the providers this person may know; a provider contact goes to their own page."""
    if g.person.role == Role.PROVIDER:
        return redirect(url_for("providers.show", id=g.person.provider_id))
    session, today = db.session(), local_day(clock().now())
    words = clean_text(request.args.get("words", "")[:100])
    standing = request.args.get("standing", "")
    page = page_of(
        session,
        queries.listed(g.person, words=words, standing=standing, today=today),
        request.args.get("page", 1, type=int),
    )
    return render_template(
        "providers/index.html",
        page=page,
        words=words,
        standing=standing,
        standings=STANDINGS,
        frameworks=catalogue.frameworks(),
        emergency=queries.emergency_contacts,
        running=lambda provider: [one for one in provider.contracts if _is_running(one)],
        has_ended=_has_ended,
    )


def _is_running(contract: Contract) -> bool:
    today = local_day(clock().now())
    return rules.standing(contract.starts_on, contract.ends_on, today=today) == "running"


def _has_ended(provider: Provider) -> bool:
    return provider.ended_on is not None and provider.ended_on < local_day(clock().now())


@bp.get("/<int:id>")
@needs("providers.read")
def show(id: int) -> ResponseReturnValue:
    """Show a provider: whom to ring, contracts, and whatever other features add (its homes)."""
    session = db.session()
    provider = queries.one(session, id, g.person)
    today = local_day(clock().now())
    return render_template(
        "providers/show.html",
        provider=provider,
        contracts=[
            (one, rules.standing(one.starts_on, one.ends_on, today=today))
            for one in reversed(provider.contracts)
        ],
        standing_labels=rules.STANDING_LABELS,
        limits=rules.LIMITS,
        units=rules.UNIT_WORDS,
        boxes=rules.boxes,
        framework=catalogue.frameworks().get(provider.framework),
        ofsted=catalogue.ofsted_statuses().get(provider.ofsted_status),
        bands=catalogue.support_bands(),
        has_ended=_has_ended(provider),
        panels=panels.on("providers.show", session, provider, g.person),
    )


def _saved(form: Form, save: Callable[[], object]) -> bool:
    """Run ``save`` when the form holds; put what it refuses beside the fields, and keep nothing of it."""
    if not form.validate():
        return False
    try:
        with db.session().begin_nested():
            save()
    except Refused as refused:
        form.refuse(refused)
        return False
    return True


@bp.route("/new", methods=["GET", "POST"])
@needs("providers.write")
@writes
def new() -> ResponseReturnValue:
    """Make a provider."""
    form = ProviderForm()
    made: list[Provider] = []
    if request.method == "GET":
        return render_template("providers/edit.html", form=form, provider=None)
    if _saved(
        form,
        lambda: made.append(
            service.create(db.session(), form.values(), actor=g.person, now=clock().now())
        ),
    ):
        flash("Saved. Add whom to ring and the contract next.", "success")
        return redirect(url_for("providers.show", id=made[0].id))
    return render_template("providers/edit.html", form=form, provider=None), 422


@bp.route("/<int:id>/edit", methods=["GET", "POST"])
@needs("providers.write")
@writes
def edit(id: int) -> ResponseReturnValue:
    """Change a provider."""
    session = db.session()
    provider = queries.one(session, id, g.person)
    form = ProviderForm()
    if request.method == "GET":
        form.show(provider)
        return render_template("providers/edit.html", form=form, provider=provider)
    if _saved(
        form,
        lambda: service.change(session, provider, form.values(), actor=g.person, now=clock().now()),
    ):
        flash("Saved.", "success")
        return redirect(url_for("providers.show", id=id))
    return render_template("providers/edit.html", form=form, provider=provider), 422


@bp.route("/<int:id>/end", methods=["GET", "POST"])
@needs("providers.write")
@writes
def end(id: int) -> ResponseReturnValue:
    """End a provider with a day. There is no way to delete one: what happened in its homes keeps its name."""
    session = db.session()
    provider = queries.one(session, id, g.person)
    form = EndForm()
    page = {"form": form, "provider": provider, "contract": None}
    if request.method == "GET":
        return render_template("providers/end.html", **page)
    if _saved(
        form,
        lambda: service.end(
            session, provider, on_day=form.on_day.data, actor=g.person, now=clock().now()
        ),
    ):
        flash("The last day is recorded. Contracts that ran longer end with it.", "success")
        return redirect(url_for("providers.show", id=id))
    return render_template("providers/end.html", **page), 422


@bp.post("/<int:id>/take-up")
@needs("providers.write")
@writes
def take_up(id: int) -> ResponseReturnValue:
    """Undo the end of a provider."""
    session = db.session()
    provider = queries.one(session, id, g.person)
    service.take_up_again(session, provider, actor=g.person, now=clock().now())
    flash("This provider works with us again. Check its contracts: they did not change.", "success")
    return redirect(url_for("providers.show", id=id))


# -- People to ring --------------------------------------------------------------------------------


@bp.route("/<int:id>/contacts/new", methods=["GET", "POST"])
@needs("providers.write")
@writes
def new_contact(id: int) -> ResponseReturnValue:
    """Add a person or desk to ring."""
    session = db.session()
    provider = queries.one(session, id, g.person)
    form = ContactForm()
    if request.method == "GET":
        return render_template("providers/contact.html", form=form, provider=provider, contact=None)
    if _saved(
        form,
        lambda: service.add_contact(
            session, provider, form.values(), actor=g.person, now=clock().now()
        ),
    ):
        flash("Saved.", "success")
        return redirect(url_for("providers.show", id=id, _anchor="contacts"))
    page = render_template("providers/contact.html", form=form, provider=provider, contact=None)
    return page, 422


@bp.route("/<int:id>/contacts/<int:contact_id>", methods=["GET", "POST"])
@needs("providers.write")
@writes
def contact(id: int, contact_id: int) -> ResponseReturnValue:
    """Change a person or desk to ring."""
    session = db.session()
    provider = queries.one(session, id, g.person)
    row = queries.contact(provider, contact_id)
    form = ContactForm()
    if request.method == "GET":
        form.show(row)
        return render_template("providers/contact.html", form=form, provider=provider, contact=row)
    if _saved(
        form,
        lambda: service.change_contact(
            session, row, form.values(), actor=g.person, now=clock().now()
        ),
    ):
        flash("Saved.", "success")
        return redirect(url_for("providers.show", id=id, _anchor="contacts"))
    page = render_template("providers/contact.html", form=form, provider=provider, contact=row)
    return page, 422


@bp.post("/<int:id>/contacts/<int:contact_id>/remove")
@needs("providers.write")
@writes
def remove_contact(id: int, contact_id: int) -> ResponseReturnValue:
    """Take a person or desk off the list."""
    session = db.session()
    row = queries.contact(queries.one(session, id, g.person), contact_id)
    flash(f"{row.name} is off the list.", "success")
    service.remove_contact(session, row, actor=g.person, now=clock().now())
    return redirect(url_for("providers.show", id=id, _anchor="contacts"))


# -- Contracts -------------------------------------------------------------------------------------


@bp.route("/<int:id>/contracts/new", methods=["GET", "POST"])
@needs("providers.write")
@writes
def new_contract(id: int) -> ResponseReturnValue:
    """Add a contract."""
    session = db.session()
    provider = queries.one(session, id, g.person)
    form = ContractForm()
    page = {"form": form, "provider": provider, "contract": None}
    if request.method == "GET":
        return render_template("providers/contract.html", **page)
    if _saved(
        form,
        lambda: service.add_contract(
            session, provider, form.values(), actor=g.person, now=clock().now()
        ),
    ):
        flash("Saved. Put homes under this contract on each home's page.", "success")
        return redirect(url_for("providers.show", id=id, _anchor="contracts"))
    return render_template("providers/contract.html", **page), 422


@bp.route("/<int:id>/contracts/<int:contract_id>", methods=["GET", "POST"])
@needs("providers.write")
@writes
def contract(id: int, contract_id: int) -> ResponseReturnValue:
    """Change a contract."""
    session = db.session()
    provider = queries.one(session, id, g.person)
    row = queries.contract(provider, contract_id)
    form = ContractForm()
    page = {"form": form, "provider": provider, "contract": row}
    if request.method == "GET":
        form.show(row)
        return render_template("providers/contract.html", **page)
    if _saved(
        form,
        lambda: service.change_contract(
            session, row, form.values(), actor=g.person, now=clock().now()
        ),
    ):
        flash("Saved.", "success")
        return redirect(url_for("providers.show", id=id, _anchor="contracts"))
    return render_template("providers/contract.html", **page), 422


@bp.route("/<int:id>/contracts/<int:contract_id>/end", methods=["GET", "POST"])
@needs("providers.write")
@writes
def end_contract(id: int, contract_id: int) -> ResponseReturnValue:
    """End a contract with a day."""
    session = db.session()
    provider = queries.one(session, id, g.person)
    row = queries.contract(provider, contract_id)
    form = EndForm()
    page = {"form": form, "provider": provider, "contract": row}
    if request.method == "GET":
        return render_template("providers/end.html", **page)
    if _saved(
        form,
        lambda: service.end_contract(
            session, row, on_day=form.on_day.data, actor=g.person, now=clock().now()
        ),
    ):
        flash("The last day is recorded.", "success")
        return redirect(url_for("providers.show", id=id, _anchor="contracts"))
    return render_template("providers/end.html", **page), 422
