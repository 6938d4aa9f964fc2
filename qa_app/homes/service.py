"""Make and change homes and rooms, put homes under contract; load the authorities around them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_app.audit import service as audit
from qa_app.audit.service import Actor
from qa_app.base.errors import DomainError, Refused
from qa_app.homes import catalogue, emergency, queries, rules
from qa_app.homes.models import Home, HomeUnderContract, HostAuthority, Room
from qa_app.ports import Geocoder

FIELDS = (
    "name", "address", "type", "ofsted_category", "tenure", "places", "vacancies", "youngest_age",
    "oldest_age", "is_staffed_24_hours", "is_council_owned", "risk_tier",
)  # fmt: skip
KEPT = (*(name for name in FIELDS if name != "address"), "pin_source", "host_authority_code")
"""What the audit keeps of a home: administrators read it, and no address is theirs to know."""
MOST_TRIES = 20


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


def create(
    session: Session, values: Mapping[str, Any], *, geocoder: Geocoder, actor: Actor, now: datetime
) -> Home:
    """Make a home that is not yet used; ``Refused`` names every field that cannot be taken."""
    home = Home(status=rules.Status.NOT_YET_USED, created_at=now)
    _fill(session, home, values, geocoder)
    _number(session, home)
    audit.record(session, actor, "home.created", "home", home.ref, now=now, after=_kept(home))
    return home


def _number(session: Session, home: Home) -> None:
    """Give a new home the next reference; two made at the same moment get one each."""
    for tries_left in reversed(range(MOST_TRIES)):
        home.ref, home.report_code = queries.next_ref(session), secrets.token_hex(5)
        try:
            with session.begin_nested():
                session.add(home)
        except IntegrityError:
            if not tries_left:
                raise
        else:
            return


def change(
    session: Session,
    home: Home,
    values: Mapping[str, Any],
    *,
    geocoder: Geocoder,
    actor: Actor,
    now: datetime,
) -> None:
    """Change a home; ``Refused`` names every field that cannot be taken."""
    before, where = _kept(home), (home.address, home.postcode, home.latitude, home.longitude)
    _fill(session, home, values, geocoder)
    session.flush()
    has_moved = where != (home.address, home.postcode, home.latitude, home.longitude)
    audit.record(
        session, actor, "home.changed", "home", home.ref, now=now, before=before,
        after={**_kept(home), **({"address": "changed"} if has_moved else {})},
    )  # fmt: skip


def _kept(home: Home) -> dict[str, Any]:
    return {name: getattr(home, name) for name in KEPT}


def _fill(session: Session, home: Home, values: Mapping[str, Any], geocoder: Geocoder) -> None:
    mistakes: dict[str, str] = {}
    places, vacancies = values.get("places"), values.get("vacancies")
    if places is not None and vacancies is not None and vacancies > places:
        mistakes["vacancies"] = "There cannot be more free places than places"
    youngest, oldest = values.get("youngest_age"), values.get("oldest_age")
    if youngest is not None and oldest is not None and youngest > oldest:
        mistakes["oldest_age"] = "The oldest age must not be below the youngest"
    place = _place(session, home, values, geocoder, mistakes)
    if mistakes:
        raise Refused(mistakes)
    for name in FIELDS:
        setattr(home, name, values.get(name))
    for name, value in place.items():
        setattr(home, name, value)


def place_mistakes(
    session: Session, home: Home, values: Mapping[str, Any], *, geocoder: Geocoder
) -> dict[str, str]:
    """Return what is wrong with the postcode or the pin alone, by field; nothing is changed."""
    mistakes: dict[str, str] = {}
    _place(session, home, values, geocoder, mistakes)
    return mistakes


def _place(
    session: Session,
    home: Home,
    values: Mapping[str, Any],
    geocoder: Geocoder,
    mistakes: dict[str, str],
) -> dict[str, Any]:
    """Return where the home stands: by its postcode, else by hand with the authority around it."""
    written = rules.postcode(values.get("postcode") or "")
    if written is None:
        mistakes["postcode"] = "Enter a whole postcode, like SE15 4NX"
        return {}
    latitude, longitude = values.get("latitude"), values.get("longitude")
    if latitude is not None or longitude is not None:
        return _by_hand(session, written, values, mistakes)
    if written == home.postcode and home.pin_source == rules.PinSource.POSTCODE:
        return {}
    found = geocoder.locate(written)
    if found is None:
        mistakes["postcode"] = (
            "We cannot find that postcode. Check it, or place the pin by hand below"
        )
        return {}
    ensure_authority(session, found.host_authority)
    return {
        "postcode": written,
        "latitude": found.latitude,
        "longitude": found.longitude,
        "pin_source": rules.PinSource.POSTCODE,
        "host_authority_code": found.host_authority,
    }


def _by_hand(
    session: Session, written: str, values: Mapping[str, Any], mistakes: dict[str, str]
) -> dict[str, Any]:
    latitude, longitude = values.get("latitude"), values.get("longitude")
    code = values.get("host_authority_code") or ""
    if latitude is None or longitude is None:
        missing = "latitude" if latitude is None else "longitude"
        mistakes[missing] = "A pin needs both numbers, latitude and longitude"
    elif session.get(HostAuthority, code) is None:
        mistakes["host_authority_code"] = "Choose the council in whose area the home stands"
    else:
        try:
            rules.check_pin(latitude, longitude)
        except DomainError as error:
            mistakes["latitude"] = str(error)
    return {
        "postcode": written,
        "latitude": latitude,
        "longitude": longitude,
        "pin_source": rules.PinSource.BY_HAND,
        "host_authority_code": code,
    }


def move(
    session: Session,
    home: Home,
    to: rules.Status,
    *,
    because: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Bring a home into use, pause, close or reopen it; ``DomainError`` when it cannot go there from where it is.

    Whatever was proposed is answered by it.
    """
    frm = _check_move(home, to)
    home.status = to
    _forget_proposal(home)
    what = f"{rules.STATUS_LABELS[to]} (was: {rules.STATUS_LABELS[frm].lower()})"
    audit.event(session, "home", home.ref, who=actor, what=what, note=because.strip(), now=now)
    audit.record(
        session, actor, "home.moved", "home", home.ref, now=now,
        before={"status": frm}, after={"status": to},
    )  # fmt: skip


