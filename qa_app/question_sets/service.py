"""Load question sets and freeze the versions that were answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from qa_app.audit import service as audit
from qa_app.base.errors import DomainError
from qa_app.question_sets import loading, queries
from qa_app.question_sets.models import QuestionSetVersion


def load(session: Session, text: str, *, now: datetime) -> tuple[QuestionSetVersion, bool]:
    """Load a set from YAML; return its row and whether anything was new.

    ``QuestionSetInvalid`` lists every mistake with its line. ``DomainError`` when other content of
    this version has been answered: give it the next version number.
    """
    found = loading.parse(text)
    content = loading.to_content(found)
    sha256 = loading.content_digest(content)
    row = queries.version(session, found.key, found.version)
    if row is not None and row.content_sha256 == sha256:
        return row, False
    if row is not None and row.frozen_at is not None:
        raise DomainError(
            f"Version {found.version} of {found.key} has been answered and cannot change. "
            f"Write version: {found.version + 1} in the file and load it again."
        )
    if row is None:
        row = QuestionSetVersion(key=found.key, version=found.version)
        session.add(row)
    row.title, row.audience = found.title, found.audience
    row.content, row.content_sha256, row.loaded_at = content, sha256, now
    session.flush()
    audit.record(
        session, None, "question-set.loaded", "question-set", f"{row.key} {row.version}", now=now,
        after={"sha256": sha256},
    )  # fmt: skip
    return row, True


def freeze(row: QuestionSetVersion, *, now: datetime) -> None:
    """Keep a version for ever as it is: it has been prepared for a visit or answered."""
    if row.frozen_at is None:
        row.frozen_at = now
