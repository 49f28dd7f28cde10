"""Whose purse: money paid ahead belongs to one customer at one unit, never to the unit alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from app.charging.ledger import balances, namesakes
from app.charging.ledger.bill_models import Bill
from app.charging.ledger.payment_models import PrepaymentEntry
from app.core.values import clock
from app.core.values.errors import N_
from app.core.values.money import from_fen
from app.estate.base.models import Customer, Ownership, Tenancy
from app.estate.base.occupants import valid_on

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from sqlalchemy.orm import Session

WHOSE = N_(
    "A prepayment belongs to a customer. Choose as payer an owner or tenant of this unit, or do"
    " without the prepayment."
)


@dataclass(frozen=True, slots=True)
class Purse:
    """What a customer has paid ahead at a unit; `customer_id` None is money of nobody known."""

    customer_id: int | None
    name: str
    amount: Decimal


def owner_of(session: Session, unit_id: int, name: str, day: date) -> int | None:
    """The customer whom a typed name means: the only one of that name who belongs to the unit.

    That is who owns or rents it on the day, was billed for it or has paid ahead for it.
    None where nobody or more than one is called so.
    """
    belongs = or_(
        Customer.id.in_(
            select(Ownership.customer_id).where(
                Ownership.unit_id == unit_id, valid_on(Ownership, day)
            )
        ),
        Customer.id.in_(
            select(Tenancy.customer_id).where(Tenancy.unit_id == unit_id, valid_on(Tenancy, day))
        ),
        Customer.id.in_(select(Bill.customer_id).where(Bill.unit_id == unit_id)),
        Customer.id.in_(
            select(PrepaymentEntry.customer_id).where(PrepaymentEntry.unit_id == unit_id)
        ),
    )
    called = select(Customer.id).where(Customer.name == name, belongs).limit(2)
    found = session.scalars(called).all()
    return found[0] if len(found) == 1 else None


def of_unit(session: Session, unit_id: int, as_of: date | None = None) -> list[Purse]:
    """The purses at a unit, the largest first, what is unassigned last; empty ones left out.

    Two people of one name are told apart.
    """
    called = namesakes.labels(session, [unit_id])
    return [
        replace(one, name=called.get((unit_id, one.customer_id), one.name))
        for one in by_name(session, unit_id, as_of)
    ]


def by_name(session: Session, unit_id: int, as_of: date | None = None) -> list[Purse]:
    """The same purses with the bare names of their owners."""
    rows = session.execute(
        select(
            PrepaymentEntry.customer_id,
            Customer.name,
            func.sum(balances.fen(PrepaymentEntry.amount)),
        )
        .outerjoin(Customer, Customer.id == PrepaymentEntry.customer_id)
        .where(
            PrepaymentEntry.unit_id == unit_id,
            PrepaymentEntry.entered_on <= (as_of or clock.today()),
        )
        .group_by(PrepaymentEntry.customer_id, Customer.name)
    )
    found = [Purse(who, name or "", from_fen(int(sum_))) for who, name, sum_ in rows if sum_]
    return sorted(found, key=lambda one: (one.customer_id is None, -one.amount))
