"""Who owned, rented and lived where on a day: questions to the intervals (E01, E11)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from app.estate.base.models import Customer, CustomerPhone, Ownership, Resident, Tenancy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

BATCH = 500
"""Keys in one IN list: far below the 32,766 variables of SQLite."""
ROUNDING_OF_SHARES = Decimal("0.0001")
"""Three thirds with six places are 0.999999: that is no fault."""


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner of a unit on a day; `share` is a fraction of 1 with six places."""

    unit_id: int
    customer_id: int
    name: str
    share: Decimal
    ownership_id: int
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant of a unit on a day."""

    customer_id: int
    name: str
    tenancy_id: int
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Occupants:
    """Everybody of one unit on one day; `phones` by customer id, in the owner's order."""

    owners: tuple[Owner, ...]
    tenants: tuple[Tenant, ...]
    residents: tuple[Resident, ...]
    phones: dict[int, tuple[str, ...]]

    @property
    def payer_id(self) -> int | None:
        """Who is asked to pay: the first owner, else the first tenant (unless chosen)."""
        for group in (self.owners, self.tenants):
            if group:
                return group[0].customer_id
        return None


def valid_on(model: Any, day: date) -> ColumnElement[bool]:
    """The interval of an Ownership, Tenancy or Resident covers `day`; open ends count."""
    return and_(
        or_(model.starts_on.is_(None), model.starts_on <= day),
        or_(model.ends_on.is_(None), model.ends_on >= day),
    )


def slices(keys: Collection[int]) -> Iterator[list[int]]:
    """`keys` in lists short enough for one IN."""
    ordered = sorted(set(keys))
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def owners_on(
    session: Session,
    unit_ids: Iterable[int] | None,
    day: date,
    *,
    community_id: int | None = None,
) -> dict[int, tuple[Owner, ...]]:
    """Owners by unit on `day`, in the order of their position; units without one are absent.

    `unit_ids` None asks for a whole community in one query. The last day of an interval
    still belongs to it.
    """
    query = (
        select(
            Ownership.unit_id,
            Ownership.customer_id,
            Customer.name,
            Ownership.share,
            Ownership.id,
            Ownership.starts_on,
            Ownership.ends_on,
        )
        .join(Customer, Customer.id == Ownership.customer_id)
        .where(valid_on(Ownership, day))
        .order_by(Ownership.unit_id, Ownership.position, Ownership.id)
    )
    if community_id is not None:
        query = query.where(Ownership.community_id == community_id)
    found: dict[int, list[Owner]] = {}
    queries = (
        [query]
        if unit_ids is None
        else [query.where(Ownership.unit_id.in_(part)) for part in slices(list(unit_ids))]
    )
    for part in queries:
        for row in session.execute(part):
            found.setdefault(row.unit_id, []).append(Owner(*row))
    return {unit_id: tuple(owners) for unit_id, owners in found.items()}


def tenants_on(session: Session, unit_id: int, day: date) -> tuple[Tenant, ...]:
    """Who rents the unit on `day`, the longest standing first."""
    rows = session.execute(
        select(Tenancy.customer_id, Customer.name, Tenancy.id, Tenancy.starts_on, Tenancy.ends_on)
        .join(Customer, Customer.id == Tenancy.customer_id)
        .where(Tenancy.unit_id == unit_id, valid_on(Tenancy, day))
        .order_by(Tenancy.starts_on, Tenancy.id)
    )
    return tuple(Tenant(*row) for row in rows)


def phones_of(session: Session, customer_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Full phone numbers by customer, in the owner's own order (private: mask on screen)."""
    found: dict[int, list[str]] = {}
    for part in slices(customer_ids):
        rows = session.execute(
            select(CustomerPhone.customer_id, CustomerPhone.number)
            .where(CustomerPhone.customer_id.in_(part))
            .order_by(CustomerPhone.customer_id, CustomerPhone.position, CustomerPhone.id)
        )
        for customer_id, number in rows:
            found.setdefault(customer_id, []).append(number)
    return {customer_id: tuple(numbers) for customer_id, numbers in found.items()}


def occupants(session: Session, unit_id: int, day: date) -> Occupants:
    """Owners, tenants, residents and their phones of one unit on `day`: four short queries."""
    owners = owners_on(session, [unit_id], day).get(unit_id, ())
    tenants = tenants_on(session, unit_id, day)
    residents = session.scalars(
        select(Resident)
        .where(Resident.unit_id == unit_id, valid_on(Resident, day))
        .order_by(Resident.id)
    )
    people = {one.customer_id for one in (*owners, *tenants)}
    return Occupants(owners, tenants, tuple(residents), phones_of(session, people))
