"""What waits on screens: records overdue, records to approve, and those that nobody has begun.

A screen with `every` ("day", "week", "month", "quarter") owes a record in each such period.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from app.core import clock, counting
from app.core.period import Cycle, Period
from app.roles import Verb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

KINDS = ("approve", "missing", "overdue")
"""In this order they are told."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Records of one screen that wait: `overdue`, to `approve`, or `missing` in this period."""

    screen: Any
    kind: str
    count: int
    url: str


def first_day(every: str, day: date) -> date:
    """The day on which the period of this length began in which `day` lies."""
    if every == "day":
        return day
    if every == "week":
        return day - timedelta(days=day.weekday())
    return Period.containing(day, Cycle(every)).first


def leads_to(screen: Any, kind: str) -> str:
    """Where the user looks after what waits."""
    if kind == "overdue":
        return str(screen.overdue_url())
    return str(screen.url("add" if kind == "missing" else "list"))


def waiting(session: Session, screens: Iterable[Any]) -> list[Waiting]:
    """What the present user has to look after: approvals, what is not begun, most overdue."""
    asked: list[tuple[Any, str, Any]] = []
    for screen in screens:
        if screen.every and screen.can("add"):
            begun = clock.span_of(first_day(screen.every, clock.today()))[0]
            asked.append((screen, "missing", screen.model.created_at >= begun))
        steps = screen.model.steps
        if steps is None:
            continue
        if steps.has_due and (screen.may(Verb.WRITE) or screen.may(Verb.APPROVE)):
            asked.append((screen, "overdue", counting.overdue(screen.model)))
        # What another person has to decide waits; taking a decision back does not.
        states = {start for one in steps.actions if one.right == Verb.APPROVE and one.not_by
                  for start in one.origins}  # fmt: skip
        if states and screen.may(Verb.APPROVE):
            asked.append((screen, "approve", screen.model.state.in_(sorted(states))))
    found = counting.counts(
        session, [(f"{kind} {one.screen}", one.model, where) for one, kind, where in asked]
    )
    lines = []
    for one, kind, _ in asked:
        count = found[f"{kind} {one.screen}"]
        if kind == "missing":
            count = 0 if count else 1
        if count:
            lines.append(Waiting(one, kind, count, leads_to(one, kind)))
    return sorted(lines, key=lambda line: (KINDS.index(line.kind), -line.count))
