"""Defects: the list, its export, one defect and what this person may do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine, Select
from sqlalchemy.orm import Session

from qa_app.accounts.access import needs
from qa_app.accounts.rules import Role
from qa_app.accounts.timelines import shown
from qa_app.audit import service as audit
from qa_app.base.db import db
from qa_app.base.errors import DomainError, Refused
from qa_app.base.forms import Form
from qa_app.base.paging import page_of
from qa_app.base.registry import Viewer
from qa_app.base.spreadsheets import csv_lines
from qa_app.base.text import local, local_day
from qa_app.base.transaction import writes, writing
from qa_app.defects import catalogue, queries, rules, service, showing
from qa_app.defects.forms import AnswerForm, CommentForm, MoveForm, PriorityForm, SafeForm
from qa_app.defects.models import Defect
from qa_app.defects.queries import Filters
from qa_app.defects.rules import ActorKind, Priority, State
from qa_app.homes import naming
from qa_app.homes import queries as homes
from qa_app.homes import rules as home_rules
from qa_app.ports import clock

bp = Blueprint("defects", __name__)


def _filters() -> Filters:
    ask = request.args
    status, priority = ask.get("status", "open"), ask.get("priority", "")
    return Filters(
        status=status if status in queries.STATUS_FILTERS else "open",
        priority=priority if priority in {one.value for one in Priority} else "",
        overdue=ask.get("overdue") == "yes",
        home=home_rules.read_ref(ask.get("home", "")) or "",
        provider=_number(ask.get("provider", "")),
    )


def _number(text: str) -> int | None:
    """Return the id in an address; 0, which is nobody's, for one that no table can hold."""
    if not text.isascii() or not text.isdecimal():
        return None
    return int(text) if len(text) < 10 else 0


@bp.get("/defects")
@needs("defects.read")
def index() -> ResponseReturnValue:
    """List the defects this person may know, the worst first, narrowed by what the address says."""
    session, now, filters = db.session(), clock().now(), _filters()
    page = page_of(
        session, queries.listed(g.person, filters, now=now), request.args.get("page", 1, type=int)
    )
    names = queries.provider_names(session, {one.provider_id for one in page.rows})
    is_provider = g.person.role == Role.PROVIDER
    return render_template(
        "defects/index.html",
        page=page,
        rows=[showing.row(one, now=now, providers=names, viewer=g.person) for one in page.rows],
        filters=filters,
        statuses=queries.STATUS_FILTERS,
        priorities=catalogue.priorities().values(),
        homes=queries.homes_with_defects(session, g.person) if naming.may_name(g.person) else [],
        providers=[] if is_provider else queries.providers_with_defects(session, g.person),
        late=queries.overdue_count(session, g.person, now=now),
        csv_args=request.args.to_dict(),
    )


HEAD = (
    "Reference", "Home", "Name of the home", "Provider", "Room", "Category", "Priority", "Status",
    "Council first knew", "Make safe by", "Fix by", "Day given", "Made safe", "Fixed, says the provider",
    "Confirmed fixed", "Late", "Times opened again",
)  # fmt: skip


@bp.get("/defects.csv")
@needs("defects.read")
def export() -> ResponseReturnValue:
    """Send the same list as a spreadsheet, line by line; that it left is audited."""
    now, filters = clock().now(), _filters()
    with writing() as session:
        audit.record(
            session, g.person, "defects.exported", "defects", "csv", now=now,
            after={"filters": request.args.to_dict()},
        )  # fmt: skip
    names = dict(queries.providers_with_defects(db.session(), g.person))
    statement = queries.listed(g.person, filters, now=now).execution_options(yield_per=200)
    lines = _lines(db.engine, statement, names, now, g.person)
    answer = Response(lines, mimetype="text/csv")
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="repairs-{local_day(now).isoformat()}.csv"'
    )
    return answer


def _lines(
    engine: Engine, statement: Select[Defect], names: dict[int, str], now: datetime, viewer: Viewer
) -> Iterator[str]:
    """Read in a session of its own, since it runs after the view has answered."""
    with Session(engine) as session:
        rows = (_cells(one, names, now, viewer) for one in session.scalars(statement))
        yield from csv_lines(HEAD, rows)


