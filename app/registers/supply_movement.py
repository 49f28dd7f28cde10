"""Supplies in and out: what is booked changes the stock, never below 0, and marks what runs low.

Duties N10 and N11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.core.values import clock
from app.core.values.errors import N_, DomainError
from app.registers import rules

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def book(session: Session, row: Any) -> None:
    """Add a movement to the stock of its item."""
    _move(session, row, row.count)


def take_back(session: Session, row: Any) -> None:
    """Take a booked movement out of the stock of its item again."""
    _move(session, row, -row.count)


def _move(session: Session, row: Any, count: Any) -> None:
    item = session.get_one(type(row).item.property.mapper.class_, row.item_id, with_for_update=True)
    column = "received" if row.direction == "in" else "issued"
    setattr(item, column, (getattr(item, column) or 0) + count)
    stock = item.opening + (item.received or 0) - (item.issued or 0)
    if stock < 0:
        raise DomainError(
            N_("There are only %(stock)s of it in stock."),
            stock=f"{stock + abs(count):f}",
            field="count",
        )
    if item.state != "stopped":
        low = stock < item.minimum
        item.low_since = (item.low_since or clock.today()) if low else None
        item.state = "low" if low else "in_use"
        rules.settle(item)
