"""What waits on screens: records overdue, records to approve, and those that nobody has begun.

A screen with `every` ("day", "week", "month", "quarter") owes a record in each such period.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import true

from app.core.records import counts
from app.core.values import clock
from app.core.values.period import Cycle, Period
from app.roles import Verb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

KINDS = ("approve", "missing", "overdue")
"""In this order they are told."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits on one screen: records `overdue` or to `approve`, communities that lack one."""

    screen: Any
    kind: str
    count: int
    url: str
    of: int = 0
    """How many communities the user has, where some lack a record."""


def first_day(every: str, day: date) -> date:
    """The day on which the period of this length began in which `day` lies."""
    if every == "day":
        return day
    if every == "week":
        return day - timedelta(days=day.weekday())
    return Period.containing(day, Cycle(every)).first


def begins(every: str) -> datetime:
    """The stored moment at which the present period of this length began."""
    return clock.span_of(first_day(every, clock.today()))[0]


def undecided(steps: Any) -> set[str]:
    """The states in which another person has to decide; taking a decision back does not wait."""
    return {
        start
        for one in steps.actions
        if one.right == Verb.APPROVE and one.not_by
        for start in one.origins
    }


def leads_to(screen: Any, kind: str) -> str:
    """Where the user looks after what waits."""
    if kind == "overdue":
        return str(screen.overdue_url())
    states = undecided(screen.model.steps)
    # In the tab of one state all can be ticked and decided at once.
    return str(screen.url("list", **({"f.state.is": states.pop()} if len(states) == 1 else {})))


def waiting(session: Session, screens: Iterable[Any], community: Any) -> list[Waiting]:
    """What the present user has to look after: approvals, what is not begun, most overdue.

    community: the model of the communities, of which those in the scope are counted.
    """
    screens = list(screens)
    asked: list[tuple[Any, str, Any]] = []
    for screen in screens:
        steps = screen.model.steps
        if steps is None:
            continue
        if steps.has_due and (screen.may(Verb.WRITE) or screen.may(Verb.APPROVE)):
            asked.append((screen, "overdue", counts.overdue(screen.model)))
        states = undecided(steps)
        if states and screen.may(Verb.APPROVE):
            asked.append((screen, "approve", screen.model.state.in_(sorted(states))))
    owing = [one for one in screens if one.every and one.can("add")]
    found = counts.counts(
        session,
        [
            ("", community, true()),
            *((f"{kind} {one.screen}", one.model, where) for one, kind, where in asked),
        ],
        [
            (f"begun {one.screen}", one.model, one.model.created_at >= begins(one.every))
            for one in owing
        ],
    )
    lines = [
        Waiting(one, kind, count, leads_to(one, kind))
        for one, kind, _ in asked
        if (count := found[f"{kind} {one.screen}"])
    ] + [
        Waiting(one, "missing", count, one.url("add"), of=found[""])
        for one in owing
        if (count := found[""] - found[f"begun {one.screen}"]) > 0
    ]
    return sorted(lines, key=lambda line: (KINDS.index(line.kind), -line.count))