def _cells(
    defect: Defect, providers: dict[int, str], now: datetime, viewer: Viewer
) -> list[object]:
    def at(moment: Any) -> str:
        return "" if moment is None else f"{local(moment):%Y-%m-%d %H:%M}"

    return [
        defect.ref, naming.ref_for(defect.home, viewer), naming.name_for(defect.home, viewer), providers.get(defect.provider_id or 0, ""),
        showing.place(defect), catalogue.label(defect.category), defect.priority,
        rules.STATE_LABELS[State(defect.status)], at(defect.aware_at), at(defect.make_safe_by),
        at(defect.fix_by), defect.promised_on or "", at(defect.made_safe_at),
        at(defect.claimed_fixed_at), at(defect.confirmed_fixed_at),
        "yes" if showing.is_late(defect, now=now) else "no", defect.times_reopened,
    ]  # fmt: skip


# -- One defect ------------------------------------------------------------------------------------


@dataclass
class _Forms:
    """The forms on the page; None where this person has no such form."""

    move: MoveForm | None = None
    answer: AnswerForm | None = None
    priority: PriorityForm | None = None
    safe: SafeForm | None = None
    comment: CommentForm | None = None

    def sent(self) -> Form | None:
        """The form with mistakes, if any."""
        every = (self.move, self.answer, self.priority, self.safe, self.comment)
        return next((one for one in every if one is not None and one.summary()), None)


def _forms(defect: Defect, *, sent: str = "") -> _Forms:
    """Make the forms that this person may use now; only the one that was sent reads what was sent."""
    person, kind = g.person, service.actor_kind(g.person)
    found = _Forms()

    def make(name: str, form: Callable[..., Any]) -> Any:
        return form(prefix=name) if sent == name else form(formdata=None, prefix=name)

    if kind is ActorKind.PROVIDER and person.can("defects.answer"):
        answer = make("answer", AnswerForm)
        found.answer = answer if answer.offer(defect) else None
    if kind in {ActorKind.OFFICER, ActorKind.MONITOR} and person.can("defects.comment"):
        move = make("move", MoveForm)
        found.move = move if move.offer(defect, kind) else None
        found.comment = make("comment", CommentForm)
    if person.can("defects.move") and State(defect.status) in rules.LIVE:
        found.priority = make("priority", PriorityForm)
        if (
            defect.make_safe_by is not None
            and defect.made_safe_at is None
            and State(defect.status) is not State.REPORTED
        ):
            found.safe = make("safe", SafeForm)
    return found


def _page(defect: Defect, forms: _Forms | None = None, *, status: int = 200) -> ResponseReturnValue:
    session, now, person = db.session(), clock().now(), g.person
    is_provider = person.role == Role.PROVIDER
    is_card = person.role == Role.ADVISER
    has_story = person.role not in {Role.ADVISER, Role.YOUNG_INSPECTOR}
    events = audit.timeline(session, "defect", defect.ref, is_for_provider=is_provider)
    forms = forms or _forms(defect)
    original = session.get(Defect, defect.duplicate_of_id) if defect.duplicate_of_id else None
    page = render_template(
        "defects/show.html",
        defect=defect,
        row=showing.row(
            defect,
            now=now,
            providers=queries.provider_names(session, [defect.provider_id]),
            viewer=person,
        ),
        category=catalogue.category(defect.category),
        priority=catalogue.priorities()[Priority(defect.priority)],
        clock_sentence=showing.clock_sentence(defect),
        stamps=showing.stamps(defect),
        hazards=[] if person.role in showing.OUTSIDE or is_card else _hazards(defect),
        tellings=[] if is_card else showing.tellings(session, defect, person),
        lines=[] if not has_story else shown(session, events, is_for_provider=is_provider),
        original=original if original is not None and not is_provider else None,
        is_provider=is_provider,
        is_outside=person.role in showing.OUTSIDE,
        is_card=is_card,
        may_open_home=person.can("homes.read"),
        may_open_source=person.can("inspections.read") and person.role != Role.YOUNG_INSPECTOR,
        forms=forms,
        mistakes=forms.sent(),
    )
    return page, status


def _hazards(defect: Defect) -> list[str]:
    scheme = defect.hazard_scheme
    if scheme is None:
        return []
    return [f"{tag} {catalogue.hazard_label(tag, scheme=scheme)}" for tag in defect.hazards]


@bp.get("/defects/<ref>")
@needs("defects.read")
def show(ref: str) -> ResponseReturnValue:
    """Show one defect: what we were told, its clocks, its story, and what this person may do."""
    return _page(queries.one(db.session(), ref, g.person))


