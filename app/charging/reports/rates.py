"""Receivable, received and the rates of a month, as of any day (B09, domain-rules 9).

Current are the bills whose period begins in the month; old are those of earlier periods.
A bill counts as it stood on the day asked for, money by the day of its allocation, so the
answer for a past day never changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, case, func, select, true

from app.charging.ledger.balances import fen, owed_on_bill, paid_of_bill, standing
from app.charging.ledger.bill_models import Bill, ChargeItem
from app.charging.ledger.payment_models import Allocation, PrepaymentEntry
from app.core.records import data_scope
from app.core.tables.table import ratio
from app.core.values.money import ZERO, from_fen
from app.core.values.period import Period, add_months
from app.estate.base.models import Building, Community, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(slots=True)
class Figures:
    """Sums in yuan: `due` and `paid` of the month's bills, `old` owed at its beginning,
    `recovered` of it since, `households` billed and how many of them paid in full."""

    due: Decimal = ZERO
    paid: Decimal = ZERO
    old: Decimal = ZERO
    recovered: Decimal = ZERO
    households: int = 0
    settled: int = 0

    def add(self, other: Figures) -> None:
        self.due += other.due
        self.paid += other.paid
        self.old += other.old
        self.recovered += other.recovered
        self.households += other.households
        self.settled += other.settled

    @property
    def rate(self) -> Decimal | None:
        """当期收缴率: received of the month's bills ÷ the month's bills."""
        return ratio(self.paid, self.due)

    @property
    def recovery(self) -> Decimal | None:
        """往期清欠率: recovered ÷ what was owed of earlier periods when the month began."""
        return ratio(self.recovered, self.old)

    @property
    def overall(self) -> Decimal | None:
        """综合收缴率: both received ÷ both receivable."""
        return ratio(self.paid + self.recovered, self.due + self.old)

    @property
    def household_rate(self) -> Decimal | None:
        """户收缴率: households that paid the month in full ÷ households billed."""
        return ratio(Decimal(self.settled), Decimal(self.households))


@dataclass(frozen=True, slots=True)
class RateLine:
    """The figures of one item in one building."""

    community_id: int
    community: str
    building_id: int
    building: str
    item_id: int
    item: str
    agency: bool
    figures: Figures


def chosen_bills(community: int | None, building: int | None = None) -> list[ColumnElement[bool]]:
    """The conditions on `Bill` for a choice of community and building, inside the scope."""
    inside = select(Unit.id).where(Unit.building_id == building)
    return [
        data_scope.current().where(Bill.community_id),
        Bill.community_id == community if community is not None else true(),
        Bill.unit_id.in_(inside) if building is not None else true(),
    ]


def lines(
    session: Session,
    month: Period,
    day: date,
    *,
    community: int | None = None,
    building: int | None = None,
) -> list[RateLine]:
    """Item by item and building by building, in the order of the house; households are 0."""
    eve = month.first - timedelta(days=1)
    current = (Bill.period_start >= month.first).label("current")
    paid, before = paid_of_bill(day), paid_of_bill(min(eve, day))
    each = (
        select(
            Bill.unit_id,
            Bill.item_id,
            current,
            fen(Bill.amount).label("amount"),
            paid.cast(BigInteger).label("paid"),
            case((current, 0), else_=before.cast(BigInteger)).label("before"),
        )
        .where(*chosen_bills(community, building), standing(day), Bill.period_start <= month.last)
        .subquery()
    )
    rows = session.execute(
        select(
            Community.id,
            Community.name,
            Building.id,
            Building.name,
            ChargeItem.id,
            ChargeItem.name,
            ChargeItem.agency,
            each.c.current,
            func.sum(each.c.amount),
            func.sum(each.c.paid),
            func.sum(each.c.before),
        )
        .join(Unit, Unit.id == each.c.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .join(Community, Community.id == Building.community_id)
        .join(ChargeItem, ChargeItem.id == each.c.item_id)
        .group_by(
            Community.id,
            Community.name,
            Building.id,
            Building.name,
            Building.sort_key,
            ChargeItem.id,
            ChargeItem.name,
            ChargeItem.agency,
            ChargeItem.position,
            each.c.current,
        )
        .order_by(Community.id, Building.sort_key, Building.id, ChargeItem.position, ChargeItem.id)
    )
    found: dict[tuple[int, int], RateLine] = {}
    for *place, is_current, amount, paid_fen, before_fen in rows:
        line = found.setdefault((place[2], place[4]), RateLine(*place, Figures()))
        if is_current:
            line.figures.due = from_fen(int(amount))
            line.figures.paid = from_fen(int(paid_fen))
        else:
            line.figures.old = from_fen(int(amount) - int(before_fen))
            line.figures.recovered = from_fen(int(paid_fen) - int(before_fen))
    return list(found.values())


def households(
    session: Session,
    month: Period,
    day: date,
    *,
    community: int | None = None,
    building: int | None = None,
) -> dict[int, tuple[int, int]]:
    """By building: units billed in the month (agency items aside), and how many owe nothing."""
    each = (
        select(Bill.unit_id, func.sum(owed_on_bill(day)).label("owed"))
        .join(ChargeItem, ChargeItem.id == Bill.item_id)
        .where(
            *chosen_bills(community, building),
            standing(day),
            Bill.period_start.between(month.first, month.last),
            # A bill of nothing, as older versions made them, is no household that paid.
            Bill.amount > 0,
            ChargeItem.agency.is_(False),
        )
        .group_by(Bill.unit_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Unit.building_id,
            func.count(),
            func.sum(case((each.c.owed <= 0, 1), else_=0)),
        )
        .join(each, each.c.unit_id == Unit.id)
        .group_by(Unit.building_id)
    )
    return {building_id: (count, int(settled)) for building_id, count, settled in rows}


def summed(found: Iterable[RateLine], by: Callable[[RateLine], Hashable]) -> dict[Any, Figures]:
    """The figures of lines added up by a key, in the order in which the keys appear."""
    sums: dict[Any, Figures] = {}
    for line in found:
        sums.setdefault(by(line), Figures()).add(line.figures)
    return sums


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month of the trend: its bills, what was paid of them until the day asked for, and
    all the money that was allocated in that month, whatever period it paid."""

    month: date
    due: Decimal
    paid: Decimal
    taken: Decimal

    @property
    def rate(self) -> Decimal | None:
        return ratio(self.paid, self.due)