def propose(
    session: Session, home: Home, to: rules.Status, *, because: str, actor: Actor, now: datetime
) -> None:
    """Ask a manager to move a home; a later proposal takes the place of an earlier one. ``DomainError`` as for ``move``."""
    _check_move(home, to)
    home.proposed_status, home.proposed_because = to, because.strip()
    home.proposed_by_id, home.proposed_at = actor.id, now
    what = f"Asked a manager: {rules.STATUS_LABELS[to].lower()}"
    audit.event(session, "home", home.ref, who=actor, what=what, note=because.strip(), now=now)
    audit.record(
        session, actor, "home.proposed", "home", home.ref, now=now, after={"status": to}
    )  # fmt: skip


def decline(session: Session, home: Home, *, because: str, actor: Actor, now: datetime) -> None:
    """Answer a proposal with no; ``DomainError`` when there is none."""
    if not home.proposed_status:
        raise DomainError("Nobody waits for an answer about this home.")
    asked = home.proposed_status
    _forget_proposal(home)
    audit.event(
        session, "home", home.ref, who=actor, now=now, note=because.strip(),
        what=f"A manager said no to: {rules.STATUS_LABELS[rules.Status(asked)].lower()}",
    )  # fmt: skip
    audit.record(
        session, actor, "home.proposal-declined", "home", home.ref, now=now,
        before={"proposed_status": asked},
    )  # fmt: skip


def _check_move(home: Home, to: rules.Status) -> rules.Status:
    frm = rules.Status(home.status)
    if not rules.may_move(frm, to):
        words = rules.STATUS_LABELS[frm].lower()
        raise DomainError(
            f"This home is {words}, and cannot become: {rules.STATUS_LABELS[to].lower()}."
        )
    return frm


def _forget_proposal(home: Home) -> None:
    home.proposed_status = home.proposed_because = ""
    home.proposed_by_id = home.proposed_at = None


def add_room(
    session: Session, home: Home, *, kind: str, label: str, actor: Actor, now: datetime
) -> Room:
    """Add a room; without a label it is numbered among its kind ("Bedroom 3")."""
    if kind not in catalogue.room_kinds():
        raise Refused({"kind": "Choose the kind of room"})
    label = label.strip() or _next_label(home, kind)
    if any(room.label == label and room.ended_on is None for room in home.rooms):
        raise Refused({"label": f"{label} is there already"})
    room = Room(
        kind=kind, label=label, position=max((room.position for room in home.rooms), default=0) + 1
    )
    home.rooms.append(room)
    session.flush()
    audit.record(
        session,
        actor,
        "room.added",
        "home",
        home.ref,
        now=now,
        after={"room": room.id, "label": label},
    )
    return room


def _next_label(home: Home, kind: str) -> str:
    taken = {room.label for room in home.rooms}
    number = 1
    while (label := catalogue.room_label(kind, number)) in taken:
        number += 1
    return label


def end_room(session: Session, room: Room, *, on_day: date, actor: Actor, now: datetime) -> None:
    """End a room from a day on; what was found in it stays. Ending it again changes nothing."""
    if room.ended_on is not None:
        return
    room.ended_on = on_day
    audit.record(
        session, actor, "room.ended", "home", room.home.ref, now=now, after={"room": room.id}
    )


def bring_back(session: Session, room: Room, *, actor: Actor, now: datetime) -> None:
    """Undo the end of a room; ``DomainError`` when another room has taken its name."""
    if room.ended_on is None:
        return
    if any(one.label == room.label and one.ended_on is None for one in room.home.rooms):
        raise DomainError(f"There is another {room.label} now, so it cannot come back.")
    room.ended_on = None
    audit.record(
        session, actor, "room.brought-back", "home", room.home.ref, now=now, after={"room": room.id}
    )


def put_under_contract(
    session: Session,
    home: Home,
    contract_id: int,
    *,
    starts_on: date,
    actor: Actor | None,
    now: datetime,
) -> HomeUnderContract:
    """Put a home under a contract from a day; what it was under before ends the day before."""
    for row in home.contracts:
        if row.ends_on is None or row.ends_on >= starts_on:
            if row.starts_on >= starts_on:
                raise Refused(
                    {"starts_on": "The home is under another contract from that day on already"}
                )
            row.ends_on = starts_on - timedelta(days=1)
    made = HomeUnderContract(home_id=home.id, contract_id=contract_id, starts_on=starts_on)
    home.contracts.append(made)
    session.flush()
    audit.record(
        session, actor, "home.contract", "home", home.ref, now=now,
        after={"contract": contract_id, "starts_on": starts_on.isoformat()},
    )  # fmt: skip
    return made
