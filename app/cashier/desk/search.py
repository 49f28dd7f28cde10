"""The one box of the desk: what was typed → at most ten units, each with why it was found.

Rooms in any spelling come first, then people (name, initials, phone), residents and plates.
Of the rooms the one with exactly this code is the first, then flats stand before shops and
these before parking spaces; within each the rooms so called stand before those that begin so,
in their natural order.
What a hit owes is shown beside it. Measured: tests/benchmarks/desk.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from app.charging.ledger import balances
from app.core.columns.lookups import plain
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.money import ZERO
from app.estate.base.codes import UnitKind
from app.estate.base.models import Community, Customer, Ownership, Resident, Tenancy, Unit, Vehicle
from app.estate.base.occupants import owners_on
from app.estate.rooms.room_key import search_patterns
from app.estate.rooms.search import customer_conditions, room_conditions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

MOST = 10
LONGEST = 40
ORDER = (
    (UnitKind.FLAT,),
    (UnitKind.SHOP, UnitKind.OFFICE),
    (UnitKind.PARKING, UnitKind.STORAGE, UnitKind.ADVERTISING),
)
"""Where people live comes first, then where they work, then what only belongs to them."""
PHONES = 4
"""Places that four bare figures leave to people: 1702 is a phone's end, and a room everywhere."""
_KINDS = tuple(Unit.kind.in_(kinds) for kinds in ORDER)
_PLATE = re.compile(r"[^\W\d_][A-Z0-9]{3,7}|[A-Z0-9]{4,7}")
_WHOLE_PLATE = re.compile(r"[^\W\dA-Z_][A-Z][A-Z0-9]{4,6}")
_TAIL = re.compile(r"[0-9]{4}")
_NOT_IN_PLATES = re.compile(r"[·•.\s-]")
_DASHES = re.compile(r"[\s—–－]+")
_ROOM_BEGINS = re.compile(r"(?=.*\d)(?!\d{6,})[\w\s—–－-]{1,20}")


class HitKind(StrEnum):
    """Why a unit is in the list."""

    ROOM = "room"
    OWNER = "owner"
    TENANT = "tenant"
    FORMER = "former"
    RESIDENT = "resident"
    PLATE = "plate"


@dataclass(frozen=True, slots=True)
class Hit:
    """A unit in the list under the box; `name` is the person or plate that matched."""

    unit_id: int
    code: str
    kind: str
    community: str
    owners: str
    why: HitKind
    name: str
    owed: Decimal


def search(session: Session, typed: str, limit: int = MOST) -> list[Hit]:
    """The units that `typed` may mean, inside the scope, likeliest first."""
    text = plain(typed)[:LONGEST]
    if not text:
        return []
    found: dict[int, tuple[HitKind, str]] = {}
    for step in _steps(session, text, limit):
        for unit_id, why, name in step:
            found.setdefault(unit_id, (why, name))
        # Words that name a room or a plate name no person; bare figures may be a phone too.
        if len(found) >= limit or (found and not text.isdigit() and _of_things(found)):
            break
    return _hits(session, dict(list(found.items())[:limit]))


Rows = list[tuple[int, HitKind, str]]


def _steps(session: Session, text: str, limit: int) -> Iterator[Rows]:
    """The kinds of hits, each asked for only when the ones before did not fill the list."""
    plate = _NOT_IN_PLATES.sub("", text.upper())
    if _WHOLE_PLATE.fullmatch(plate):
        yield _plates(session, plate, limit)
    tail = _TAIL.fullmatch(text)
    conditions = room_conditions(text)
    called = conditions[:1] if _is_whole(text) else []
    if _ROOM_BEGINS.fullmatch(text):
        start = _DASHES.sub("-", text.upper())
        called = [Unit.code == start, *called]
        conditions = [*conditions, Unit.code.startswith(start, autoescape=True)]
    for condition in called:
        yield _rooms(session, condition & _KINDS[0], limit)
    spaces = [row for condition in called for row in _rooms(session, condition, limit)]
    most = limit - PHONES if tail else limit
    rooms = (
        _rooms(session, condition & kinds, most) for kinds in _KINDS for condition in conditions
    )
    if spaces:
        # A space may be called as flats begin: 1-1 is one, and the entrance of many flats.
        yield list(chain(spaces, *rooms))
    yield from rooms
    if people := customer_conditions(text):
        yield _people(session, or_(*people), limit)
    if tail:
        for condition in conditions:
            yield _rooms(session, condition, limit)
    if not text.isascii():
        yield _residents(session, text, limit)
    if _PLATE.fullmatch(plate):
        yield _plates(session, plate, limit)