def trend(
    session: Session, month: Period, day: date, *, community: int | None = None, months: int = 12
) -> list[MonthLine]:
    """The months up to `month`, oldest first, agency items aside."""
    first = add_months(month.first, 1 - months)
    own = select(ChargeItem.id).where(ChargeItem.agency.is_(False))
    each = (
        select(
            Bill.period_start,
            fen(Bill.amount).label("amount"),
            paid_of_bill(day).cast(BigInteger).label("paid"),
        )
        .where(
            *chosen_bills(community),
            standing(day),
            Bill.period_start.between(first, month.last),
            Bill.item_id.in_(own),
        )
        .subquery()
    )
    due: dict[date, int] = defaultdict(int)
    paid: dict[date, int] = defaultdict(int)
    taken: dict[date, int] = defaultdict(int)
    rows = session.execute(
        select(each.c.period_start, func.sum(each.c.amount), func.sum(each.c.paid)).group_by(
            each.c.period_start
        )
    )
    for start, amount, received in rows:
        due[start.replace(day=1)] += int(amount)
        paid[start.replace(day=1)] += int(received)
    for on, amount in session.execute(
        select(Allocation.allocated_on, func.sum(fen(Allocation.amount)))
        .join(Bill, Bill.id == Allocation.bill_id)
        .where(
            *chosen_bills(community),
            Bill.item_id.in_(own),
            Allocation.allocated_on.between(first, min(day, month.last)),
        )
        .group_by(Allocation.allocated_on)
    ):
        taken[on.replace(day=1)] += int(amount)
    return [
        MonthLine(start, from_fen(due[start]), from_fen(paid[start]), from_fen(taken[start]))
        for start in (add_months(first, index) for index in range(months))
    ]


def paid_ahead(session: Session, day: date, community: int | None = None) -> Decimal:
    """All that was paid ahead and not used on the day: it is in no rate."""
    total = session.scalar(
        select(func.sum(fen(PrepaymentEntry.amount))).where(
            data_scope.current().where(PrepaymentEntry.community_id),
            PrepaymentEntry.community_id == community if community is not None else true(),
            PrepaymentEntry.entered_on <= day,
        )
    )
    return from_fen(int(total or 0))


def total_of(found: Sequence[RateLine]) -> Figures:
    """All lines together."""
    sums = Figures()
    for line in found:
        sums.add(line.figures)
    return sums
