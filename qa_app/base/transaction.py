"""One commit a request: `@writes` begins before the first read and commits before the answer leaves."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, overload

from flask import make_response
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from qa_app.base.db import db, is_writing

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


@overload
def writes(view: View) -> View: ...
@overload
def writes(*, before: Callable[..., None]) -> Callable[[View], View]: ...
def writes(view: View | None = None, *, before: Callable[..., None] | None = None) -> Any:
    """Mark a view as one that writes, and commit when it answers with a status under 500.

    The access check (``accounts.access``) sees the mark and begins the transaction with the write
    lock before anything is read. ``before`` is called with the view's arguments once the person is
    known and before the lock is taken: it reads a large body from the network. A view that raises, or
    answers 5xx, is rolled back.
    """

    def decorate(inner: View) -> View:
        @functools.wraps(inner)
        def wrapper(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            try:
                response = make_response(inner(*args, **kwargs))
            except BaseException:
                db.session.rollback()
                raise
            if response.status_code >= 500:
                db.session.rollback()
            else:
                db.session.commit()
            return response

        wrapper.writes = True  # type: ignore[attr-defined]  # read by accounts.access
        wrapper.before_writing = before  # type: ignore[attr-defined]  # read by accounts.access
        return wrapper  # type: ignore[return-value]  # same parameters, a made response

    return decorate if view is None else decorate(view)


@contextmanager
def writing(session: Session | None = None) -> Iterator[Session]:
    """Run a block outside a request (a job, a command) as one writing transaction; commit at its end."""
    own = session or db.session()
    own.rollback()
    token = is_writing.set(True)
    try:
        yield own
        own.commit()
    except BaseException:
        own.rollback()
        raise
    finally:
        is_writing.reset(token)
