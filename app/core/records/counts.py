"""How many records are in which state, overdue, entered in a month: short capped counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select, union_all

from app.core.records import queries
from app.core.values import clock
from app.core.values.period import add_months

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

MOST = 999
OVERDUE = "overdue"


def overdue(model: Any, now: datetime | None = None) -> ColumnElement[bool]:
    """The condition of a record that is overdue now."""
    return model.due_at < (now or clock.now())


def counts(
    session: Session,
    questions: Iterable[tuple[str, Any, Any]],
    places: Iterable[tuple[str, Any, Any]] = (),
) -> dict[str, int]:
    """name → records of a model that meet a condition, at most MOST + 1, all in one query.

    places: the same, counted in how many communities there is such a record.
    """
    parts = [
        select(literal(name).label("name"), func.count().label("number")).select_from(
            select(model.id).where(queries.inside(model), condition).limit(MOST + 1).subquery()
        )
        for name, model, condition in questions
    ]
    parts += [
        select(literal(name).label("name"), func.count(model.community_id.distinct())).where(
            queries.inside(model), condition
        )
        for name, model, condition in places
    ]
    return dict(session.execute(union_all(*parts)).all()) if parts else {}


def by_state(session: Session, model: Any) -> dict[str, int]:
    """state (and "overdue") → its records inside the scope, of a model with `steps`."""
    asked = [(one.name, model, model.state == one.name) for one in model.steps.states]
    if model.steps.has_due:
        asked.append((OVERDUE, model, overdue(model)))
    return counts(session, asked)


@dataclass(frozen=True, slots=True)
class Month:
    """The records that were entered in one month."""

    first: date
    rows: int

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"


def span_of(first: date) -> tuple[datetime, datetime]:
    """The stored moments between which a month of the office lies."""
    return clock.span_of(first)[0], clock.span_of(add_months(first, 1))[0]


def months(session: Session, model: Any, last: date, number: int = 12) -> list[Month]:
    """The records entered in each of the last months, the oldest first, in one query."""
    firsts = [add_months(last.replace(day=1), -back) for back in range(number - 1, -1, -1)]
    parts = []
    for first in firsts:
        begins, ends = span_of(first)
        parts.append(
            select(literal(f"{first:%Y-%m}"), func.count(model.id)).where(
                queries.inside(model), model.created_at >= begins, model.created_at < ends
            )
        )
    found = dict(session.execute(union_all(*parts)).all())
    return [Month(first, found[f"{first:%Y-%m}"]) for first in firsts]
