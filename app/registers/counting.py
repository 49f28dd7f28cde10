"""How many rows are in which state, overdue, entered in a month: short capped counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select, union_all

from app.core import clock, records
from app.core.period import add_months

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

MOST = 999
OVERDUE = "overdue"


def overdue(model: Any, now: datetime | None = None) -> ColumnElement[bool]:
    """The condition of a row that is overdue now."""
    return model.due_at < (now or clock.now())  # type: ignore[no-any-return]


def counts(session: Session, questions: Iterable[tuple[str, Any, Any]]) -> dict[str, int]:
    """name → rows of a model that meet a condition, at most MOST + 1, all in one query."""
    parts = [
        select(literal(name).label("name"), func.count().label("number")).select_from(
            select(model.id).where(records.inside(model), condition).limit(MOST + 1).subquery()
        )
        for name, model, condition in questions
    ]
    return dict(session.execute(union_all(*parts)).all()) if parts else {}  # type: ignore[arg-type]


def by_state(session: Session, model: Any) -> dict[str, int]:
    """state (and "overdue") → its rows inside the scope."""
    definition = model.definition
    asked = [(one.name, model, model.state == one.name) for one in definition.states]
    if definition.has_due:
        asked.append((OVERDUE, model, overdue(model)))
    return counts(session, asked)


@dataclass(frozen=True, slots=True)
class Month:
    """The rows that were entered in one month."""

    first: date
    rows: int

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"


def span_of(first: date) -> tuple[datetime, datetime]:
    """The stored moments between which a month of the office lies."""
    return clock.span_of(first)[0], clock.span_of(add_months(first, 1))[0]


def months(session: Session, model: Any, last: date, number: int = 12) -> list[Month]:
    """The rows entered in each of the last months, the oldest first."""
    found = []
    for back in range(number - 1, -1, -1):
        first = add_months(last.replace(day=1), -back)
        begins, ends = span_of(first)
        rows = session.scalar(
            select(func.count()).select_from(model).where(
                records.inside(model), model.created_at >= begins, model.created_at < ends)
        )  # fmt: skip
        found.append(Month(first, rows or 0))
    return found
