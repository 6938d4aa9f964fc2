"""Fill in an inspection: a list of sections, one section, all on one page, check, finish. No script is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.accounts.access import body_limit, needs
from qa_app.base.db import db
from qa_app.base.errors import NotFound
from qa_app.base.text import iso, local_day
from qa_app.base.transaction import writes
from qa_app.homes import emergency
from qa_app.inspections import asking, preparing, queries, service, working
from qa_app.inspections.forms import Read, Taken, read_form, read_told
from qa_app.inspections.forms.reading import HOW
from qa_app.inspections.preparing import Prepared, prepare
from qa_app.inspections.rules.submission import Submission
from qa_app.inspections.service import InvalidSubmission
from qa_app.inspections.views import bp
from qa_app.inspections.views.uploads import LARGEST_BODY, take_files, take_rows
from qa_app.photos import queries as photos
from qa_app.ports import clock, ports
from qa_app.question_sets.rules import SectionAsked
from qa_app.visits import queries as visits
from qa_app.visits import service as visit_service
from qa_app.visits.models import Visit, VisitPerson
from qa_app.visits.rules import OFFICER

Kind = Literal["list", "all", "section", "check"]


@dataclass(frozen=True)
class Where:
    """The page that is shown, or was sent."""

    kind: Kind
    section: str = ""


@dataclass
class Filling:
    """Everything about one person's work on one visit, for the length of a request."""

    visit: Visit
    part: VisitPerson
    prepared: Prepared
    work: working.Work
    read: Read

    @property
    def is_officer(self) -> bool:
        """Whether the officer's questions are asked."""
        return self.part.voice == OFFICER


@bp.route("/visits/<visit_id>/inspect", methods=["GET", "POST"])
@needs("inspections.fill")
@body_limit(LARGEST_BODY)
@writes(before=take_files)
def fill(visit_id: str) -> ResponseReturnValue:
    """Show the sections with how far each has come, or (`?all=1`) every question on one page; take answers."""
    return _answer(visit_id, Where("all" if request.args.get("all") else "list"))


@bp.route("/visits/<visit_id>/inspect/check", methods=["GET", "POST"])
@needs("inspections.fill")
@body_limit(LARGEST_BODY)
@writes(before=take_files)
def check(visit_id: str) -> ResponseReturnValue:
    """Show the answers before they are sent, and what is missing; finish all the same."""
    return _answer(visit_id, Where("check"))


@bp.route("/visits/<visit_id>/inspect/<section>", methods=["GET", "POST"])
@needs("inspections.fill")
@body_limit(LARGEST_BODY)
@writes(before=take_files)
def section(visit_id: str, section: str) -> ResponseReturnValue:
    """Ask the questions of one section; take its answers."""
    return _answer(visit_id, Where("section", section))


# -- Reading ---------------------------------------------------------------------------------------


def _answer(visit_id: str, where: Where) -> ResponseReturnValue:
    session, now = db.session(), clock().now()
    visit, part = visits.to_fill(session, visit_id, g.person)
    prepared = prepare(session, visit, part.voice, now=now, doors=ports())
    if where.kind == "section" and where.section not in {s.id for s in asking.sections(prepared)}:
        raise NotFound("no such section")
    if request.method == "POST":
        return _take(visit, part, prepared, where)
    work = working.current(session, visit, g.person, prepared, now=now)
    sent = working.sent_already(session, visit, g.person)
    if sent is not None and (work.client_id is None or work.is_finished):
        return redirect(_page_of(sent.id))
    return _show(Filling(visit, part, prepared, work, Read(work.submission)), where)


