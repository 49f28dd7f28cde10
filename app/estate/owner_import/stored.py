"""What is stored of a community, as an import compares it: a few queries, plain tuples."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

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
from app.estate.base.occupancy import occupancy_on
from app.estate.base.occupants import valid_on

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from sqlalchemy.orm import Session

UNIT_FIELDS = (
    "kind",
    "occupancy",
    "floor",
    "gross_area",
    "net_area",
    "charged_area",
    "handover_date",
    "billing_start",
    "remark",
)
"""Columns of a unit that a file may say something about."""
GROSS_AREA = UNIT_FIELDS.index("gross_area")


class Holding(NamedTuple):
    """An ownership or tenancy that runs on the day of the comparison."""

    id: int
    version: int
    unit_id: int
    customer_id: int
    starts_on: date | None
    ends_on: date | None
    share: Decimal | None = None


class StoredUnit(NamedTuple):
    """A unit: its key, version, the values of `UNIT_FIELDS`, who is in it now and where it is."""

    id: int
    version: int
    values: tuple[Any, ...]
    now: str
    building_id: int
    entrance: str
    number: str
    sort_key: str

    @property
    def gross_area(self) -> Decimal | None:
        area: Decimal | None = self.values[GROSS_AREA]
        return area


class StoredResident(NamedTuple):
    """Somebody who lives in a unit."""

    id: int
    version: int
    relation: str | None
    phone: str | None
    id_number: str | None


@dataclass(slots=True)
class Stored:
    """A community by the keys that a file uses: codes, names, plates.

    `owners` and `tenants` are those of the day, `deeds` and `leases` all that are on file.
    """

    buildings: dict[str, int] = field(default_factory=dict)
    units: dict[str, StoredUnit] = field(default_factory=dict)
    owners: dict[int, list[Holding]] = field(default_factory=dict)
    tenants: dict[int, list[Holding]] = field(default_factory=dict)
    deeds: dict[int, list[Holding]] = field(default_factory=dict)
    leases: dict[int, list[Holding]] = field(default_factory=dict)
    residents: dict[int, dict[str, StoredResident]] = field(default_factory=dict)
    plates: dict[int, set[str]] = field(default_factory=dict)
    customers: list[tuple[Any, ...]] = field(default_factory=list)
    phones: list[tuple[int, str]] = field(default_factory=list)


def running(held: dict[int, list[Holding]], day: date) -> dict[int, list[Holding]]:
    """Those of the intervals that run on `day`, by unit; units without one are absent."""
    found = {
        unit: [
            one
            for one in every
            if (one.starts_on is None or one.starts_on <= day)
            and (one.ends_on is None or one.ends_on >= day)
        ]
        for unit, every in held.items()
    }
    return {unit: some for unit, some in found.items() if some}


def load(session: Session, community_id: int | None, day: date) -> Stored:
    """Everything of a community that runs on `day`; nothing for a community yet to be made."""
    stored = Stored()
    if community_id is None:
        return stored

    def rows(*columns: Any) -> Any:
        model = columns[0].class_
        query = select(*columns).where(model.community_id == community_id)
        if model is Resident:
            query = query.where(valid_on(model, day))
        return session.execute(query.order_by(model.id))

    stored.buildings = {name: key for key, name in rows(Building.id, Building.name)}
    columns = [getattr(Unit, name) for name in UNIT_FIELDS]
    place = (Unit.building_id, Unit.entrance, Unit.number, Unit.sort_key)
    for key, version, code, now, building, entrance, number, sort_key, *values in rows(
        Unit.id, Unit.version, Unit.code, occupancy_on(day), *place, *columns
    ):
        stored.units[code] = StoredUnit(
            key, version, tuple(values), now, building, entrance, number, sort_key
        )
    for row in rows(
        Ownership.id,
        Ownership.version,
        Ownership.unit_id,
        Ownership.customer_id,
        Ownership.starts_on,
        Ownership.ends_on,
        Ownership.share,
    ):
        stored.deeds.setdefault(row.unit_id, []).append(Holding(*row))
    for row in rows(
        Tenancy.id,
        Tenancy.version,
        Tenancy.unit_id,
        Tenancy.customer_id,
        Tenancy.starts_on,
        Tenancy.ends_on,
    ):
        stored.leases.setdefault(row.unit_id, []).append(Holding(*row))
    stored.owners, stored.tenants = running(stored.deeds, day), running(stored.leases, day)
    for unit_id, name, *facts in rows(
        Resident.unit_id,
        Resident.name,
        Resident.id,
        Resident.version,
        Resident.relation,
        Resident.phone,
        Resident.id_number,
    ):
        stored.residents.setdefault(unit_id, {}).setdefault(name, StoredResident(*facts))
    for unit_id, plate in rows(Vehicle.unit_id, Vehicle.plate):
        stored.plates.setdefault(unit_id, set()).add(plate)
    stored.customers = [
        tuple(row)
        for row in rows(
            Customer.id,
            Customer.version,
            Customer.name,
            Customer.kind,
            Customer.id_number,
            Customer.credit_code,
            Customer.address,
            Customer.email,
        )
    ]
    stored.phones = [
        tuple(row)
        for row in session.execute(
            select(CustomerPhone.customer_id, CustomerPhone.number)
            .where(CustomerPhone.community_id == community_id)
            .order_by(CustomerPhone.customer_id, CustomerPhone.position, CustomerPhone.id)
        )
    ]
    return stored
