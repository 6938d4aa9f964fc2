"""Which versions of question sets there are."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.question_sets.loading import from_content
from qa_app.question_sets.models import QuestionSetVersion
from qa_app.question_sets.rules import QuestionSet


def version(session: Session, key: str, number: int) -> QuestionSetVersion | None:
    """Return one version of a set, or None."""
    return session.scalar(
        select(QuestionSetVersion).where(
            QuestionSetVersion.key == key, QuestionSetVersion.version == number
        )
    )


def latest_for(session: Session, audience: str) -> QuestionSetVersion | None:
    """Return the newest version for an audience ("officer", "young inspector"), or None before any was loaded."""
    return session.scalar(
        select(QuestionSetVersion)
        .where(QuestionSetVersion.audience == audience)
        .order_by(QuestionSetVersion.version.desc(), QuestionSetVersion.id.desc())
        .limit(1)
    )


def question_set(row: QuestionSetVersion) -> QuestionSet:
    """Return the rules of a version; read once in each process, since a version's content never changes."""
    return _parsed(row.content_sha256, row.content)


@lru_cache(maxsize=32)
def _parsed(_digest: str, content: str) -> QuestionSet:
    return from_content(content)
