"""At which period billing opens: the next one that is not posted yet, by community and cycle."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, exists, or_, select

from app.charging.ledger.bill_models import Assignment, Bill, BillingRun, BillState, Standard
from app.core.values.period import Cycle, Period

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

BEFORE: Mapping[Cycle, int] = {Cycle.MONTH: 12, Cycle.QUARTER: 4, Cycle.YEAR: 2}
AFTER: Mapping[Cycle, int] = {Cycle.MONTH: 3, Cycle.QUARTER: 1, Cycle.YEAR: 1}
"""How many periods before and after the present one the form offers."""


@dataclass(slots=True)
class PostedPeriods:
    """What a community bills by (`cycles`, the shortest first), and the periods it has posted."""

    cycles: tuple[Cycle, ...] = (Cycle.MONTH,)
    periods: set[Period] = field(default_factory=set)

    def next(self, cycle: Cycle, today: date) -> Period:
        """The next period of this cycle that is not posted yet."""
        return next_unposted(self.periods, Period.containing(today, cycle))

    def opening(self, today: date) -> Period:
        """Where the form opens: the next period of the shortest cycle in use."""
        return self.next(self.cycles[0], today)


def next_unposted(posted: Collection[Period], present: Period) -> Period:
    """The first period without bills since the office began to post, as far as is looked back.

    Who has posted nothing of late begins with the present period. A gap between posted
    periods comes before what follows them: it was forgotten.
    """
    earliest = present
    for _step in range(BEFORE[present.cycle]):
        earliest = earliest.previous
    known = {one for one in posted if one.months == present.months and one.first >= earliest.first}
    found = min({*known, present})
    while found in known:
        found = found.next
    return found


def around(cycle: Cycle, today: date, others: Iterable[Period] = ()) -> list[Period]:
    """The periods to choose from, the latest first: around today, and `others` of this cycle."""
    present = Period.containing(today, cycle)
    found = {present, *(one for one in others if one.cycle is cycle)}
    before = after = present
    for _step in range(BEFORE[cycle]):
        before = before.previous
        found.add(before)
    for _step in range(AFTER[cycle]):
        after = after.next
        found.add(after)
    return sorted(found, reverse=True)


def stands() -> ColumnElement[bool]:
    """The condition on `BillingRun` that not all of its bills are void."""
    bills = select(Bill.id).where(Bill.run_id == BillingRun.id)
    return or_(exists(bills.where(Bill.state == BillState.POSTED)), ~exists(bills))


def posted(session: Session, community_ids: Collection[int]) -> dict[int, PostedPeriods]:
    """What these communities bill by and have posted, in two queries."""
    found = {key: PostedPeriods() for key in community_ids}
    rows = session.execute(
        select(BillingRun.community_id, BillingRun.period_start, BillingRun.period_end)
        .where(BillingRun.community_id.in_(found), stands())
        .distinct()
    )
    for key, first, last in rows:
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        found[key].periods.add(Period(first, months))
    used = session.execute(
        select(Standard.community_id, Standard.cycle)
        .where(
            Standard.community_id.in_(found),
            Standard.active,
            exists().where(Assignment.standard_id == Standard.id, ~Assignment.exempt),
        )
        .distinct()
    ).all()
    for key, one in found.items():
        held = {cycle for owner, cycle in used if owner == key}
        one.cycles = tuple(cycle for cycle in Cycle if cycle.value in held) or one.cycles
    return found
