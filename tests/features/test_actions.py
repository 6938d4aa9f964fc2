"""Actions: proposed, asked for, done, opened again, answered by a provider once shared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from qa_app.accounts.models import User
from qa_app.accounts.rules import Role
from qa_app.actions import queries, service
from qa_app.actions.models import Action
from qa_app.adapters.clock import SetClock
from qa_app.base.db import db
from qa_app.base.errors import DomainError, Refused
from qa_app.base.transaction import writing
from qa_app.homes.models import Home
from tests.support.client import Browser
from tests.support.world import World

Open = Callable[[str], Browser]


def ask(world: World, home: Home, **more: Any) -> str:
    """Ask for something at a home and commit; return its reference."""
    given: dict[str, Any] = {
        "visit_id": None, "inspection_id": None, "question": "O55", "room_id": None, "kind": "support",
        "words": "Plan the keywork hours", "owner": None, "due_on": None, "share": "yes",
        "is_proposed": False, "now": world.now(),
    } | more  # fmt: skip
    home_id = home.id
    with writing() as session:
        kept = session.get_one(Home, home_id)
        contract = kept.contracts[0].contract
        return service.add(session, home=kept, provider_id=contract.provider_id, **given).ref


def change(ref: str, role_id: int, do: Callable[[Any, Action, User], None]) -> None:
    with writing() as session:
        do(
            session,
            session.scalars(select(Action).where(Action.ref == ref)).one(),
            session.get_one(User, role_id),
        )


def found(ref: str) -> Action:
    db.session.rollback()
    return db.session.scalars(select(Action).where(Action.ref == ref)).one()


def test_each_kind_has_its_usual_owner_and_day(world: World) -> None:
    home = world.home()
    manager = found(ask(world, home, kind="escalate-to-manager"))
    assert (manager.owner, manager.due_on) == ("manager", world.today())
    other = found(ask(world, home))
    assert (other.owner, other.due_on) == ("provider", world.today() + timedelta(days=14))


def test_done_needs_evidence_and_may_be_opened_again(world: World) -> None:
    ref, officer = ask(world, world.home()), world.person("officer").id
    with pytest.raises(Refused):
        change(
            ref, officer, lambda s, a, u: service.done(s, a, evidence=" ", actor=u, now=world.now())
        )
    change(
        ref,
        officer,
        lambda s, a, u: service.done(s, a, evidence="I saw the plan", actor=u, now=world.now()),
    )
    assert found(ref).done_at == world.now()
    with pytest.raises(DomainError):
        change(
            ref, officer, lambda s, a, u: service.done(s, a, evidence="x", actor=u, now=world.now())
        )
    change(
        ref,
        officer,
        lambda s, a, u: service.reopen(s, a, because="No plan", actor=u, now=world.now()),
    )
    assert found(ref).done_at is None


def test_what_was_proposed_is_confirmed_or_declined_with_a_reason(world: World) -> None:
    home, officer = world.home(), world.person("officer").id
    ref = ask(world, home, is_proposed=True)
    assert queries.open_for_home(db.session(), home.id) == []
    with pytest.raises(Refused) as refused:
        change(
            ref,
            officer,
            lambda s, a, u: service.confirm(
                s, a, owner="nobody", due_on=None, words="", actor=u, now=world.now()
            ),
        )
    assert set(refused.value.fields) == {"owner", "due_on", "words"}
    with pytest.raises(Refused):
        change(ref, officer, lambda s, a, u: service.decline(s, a, "", actor=u, now=world.now()))
    change(
        ref,
        officer,
        lambda s, a, u: service.decline(s, a, "Done last week", actor=u, now=world.now()),
    )
    assert found(ref).declined_because == "Done last week"


def test_the_last_visits_actions_leave_this_visit_out(world: World, clock: SetClock) -> None:
    home = world.home()
    old, new = world.visit(home).id, world.visit(home).id
    first = ask(world, home, visit_id=old)
    clock.move(timedelta(days=30))
    ask(world, home, visit_id=new)
    clock.move(timedelta(hours=1))
    last = queries.of_last_visit(db.session(), home.id, world.now(), besides=new)
    assert [one.ref for one in last] == [first]


CAN = {
    "officer": 200, "monitor": 200, "manager": 200, "director": 200, "young-inspector": 403,
    "provider": 404, "adviser": 403, "administrator": 403,
}  # fmt: skip


@pytest.mark.parametrize(("role", "status"), CAN.items())
def test_who_may_read_and_do_what(world: World, browser: Open, role: str, status: int) -> None:
    ref = ask(world, world.home())
    someone = browser(role)
    assert someone.get(f"/actions/{ref}").status_code == status
    writes = role in {Role.OFFICER, Role.MANAGER}
    for what in ("done", "reopen"):
        expected = {302, 422} if writes else {403}
        assert someone.post(f"/actions/{ref}/{what}").status_code in expected
    expected = {404} if role == Role.PROVIDER else {403}
    assert someone.post(f"/actions/{ref}/answer").status_code in expected


def test_a_provider_sees_its_own_once_shared_and_answers(world: World, browser: Open) -> None:
    home = world.home()
    shared = ask(world, home, words="Put up the numbers")
    inner = ask(world, home, kind="records", question="O01", words="inner-canary")
    with writing() as session:
        for ref in (shared, inner):
            session.scalars(select(Action).where(Action.ref == ref)).one().shared_at = world.now()
    provider = browser("provider")
    for path in ("/actions", "/provider", f"/homes/{home.ref}"):
        page = provider.get(path).text
        assert "Put up the numbers" in page, path
        assert "inner-canary" not in page, path
    assert provider.get(f"/actions/{inner}").status_code == 404
    assert provider.post(f"/actions/{shared}/answer", {"words": ""}).status_code == 422
    assert (
        provider.post(f"/actions/{shared}/answer", {"words": "They hang by the door"}).status_code
        == 302
    )
    page = browser("officer").get(f"/actions/{shared}").text
    assert "They hang by the door" in page
    assert found(shared).done_at is None


def test_the_list_and_the_pages_of_an_officer(world: World, browser: Open, clock: SetClock) -> None:
    home = world.home()
    ref = ask(world, home, words="Plan the keywork hours")
    officer = browser("officer")
    assert "due on" in officer.get("/actions").text.lower()
    clock.move(timedelta(days=16))
    officer = browser("officer")
    assert "2 days late" in officer.get("/actions?status=overdue").text
    page = officer.post(f"/actions/{ref}/done", {"evidence": ""})
    assert page.status_code == 422
    assert 'href="#evidence"' in page.text
    assert officer.post(f"/actions/{ref}/done", {"evidence": "I saw it"}).status_code == 302
    assert "is done" in officer.get("/actions").text
    assert ref not in officer.get("/actions").text
    assert ref in officer.get("/actions?status=done").text
    assert "No action fits" in officer.get("/actions?status=open&owner=adviser").text
