"""Whose debt an open bill at the desk is: of who is here, of co-owners together, of who left.

A bill keeps its debtor. It is offered to whoever stands at the desk when that debtor owns or
rents the unit today, or when an owner of today owned it together with the debtor at the
beginning of the bill's period: co-owners owe together, so one who bought out the other still
owes what was billed to both. All other bills belong to somebody who left (domain-rules 1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.estate.models import Customer, Ownership

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from app.charging.ledger import OpenBill
    from app.estate.occupants import Occupants


@dataclass(frozen=True, slots=True)
class Debtors:
    """By bill: the name of a debtor who `left`, and of one who left owners that owe with him."""

    left: dict[int, str] = field(default_factory=dict)
    joint: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Held:
    """An interval in which somebody owned the unit; both days belong to it."""

    customer_id: int
    first: date
    last: date

    def with_(self, other: _Held, day: date) -> bool:
        """Did both own it on `day`, and for longer than the day on which it changes hands?"""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return first <= day <= last and first < last


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
    owners = {owner.customer_id for owner in people.owners}
    held = _held(session, unit_id)
    rows = session.execute(
        select(Customer.id, Customer.name).where(Customer.id.in_({b.customer_id for b in gone}))
    )
    names: dict[int | None, str] = dict(rows.all())
    found = Debtors()
    for bill in gone:
        kind = found.joint if _together(bill, held, owners) else found.left
        kind[bill.id] = names[bill.customer_id]
    return found


def _held(session: Session, unit_id: int) -> list[_Held]:
    rows = session.execute(
        select(Ownership.customer_id, Ownership.starts_on, Ownership.ends_on).where(
            Ownership.unit_id == unit_id
        )
    )
    return [_Held(key, first or date.min, last or date.max) for key, first, last in rows]


def _together(bill: OpenBill, held: Collection[_Held], owners: set[int]) -> bool:
    theirs = [one for one in held if one.customer_id == bill.customer_id]
    ours = [one for one in held if one.customer_id in owners]
    return any(a.with_(b, bill.period_start) for a in theirs for b in ours)