def _act(ref: str, name: str, act: Callable[[Defect, Any], str]) -> ResponseReturnValue:
    """Check the form that was sent, do what it says, and say what was done."""
    session = db.session()
    defect = queries.one(session, ref, g.person, is_to_change=True)
    forms = _forms(defect, sent=name)
    form: Form | None = getattr(forms, name)
    if form is None:
        flash("This cannot be done any more. Somebody may have moved it on meanwhile.", "warning")
        return redirect(url_for("defects.show", ref=defect.ref))
    if form.validate():
        try:
            done = act(defect, form)
        except Refused as refused:
            session.rollback()
            form.refuse(refused)
        except DomainError as error:
            session.rollback()
            form.form_errors.append(str(error))
        else:
            flash(done, "success")
            return redirect(url_for("defects.show", ref=defect.ref))
    return _page(queries.one(session, ref, g.person), forms, status=422)


@bp.post("/defects/<ref>/move")
@needs("defects.comment")
@writes
def move(ref: str) -> ResponseReturnValue:
    """Take it to another state: what an officer decides, or a monitor about a dispute."""

    def act(defect: Defect, form: MoveForm) -> str:
        session, other = db.session(), None
        if form.to.data == State.DUPLICATE and form.duplicate_of.data:
            other = _duplicate(form.duplicate_of.data)
        service.move(
            session, defect, State(form.to.data or ""), actor=g.person, now=clock().now(),
            note=form.note.data or "", duplicate_of=other,
        )  # fmt: skip
        return f"{defect.ref}: {rules.STATE_LABELS[State(defect.status)].lower()}."

    return _act(ref, "move", act)


def _duplicate(ref: str) -> Defect:
    try:
        return queries.one(db.session(), ref, g.person)
    except DomainError:
        raise Refused({"duplicate_of": "There is no repair with that reference"}) from None


@bp.post("/defects/<ref>/answer")
@needs("defects.answer")
@writes
def answer(ref: str) -> ResponseReturnValue:
    """Take what a provider says: seen, a day, safe, fixed, or not agreed."""

    def act(defect: Defect, form: AnswerForm) -> str:
        session, now, note = db.session(), clock().now(), form.note.data or ""
        said = form.answer.data
        if said == "date":
            service.give_date(
                session, defect, form.promised_on.data, actor=g.person, now=now, note=note
            )
        elif said == "made-safe":
            service.make_safe(session, defect, actor=g.person, now=now, note=note)
        else:
            to = {"acknowledge": State.ACKNOWLEDGED, "fixed": State.CLAIMED_FIXED}.get(
                said or "", State.DISPUTED
            )
            service.move(session, defect, to, actor=g.person, now=now, note=note)
        return "Thank you. The council has your answer."

    return _act(ref, "answer", act)


@bp.post("/defects/<ref>/priority")
@needs("defects.move")
@writes
def priority(ref: str) -> ResponseReturnValue:
    """Give it another priority, with a reason."""

    def act(defect: Defect, form: PriorityForm) -> str:
        under = homes.contract_on(db.session(), defect.home, local_day(defect.aware_at))
        service.reprioritise(
            db.session(), defect, form.priority.data or "", because=form.because.data or "",
            contract=under, actor=g.person, now=clock().now(),
        )  # fmt: skip
        return f"{defect.ref} is now {defect.priority}."

    return _act(ref, "priority", act)


@bp.post("/defects/<ref>/safe")
@needs("defects.move")
@writes
def safe(ref: str) -> ResponseReturnValue:
    """Stamp that an officer has seen that the danger is over."""

    def act(defect: Defect, form: SafeForm) -> str:
        service.make_safe(
            db.session(), defect, actor=g.person, now=clock().now(), note=form.note.data or ""
        )
        return f"{defect.ref} is safe now."

    return _act(ref, "safe", act)


@bp.post("/defects/<ref>/comment")
@needs("defects.comment")
@writes
def comment(ref: str) -> ResponseReturnValue:
    """Add a remark."""

    def act(defect: Defect, form: CommentForm) -> str:
        service.comment(
            db.session(), defect, form.words.data or "", actor=g.person, now=clock().now(),
            is_for_provider=form.is_for_provider.is_yes,
        )  # fmt: skip
        return "Your comment is on the timeline."

    return _act(ref, "comment", act)
