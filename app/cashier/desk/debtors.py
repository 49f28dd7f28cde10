"""Whose debt an open bill at the desk is: of who is here, of co-owners together, of who left.

A bill keeps its debtor. It is offered to whoever stands at the desk when that debtor owns or
rents the unit today, or when an owner of today owned it together with the debtor at the
beginning of the bill's period: co-owners owe together, so one who bought out the other still
owes what was billed to both. All other bills belong to somebody who left (domain-rules 1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.charging.ledger.debtors import Owners, owners
from app.estate.base.models import Customer

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from app.charging.ledger.balances import OpenBill
    from app.estate.base.occupants import Occupants


@dataclass(frozen=True, slots=True)
class Debtors:
    """By bill: the name of a debtor who `left`, and of one who left owners that owe with him."""

    left: dict[int, str] = field(default_factory=dict)
    joint: dict[int, str] = field(default_factory=dict)


def here(people: Occupants) -> set[int]:
    """Who owns or rents the unit today."""
    return {one.customer_id for one in (*people.owners, *people.tenants)}


def debtors(
    session: Session, unit_id: int, people: Occupants, bills: Collection[OpenBill]
) -> Debtors:
    """The open bills of a unit whose debtor neither owns nor rents it today."""
    present = here(people)
    gone = [bill for bill in bills if bill.customer_id and bill.customer_id not in present]
    if not gone:
        return Debtors()
    today = {owner.customer_id for owner in people.owners}
    held = owners(session, [unit_id])
    rows = session.execute(
        select(Customer.id, Customer.name).where(Customer.id.in_({b.customer_id for b in gone}))
    )
    names: dict[int | None, str] = dict(rows.all())
    found = Debtors()
    for bill in gone:
        kind = found.joint if _together(bill, held, today) else found.left
        kind[bill.id] = names[bill.customer_id]
    return found


def _together(bill: OpenBill, held: Owners, today: set[int]) -> bool:
    """Does an owner of today owe it with the debtor? The day of handing over makes nobody one."""
    if bill.customer_id is None:
        return False
    shares = held.with_debtor(bill.unit_id, bill.customer_id, bill.period_start)
    last = shares[0].ends_on if shares else None
    return any(
        one.customer_id in today and (last is None or one.starts_on is None or one.starts_on < last)
        for one in shares[1:]
    )
