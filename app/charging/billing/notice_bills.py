"""The bills that a notice is made of: what is open of a debtor, and what his purse covers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.charging.ledger import balances
from app.charging.ledger.balances import fen
from app.charging.ledger.bill_models import Bill, BillState, ChargeItem, StandardPrice
from app.core.values import clock
from app.core.values.money import ZERO, from_fen
from app.estate.base.models import Customer

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Arrears:
    """Bills of one item and other periods that are still owed; `late`: they were due before.

    `due_on` is the first day to pay of those that are not late.
    """

    late: bool
    item: str
    first: date
    last: date
    bills: int
    amount: Decimal
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    unit_id: int
    customer_id: int | None
    item: str
    name: str | None
    first: date
    last: date
    due_on: date
    sentence: str
    document: str | None
    amount: Decimal
    paid: Decimal


def rows_of(session: Session, units: list[int], until: date) -> Iterable[Row]:
    """Standing bills of these units whose period has begun by `until`, with what is paid."""
    query: Select[tuple[object, ...]] = (
        select(
            Bill.unit_id,
            Bill.customer_id,
            ChargeItem.name,
            Customer.name,
            Bill.period_start,
            Bill.period_end,
            Bill.due_on,
            Bill.sentence,
            StandardPrice.basis_document,
            Bill.amount,
            balances.paid_of_bill(clock.today()),
        )
        .join(ChargeItem, ChargeItem.id == Bill.item_id)
        .join(StandardPrice, StandardPrice.id == Bill.price_id)
        .outerjoin(Customer, Customer.id == Bill.customer_id)
        .where(
            Bill.unit_id.in_(units),
            Bill.state == BillState.POSTED,
            Bill.period_start <= until,
            fen(Bill.amount) > 0,
        )
        .order_by(Bill.unit_id, Bill.period_start, ChargeItem.position, Bill.id)
    )
    for *values, paid in session.execute(query):
        yield Row(*values, from_fen(int(paid)))


def uncovered(rows: list[Row], purse: Decimal) -> list[Row]:
    """What is still owed when the purse has paid the bills that fall due first."""
    found = []
    for row in sorted(rows, key=lambda one: one.due_on):
        if (owed := row.amount - row.paid) > purse:
            found.append(row)
        purse -= min(owed, purse)
    return found


def together(rows: Iterable[Row], today: date) -> tuple[Arrears, ...]:
    """Other bills by item: a year of arrears is one line of the notice, not twelve.

    What was due before today stands apart from what is still to fall due.
    """
    found: dict[tuple[bool, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.due_on < today, row.item), []).append(row)
    return tuple(
        Arrears(
            late=late,
            item=item,
            first=min(row.first for row in bills),
            last=max(row.last for row in bills),
            bills=len(bills),
            amount=sum((row.amount - row.paid for row in bills), ZERO),
            due_on=None if late else min(row.due_on for row in bills),
        )
        for (late, item), bills in sorted(found.items(), key=lambda one: not one[0][0])
    )
