"""The phone's door: the sync contract of `/api/v1`, address by address; described at `/api/v1/openapi.json`."""

from __future__ import annotations

import functools
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import RequestEntityTooLarge

from qa_app.accounts.access import body_limit, needs, public
from qa_app.base.db import db
from qa_app.base.errors import NotFound, Refused
from qa_app.base.text import local_day
from qa_app.base.transaction import writes
from qa_app.homes import queries as homes
from qa_app.inspections import queries, service, voices, wire
from qa_app.inspections.preparing import prepare
from qa_app.inspections.receipts import Receipt
from qa_app.inspections.service import InvalidSubmission, TooManyPhotos
from qa_app.photos import service as photos
from qa_app.photos.rules import NotAPicture, PhotoTooLarge
from qa_app.ports import clock, ports
from qa_app.sync import openapi, outgoing, payload
from qa_app.sync.payload import Malformed, Mistake
from qa_app.visits import queries as visits
from qa_app.visits import service as visit_service
from qa_app.visits.models import Visit

bp = Blueprint("sync", __name__, url_prefix="/api/v1")

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

A_HASH = re.compile(r"[0-9a-f]{64}")
NO_LIMIT = 1 << 40
"""The intake counts the bytes of a photo itself, and refuses those over the limit by name."""


def retried(view: View) -> View:
    """Do the whole transaction once more when the database broke it off (reliability.md F47, F48)."""

    @functools.wraps(view)
    def wrapper(**kwargs: str | uuid.UUID) -> ResponseReturnValue:
        try:
            return view(**kwargs)
        except DBAPIError as error:
            if not _is_passing(error):
                raise
            db.session.rollback()
            return view(**kwargs)

    return wrapper  # type: ignore[return-value]  # same parameters, same answer


