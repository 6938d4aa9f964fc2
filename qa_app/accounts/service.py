"""Make accounts, sign people in and out, disable them, put them on duty."""

from __future__ import annotations

import functools
import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from qa_app.accounts import queries, rules
from qa_app.accounts.models import Duty, FailedSignIn, SignIn, User
from qa_app.accounts.rules import DutyKind, Role
from qa_app.audit import service as audit
from qa_app.base.errors import Refused

hasher = PasswordHasher()  # argon2id with the library's recommended cost


@functools.cache
def _nobody() -> str:
    """A hash checked when there is no such account, so that the answer takes as long as for one that exists."""
    return hasher.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True)
class SignedIn:
    """A person and the secret for the cookie."""

    user: User
    secret: str


def digest(text: str) -> str:
    """Return the SHA-256 of a text in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def create(
    session: Session,
    *,
    name: str,
    email: str,
    role: Role,
    password: str,
    now: datetime,
    provider_id: int | None = None,
    phone: str = "",
    is_demo: bool = False,
) -> User:
    """Make an account; ``Refused`` when the address is taken or a provider contact has no provider."""
    email = email.strip().lower()
    if "@" not in email or len(email) > 254:
        raise Refused({"email": "Enter an e-mail address, like name@example.org"})
    if queries.by_email(session, email) is not None:
        raise Refused({"email": "Somebody already signs in with this e-mail address"})
    if (role == Role.PROVIDER) != (provider_id is not None):
        raise Refused({"provider": "A provider contact, and nobody else, belongs to a provider"})
    if not is_demo and len(password) < rules.SHORTEST_PASSWORD:
        raise Refused({"password": f"Use at least {rules.SHORTEST_PASSWORD} characters"})
    user = User(
        name=name,
        email=email,
        role=role,
        provider_id=provider_id,
        phone=phone,
        password_hash=hasher.hash(password),
        is_demo=is_demo,
        created_at=now,
    )
    session.add(user)
    session.flush()
    audit.record(
        session, None, "account.created", "account", user.id, now=now, after={"role": role}
    )
    return user


def sign_in(
    session: Session, *, email: str, password: str, place: str, device: str, now: datetime
) -> SignedIn | Literal["wrong", "wait"]:
    """Check a password and open a sign-in; "wrong" or "wait" alike for accounts that exist and that do not.

    Every failure is remembered (and must be committed with the refusal).
    """
    account, place = digest("account:" + email.strip().lower()), digest("place:" + place)
    since = now - rules.THROTTLE_WINDOW

    def failures(is_same: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(FailedSignIn)
        return session.scalar(query.where(FailedSignIn.at > since, is_same)) or 0

    if rules.is_throttled(
        failures(FailedSignIn.account_digest == account),
        failures(FailedSignIn.place_digest == place),
    ):
        return "wait"
    user = queries.by_email(session, email)
    nobody = _nobody()  # asked for either way: the first sign-in after a start makes it
    is_right = _verify(user.password_hash if user is not None else nobody, password)
    if user is None or not is_right or not user.is_active:
        session.add(FailedSignIn(at=now, account_digest=account, place_digest=place))
        audit.record(session, None, "sign-in.failed", "account", account[:16], now=now)
        return "wrong"
    secret = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            digest=digest(secret), user_id=user.id, started_at=now, seen_at=now, device=device[:200]
        )
    )
    session.execute(delete(FailedSignIn).where(FailedSignIn.account_digest == account))
    session.execute(delete(FailedSignIn).where(FailedSignIn.at < since))
    audit.record(session, user, "sign-in", "account", user.id, now=now)
    return SignedIn(user, secret)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def open_sign_in(session: Session, secret: str, *, now: datetime) -> SignIn | None:
    """Return the open sign-in that a cookie's secret names; None when ended, too old, idle or disabled."""
    found = session.get(SignIn, digest(secret))
    if found is None or not found.user.is_active:
        return None
    if now - found.started_at > rules.SESSION_LIFE or now - found.seen_at > rules.SESSION_IDLE:
        return None
    return found


def sign_out(session: Session, user: User, secret: str, *, now: datetime) -> None:
    """End one sign-in."""
    session.execute(delete(SignIn).where(SignIn.digest == digest(secret)))
    audit.record(session, user, "sign-out", "account", user.id, now=now)


def sign_out_everywhere(session: Session, user: User, *, now: datetime) -> None:
    """End every sign-in of a person, on every device."""
    session.execute(delete(SignIn).where(SignIn.user_id == user.id))
    audit.record(session, user, "sign-out.everywhere", "account", user.id, now=now)


def disable(session: Session, user: User, *, actor: User | None, now: datetime) -> None:
    """Stop an account at once; every open sign-in ends."""
    user.disabled_at = now
    session.execute(delete(SignIn).where(SignIn.user_id == user.id))
    audit.record(session, actor, "account.disabled", "account", user.id, now=now)


def enable(session: Session, user: User, *, actor: User | None, now: datetime) -> None:
    """Let a disabled account be used again."""
    user.disabled_at = None
    audit.record(session, actor, "account.enabled", "account", user.id, now=now)


def put_on_duty(
    session: Session,
    user: User,
    kind: DutyKind,
    *,
    starts_on: date,
    ends_on: date | None,
    now: datetime,
) -> Duty:
    """Put a person on duty from one day to another.

    ``Refused`` when the days are the wrong way round, and when the duty is to read worries that this role may not read.
    """
    if kind == DutyKind.SAFEGUARDING and not user.can("safeguarding.read"):
        raise Refused({"kind": f"The role {user.role} may not read worries about young people"})
    if ends_on is not None and ends_on < starts_on:
        raise Refused({"ends_on": "The last day must not be before the first"})
    duty = Duty(user_id=user.id, kind=kind, starts_on=starts_on, ends_on=ends_on)
    session.add(duty)
    audit.record(session, None, "duty.added", "account", user.id, now=now, after={"kind": kind})
    return duty
