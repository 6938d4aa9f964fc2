"""Where a higher feature says what it adds to a lower feature's page, and who may see what it owns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy.orm import Session


class Viewer(Protocol):
    """Whoever looks: what queries need to know to scope their rows."""

    @property
    def id(self) -> int:
        """The account."""
        ...

    @property
    def role(self) -> str:
        """One of the roles in ``accounts.rules``."""
        ...

    @property
    def provider_id(self) -> int | None:
        """The provider that a provider contact belongs to."""
        ...

    def can(self, permission: str) -> bool:
        """Whether this person's role holds a permission."""
        ...


@dataclass(frozen=True)
class Panel:
    """A part of a page: a template and what it shows."""

    template: str
    context: Mapping[str, Any]


PanelMaker = Callable[[Session, Any, Viewer], Panel | None]
MaySee = Callable[[Session, str, Viewer], bool]


@dataclass
class Panels:
    """Panels by the endpoint of the page that they are shown on."""

    _makers: dict[str, list[tuple[int, PanelMaker]]] = field(default_factory=dict)

    def add(self, page: str, order: int, maker: PanelMaker) -> None:
        """Show what ``maker`` returns on ``page``; lower ``order`` first. Adding twice changes nothing."""
        row = self._makers.setdefault(page, [])
        if (order, maker) not in row:
            row.append((order, maker))
            row.sort(key=lambda pair: pair[0])

    def on(self, page: str, session: Session, subject: object, viewer: Viewer) -> list[Panel]:
        """Return the panels of a page that this viewer gets, in order."""
        made = (maker(session, subject, viewer) for _, maker in self._makers.get(page, []))
        return [panel for panel in made if panel is not None]


@dataclass
class MaySeeRules:
    """One rule for each kind of owner of a photo or an event."""

    _rules: dict[str, MaySee] = field(default_factory=dict)

    def add(self, kind: str, rule: MaySee) -> None:
        """Ask ``rule`` who may see what a thing of this kind owns."""
        self._rules[kind] = rule

    def allows(self, kind: str, session: Session, owner_id: str, viewer: Viewer) -> bool:
        """Whether the viewer may see it; False for a kind that nobody spoke for."""
        rule = self._rules.get(kind)
        return rule is not None and rule(session, owner_id, viewer)


panels = Panels()
may_see = MaySeeRules()
