"""One visit: where, when, who goes, what happened, and what can be done with it now."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.accounts.access import needs
from qa_app.accounts.rules import Role
from qa_app.audit import service as audit
from qa_app.base.db import db
from qa_app.base.errors import DomainError, Refused
from qa_app.base.registry import panels
from qa_app.base.text import iso, moment
from qa_app.base.transaction import writes
from qa_app.ports import clock
from qa_app.question_sets import queries as question_sets
from qa_app.visits import queries, rules, service
from qa_app.visits.forms import CancelForm, ReassignForm, chosen
from qa_app.visits.models import Visit, VisitPerson
from qa_app.visits.showing import shown
from qa_app.visits.views import bp


@bp.get("/<visit_id>")
@needs("visits.read")
def show(visit_id: str) -> ResponseReturnValue:
    """Show one visit: where, when, who goes, what can be done now, what happened."""
    return show_visit(visit_id)


def show_visit(visit_id: str, *, problem: str = "", status: int = 200) -> ResponseReturnValue:
    """Return the page of a visit, with what could not be done above it."""
    session, now = db.session(), clock().now()
    visit = queries.one(session, visit_id, g.person)
    part = queries.person_on(visit, g.person.id)
    is_staff = g.person.role not in {Role.PROVIDER, Role.YOUNG_INSPECTOR}
    is_open = rules.is_open(visit.status)
    officer_set = queries.questions_of(visit, rules.OFFICER)
    forms = question_sets.question_set(officer_set.version).forms if officer_set else {}
    page = render_template(
        "visits/show.html",
        visit=visit,
        shown=shown(visit, now),
        part=part,
        is_staff=is_staff,
        is_open=is_open,
        problem=problem,
        may_change=is_open and g.person.can("visits.plan"),
        may_answer=is_open
        and part is not None
        and part.voice == rules.YOUNG_INSPECTOR
        and visit.status == rules.State.PLANNED,
        form_title=forms[visit.form].title if visit.form in forms else visit.form,
        questions_button=_questions_button(visit, part),
        events=_events(visit) if is_staff else [],
        panels=panels.on("visits.show", session, visit, g.person),
    )
    return page, status


def _questions_button(visit: Visit, part: VisitPerson | None) -> str:
    """What the way to this person's questions is called; "" when there is none."""
    if part is None or not g.person.can("inspections.fill") or part.answer == rules.Answer.DECLINED:
        return ""
    drafts = queries.drafts(db.session(), visit, g.person.id)
    if any(one.finished_at is None for one in drafts):
        return "Go on with the questions"
    if part.sent_at is not None:
        return "See what you sent"
    is_wanted = rules.is_open(visit.status) or (
        part.voice == rules.YOUNG_INSPECTOR and visit.status == rules.State.DONE
    )
    return "Start the questions" if is_wanted else ""


def _events(visit: Visit) -> list[dict[str, Any]]:
    names = {part.user_id: part.user.name for part in visit.people}
    return [
        {
            "when": moment(line.at),
            "iso": iso(line.at),
            "who": names.get(line.who_id or 0, ""),
            "what": line.what,
            "note": line.note,
        }
        for line in reversed(audit.timeline(db.session(), service.KIND, visit.id))
    ]


@bp.post("/<visit_id>/<any(check_in, check_out):step>")
@needs("inspections.fill")
@writes
def move(visit_id: str, step: str) -> ResponseReturnValue:
    """Note that everybody has arrived, or left."""
    session, now = db.session(), clock().now()
    visit, part = queries.to_fill(session, visit_id, g.person)
    if part.voice != rules.OFFICER:
        return show_visit(visit_id, problem="The officer who goes with you does this.", status=422)
    do = service.check_in if step == "check_in" else service.check_out
    try:
        do(session, visit, actor=g.person, at=now, now=now)
    except DomainError as error:
        return show_visit(visit_id, problem=str(error), status=422)
    return redirect(url_for("visits.show", visit_id=visit.id))


@bp.post("/<visit_id>/answer")
@needs("visits.answer")
@writes
def answer(visit_id: str) -> ResponseReturnValue:
    """Take a young inspector's yes or no."""
    session = db.session()
    visit = queries.one(session, visit_id, g.person)
    accepts = request.form.get("answer") == "yes"
    try:
        service.answer(session, visit, person=g.person, accepts=accepts, now=clock().now())
    except DomainError as error:
        return show_visit(visit_id, problem=str(error), status=422)
    words = "Thank you. You are down to come." if accepts else "That is fine. Thank you for saying."
    flash(words, "success")
    return redirect(url_for("visits.show", visit_id=visit.id))


@bp.route("/<visit_id>/cancel", methods=["GET", "POST"])
@needs("visits.plan")
@writes
def cancel(visit_id: str) -> ResponseReturnValue:
    """Cancel a visit, with a reason."""
    session = db.session()
    visit = queries.one(session, visit_id, g.person)
    form = CancelForm()
    if request.method == "GET":
        return render_template("visits/cancel.html", form=form, visit=visit)
    if form.validate():
        try:
            service.cancel(
                session, visit, because=form.because.data, actor=g.person, now=clock().now()
            )
        except Refused as refused:
            form.refuse(refused)
        except DomainError as error:
            return show_visit(visit_id, problem=str(error), status=422)
        else:
            flash("The visit is cancelled.", "success")
            return redirect(url_for("visits.show", visit_id=visit.id))
    return render_template("visits/cancel.html", form=form, visit=visit), 422


@bp.route("/<visit_id>/reassign", methods=["GET", "POST"])
@needs("visits.plan")
@writes
def reassign(visit_id: str) -> ResponseReturnValue:
    """Give a visit to another officer."""
    session = db.session()
    visit = queries.one(session, visit_id, g.person)
    officers = queries.officers(session)
    form = ReassignForm()
    form.offer_people(officers)
    if request.method == "GET":
        return render_template("visits/reassign.html", form=form, visit=visit)
    if form.validate():
        [officer] = chosen(officers, [form.officer.data or ""])
        try:
            service.reassign(session, visit, officer=officer, actor=g.person, now=clock().now())
        except Refused as refused:
            form.refuse(refused)
        except DomainError as error:
            return show_visit(visit_id, problem=str(error), status=422)
        else:
            flash(f"{officer.name} goes now.", "success")
            return redirect(url_for("visits.show", visit_id=visit.id))
    return render_template("visits/reassign.html", form=form, visit=visit), 422
