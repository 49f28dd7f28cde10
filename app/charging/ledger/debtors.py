"""Who owes: the debtor whom the bill names, and who owned the unit together with him.

A bill names one customer. Joint owners owe it together (all of those who owned the unit with
the named one when its period began), so one of them who sells to the other leaves him a debt
that is his too. Who came later owes nothing of it, whoever owns the unit today.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.estate.base.models import Customer, Ownership
from app.estate.base.occupants import slices

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Share:
    """An owner's interval; None is open. The last day still belongs to it."""

    customer_id: int
    name: str
    starts_on: date | None
    ends_on: date | None

    def covers(self, day: date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or day <= self.ends_on
        )


@dataclass(frozen=True, slots=True)
class Owners:
    """Everybody who ever owned some units, by unit, in the order of their position."""

    by_unit: dict[int, list[Share]] = field(default_factory=dict)

    def with_debtor(self, unit_id: int, customer_id: int, day: date) -> list[Share]:
        """Who owes together with the named debtor what was billed for a period from `day`.

        The debtor comes first; empty when he never owned the unit (a tenant). A period that
        began before he did counts from his first day, one after he left from his last.
        """
        shares = self.by_unit.get(unit_id, [])
        own = [one for one in shares if one.customer_id == customer_id]
        if not own:
            return []
        nearest = min((_nearest(one, day) for one in own), key=lambda at: abs(at - day))
        there = [one for one in shares if one.covers(nearest)]
        first = [one for one in there if one.customer_id == customer_id]
        others = {one.customer_id: one for one in there if one.customer_id != customer_id}
        return [first[0], *others.values()] if first else own[:1]

    def last_day(self, unit_id: int, customer_id: int, day: date) -> date:
        """The day, or the last one before it on which he still owned the unit."""
        own = [one for one in self.by_unit.get(unit_id, []) if one.customer_id == customer_id]
        ends = [one.ends_on or date.max for one in own]
        return min(day, max(ends, default=day))

    def gone(self, unit_id: int, people: Iterable[Share], day: date) -> bool:
        """Did all of them own the unit once and none of them on the day?"""
        lasts = [self.last_day(unit_id, one.customer_id, day) for one in people]
        return bool(lasts) and max(lasts) < day

    def throughout(self, unit_id: int, first: date, last: date) -> list[Share]:
        """Who owned the unit from the one day to the other."""
        shares = self.by_unit.get(unit_id, [])
        return [one for one in shares if one.covers(first) and one.covers(last)]


def _nearest(share: Share, day: date) -> date:
    """The day of the interval that is nearest to `day`."""
    if share.starts_on is not None and day < share.starts_on:
        return share.starts_on
    if share.ends_on is not None and share.ends_on < day:
        return share.ends_on
    return day


def owners(session: Session, unit_ids: Iterable[int]) -> Owners:
    """All owners of these units, of today and of before, in one query for 500 units."""
    found: dict[int, list[Share]] = {}
    for part in slices(list(unit_ids)):
        rows = session.execute(
            select(
                Ownership.unit_id,
                Ownership.customer_id,
                Customer.name,
                Ownership.starts_on,
                Ownership.ends_on,
            )
            .join(Customer, Customer.id == Ownership.customer_id)
            .where(Ownership.unit_id.in_(part))
            .order_by(Ownership.unit_id, Ownership.position, Ownership.id)
        )
        for unit_id, *values in rows:
            found.setdefault(unit_id, []).append(Share(*values))
    return Owners(found)
