"""Who looks at the home page, and what a count of it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, select

from app.charging.ledger.balances import fen, paid_of_bill, standing
from app.charging.ledger.bill_models import Bill
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.money import from_fen
from app.core.values.period import add_months
from app.duty.base import counts, deadlines

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Count:
    """What a line shows: a number, money or a per cent, a word, or bars by month.

    `tone` is ok (nothing to do), warn (to do), bad (overdue) or idle (only information).
    `word` and `note` are marked source texts; `note_count` fills %(count)s of the note.
    """

    number: int | None = None
    amount: Decimal | None = None
    percent: Decimal | None = None
    word: str | None = None
    tone: str = "idle"
    note: str | None = None
    note_count: object = None
    bars: tuple[tuple[str, Decimal], ...] = ()


@dataclass
class Viewer:
    """Who looks at the page, and what several of the lines are counted from."""

    session: Session
    user_id: int

    @property
    def today(self) -> date:
        return clock.today()

    @cached_property
    def review(self) -> counts.ReviewCounts:
        return counts.review_counts(self.session, self.user_id, self.last_workday)

    @property
    def last_workday(self) -> date:
        """The last working day before today: its logs are due."""
        return deadlines.latest_workday(self.today - timedelta(days=1))

    @cached_property
    def month(self) -> tuple[Decimal, Decimal]:
        """Charged for periods that begin this month, and how much of it is paid (A23)."""
        first = self.today.replace(day=1)
        billed, paid = self.session.execute(
            select(func.sum(fen(Bill.amount)), func.sum(paid_of_bill(self.today))).where(
                data_scope.current().where(Bill.community_id),
                Bill.period_start >= first,
                Bill.period_start < add_months(first, 1),
                standing(self.today),
            )
        ).one()
        return from_fen(int(billed or 0)), from_fen(int(paid or 0))

    def count(self, model: type, *conditions: ColumnElement[bool]) -> int:
        """How many records of `model` meet the conditions."""
        query = select(func.count()).select_from(model).where(*conditions)
        return self.session.scalar(query) or 0

    def inside(self, model: Any, *conditions: ColumnElement[bool]) -> int:
        """The same, of the records inside the scope."""
        return self.count(model, data_scope.current().where(model.community_id), *conditions)


def todo(number: int, *, urgent: bool = False) -> Count:
    """A number of things to do; none is good, some are to do, urgent ones are overdue."""
    return Count(number, tone="ok" if not number else "bad" if urgent else "warn")