def _take(visit: Visit, part: VisitPerson, prepared: Prepared, where: Where) -> ResponseReturnValue:
    session, now = db.session(), clock().now()
    action = request.form.get("action", "save")
    if action == "take-over":
        working.take_over(session, visit, g.person, request.form.get("device", ""), now=now)
        return redirect(url_for("inspections.fill", visit_id=visit.id))
    work = working.begin(session, visit, g.person, prepared, now=now)
    if work.is_finished and action != "finish":
        return _sent_before(visit)
    known = working.known_questions(prepared)
    owner = working.photo_owner(g.person, work)
    taken = take_rows(session, known, owner_id=owner, person=g.person, now=now)
    read = read_form(request.form, taken, before=work.submission, known=known, order=prepared.asked)
    told = read_told(request.form, read.submission, now=now)
    read = Read(told.submission, {**told.problems, **read.problems}, {**told.typed, **read.typed})
    work_before = work
    work = working.keep(session, visit, g.person, work, read.submission, now=now)
    filling = Filling(visit, part, prepared, work, read)
    if filling.is_officer:
        visit_service.check_in(session, visit, actor=g.person, at=now, now=now)
        preparing.freeze_facts(session, visit, started=work.submission.started, now=now)
    if _wants_json():
        return _saved_json(filling, taken)
    if read.problems:
        return _show(filling, where, status=422)
    if action == "finish":
        return _finish(filling)
    before = _prompted(filling, work_before.submission)
    has_news = bool(_prompted(filling, read.submission) - before)
    return redirect(_next_page(filling, where, action, has_news=has_news))


def _prompted(filling: Filling, submission: Submission) -> set[tuple[str, str | None]]:
    """The answers that are a matter of safeguarding."""
    found = asking.prompted(filling.prepared, filling.part.voice, submission)
    return set(found)


def _finish(filling: Filling) -> ResponseReturnValue:
    session, now = db.session(), clock().now()
    try:
        receipt = service.submit(
            session,
            g.person,
            client_id=filling.work.client_id or "",
            submission=working.finished(filling.work, filling.prepared, now=now),
            doors=ports(),
            now=now,
        )
    except InvalidSubmission as refused:
        for problem in refused.problems:
            filling.read.problems[problem.question or "finish"] = problem.message
        return _show(filling, Where("check"), status=422)
    flash("Your answers have arrived and are safe.", "success")
    return redirect(_page_of(receipt.id))


def _sent_before(visit: Visit) -> ResponseReturnValue:
    sent = working.sent_already(db.session(), visit, g.person)
    location = _page_of(sent.id) if sent is not None else url_for("visits.show", visit_id=visit.id)
    if _wants_json():
        return jsonify({"is_finished": True, "location": location})
    return redirect(location)


def _page_of(inspection_id: str) -> str:
    return f"/inspections/{inspection_id}"


def _next_page(filling: Filling, where: Where, action: str, *, has_news: bool) -> str:
    """The page after saving; `now=1` opens what to do about safeguarding."""
    more: dict[str, Any] = {"visit_id": filling.visit.id, **({"now": 1} if has_news else {})}
    if action == "check" or where.kind == "check":
        return url_for("inspections.check", **more)
    if action == "save-and-next" and where.kind == "section":
        ids = [one.id for one in asking.sections(filling.prepared)]
        after = ids[ids.index(where.section) + 1 :]
        if not after:
            return url_for("inspections.check", **more)
        return url_for("inspections.section", section=after[0], **more)
    if where.kind == "all":
        return url_for("inspections.fill", all=1, **more)
    return url_for("inspections.fill", **more)


# -- Showing ---------------------------------------------------------------------------------------


def _show(filling: Filling, where: Where, *, status: int = 200) -> ResponseReturnValue:
    session, now = db.session(), clock().now()
    visit, prepared, read = filling.visit, filling.prepared, filling.read
    standings = asking.progress(prepared, read.submission)
    sections = asking.sections(prepared)
    safety = asking.safety(
        session, visit, filling.part.voice, prepared, read.submission, today=local_day(now)
    )
    context: dict[str, Any] = {
        "visit": visit,
        "part": filling.part,
        "title": visit.home.name
        if visits.address_may_be_seen(visit, g.person, now)
        else visits.area_of(visit),
        "is_officer": filling.is_officer,
        "question_set": prepared.question_set,
        "form_title": prepared.question_set.forms[prepared.form].title,
        "standings": standings,
        "work": filling.work,
        "safety": safety,
        "mistakes": _mistakes(filling, sections),
        "read": read,
        "how": HOW,
        "sections": sections,
        "panels_to_come": _panels_to_come(filling, shown=safety.panels),
        "photo_limit": ports().settings.photo_limit,
        "address": f"/visits/{visit.id}/inspect",
    }
    if where.kind in {"section", "all"}:
        shown = [one for one in sections if where.kind == "all" or one.id == where.section]
        context["shown_sections"] = [(one, _groups(filling, one)) for one in shown]
        context["beside"] = g.asking_context.beside
    if where.kind == "section":
        ids = [one.id for one in sections]
        context.update(
            section=shown[0], number=ids.index(where.section) + 1, is_last=where.section == ids[-1]
        )
    if where.kind == "check":
        context["gaps"] = asking.gaps_shown(prepared, standings)
        context["answers"] = _answers_in_words(filling, sections)
    if where.kind == "list":
        context["elsewhere"] = (
            working.elsewhere(session, visit, g.person) if filling.work.client_id is None else []
        )
    name = {"list": "fill", "all": "_all", "section": "section", "check": "check"}[where.kind]
    return render_template(f"inspections/{name}.html", **context), status


