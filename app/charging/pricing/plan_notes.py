"""What a plan says beside its lines: the days to pay, and the sales inside the period."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.charging.pricing.plans import BillingPlan
from app.estate.base.models import Customer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.charging.pricing.facts import Sale


@dataclass(frozen=True, slots=True)
class DueDay:
    """The days to pay of one item: the first and the last of its bills, and how many bills
    are past theirs already (`late`): posted now, they are arrears at once."""

    item: int
    first: date
    last: date
    bills: int
    late: int


@dataclass(frozen=True, slots=True)
class SaleRow:
    """A unit that is billed and changes hands inside the period; `debtor` gets the bill."""

    place: int
    day: date
    sellers: str
    buyers: str
    debtor: str


def due_days(plan: BillingPlan, today: date) -> dict[int, DueDay]:
    """Place of an item → its days to pay, for the items that the plan has bills of."""
    found: dict[int, DueDay] = {}
    counts = [0] * len(plan.priced)
    for number in plan.line_priced:
        counts[number] += 1
    for number, bills in enumerate(counts):
        if not bills:
            continue
        priced = plan.priced[number]
        day = plan.due_on(priced)
        late = bills if day < today else 0
        before = found.get(priced.item) or DueDay(priced.item, day, day, 0, 0)
        found[priced.item] = DueDay(
            priced.item,
            min(before.first, day),
            max(before.last, day),
            before.bills + bills,
            before.late + late,
        )
    return found


def of_billed_units(plan: BillingPlan) -> list[Sale]:
    """The changes of owners in units that the plan has bills of."""
    lined = set(plan.line_units) if plan.facts.sales else set()
    return [sale for sale in plan.facts.sales if sale.unit in lined]


def named_sales(session: Session, plan: BillingPlan, found: list[Sale]) -> list[SaleRow]:
    """Who sold to whom inside the period and who gets the bill, in the same order."""
    owners = plan.facts.units.owners
    wanted = {owners[sale.unit] for sale in found}
    for sale in found:
        wanted.update(sale.sellers, sale.buyers)
    name = _names(session, wanted)
    return [
        SaleRow(
            sale.unit,
            sale.day,
            "、".join(map(name, sale.sellers)),
            "、".join(map(name, sale.buyers)),
            name(owners[sale.unit]),
        )
        for sale in found
    ]


def _names(session: Session, ids: Iterable[int]) -> Callable[[int], str]:
    """A look-up of the names of these customers; nobody (0) has none."""
    rows = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(set(ids))))
    names = dict(rows.all())
    return lambda key: names.get(key, "")
