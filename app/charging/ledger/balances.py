"""What is owed and what was paid ahead, as of any day: queries over dated, immutable rows.

A bill counts from the day it was posted until the day it was voided, an allocation and a
prepayment entry from their own day on. So the same question about a past day has the same
answer today as it had then. `as_of` None means today. Acts that change an account look at
everything that was ever entered (`EVER`), after they have locked it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, func, or_, select, type_coerce

from app.charging.ledger.bill_models import Bill, ChargeItem
from app.charging.ledger.payment_models import Allocation, PrepaymentEntry
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import N_, NotFound
from app.core.values.money import ZERO, from_fen
from app.estate.base.models import Unit
from app.estate.base.occupants import slices

if TYPE_CHECKING:
    from sqlalchemy import ScalarSelect
    from sqlalchemy.orm import Session

EVER = date.max
"""As of the end of time: no row is left out, whatever its day."""


@dataclass(frozen=True, slots=True)
class OpenBill:
    """A bill of which `balance` is still owed; `paid` is what was paid of it."""

    id: int
    unit_id: int
    customer_id: int | None
    item_id: int
    item: str
    period_start: date
    period_end: date
    due_on: date
    posted_on: date
    sentence: str
    amount: Decimal
    paid: Decimal

    @property
    def balance(self) -> Decimal:
        return self.amount - self.paid


def lock_unit(session: Session, unit_id: int) -> Unit:
    """Hold the unit's account until the transaction ends; NotFound outside the scope.

    Everything that changes what a unit owes or has paid takes this lock first. On SQLite
    the transaction already holds the only write lock; on PostgreSQL the row is locked in
    a way that a billing run, which only refers to units, need not wait for.
    """
    unit = session.scalar(
        select(Unit)
        .where(Unit.id == unit_id, data_scope.current().where(Unit.community_id))
        .with_for_update(key_share=True)
    )
    if unit is None:
        raise NotFound(N_("This record does not exist, or it lies outside your communities."))
    return unit


def fen(column: Any) -> Any:
    """A money column as the whole number it is stored as, for sums inside the database."""
    return type_coerce(column, BigInteger)


def standing(as_of: date) -> ColumnElement[bool]:
    """The condition that a bill was posted and not yet voided on that day."""
    return (Bill.posted_on <= as_of) & or_(Bill.voided_on.is_(None), Bill.voided_on > as_of)


def paid_of_bill(as_of: date) -> ScalarSelect[int]:
    """Fen paid of the bill of the enclosing query up to that day, 0 when nothing was."""
    return (
        select(func.coalesce(func.sum(fen(Allocation.amount)), 0))
        .where(Allocation.bill_id == Bill.id, Allocation.allocated_on <= as_of)
        .correlate(Bill)
        .scalar_subquery()
    )


def owed_on_bill(as_of: date) -> ColumnElement[int]:
    """Fen still owed on the bill of the enclosing query at the end of that day."""
    return fen(Bill.amount) - paid_of_bill(as_of)


def open_bills(session: Session, unit_id: int, as_of: date | None = None) -> list[OpenBill]:
    """The unit's bills that are not paid in full, oldest due first."""
    day = as_of or clock.today()
    paid = paid_of_bill(day)
    rows = session.execute(
        select(
            Bill.id,
            Bill.unit_id,
            Bill.customer_id,
            Bill.item_id,
            ChargeItem.name,
            Bill.period_start,
            Bill.period_end,
            Bill.due_on,
            Bill.posted_on,
            Bill.sentence,
            Bill.amount,
            paid,
        )
        .join(ChargeItem, ChargeItem.id == Bill.item_id)
        .where(Bill.unit_id == unit_id, standing(day), fen(Bill.amount) > paid)
        .order_by(Bill.due_on, Bill.period_start, ChargeItem.position, Bill.id)
    )
    return [OpenBill(*row[:-1], from_fen(int(row[-1]))) for row in rows]


def owed(
    session: Session, unit_ids: Iterable[int], as_of: date | None = None
) -> dict[int, Decimal]:
    """What each of these units owes; a unit that owes nothing is left out."""
    day = as_of or clock.today()
    rest = owed_on_bill(day)
    rows = session.execute(
        select(Bill.unit_id, func.sum(rest))
        .where(Bill.unit_id.in_(list(unit_ids)), standing(day))
        .group_by(Bill.unit_id)
    )
    return {unit_id: from_fen(int(sum_)) for unit_id, sum_ in rows if sum_}


def paid_amount(session: Session, bill_id: int, as_of: date | None = None) -> Decimal:
    """How much of one bill is paid: what voiding or adjusting it must look at first."""
    paid = session.scalar(
        select(func.sum(fen(Allocation.amount))).where(
            Allocation.bill_id == bill_id, Allocation.allocated_on <= (as_of or clock.today())
        )
    )
    return from_fen(int(paid or 0))


Purse = tuple[int, int | None]
"""Whose money paid ahead: the unit and the customer; None is money of nobody known (未归属)."""


def purse(
    session: Session, unit_id: int, customer_id: int | None, as_of: date | None = None
) -> Decimal:
    """What the customer has paid ahead at the unit and not used; None: what is unassigned."""
    return purses(session, [unit_id], as_of).get((unit_id, customer_id), ZERO)


def purses(
    session: Session, unit_ids: Iterable[int], as_of: date | None = None
) -> dict[Purse, Decimal]:
    """The purses at these units by unit and customer; an empty purse is left out."""
    found: dict[Purse, Decimal] = {}
    for part in slices(list(unit_ids)):
        rows = session.execute(
            select(
                PrepaymentEntry.unit_id,
                PrepaymentEntry.customer_id,
                func.sum(fen(PrepaymentEntry.amount)),
            )
            .where(
                PrepaymentEntry.unit_id.in_(part),
                PrepaymentEntry.entered_on <= (as_of or clock.today()),
            )
            .group_by(PrepaymentEntry.unit_id, PrepaymentEntry.customer_id)
        )
        found |= {(unit, who): from_fen(int(sum_)) for unit, who, sum_ in rows if sum_}
    return found


def purses_of_unit(
    session: Session, unit_id: int, as_of: date | None = None
) -> dict[int | None, Decimal]:
    """The purses at one unit by customer; None is what is unassigned; empty ones left out."""
    return {who: amount for (_, who), amount in purses(session, [unit_id], as_of).items()}
