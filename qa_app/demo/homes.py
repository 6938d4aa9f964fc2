"""The providers, contracts, homes, rooms and certificates of the demonstration: real postcodes, everything else made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.orm import Session

from qa_app.accounts.models import User
from qa_app.base.text import LONDON, local_day
from qa_app.certificates import rules as certificate_rules
from qa_app.certificates.kinds import kinds
from qa_app.certificates.models import Certificate
from qa_app.homes import rules as home_rules
from qa_app.homes import service as homes
from qa_app.homes.models import Home
from qa_app.ports import Geocoder
from qa_app.providers import service as providers
from qa_app.providers.models import Provider

BOUGHT_SINCE: Final = 400
"""Days since the contracts began."""


@dataclass(frozen=True)
class Firm:
    """A provider with whom to ring, and what the council buys from it."""

    key: str
    name: str
    framework: str
    ofsted_urn: str
    ofsted_status: str
    desk: str
    manager: str
    exchange: int
    contract: str
    band: str
    price_pence: int
    targets: Mapping[str, Any] = field(default_factory=dict)
    kpi_targets: Mapping[str, Any] = field(default_factory=dict)
    notes: str = ""


FIRMS: Final = (
    Firm(
        "quillfeather", "Quillfeather Homes", "block", "DEMO-0001", "registered",
        "Quillfeather repairs desk", "Ruth Pemberton", 20, "Block contract for shared houses", "16-35", 112_500,
        targets={"P1": {"hours": 24}, "P3": {"working_days": 28}},
        kpi_targets={"repairs_on_time_percent": 90, "visits_good_percent": 80},
        notes="Five homes. Quarterly meeting with the contract monitor.",
    ),
    Firm(
        "tamarind", "Tamarind Row Support", "commissioning-alliance", "DEMO-0002", "registered",
        "Tamarind Row on-call", "Owen Castellane", 30, "Commissioning Alliance call-off", "168", 148_000,
        targets={"P1": {"hours": 12}, "P2": {"working_days": 2}},
        kpi_targets={"repairs_on_time_percent": 95},
        notes="Two homes, staff day and night.",
    ),
    Firm(
        "ninefold", "Ninefold Lodgings", "spot", "DEMO-0003", "registered",
        "Ninefold office", "Hana Virtanen", 40, "Spot purchase, supported lodgings", "1-6", 41_000,
        notes="Supported lodgings with one host family.",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class House:
    """A home: where it stands, what it is like, and which certificates are not as they should be.

    ``certificates`` holds, for a kind, the days until it expires (negative: it has expired), None where it is
    missing, or the reason why it does not apply.
    """

    key: str
    firm: str
    name: str
    address: str
    postcode: str
    type: str
    category: int
    tenure: str
    bedrooms: int
    bathrooms: int
    vacancies: int
    ages: tuple[int, int]
    status: home_rules.Status = home_rules.Status.IN_USE
    is_staffed_24_hours: bool = False
    is_council_owned: bool = False
    risk_tier: str = "standard"
    more_rooms: tuple[str, ...] = ("hall", "living-room", "kitchen", "laundry")
    certificates: Mapping[str, int | str | None] = field(default_factory=dict)
    under_contract_days: int = BOUGHT_SINCE


NO_GAS: Final = "The home has no gas: heating and cooking are electric."
HOUSES: Final = (
    House(
        "maple", "quillfeather", "Maple House", "112 Orchardfield Row", "SE15 4NX", "shared-house", 2, "licence",
        5, 2, 0, (16, 18), is_staffed_24_hours=True,
        more_rooms=("hall", "living-room", "kitchen", "laundry", "office", "garden"),
        certificates={"hmo-licence": 700, "portable-appliances": 120},
    ),
    House(
        "cedar", "quillfeather", "Cedar Court", "Flats 1 to 4, 8 Lanternmaker Close", "SE5 8RS", "cluster", 1, "licence",
        4, 2, 1, (17, 20), certificates={"gas-safety-record": 24, "additional-hmo-licence": 95},
    ),
    House(
        "juniper", "quillfeather", "Juniper Lodge", "37 Saltbarrow Street", "SE16 4RP", "shared-house", 2, "licence",
        4, 1, 1, (16, 19), risk_tier="high",
        certificates={"additional-hmo-licence": 210, "fire-alarm-service": -12, "epc": None},
    ),
    House(
        "alder", "quillfeather", "Alder House", "5 Tollkeeper Yard", "SE6 4JF", "shared-house", 3, "licence",
        6, 2, 0, (18, 23), risk_tier="high", more_rooms=("hall", "living-room", "kitchen", "laundry", "meters"),
        certificates={"hmo-licence": 41, "emergency-lighting": -30},
    ),
    House(
        "willow", "quillfeather", "Willow Flats", "Flat B, 61 Nightingale Parade", "CR0 1EA", "self-contained", 1,
        "licence", 2, 1, 0, (18, 24), more_rooms=("hall", "living-room", "kitchen"),
        certificates={"gas-safety-record": -3, "eicr": 400},
    ),
    House(
        "harbour", "tamarind", "Harbour Point", "2 Ropewinder Walk", "SE17 1JE", "foyer", 3, "licence",
        6, 3, 1, (17, 21), is_staffed_24_hours=True, is_council_owned=True,
        more_rooms=("hall", "living-room", "kitchen", "laundry", "office", "meters"),
        certificates={"hmo-licence": 500, "gas-safety-record": 150, "legionella-risk-assessment": 60},
    ),
    House(
        "rowan", "tamarind", "Rowan House", "19 Copperbeech Lane", "SE18 6HQ", "shared-house", 2, "licence",
        3, 1, 3, (16, 17), status=home_rules.Status.NOT_YET_USED, is_staffed_24_hours=True, risk_tier="high",
        under_contract_days=40,
        certificates={"gas-safety-record": NO_GAS, "location-assessment": None, "fire-alarm-service": 150},
    ),
    House(
        "fern", "ninefold", "Fern Lodgings", "84 Beekeeper Avenue", "SW9 8PR", "supported-lodgings", 4, "lodging",
        2, 1, 0, (18, 22), risk_tier="low", more_rooms=("hall", "living-room", "kitchen", "garden"),
        certificates={"emergency-lighting": "A private home: no emergency lighting is needed.",
                      "fire-alarm-service": "A private home with battery alarms, which the host tests."},
    ),
)  # fmt: skip


def add_providers(session: Session, *, actor: User, now: datetime) -> Mapping[str, Provider]:
    """Make the three providers with their contacts and contracts."""
    began_on = local_day(now) - timedelta(days=BOUGHT_SINCE)
    made_at = now - timedelta(days=BOUGHT_SINCE + 10)
    found: dict[str, Provider] = {}
    for firm in FIRMS:
        provider = providers.create(
            session,
            {
                "name": firm.name, "framework": firm.framework, "ofsted_urn": firm.ofsted_urn,
                "ofsted_status": firm.ofsted_status, "notes": firm.notes,
            },
            actor=actor, now=made_at,
        )  # fmt: skip
        provider.kpi_targets = dict(firm.kpi_targets)
        for contact in _contacts(firm):
            providers.add_contact(session, provider, contact, actor=actor, now=made_at)
        providers.add_contract(
            session,
            provider,
            {
                "title": firm.contract, "starts_on": began_on, "ends_on": began_on + timedelta(days=3 * 365),
                "support_hours_band": firm.band, "weekly_price_pence": firm.price_pence,
                "targets": {name: dict(times) for name, times in firm.targets.items()},
            },
            actor=actor, now=made_at,
        )  # fmt: skip
        found[firm.key] = provider
    return MappingProxyType(found)


def _contacts(firm: Firm) -> tuple[dict[str, Any], ...]:
    """Return whom to ring; every number is in the range that is kept free for drama."""
    return (
        {
            "name": firm.desk, "job": "Day and night, for emergencies",
            "phone": f"020 7946 0{firm.exchange}1", "email": f"repairs@{firm.key}.example",
            "is_emergency": True,
        },
        {
            "name": firm.manager, "job": "Registered service manager",
            "phone": f"020 7946 0{firm.exchange}2", "email": f"manager@{firm.key}.example",
            "is_emergency": False,
        },
    )  # fmt: skip


def add_homes(
    session: Session,
    firms: Mapping[str, Provider],
    *,
    geocoder: Geocoder,
    actor: User,
    now: datetime,
) -> Mapping[str, Home]:
    """Make the eight homes with rooms, contract and certificates; ``Refused`` when a postcode is not found."""
    return MappingProxyType(
        {
            house.key: _home(
                session, house, firms[house.firm], geocoder=geocoder, actor=actor, now=now
            )
            for house in HOUSES
        }
    )


def _home(
    session: Session,
    house: House,
    provider: Provider,
    *,
    geocoder: Geocoder,
    actor: User,
    now: datetime,
) -> Home:
    starts_on = local_day(now) - timedelta(days=house.under_contract_days)
    made_at = datetime.combine(starts_on - timedelta(days=3), time(10, 30), LONDON)
    home = homes.create(
        session,
        {
            "name": house.name, "address": house.address, "postcode": house.postcode, "type": house.type,
            "ofsted_category": house.category, "tenure": house.tenure, "places": house.bedrooms,
            "vacancies": house.vacancies, "youngest_age": house.ages[0], "oldest_age": house.ages[1],
            "is_staffed_24_hours": house.is_staffed_24_hours, "is_council_owned": house.is_council_owned,
            "risk_tier": house.risk_tier,
        },
        geocoder=geocoder, actor=actor, now=made_at,
    )  # fmt: skip
    rooms = (
        "outside",
        *house.more_rooms,
        *["bathroom"] * house.bathrooms,
        *["bedroom"] * house.bedrooms,
    )
    for kind in rooms:
        homes.add_room(session, home, kind=kind, label="", actor=actor, now=made_at)
    homes.put_under_contract(
        session, home, provider.contracts[0].id, starts_on=starts_on, actor=actor, now=made_at
    )
    if house.status is not home_rules.Status.NOT_YET_USED:
        homes.move(
            session, home, house.status, actor=actor, now=made_at + timedelta(days=3, hours=2)
        )
    _add_certificates(session, house, home, today=local_day(now), made_at=made_at)
    return home


def _add_certificates(
    session: Session, house: House, home: Home, *, today: date, made_at: datetime
) -> None:
    facts = certificate_rules.HomeFacts(
        places=home.places, youngest_age=home.youngest_age, host_authority=home.host_authority_code
    )
    required = certificate_rules.required_kinds(kinds().values(), facts)
    for kind in (one for one in kinds() if one in required or one in house.certificates):
        held = house.certificates.get(kind, _usual_days_left(kind))
        if held is None:
            continue
        row = Certificate(home_id=home.id, kind=kind, created_at=made_at)
        if isinstance(held, str):
            row.not_applicable_because = held
        else:
            row.issued_on, row.expires_on = _dates(kind, held, today)
        session.add(row)
    session.flush()


def _usual_days_left(kind: str) -> int:
    """Return the days left of a document that is a bit over halfway through."""
    return 13 * (kinds()[kind].period_months or 24)


def _dates(kind: str, days_left: int, today: date) -> tuple[date, date | None]:
    """Return when a document was issued and ends; one for a calendar year is this year's, and some have no last day."""
    about = kinds()[kind]
    if about.is_for_calendar_year:
        return date(today.year, 1, 1), date(today.year, 12, 31)
    expires_on = today + timedelta(days=days_left)
    if about.period_months is None:
        return today - timedelta(days=300), expires_on
    return home_rules.add_months(expires_on, -about.period_months) + timedelta(days=1), expires_on
