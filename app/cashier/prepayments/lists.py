"""What was paid ahead, for reading: the purses of the communities, the movements at one unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.charging.ledger import namesakes
from app.charging.ledger.balances import fen
from app.charging.ledger.payment_models import (
    Payment,
    PrepaymentAssignment,
    PrepaymentEntry,
    Receipt,
)
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.money import ZERO, from_fen
from app.estate.base.models import Customer, Unit

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Held:
    """A purse in the list; `customer_id` None is money of nobody known."""

    unit_id: int
    community_id: int
    code: str
    customer_id: int | None
    name: str
    amount: Decimal
    last_on: date


@dataclass(frozen=True, slots=True)
class Movement:
    """An entry of a unit's purses with where it comes from."""

    entered_on: date
    customer: str | None
    amount: Decimal
    payment_id: int | None
    receipt: str | None
    payer: str | None
    reason: str | None
    user: str | None


def held_statement(*, community_id: int | None = None, unassigned: bool = False) -> Select:
    """Every purse that holds something today, what is unassigned first, by unit."""
    total = func.sum(fen(PrepaymentEntry.amount))
    chosen = [
        data_scope.current().where(PrepaymentEntry.community_id),
        PrepaymentEntry.entered_on <= clock.today(),
    ]
    if community_id is not None:
        chosen.append(PrepaymentEntry.community_id == community_id)
    if unassigned:
        chosen.append(PrepaymentEntry.customer_id.is_(None))
    sums = (
        select(
            PrepaymentEntry.unit_id,
            PrepaymentEntry.customer_id,
            total.label("held"),
            func.max(PrepaymentEntry.entered_on).label("last_on"),
        )
        .where(*chosen)
        .group_by(PrepaymentEntry.unit_id, PrepaymentEntry.customer_id)
        .having(total != 0)
        .subquery()
    )
    nobody = sums.c.customer_id.is_(None)
    return (
        select(
            Unit.id,
            Unit.community_id,
            Unit.code,
            sums.c.customer_id,
            Customer.name,
            sums.c.held,
            sums.c.last_on,
        )
        .join(Unit, Unit.id == sums.c.unit_id)
        .outerjoin(Customer, Customer.id == sums.c.customer_id)
        .order_by(
            nobody.desc(),
            Unit.community_id,
            Unit.sort_key,
            Unit.id,
            func.coalesce(sums.c.customer_id, 0),
        )
    )


def held(session: Session, statement: Select) -> list[Held]:
    """The rows of `held_statement`."""
    rows = session.execute(statement).all()
    called = namesakes.labels(session, {row[0] for row in rows})
    return [
        Held(*row[:4], called.get((row[0], row[3]), row[4] or ""), from_fen(int(row[5])), row[6])
        for row in rows
    ]


def summed(session: Session, statement: Select) -> tuple[int, Decimal]:
    """How many purses a statement has, and what they hold together."""
    every = statement.order_by(None).subquery()
    count, total = session.execute(select(func.count(), func.sum(every.c.held))).one()
    return count, from_fen(int(total)) if total else ZERO


def movements(session: Session, unit_id: int) -> list[Movement]:
    """Everything that went in or out at a unit, the newest first."""
    rows = session.execute(
        select(
            PrepaymentEntry.entered_on,
            Customer.id,
            Customer.name,
            PrepaymentEntry.amount,
            Payment.id,
            Receipt.number,
            Payment.payer_name,
            PrepaymentAssignment.reason,
            PrepaymentAssignment.user_name,
        )
        .outerjoin(Customer, Customer.id == PrepaymentEntry.customer_id)
        .outerjoin(Payment, Payment.id == PrepaymentEntry.payment_id)
        .outerjoin(Receipt, Receipt.payment_id == Payment.id)
        .outerjoin(PrepaymentAssignment, PrepaymentAssignment.id == PrepaymentEntry.assignment_id)
        .where(PrepaymentEntry.unit_id == unit_id)
        .order_by(PrepaymentEntry.id.desc())
    )
    called = namesakes.labels(session, [unit_id])
    return [
        Movement(entered_on, called.get((unit_id, who), name), *rest)
        for entered_on, who, name, *rest in rows
    ]