def _is_whole(text: str) -> bool:
    """Does it name one room, by building and number?"""
    said = search_patterns(text)
    return bool(said and said[0].building and said[0].number)


def _of_things(found: dict[int, tuple[HitKind, str]]) -> bool:
    return all(why in {HitKind.ROOM, HitKind.PLATE} for why, _ in found.values())


def _inside(model: Any) -> ColumnElement[bool]:
    return data_scope.current().where(model.community_id)


def _rooms(session: Session, condition: ColumnElement[bool], limit: int) -> Rows:
    keys = session.scalars(
        select(Unit.id).where(_inside(Unit), condition).order_by(Unit.sort_key).limit(limit)
    )
    return [(unit_id, HitKind.ROOM, "") for unit_id in keys]


def _people(session: Session, condition: ColumnElement[bool], limit: int) -> Rows:
    """Units of the customers that match; those who have left come after those who are there."""
    rows: Rows = []
    today = clock.today()
    for model, why in ((Ownership, HitKind.OWNER), (Tenancy, HitKind.TENANT)):
        matches = session.execute(
            select(model.unit_id, Customer.name, model.ends_on)
            .join(Customer, Customer.id == model.customer_id)
            .join(Unit, Unit.id == model.unit_id)
            .where(_inside(Customer), _inside(Unit), condition)
            .order_by(Unit.sort_key)
            .limit(limit)
        )
        rows += [
            (unit_id, HitKind.FORMER if ends_on and ends_on < today else why, name)
            for unit_id, name, ends_on in matches
        ]
    return sorted(rows, key=lambda row: row[1] is HitKind.FORMER)


def _residents(session: Session, text: str, limit: int) -> Rows:
    rows = session.execute(
        select(Resident.unit_id, Resident.name)
        .where(_inside(Resident), Resident.name.contains(text, autoescape=True))
        .limit(limit)
    )
    return [(unit_id, HitKind.RESIDENT, name) for unit_id, name in rows]


def _plates(session: Session, plate: str, limit: int) -> Rows:
    rows = session.execute(
        select(Vehicle.unit_id, Vehicle.plate)
        .where(_inside(Vehicle), Vehicle.plate.contains(plate, autoescape=True))
        .order_by(Vehicle.plate)
        .limit(limit)
    )
    return [(unit_id, HitKind.PLATE, number) for unit_id, number in rows]


def _hits(session: Session, found: dict[int, tuple[HitKind, str]]) -> list[Hit]:
    """The list with owners and what is owed: three queries whatever was found."""
    keys = list(found)
    units = {
        unit.id: (unit, community)
        for unit, community in session.execute(
            select(Unit, Community.name)
            .join(Community, Community.id == Unit.community_id)
            .where(Unit.id.in_(keys), _inside(Unit))
        )
    }
    owners = owners_on(session, keys, clock.today())
    owed = balances.owed(session, keys)
    return [
        Hit(
            unit_id=key,
            code=units[key][0].code,
            kind=units[key][0].kind,
            community=units[key][1],
            owners="、".join(owner.name for owner in owners.get(key, ())),
            why=why,
            name=name,
            owed=owed.get(key, ZERO),
        )
        for key, (why, name) in found.items()
        if key in units
    ]
