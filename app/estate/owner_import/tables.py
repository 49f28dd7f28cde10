"""The tables that an owner file fills, and how its values are written and shown."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from app.core.imports.batch import Writes
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
from app.estate.base.remembered import FormerRoom
from app.estate.owner_import.stored import UNIT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from app.estate.owner_import.stored import Holding


class Tables:
    """The rows to be written, by table, in the order in which tables need each other."""

    def __init__(self) -> None:
        self.writes = writes = Writes()
        self.buildings = writes.into(
            Building.__table__, "community_id", "name", "sort_key", "version"
        )
        self.units = writes.into(
            Unit.__table__,
            "community_id",
            "building_id",
            "entrance",
            "number",
            "code",
            "sort_key",
            *UNIT_FIELDS,
            "version",
        )
        self.customers = writes.into(
            Customer.__table__,
            "community_id",
            "kind",
            "name",
            "initials",
            "id_number",
            "credit_code",
            "address",
            "email",
            "version",
        )
        self.phones = writes.into(
            CustomerPhone.__table__, "community_id", "customer_id", "number", "tail", "position"
        )
        self.ownerships = writes.into(
            Ownership.__table__,
            "community_id",
            "unit_id",
            "customer_id",
            "share",
            "position",
            "starts_on",
            "ends_on",
            "version",
        )
        self.tenancies = writes.into(
            Tenancy.__table__,
            "community_id",
            "unit_id",
            "customer_id",
            "starts_on",
            "ends_on",
            "version",
        )
        self.residents = writes.into(
            Resident.__table__,
            "community_id",
            "unit_id",
            "name",
            "relation",
            "phone",
            "id_number",
            "version",
        )
        self.vehicles = writes.into(
            Vehicle.__table__, "community_id", "unit_id", "plate", "space", "version"
        )
        self.former_rooms = writes.into(
            FormerRoom.__table__,
            "community_id",
            "unit_id",
            "building",
            "entrance",
            "number",
            "code",
            "changed_on",
            "reason",
            "created_at",
            "created_by_id",
        )

    def end(self, table: Any, one: Holding, last: date | None) -> None:
        """Let a stored interval end on its last day."""
        if last != one.ends_on:
            before, after = {"ends_on": one.ends_on}, {"ends_on": last}
            self.writes.change(table, one.id, one.version, before, after)


WORDS = ("kind", "occupancy")


def shown(value: Any) -> str:
    """A stored value as plain text for the preview: exact, without idle zeros."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def names(people: Iterable[Any]) -> str:
    return "、".join(person.name for person in people)


def phones(people: Iterable[Any]) -> str:
    return "、".join(number for person in people for number in person.phones)


def shares(owners: Sequence[Any]) -> Sequence[Decimal]:
    """The share of each owner: as given when all are, else equal parts that add up to one."""
    given = [person.share for person in owners]
    if given and all(share is not None for share in given):
        return given
    return equal_shares(len(owners))


@cache
def equal_shares(count: int) -> tuple[Decimal, ...]:
    """`count` equal parts of one with six places; the first ones carry what is left over."""
    if not count:
        return ()
    whole, over = divmod(10**6, count)
    return tuple(Decimal(whole + (place < over)).scaleb(-6) for place in range(count))
