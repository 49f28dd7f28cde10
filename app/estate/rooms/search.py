"""Finds units and customers by what people say: room, name, initials, phone tail or plate."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from app.core.parsing.identity import phone
from app.core.records import data_scope
from app.estate.base.models import (
    Building,
    Customer,
    CustomerPhone,
    Ownership,
    Resident,
    Tenancy,
    Unit,
    Vehicle,
)
from app.estate.base.phones import TAIL
from app.estate.base.remembered import FormerRoom
from app.estate.rooms.room_key import RoomPattern, search_patterns

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

_TAIL = re.compile(r"\d{4,20}")
_DIGITS = re.compile(r"[\d-]{5,20}")
_LETTERS = re.compile(r"[a-z]{2,30}")
_PLATE = re.compile(r"[^\W\d_]?[A-Z][A-Z0-9]{3,6}|[A-Z0-9]{4,7}")


def room_conditions(typed: str) -> list[ColumnElement[bool]]:
    """Conditions on Unit for a room in any spelling, the likeliest first; [] when it is none.

    Rooms of today come before those that were called so once.
    """
    patterns = search_patterns(typed)
    return [*map(_room, patterns), *(_former(one) for one in patterns if one.number is not None)]


def _former(pattern: RoomPattern) -> ColumnElement[bool]:
    """The units that were once called so."""
    wanted = [scope_of(FormerRoom), FormerRoom.number == pattern.number]
    if pattern.building is not None:
        wanted.append(FormerRoom.building == pattern.building)
    if pattern.entrance is not None:
        wanted.append(FormerRoom.entrance == pattern.entrance)
    return Unit.id.in_(select(FormerRoom.unit_id).where(*wanted))


def _room(pattern: RoomPattern) -> ColumnElement[bool]:
    wanted = []
    if pattern.building is not None:
        wanted.append(
            Unit.building_id.in_(select(Building.id).where(Building.name == pattern.building))
        )
    if pattern.entrance is not None:
        wanted.append(Unit.entrance == pattern.entrance)
    if pattern.number is not None:
        wanted.append(Unit.number == pattern.number)
    return and_(*wanted)


def customer_conditions(typed: str) -> list[ColumnElement[bool]]:
    """Conditions on Customer: part of the name, initials, the end of a phone or the whole.

    Of an end only the last four digits count, which the masked phone shows as well: if the
    hidden ones were compared, whoever may not see them could find them out one by one.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if not text:
        return []
    wanted: list[ColumnElement[bool]] = []
    if not text.isdigit():
        wanted.append(Customer.name.contains(text, autoescape=True))
    if _LETTERS.fullmatch(text.casefold()):
        wanted.append(Customer.initials.startswith(text.casefold(), autoescape=True))
    phones = select(CustomerPhone.customer_id).where(scope_of(CustomerPhone))
    if _DIGITS.fullmatch(text) and (whole := phone(text)):
        wanted.append(Customer.id.in_(phones.where(CustomerPhone.number == whole)))
    elif _TAIL.fullmatch(text):
        wanted.append(Customer.id.in_(phones.where(CustomerPhone.tail == text[-TAIL:])))
    return wanted


def unit_conditions(typed: str) -> list[ColumnElement[bool]]:
    """Conditions on Unit for everything that may be said of one; any of them is a hit."""
    wanted = room_conditions(typed)
    if people := customer_conditions(typed):
        customers = select(Customer.id).where(scope_of(Customer), or_(*people))
        wanted += [
            Unit.id.in_(select(model.unit_id).where(model.customer_id.in_(customers)))
            for model in (Ownership, Tenancy)
        ]
    text = unicodedata.normalize("NFKC", typed).strip()
    if len(text) >= 2 and not text.isascii():
        wanted.append(
            Unit.id.in_(
                select(Resident.unit_id).where(
                    scope_of(Resident), Resident.name.startswith(text, autoescape=True)
                )
            )
        )
    plate = re.sub(r"[·•.\s-]", "", text.upper())
    if _PLATE.fullmatch(plate):
        wanted.append(
            Unit.id.in_(
                select(Vehicle.unit_id).where(
                    scope_of(Vehicle), Vehicle.plate.contains(plate, autoescape=True)
                )
            )
        )
    return wanted


def inside(model: Any) -> Any:
    """A query of the keys of `model` inside the scope."""
    return select(model.id).where(scope_of(model))


def owners_of(units: Any) -> Any:
    """A query of the customers who own or rent one of the units that a query gives."""
    owned, rented = (
        select(model.customer_id).where(model.unit_id.in_(units)) for model in (Ownership, Tenancy)
    )
    return owned.union(rented)


def scope_of(model: Any) -> ColumnElement[bool]:
    return data_scope.current().where(model.community_id)
