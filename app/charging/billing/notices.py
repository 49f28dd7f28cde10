"""收费通知单 (A04, A05): what each debtor of a unit is asked to pay, in walking order.

A notice goes to whom the bills name: a sold flat gets one for the buyer with his bills and
one for the seller with what he left unpaid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import func, literal, select, union_all

from app.charging.billing.notice_bills import Arrears, Row, rows_of, together, uncovered
from app.charging.ledger import balances, covering, debtors
from app.charging.ledger.balances import fen
from app.charging.ledger.bill_models import Bill, BillingRun, BillState
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import N_, DomainError
from app.core.values.money import ZERO, in_capitals
from app.estate.base.models import Building, Community, Unit
from app.estate.rooms.search import room_conditions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Key = tuple[int, int | None]
"""A unit and the debtor; None where its bills name nobody."""
BATCH = 200
"""Notices of one print page: a stack that a printer and a browser take in one go."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which notices: a run, perhaps one building, perhaps from a room to a room."""

    run_id: int
    building_id: int | None = None
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A bill of the period; `paid` is what was received for it already."""

    item: str
    sentence: str
    amount: Decimal
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Notice:
    """What one debtor is asked for at one unit.

    `total` is owed of the period and before, `prepayment` his own purse at the unit, `to_pay`
    what that leaves. `due_on` None: all that is left was due before and is of other periods;
    `sooner`: bills of other periods that are not late fall due before that day.
    `former`: nobody of those named owns the unit any more.
    """

    unit_id: int
    customer_id: int | None
    code: str
    names: str
    former: bool
    lines: tuple[Line, ...]
    arrears: tuple[Arrears, ...]
    prepayment: Decimal
    due_on: date | None
    sooner: bool
    documents: tuple[str, ...]
    late: bool

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def paid(self) -> Decimal:
        return sum((line.paid for line in self.lines), ZERO)

    @property
    def owed_beside(self) -> Decimal:
        return sum((row.amount for row in self.arrears), ZERO)

    @property
    def total(self) -> Decimal:
        return self.amount - self.paid + self.owed_beside

    @property
    def covered(self) -> Decimal:
        return min(self.prepayment, self.total)

    @property
    def to_pay(self) -> Decimal:
        return self.total - self.covered

    @property
    def capitals(self) -> str:
        return in_capitals(self.to_pay) if self.to_pay else ""


def addressees(session: Session, choice: Choice) -> list[Key]:
    """The debtors to print for, by building, entrance and number; DomainError on a wrong room.

    Whom the run billed comes first at each unit, then who still owes something of before
    that his purse does not cover.
    """
    run = data_scope.get(session, BillingRun, choice.run_id)
    mine = select(Bill.unit_id, Bill.customer_id, literal(0).label("rank")).where(
        Bill.run_id == run.id, Bill.state == BillState.POSTED, fen(Bill.amount) > 0
    )
    units = select(Bill.unit_id).where(
        Bill.run_id == run.id, Bill.state == BillState.POSTED, fen(Bill.amount) > 0
    )
    open_ = covering.open_bills(
        clock.today(), Bill.unit_id.in_(units), Bill.period_start <= run.period_end
    )
    others = select(open_.c.unit_id, open_.c.customer_id, literal(1)).where(open_.c.net > 0)
    each = union_all(mine, others).subquery()
    query = (
        select(each.c.unit_id, each.c.customer_id)
        .join(Unit, Unit.id == each.c.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .group_by(each.c.unit_id, each.c.customer_id, Building.sort_key, Unit.sort_key)
        .order_by(
            Building.sort_key,
            Unit.sort_key,
            each.c.unit_id,
            func.min(each.c.rank),
            func.coalesce(each.c.customer_id, 0),
        )
    )
    if choice.building_id is not None:
        query = query.where(Unit.building_id == choice.building_id)
    if choice.first:
        query = query.where(Unit.sort_key >= _room(session, run, choice.first).sort_key)
    if choice.last:
        query = query.where(Unit.sort_key <= _room(session, run, choice.last).sort_key)
    return [(unit_id, customer_id) for unit_id, customer_id in session.execute(query)]


def _room(session: Session, run: BillingRun, typed: str) -> Unit:
    """The one unit of the community that a typed room means."""
    for wanted in (Unit.code == typed.strip(), *room_conditions(typed)):
        found = session.scalars(
            select(Unit).where(Unit.community_id == run.community_id, wanted).limit(2)
        ).all()
        if len(found) == 1:
            return found[0]
    raise DomainError(
        N_("“%(room)s” is not one room of this community. Write it like 1-1-101."),
        room=typed[:40],
    )


def notices(session: Session, run_id: int, keys: Sequence[Key]) -> list[Notice]:
    """The notices of these debtors, in this order: bills of the run's period, and what is older."""
    run = data_scope.get(session, BillingRun, run_id)
    units = list({unit_id for unit_id, _ in keys})
    found: dict[Key, list[Row]] = {}
    for row in rows_of(session, units, run.period_end):
        found.setdefault((row.unit_id, row.customer_id), []).append(row)
    codes = dict(session.execute(select(Unit.id, Unit.code).where(Unit.id.in_(units))).all())
    purses = balances.purses(session, units)
    owned = debtors.owners(session, units)
    return [
        _notice(run, codes[key[0]], found[key], purses.get(key, ZERO) if key[1] else ZERO, owned)
        for key in keys
        if key in found
    ]


def _notice(
    run: BillingRun, code: str, rows: list[Row], purse: Decimal, owned: debtors.Owners
) -> Notice:
    unit_id, who, today = rows[0].unit_id, rows[0].customer_id, clock.today()
    period = (run.period_start, run.period_end)
    current = [row for row in rows if (row.first, row.last) == period]
    older = [row for row in rows if (row.first, row.last) != period and row.amount > row.paid]
    open_ = uncovered(current + older, purse)
    coming = [row.due_on for row in open_ if row not in current and row.due_on >= today]
    asked = [row.due_on for row in open_ if row in current] or coming
    due_on = min(asked, default=None)
    if who is None:
        people = owned.throughout(unit_id, min(row.first for row in rows), today)
    else:
        begun = run.period_start if current else older[-1].first if older else today
        people = owned.with_debtor(unit_id, who, begun)
    return Notice(
        unit_id=unit_id,
        customer_id=who,
        code=code,
        names="、".join(one.name for one in people) or rows[0].name or "",
        former=owned.gone(unit_id, people, today),
        lines=tuple(Line(row.item, row.sentence, row.amount, row.paid) for row in current),
        arrears=together(older, today),
        prepayment=purse,
        due_on=due_on,
        sooner=due_on is not None and min(coming, default=due_on) < due_on,
        late=due_on is not None and due_on < today,
        documents=tuple(dict.fromkeys(row.document for row in current if row.document)),
    )


def community_of(session: Session, run_id: int) -> Community:
    """Whose letterhead stands on the notices."""
    run = data_scope.get(session, BillingRun, run_id)
    return session.get_one(Community, run.community_id)


def buildings_of(session: Session, run_id: int) -> list[Building]:
    """The buildings in which the run has bills, in their order."""
    run = data_scope.get(session, BillingRun, run_id)
    units = (
        select(Unit.building_id)
        .join(Bill, Bill.unit_id == Unit.id)
        .where(Bill.run_id == run.id, Bill.state == BillState.POSTED, Bill.amount > 0)
    )
    return list(
        session.scalars(select(Building).where(Building.id.in_(units)).order_by(Building.sort_key))
    )