def _is_passing(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or state in {"40001", "40P01"}


@bp.errorhandler(Malformed)
def _malformed(error: Malformed) -> ResponseReturnValue:
    return _mistakes(error.mistakes)


@bp.errorhandler(InvalidSubmission)
def _invalid(error: InvalidSubmission) -> ResponseReturnValue:
    return _mistakes(tuple(Mistake(one.question or None, one.message) for one in error.problems))


@bp.errorhandler(Refused)
def _refused(error: Refused) -> ResponseReturnValue:
    return _mistakes(tuple(Mistake(None, f"{key}: {words}") for key, words in error.fields.items()))


def _mistakes(mistakes: tuple[Mistake, ...]) -> ResponseReturnValue:
    found = [{"question": one.question, "message": one.message} for one in mistakes]
    return jsonify(found), 422


@bp.get("/openapi.json")
@public
def describe() -> ResponseReturnValue:
    """Describe this door."""
    return jsonify(openapi.document())


@bp.get("/session")
@needs("self")
def session() -> ResponseReturnValue:
    """Say who is signed in, and give the token that writes need."""
    person = g.person
    return {
        "user": {"id": person.id, "name": person.name},
        "role": person.role,
        "csrf_token": generate_csrf(),
    }


# -- Visits ----------------------------------------------------------------------------------------


@bp.get("/visits")
@needs("inspections.fill")
def list_visits() -> ResponseReturnValue:
    """List what the person signed in has to do."""
    session, person, now = db.session(), g.person, clock().now()
    sent = queries.sent_visits(session, person.id)
    mine = visits.for_person(session, person, today=local_day(now))
    to_do = [one for one in mine if one.id not in sent]
    return {"visits": [outgoing.visit_line(one, person, now=now) for one in to_do]}


@bp.get("/visits/<uuid:visit_id>")
@needs("inspections.fill")
def get_visit(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Give a visit whole; what is asked is frozen from now on."""
    return _visit_whole(str(visit_id))


@bp.put("/visits/<uuid:visit_id>")
@needs("visits.plan")
@writes
@retried
def put_visit(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Begin an unplanned visit at the door; the same again gives the same visit."""
    content = payload.parse(request.get_data(), payload.UNPLANNED)
    is_new = db.session().get(Visit, str(visit_id)) is None
    visit = visit_service.begin_unplanned(
        db.session(),
        visit_id=str(visit_id),
        home=homes.one(db.session(), content["home"], g.person),
        purpose=content["purpose"],
        form=content["form"],
        started_at=datetime.fromisoformat(content["started"].upper()),
        officer=g.person,
        now=clock().now(),
    )
    return outgoing.visit_line(visit, g.person, now=clock().now()), 201 if is_new else 200


def _visit_whole(visit_id: str) -> ResponseReturnValue:
    session = db.session()
    now = clock().now()
    visit, part = visits.to_fill(session, visit_id, g.person)
    prepared = prepare(session, visit, part.voice, now=now, doors=ports())
    visit, _ = visits.to_fill(session, visit_id, g.person)
    return jsonify(outgoing.visit_whole(session, visit, g.person, prepared, now=now))


@bp.get("/visits/<uuid:visit_id>/draft")
@needs("inspections.fill")
def get_draft(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Give what this person was writing, the draft saved last first; 404 when nothing is unfinished."""
    visit, _ = visits.to_fill(db.session(), str(visit_id), g.person)
    open_drafts = [
        one
        for one in visits.drafts(db.session(), visit, g.person.id)
        if one.finished_at is None and request.args.get("device", one.device) == one.device
    ]
    if not open_drafts:
        return {"error": "no_draft"}, 404
    return jsonify(outgoing.drafts_out(open_drafts))


@bp.put("/visits/<uuid:visit_id>/draft")
@needs("inspections.fill")
@body_limit(payload.BODY_LIMIT)
@writes
@retried
def put_draft(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what is being written; what has been received as an inspection is a draft no more."""
    content = payload.parse(request.get_data(), payload.DRAFT)
    session = db.session()
    visit, _ = visits.to_fill(session, str(visit_id), g.person)
    client_id = str(uuid.UUID(content["id"]))
    sent = queries.own(session, g.person.id, client_id)
    if sent is not None:
        return {"id": client_id, "device": content["device"], "received": True}
    draft = visit_service.save_draft(
        session,
        visit,
        g.person,
        client_id=client_id,
        device=content["device"],
        content={k: v for k, v in content.items() if k not in {"id", "device", "saved_at"}},
        saved_at=datetime.fromisoformat(content["saved_at"].upper()),
        now=clock().now(),
    )
    return jsonify(outgoing.draft_out(draft))


# -- Inspections -----------------------------------------------------------------------------------


@bp.put("/inspections/<uuid:client_id>")
@needs("inspections.fill")
@body_limit(payload.BODY_LIMIT)
@writes
@retried
def put_inspection(client_id: uuid.UUID) -> ResponseReturnValue:
    """Take in an inspection; 201 when it is new, 200 for the same content again and for a revision."""
    content, canonical = payload.parse_whole(request.get_data(), payload.INSPECTION)
    receipt = service.submit(
        db.session(),
        g.person,
        client_id=str(client_id),
        submission=wire.submission_of(content),
        content_json=content,
        canonical=canonical,
        doors=ports(),
        now=clock().now(),
    )
    return _with_receipt(receipt, 201 if receipt.is_new else 200)


@bp.get("/inspections/<uuid:client_id>")
@needs("inspections.read")
def get_inspection(client_id: uuid.UUID) -> ResponseReturnValue:
    """Give an inspection as kept, with its score: one's own by the id one made, others' by the id of their page."""
    session = db.session()
    found = queries.own(session, g.person.id, str(client_id))
    if found is None:
        found = queries.one(session, str(client_id), g.person)
        if voices.is_hidden(session, found, g.person, now=clock().now()):
            raise NotFound("the other voice of one's own visit, not yet open")
    return jsonify(outgoing.inspection_out(session, found, g.person))


@bp.get("/inspections/<uuid:client_id>/receipt")
@needs("inspections.fill")
def get_receipt(client_id: uuid.UUID) -> ResponseReturnValue:
    """Say what is safe and what is still needed of what this person sent."""
    receipt = service.receipt_for(db.session(), g.person, str(client_id))
    if receipt is None:
        return {"error": "unknown"}, 404
    return _with_receipt(receipt, 200)


def receive_photo(client_id: uuid.UUID, sha256: str) -> None:
    """Stream the photo to disk and make it durable, before the transaction that names it begins."""
    sha256 = sha256.lower()
    g.photo, g.photo_problem = None, None
    intake = photos.intake()
    if request.content_length is not None and request.content_length > intake.limit:
        g.photo_problem = "too_large"
        return
    try:
        received = intake.receive(request.stream)
    except (PhotoTooLarge, RequestEntityTooLarge):
        g.photo_problem = "too_large"
        return
    if received.sha256 != sha256:
        intake.discard(received)
        g.photo_problem = "hash_mismatch"
        return
    try:
        received = replace(received, kind=intake.look(received))
    except (NotAPicture, PhotoTooLarge) as problem:
        intake.discard(received)
        g.photo_problem = "too_large" if isinstance(problem, PhotoTooLarge) else "not_a_picture"
        return
    g.photo = intake.keep(received)


@bp.put("/inspections/<uuid:client_id>/photos/<string:sha256>")
@needs("inspections.fill")
@body_limit(NO_LIMIT)
@writes(before=receive_photo)
@retried
def put_photo(client_id: uuid.UUID, sha256: str) -> ResponseReturnValue:
    """Take in one photo, before or after the answers, any number of times."""
    session, own_id, now = db.session(), str(client_id), clock().now()
    sha256, problem = sha256.lower(), g.photo_problem
    if problem is None:
        try:
            receipt, is_new = service.take_photo(
                session, g.person, client_id=own_id, received=g.photo, now=now
            )
            return _with_receipt(receipt, 201 if is_new else 200)
        except TooManyPhotos:
            photos.intake().discard(g.photo)
            problem = "too_many"
    if problem == "hash_mismatch" or not A_HASH.fullmatch(sha256):
        receipt = service.receipt_for(session, g.person, own_id) or Receipt(own_id)
        return _with_receipt(receipt, 422, error="hash_mismatch")
    receipt = service.refuse_photo(
        session, g.person, client_id=own_id, sha256=sha256, reason=problem, now=now
    )
    return _with_receipt(receipt, 422 if problem == "not_a_picture" else 413, error=problem)


def _with_receipt(receipt: Receipt, status: int, **more: str) -> Response:
    answer = jsonify({**more, **receipt.for_api()})
    answer.status_code = status
    return answer
