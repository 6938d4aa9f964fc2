"""Make and change homes and rooms; load the authorities around them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.homes import catalogue, emergency
from qa_app.homes.models import HostAuthority


def load_authorities(session: Session) -> int:
    """Bring the host authorities up to date with the data files; return how many were new.

    Names follow ``authorities.csv``. Contacts are filled in where there are none: what an administrator has written stays.
    """
    known = {row.code: row for row in session.scalars(select(HostAuthority))}
    contacts = emergency.contacts_by_authority()
    new = 0
    for authority in catalogue.authorities().values():
        row = known.get(authority.code)
        if row is None:
            row = HostAuthority(code=authority.code, contacts={})
            session.add(row)
            new += 1
        row.name = authority.name
        found = contacts.get(authority.code)
        if found is not None and not row.contacts:
            row.contacts = emergency.as_json(found)
            row.checked_on = found.checked_on
    session.flush()
    return new


def ensure_authority(session: Session, code: str) -> HostAuthority:
    """Return the row of an authority, making one for a code without a name (Scotland): the code is then shown."""
    row = session.get(HostAuthority, code)
    if row is None:
        row = HostAuthority(code=code, name=catalogue.authority_name(code), contacts={})
        session.add(row)
        session.flush()
    return row
