"""Plan a visit, change its plan, or begin one at the door."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.accounts.access import needs
from qa_app.base.db import db, new_id
from qa_app.base.errors import DomainError, Refused
from qa_app.base.fields import clean_text
from qa_app.base.paging import page_of
from qa_app.base.text import local
from qa_app.base.transaction import writes
from qa_app.homes import queries as homes
from qa_app.homes.models import Home
from qa_app.ports import clock, ports
from qa_app.question_sets import queries as question_sets
from qa_app.question_sets.rules import QuestionSet
from qa_app.visits import queries, rules, service
from qa_app.visits.forms import ANNOUNCED, UNANNOUNCED, BeginForm, ChangeForm, PlanForm, chosen
from qa_app.visits.models import Visit
from qa_app.visits.views import bp
from qa_app.visits.views.one import show_visit

HOMES_PER_PAGE = 20


@bp.route("/new", methods=["GET", "POST"])
@needs("visits.plan")
@writes
def new() -> ResponseReturnValue:
    """Plan a visit: choose the home, then say why, when and who goes."""
    session, now = db.session(), clock().now()
    ref = clean_text(request.values.get("home", ""))
    if not ref:
        return _pick_home("visits.new", status=422 if request.method == "POST" else 200)
    home = homes.one(session, ref, g.person)
    officers, young = queries.officers(session), queries.young_inspectors(session)
    form = PlanForm()
    form.offer_forms(_officer_set())
    form.offer_people(officers, young)
    if request.method == "GET":
        if any(one.id == g.person.id for one in officers):
            form.officer.process_data(str(g.person.id))
        return render_template("visits/new.html", form=form, home=home)
    if form.validate():
        people = chosen(officers, [form.officer.data or ""])
        try:
            visit = service.plan(
                session,
                home=home,
                purpose=form.purpose.data or "",
                form=form.form_chosen,
                is_announced=form.is_announced.data == ANNOUNCED,
                due_on=form.due_on.data,
                starts_at=form.starts_at_moment,
                officer=people[0] if people else None,
                young_inspectors=chosen(young, form.young_inspectors.data),
                actor=g.person,
                now=now,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            flash("The visit is planned.", "success")
            return redirect(url_for("visits.show", visit_id=visit.id))
    return render_template("visits/new.html", form=form, home=home), 422


def _officer_set() -> QuestionSet | None:
    row = question_sets.latest_for(db.session(), rules.AUDIENCE[rules.OFFICER])
    return None if row is None else question_sets.question_set(row)


def _pick_home(endpoint: str, *, status: int = 200) -> ResponseReturnValue:
    """Show a search and a list of homes; each leads on to the form for that home."""
    ask = request.args
    words = clean_text(ask.get("words", ""))[:100]
    statement = homes.listed(
        g.person,
        homes.Filters(words=words, sort="name"),
        own_authority=ports().settings.own_authority,
    )
    if endpoint == "visits.new":
        statement = statement.where(Home.status != "closed")
    page = page_of(db.session(), statement, ask.get("page", 1, type=int), per_page=HOMES_PER_PAGE)
    answer = render_template("visits/pick.html", page=page, words=words, endpoint=endpoint)
    return answer, status


@bp.route("/<visit_id>/change", methods=["GET", "POST"])
@needs("visits.plan")
@writes
def change(visit_id: str) -> ResponseReturnValue:
    """Change the plan of a visit that has not begun."""
    session = db.session()
    visit = queries.one(session, visit_id, g.person)
    young = queries.young_inspectors(session)
    form = ChangeForm()
    form.offer_forms(_officer_set())
    form.offer_people([], young)
    if request.method == "GET":
        _fill_in(form, visit)
        return render_template("visits/change.html", form=form, visit=visit)
    if form.validate():
        try:
            service.change(
                session,
                visit,
                purpose=form.purpose.data or "",
                form=form.form_chosen,
                is_announced=form.is_announced.data == ANNOUNCED,
                due_on=form.due_on.data,
                starts_at=form.starts_at_moment,
                young_inspectors=chosen(young, form.young_inspectors.data),
                actor=g.person,
                now=clock().now(),
            )
        except Refused as refused:
            form.refuse(refused)
        except DomainError as error:
            return show_visit(visit_id, problem=str(error), status=422)
        else:
            flash("The plan is changed.", "success")
            return redirect(url_for("visits.show", visit_id=visit.id))
    return render_template("visits/change.html", form=form, visit=visit), 422


def _fill_in(form: ChangeForm, visit: Visit) -> None:
    form.purpose.process_data(visit.purpose)
    form.form.process_data(visit.form)
    form.is_announced.process_data(ANNOUNCED if visit.is_announced else UNANNOUNCED)
    form.due_on.process(None, visit.due_on)
    form.starts_at.process_data(local(visit.starts_at).time() if visit.starts_at else None)
    form.young_inspectors.process_data(
        [str(part.user_id) for part in queries.young_inspectors_of(visit)]
    )


@bp.route("/begin", methods=["GET", "POST"])
@needs("visits.plan")
@writes
def begin() -> ResponseReturnValue:
    """Begin a visit that nobody planned, and go straight to its questions."""
    session, now = db.session(), clock().now()
    ref = clean_text(request.values.get("home", ""))
    if not ref:
        return _pick_home("visits.begin", status=422 if request.method == "POST" else 200)
    home = homes.one(session, ref, g.person)
    form = BeginForm()
    form.offer_forms(_officer_set())
    visit_id = request.form.get("visit", "")
    if request.method == "GET":
        return render_template("visits/begin.html", form=form, home=home, visit_id=new_id())
    if form.validate():
        try:
            visit = service.begin_unplanned(
                session,
                visit_id=_uuid_or_new(visit_id),
                home=home,
                purpose=form.purpose.data or "",
                form=form.form_chosen,
                started_at=now,
                officer=g.person,
                now=now,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/visits/{visit.id}/inspect")
    return render_template("visits/begin.html", form=form, home=home, visit_id=visit_id), 422


def _uuid_or_new(text: str) -> str:
    """Return the id made with the form, so that a second tap begins no second visit."""
    try:
        return str(UUID(text))
    except ValueError:
        return new_id()
