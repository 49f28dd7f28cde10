"""Supplies in and out: a booked movement changes the stock; it never falls below 0 (N10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.core.errors import N_, DomainError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def book(session: Session, row: Any) -> None:
    """Add a movement to the stock of its item."""
    _move(session, row, row.count)


def take_back(session: Session, row: Any) -> None:
    """Take a booked movement out of the stock of its item again."""
    _move(session, row, -row.count)


def _move(session: Session, row: Any, count: Any) -> None:
    item = session.get_one(
        type(row).item.property.mapper.class_, row.item_id, with_for_update=True
    )
    column = "received" if row.direction == "in" else "issued"
    setattr(item, column, (getattr(item, column) or 0) + count)
    stock = item.opening + (item.received or 0) - (item.issued or 0)
    if stock < 0:
        raise DomainError(N_("There are only %(stock)s of it in stock."),
                          stock=f"{stock + abs(count):f}", field="count")  # fmt: skip