def _groups(filling: Filling, section: SectionAsked) -> Sequence[asking.Group]:
    """The questions of a section with all that stands beside them; what a page shares is made once."""
    session, now = db.session(), clock().now()
    if "asking_context" not in g:
        read = filling.read
        hashes = {
            photo.sha256
            for answer in read.submission.answers
            for finding in answer.findings
            for photo in finding.photos
        }
        held = photos.by_hashes(
            session,
            owner_kind=queries.OWNER_KIND,
            owner_id=working.photo_owner(g.person, filling.work),
            hashes=hashes,
        )
        g.asking_context = asking.Context.of(
            filling.prepared,
            read,
            held,
            asking.beside(session, filling.visit, filling.part.voice, filling.prepared, now=now),
            is_officer=filling.is_officer,
        )
    return asking.asked_groups(section.questions, g.asking_context)


def _panels_to_come(filling: Filling, *, shown: Sequence[emergency.Panel]) -> list[emergency.Panel]:
    """The panels that an answer on this form can show at once, apart from those shown already."""
    rules = (q.show_emergency for q in filling.prepared.question_set.questions.values())
    ids = dict.fromkeys(rule.panel for rule in rules if rule is not None)
    return [found for id in ids if (found := emergency.panel(id)) not in shown]


def _mistakes(filling: Filling, sections: Sequence[SectionAsked]) -> list[dict[str, str]]:
    """The error summary, in the order of the page; each mistake names its question."""
    order = {q.id: n for n, q in enumerate(q for one in sections for q in one.questions)}
    known = working.known_questions(filling.prepared)
    rooms = {one.id: one.label for one in filling.prepared.rooms}
    found = []
    for name, message in filling.read.problems.items():
        question = next(
            (q for q in known if name == q or name.startswith((f"{q}.", f"{q}-"))), None
        )
        if question is None:
            found.append((-1, {"text": message, "href": f"#{name}"}))
            continue
        room = next((label for id, label in rooms.items() if id in name), "")
        about = f"{room}: {known[question].text}" if room else known[question].text
        found.append(
            (order.get(question, len(order)), {"text": f"{about} {message}", "href": f"#{name}"})
        )
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _answers_in_words(
    filling: Filling, sections: Sequence[SectionAsked]
) -> list[tuple[SectionAsked, list[dict[str, str]]]]:
    """Every answer in words, section by section, for the page that checks them."""
    return [
        (one, asking.in_words(one, filling.prepared, filling.work.submission)) for one in sections
    ]


# -- For the script --------------------------------------------------------------------------------


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _saved_json(filling: Filling, taken: Sequence[Taken]) -> ResponseReturnValue:
    """Say what was kept: for the script that saves while one types."""
    places = {one.place for one in taken if one.place is not None}
    shown = {}
    for section in asking.sections(filling.prepared):
        if any(question.id == place[0] for question in section.questions for place in places):
            for group in _groups(filling, section):
                for asked in group.asked:
                    if (asked.question.id, asked.room.id if asked.room else None) in places:
                        shown[asked.name] = [
                            {"key": one.key, "caption": one.caption, "id": one.id}
                            for one in asked.photos
                        ]
    body = {
        "saved_at": iso(filling.work.saved_at),
        "problems": filling.read.problems,
        "photos": shown,
    }
    return jsonify(body), 422 if filling.read.problems else 200
