"""The quarterly check of owner files: what is missing or wrong in each (E05, domain-rules 13)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from app.core.i18n import filters
from app.core.parsing.cells import Doubt
from app.core.parsing.identity import identity, phone
from app.estate.base.codes import CustomerKind, Occupancy, UnitKind
from app.estate.base.models import Building, Community, Customer, Ownership, Tenancy, Unit
from app.estate.base.occupancy import occupancy_on
from app.estate.base.occupants import ROUNDING_OF_SHARES, phones_of, slices, valid_on

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from sqlalchemy.orm import Session

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A fault that a file can have: is something missing, its name, and what to do."""

    missing: bool
    label: Any
    act: Any


FAULTS: dict[str, FaultKind] = {
    "owner": FaultKind(
        True, _l("No owner"), _l("Register the owner from the sales list or the deed.")
    ),
    "phone": FaultKind(True, _l("No phone of the owner"), _l("Ask the owner for a phone.")),
    "phone_wrong": FaultKind(
        False, _l("Phone cannot be right"), _l("Call back or ask for the right number.")
    ),
    "id": FaultKind(True, _l("No ID number of the owner"), _l("Ask for a copy of the ID card.")),
    "id_wrong": FaultKind(
        False, _l("ID number cannot be right"), _l("Compare it with the copy of the ID card.")
    ),
    "credit_code": FaultKind(
        True, _l("No credit code of the company"), _l("Ask for a copy of the business licence.")
    ),
    "credit_code_wrong": FaultKind(
        False, _l("Credit code cannot be right"), _l("Compare it with the business licence.")
    ),
    "shares": FaultKind(
        False, _l("Shares do not add up to 100 %"), _l("Correct the shares by the deed.")
    ),
    "area": FaultKind(
        True, _l("No gross area"), _l("Enter it from the deed or survey; nothing is billed before.")
    ),
    "net_area": FaultKind(
        False, _l("Net area larger than gross area"), _l("Correct the areas by the survey.")
    ),
    "handover": FaultKind(True, _l("No handover date"), _l("Enter it from the handover form.")),
    "billing_start": FaultKind(
        True, _l("No billing start"), _l("Enter the day from which charges are due.")
    ),
    "occupancy": FaultKind(
        True, _l("Occupancy not recorded"), _l("Ask or look who lives there, then record it.")
    ),
    "tenant": FaultKind(
        True, _l("Let, but no tenant on file"), _l("Register the tenant with phone and dates.")
    ),
}

NEEDS_AREA = frozenset({UnitKind.FLAT, UnitKind.SHOP, UnitKind.OFFICE})


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a file: its code in `FAULTS`, of whom, and what is on file."""

    code: str
    person: str = ""
    value: str | None = None


@dataclass(frozen=True, slots=True)
class FileState:
    """The file of one unit and its faults; none means that it is whole."""

    community: str
    building: str
    code: str
    kind: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """An owner on the day, as the check sees him."""

    customer_id: int
    name: str
    kind: str
    id_number: str | None
    credit_code: str | None
    share: Decimal


def unit_faults(unit: Any, *, let: bool) -> Iterator[Fault]:
    """What the unit's own facts lack; `let` tells whether a tenant is on file for the day."""
    if unit.gross_area is None and unit.kind in NEEDS_AREA:
        yield Fault("area")
    if unit.gross_area and unit.net_area and unit.net_area > unit.gross_area:
        net, gross = filters.area(unit.net_area), filters.area(unit.gross_area)
        yield Fault("net_area", value=f"{net} > {gross}")
    if unit.occupancy == Occupancy.UNKNOWN:
        yield Fault("occupancy")
    if unit.occupancy == Occupancy.LET and not let:
        yield Fault("tenant")
    if unit.occupancy != Occupancy.UNDELIVERED:
        if unit.handover_date is None:
            yield Fault("handover")
        if unit.billing_start is None and unit.handover_date is None:
            yield Fault("billing_start")


def owner_faults(holders: Sequence[Holder], phones: dict[int, tuple[str, ...]]) -> Iterator[Fault]:
    """What the owners' files lack, person by person."""
    if not holders:
        yield Fault("owner")
        return
    if abs(sum(holder.share for holder in holders) - 1) > ROUNDING_OF_SHARES:
        shares = " + ".join(f"{holder.share:.2%}" for holder in holders)
        yield Fault("shares", value=shares)
    for holder in holders:
        yield from _person_faults(holder, phones.get(holder.customer_id, ()))


def _person_faults(holder: Holder, numbers: Sequence[str]) -> Iterator[Fault]:
    if not numbers:
        yield Fault("phone", holder.name)
    for number in numbers:
        if phone(number) is None:
            yield Fault("phone_wrong", holder.name, number)
    company = holder.kind == CustomerKind.COMPANY
    code, on_file = ("credit_code", holder.credit_code) if company else ("id", holder.id_number)
    if not on_file:
        yield Fault(code, holder.name)
    elif isinstance(identity(on_file), Doubt):
        yield Fault(f"{code}_wrong", holder.name, on_file)


def file_states(
    session: Session, chosen: Sequence[ColumnElement[bool]], day: date
) -> Iterator[FileState]:
    """The state of every file among the `chosen` units, a few thousand at a time in memory."""
    statement = (
        select(
            Unit.id,
            Community.name.label("community"),
            Building.name.label("building"),
            Unit.code,
            Unit.kind,
            occupancy_on(day).label("occupancy"),
            Unit.gross_area,
            Unit.net_area,
            Unit.handover_date,
            Unit.billing_start,
        )
        .join(Building, Building.id == Unit.building_id)
        .join(Community, Community.id == Unit.community_id)
        .where(*chosen)
        .order_by(Unit.community_id, Unit.sort_key, Unit.id)
    )
    found = session.execute(statement, execution_options={"yield_per": BATCH})
    for rows in found.partitions():
        ids = [row.id for row in rows]
        holders = _holders(session, ids, day)
        everybody = {one.customer_id for group in holders.values() for one in group}
        phones = phones_of(session, everybody)
        let = _let(session, ids, day)
        for row in rows:
            faults = (
                *owner_faults(holders.get(row.id, ()), phones),
                *unit_faults(row, let=row.id in let),
            )
            yield FileState(row.community, row.building, row.code, row.kind, faults)


def _holders(session: Session, ids: Sequence[int], day: date) -> dict[int, list[Holder]]:
    found: dict[int, list[Holder]] = defaultdict(list)
    for part in slices(ids):
        rows = session.execute(
            select(
                Ownership.unit_id,
                Customer.id,
                Customer.name,
                Customer.kind,
                Customer.id_number,
                Customer.credit_code,
                Ownership.share,
            )
            .join(Customer, Customer.id == Ownership.customer_id)
            .where(Ownership.unit_id.in_(part), valid_on(Ownership, day))
            .order_by(Ownership.unit_id, Ownership.position, Ownership.id)
        )
        for unit_id, *facts in rows:
            found[unit_id].append(Holder(*facts))
    return found


def _let(session: Session, ids: Sequence[int], day: date) -> set[int]:
    """The units among these that have a tenant on file for the day."""
    return {
        unit_id
        for part in slices(ids)
        for unit_id in session.scalars(
            select(Tenancy.unit_id).where(Tenancy.unit_id.in_(part), valid_on(Tenancy, day))
        )
    }
