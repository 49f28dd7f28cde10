"""What is owed at one unit, debtor by debtor, each with his own purse beside it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.charging.ledger import balances, covering, debtors
from app.core.values import clock
from app.core.values.money import ZERO
from app.estate.base.models import Customer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Debt:
    """A debtor's open bills at a unit, oldest due first; `left` is what his purse leaves of each.

    `customer_ids` are the debtor and those who owe with him (joint owners); `former`: none of
    them owns the unit any more.
    """

    customer_ids: tuple[int, ...]
    names: str
    former: bool
    prepaid: Decimal
    bills: tuple[balances.OpenBill, ...]
    left: tuple[Decimal, ...]

    @property
    def owed(self) -> Decimal:
        return sum((bill.balance for bill in self.bills), ZERO)

    @property
    def to_pay(self) -> Decimal:
        return sum(self.left, ZERO)

    def late(self, today: date) -> list[Decimal]:
        """What is left of each bill that is past due."""
        pairs = zip(self.bills, self.left, strict=True)
        return [left for bill, left in pairs if bill.due_on < today and left]


def debts(session: Session, unit_id: int) -> list[Debt]:
    """Everybody who owes something at the unit today; who owed first comes first."""
    today = clock.today()
    found: dict[int | None, list[balances.OpenBill]] = {}
    for bill in balances.open_bills(session, unit_id):
        found.setdefault(bill.customer_id, []).append(bill)
    if not found:
        return []
    held = balances.purses_of_unit(session, unit_id)
    owned = debtors.owners(session, [unit_id])
    names = _names(session, found)
    rows = []
    for who, bills in found.items():
        if who is None:
            people = owned.throughout(unit_id, bills[0].period_start, today)
        else:
            people = owned.with_debtor(unit_id, who, bills[-1].period_start)
        purse = held.get(who, ZERO) if who is not None else ZERO
        rows.append(
            Debt(
                customer_ids=tuple(one.customer_id for one in people) or ((who,) if who else ()),
                names="、".join(one.name for one in people) or names.get(who, ""),
                former=owned.gone(unit_id, people, today),
                prepaid=purse,
                bills=tuple(bills),
                left=tuple(covering.left_of([bill.balance for bill in bills], purse)),
            )
        )
    return rows


def _names(session: Session, keys: Iterable[int | None]) -> dict[int | None, str]:
    wanted = [key for key in keys if key is not None]
    rows = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(wanted)))
    return {key: name for key, name in rows}  # noqa: C416 - a row is no pair of this type
