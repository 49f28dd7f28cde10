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

from sqlalchemy import select

from app.charging.billing.notice_bills import Arrears, Row, rows_of, together, uncovered
from app.charging.billing.notice_choice import Key
from app.charging.ledger import balances, debtors
from app.charging.ledger.bill_models import BillingRun
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.money import ZERO, in_capitals
from app.estate.base.models import Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class NoticeLine:
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
    lines: tuple[NoticeLine, ...]
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
        lines=tuple(NoticeLine(row.item, row.sentence, row.amount, row.paid) for row in current),
        arrears=together(older, today),
        prepayment=purse,
        due_on=due_on,
        sooner=due_on is not None and min(coming, default=due_on) < due_on,
        late=due_on is not None and due_on < today,
        documents=tuple(dict.fromkeys(row.document for row in current if row.document)),
    )
