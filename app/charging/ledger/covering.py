"""What a debtor's purse covers of his own bills at a unit: the oldest due first, as of any day.

Nothing is paid by this: the bills stay open in the ledger until the money is taken at the
desk. It only says what is left to ask for. A purse of somebody else and money of nobody known
cover nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, ColumnElement, case, func, select

from app.charging.ledger.balances import fen, owed_on_bill, standing
from app.charging.ledger.bill_models import Bill, ChargeItem
from app.charging.ledger.payment_models import PrepaymentEntry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from sqlalchemy import Subquery


def purses_on(day: date) -> Subquery:
    """Unit, customer and fen of every purse that holds something at the end of the day."""
    held = func.sum(fen(PrepaymentEntry.amount))
    return (
        select(
            PrepaymentEntry.unit_id,
            PrepaymentEntry.customer_id,
            held.cast(BigInteger).label("held"),
        )
        .where(PrepaymentEntry.entered_on <= day, PrepaymentEntry.customer_id.is_not(None))
        .group_by(PrepaymentEntry.unit_id, PrepaymentEntry.customer_id)
        .having(held > 0)
        .subquery()
    )


def open_bills(day: date, *conditions: ColumnElement[bool]) -> Subquery:
    """Every open bill of the day that meets the conditions: what is owed of it and what is asked.

    `rest` is owed in the ledger, `held` the debtor's purse at the unit, `net` what that purse
    leaves of the bill; all in fen. `conditions` must take in all bills of a debtor at a unit,
    or none of them: his older ones use up the purse first.
    """
    rest = owed_on_bill(day).cast(BigInteger).label("rest")
    # The sum keeps SQLite from walking the whole bills in the order of an index on the unit.
    unit_id = (Bill.unit_id + 0).label("unit_id")
    owed = (
        select(
            Bill.id,
            unit_id,
            Bill.customer_id,
            Bill.due_on,
            rest,
            Bill.period_start,
            ChargeItem.position,
        )
        .join(ChargeItem, ChargeItem.id == Bill.item_id)
        .where(standing(day), *conditions)
        .subquery()
    )
    purses = purses_on(day)
    held = func.coalesce(purses.c.held, 0).cast(BigInteger).label("held")
    up_to = (
        func.sum(owed.c.rest)
        .over(
            partition_by=(owed.c.unit_id, owed.c.customer_id),
            # As the desk takes the money: `ledger.open_bills`.
            order_by=(owed.c.due_on, owed.c.period_start, owed.c.position, owed.c.id),
            rows=(None, 0),
        )
        .cast(BigInteger)
    )
    each = (
        select(owed, held, up_to.label("up_to"))
        .outerjoin(
            purses,
            (purses.c.unit_id == owed.c.unit_id) & (purses.c.customer_id == owed.c.customer_id),
        )
        .where(owed.c.rest > 0)
        .subquery()
    )
    net = case(
        (each.c.up_to <= each.c.held, 0),
        (each.c.up_to - each.c.rest >= each.c.held, each.c.rest),
        else_=each.c.up_to - each.c.held,
    )
    return select(
        each.c.id,
        each.c.unit_id,
        each.c.customer_id,
        each.c.due_on,
        each.c.rest,
        each.c.held,
        net.label("net"),
    ).subquery()


def left_of(balances: Sequence[Decimal], purse: Decimal) -> list[Decimal]:
    """What a purse leaves of bills in the order of being due; the same rule, in Python."""
    left = []
    for balance in balances:
        used = min(balance, purse)
        purse -= used
        left.append(balance - used)
    return left
