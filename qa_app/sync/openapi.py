"""The sync contract as OpenAPI 3.1, made from the very shapes that bodies are checked with."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from qa_app.sync import payload

Json = dict[str, Any]

RECEIPT: Json = {
    "type": "object",
    "required": [
        "id", "revision", "content_sha256", "received_at", "status", "needs", "refused",
        "unreadable", "gaps", "flags",
    ],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "revision": {"type": ["integer", "null"], "description": "null until the answers came"},
        "content_sha256": {
            "type": ["string", "null"],
            "description": "SHA-256 (hex) of the RFC 8785 form of the body",
        },
        "received_at": {"type": ["string", "null"], "format": "date-time"},
        "status": {
            "type": "string",
            "enum": ["needs", "complete"],
            "description": "complete: the row and every photo of the manifest that was not refused "
            "are on disk, synced and hash-checked",
        },
        "needs": {"type": "array", "items": {"type": "string"}},
        "refused": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["sha256", "reason"],
                "properties": {
                    "sha256": {"type": "string"},
                    "reason": {"type": "string", "enum": ["not_a_picture", "too_large", "too_many"]},
                },
            },
        },
        "unreadable": {"type": "array", "items": {"type": "string"}},
        "gaps": {
            "type": "array",
            "items": {"type": "string", "description": "question, or question.room"},
        },
        "flags": {"type": "array", "items": {"type": "string"}},
        "error": {
            "type": "string",
            "enum": ["hash_mismatch", "not_a_picture", "too_large", "too_many"],
            "description": "only where a photo was not taken",
        },
    },
}  # fmt: skip

MISTAKES: Json = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["question", "message"],
        "properties": {
            "question": {"type": ["string", "null"]},
            "message": {"type": "string"},
        },
    },
}

SCORE: Json = {
    "type": "object",
    "required": ["percent", "coverage", "band", "partial", "missing_critical"],
    "properties": {
        "percent": {"type": ["number", "null"]},
        "coverage": {"type": ["number", "null"]},
        "band": {"type": ["string", "null"]},
        "partial": {"type": "boolean"},
        "missing_critical": {"type": "array", "items": {"type": "string"}},
    },
}

HOME: Json = {
    "type": "object",
    "required": ["ref", "area"],
    "properties": {
        "ref": {"type": ["string", "null"]},
        "area": {"type": "string"},
        "name": {"type": "string"},
        "address": {"type": "string"},
        "postcode": {"type": "string"},
        "latitude": {"type": ["number", "null"]},
        "longitude": {"type": ["number", "null"]},
    },
    "description": "a young inspector gets name and address only from the visit's morning to check-out",
}

VISIT: Json = {
    "type": "object",
    "required": ["id", "home", "purpose", "form", "due", "question_set"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "home": HOME,
        "purpose": {"type": "string"},
        "form": {"type": "string"},
        "due": {"type": "string", "format": "date"},
        "starts": {"type": ["string", "null"], "format": "date-time"},
        "status": {"type": "string"},
        "question_set": {"type": ["object", "null"]},
    },
}

_SECURITY: Json = {
    "cookie": {"type": "apiKey", "in": "cookie", "name": "doorstep"},
    "token": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRF-Token",
        "description": "for writes, with a same-origin Origin; from GET /session",
    },
}


def _json(schema: Json, words: str) -> Json:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _answers(*more: tuple[int, Json]) -> Json:
    """Return the answers that every address gives, and those of this one."""
    found: Json = {
        "401": {"description": "sign-in ended, or the account is disabled"},
        "403": {"description": "this role may not, or the token or the Origin is missing"},
        "503": {
            "description": "it cannot be made durable now: keep it and try again",
            "headers": {"Retry-After": {"schema": {"type": "integer"}}},
        },
    }
    found |= {str(status): answer for status, answer in more}
    return dict(sorted(found.items()))


def _operation(
    words: str, answers: Json, body: Json | None = None, *, writes: bool = False
) -> Json:
    found: Json = {
        "summary": words,
        "responses": answers,
        "security": [{"cookie": [], "token": []} if writes else {"cookie": []}],
    }
    if body is not None:
        found["requestBody"] = {"required": True, "content": body}
    return found


def _id(name: str, words: str, schema: Json | None = None) -> Json:
    return {
        "name": name, "in": "path", "required": True, "description": words,
        "schema": schema or {"type": "string", "format": "uuid"},
    }  # fmt: skip


_NOT_THERE = (404, {"description": "there is none, or it is not this person's"})
_WRONG = (422, _json(MISTAKES, "malformed, or an unknown question or value"))
_RECEIPT = _ref("Receipt")


def _in_json(name: str) -> Json:
    return {"application/json": {"schema": _ref(name)}}


def _visit_paths() -> Json:
    visit_id = _id("visit_id", "the visit")
    return {
        "/visits": {
            "get": _operation(
                "What the person signed in has to do",
                _answers((200, _json({
                    "type": "object",
                    "required": ["visits"],
                    "properties": {"visits": {"type": "array", "items": _ref("Visit")}},
                }, "the visits, the earliest first"))),
            )
        },
        "/visits/{visit_id}": {
            "parameters": [visit_id],
            "get": _operation(
                "A visit with its questions whole, frozen from now on",
                _answers((200, _json(_ref("Visit"), "also asked, checks, rooms, open_defects, last_answers")), _NOT_THERE),
            ),
            "put": _operation(
                "Begin an unplanned visit",
                _answers((200, _json(_ref("Visit"), "begun before")), (201, _json(_ref("Visit"), "begun now")), _NOT_THERE, _WRONG),
                _in_json("Unplanned"), writes=True,
            ),
        },
        "/visits/{visit_id}/draft": {
            "parameters": [visit_id],
            "get": _operation(
                "What is being written, the draft saved last, with those of all devices in drafts",
                _answers((200, _json(_ref("Draft"), "unfinished")), _NOT_THERE),
            ),
            "put": _operation(
                "Keep what is being written",
                _answers((200, _json(_ref("Draft"), "kept")), _NOT_THERE, _WRONG),
                _in_json("Draft"), writes=True,
            ),
        },
    }  # fmt: skip


def _inspection_paths() -> Json:
    client_id = _id("client_id", "made on the phone, once, when the form opens")
    sha256 = _id("sha256", "of the bytes, in lower-case hex", payload.PHOTO.must["sha256"].schema())
    receipt = _json(_RECEIPT, "the receipt")
    return {
        "/inspections/{client_id}": {
            "parameters": [client_id],
            "get": _operation(
                "The current revision as kept, with its score",
                _answers((200, _json(
                    {"allOf": [_ref("Inspection"), {"properties": {"score": SCORE}}]}, "as kept",
                )), _NOT_THERE),
            ),
            "put": _operation(
                "Send a finished inspection: any number of times, before or after its photos",
                _answers((200, receipt), (201, receipt), _NOT_THERE, _WRONG),
                _in_json("Inspection"), writes=True,
            ),
        },
        "/inspections/{client_id}/receipt": {
            "parameters": [client_id],
            "get": _operation("What is safe and what is still needed", _answers((200, receipt), _NOT_THERE)),
        },
        "/inspections/{client_id}/photos/{sha256}": {
            "parameters": [client_id, sha256],
            "put": _operation(
                "Send a photo: raw bytes, any order, any number of times",
                _answers(
                    (200, receipt), (201, receipt),
                    (413, _json(_RECEIPT, "too_large or too_many: recorded as refused")),
                    (422, _json(_RECEIPT, "hash_mismatch: send again; not_a_picture: recorded as refused")),
                ),
                {"application/octet-stream": {"schema": {}}}, writes=True,
            ),
        },
    }  # fmt: skip


@lru_cache(maxsize=1)
def document() -> Json:
    """Return the whole description."""
    session = {
        "type": "object",
        "required": ["user", "role", "csrf_token"],
        "properties": {
            "user": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
            },
            "role": {"type": "string"},
            "csrf_token": {"type": "string"},
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Doorstep, the phone's door",
            "version": "1",
            "description": "A phone keeps its copy until a receipt says complete.",
        },
        "servers": [{"url": "/api/v1"}],
        "paths": {
            "/session": {
                "get": _operation(
                    "Who is signed in", _answers((200, _json(session, "and the token for writes")))
                )
            },
            **_visit_paths(),
            **_inspection_paths(),
        },
        "components": {
            "securitySchemes": _SECURITY,
            "schemas": {
                "Inspection": payload.INSPECTION.schema(),
                "Draft": payload.DRAFT.schema(),
                "Unplanned": payload.UNPLANNED.schema(),
                "Receipt": RECEIPT,
                "Visit": VISIT,
            },
        },
    }
