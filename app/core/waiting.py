"""What waits on screens with states: overdue records, records to approve; in one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.core import counting
from app.roles import Verb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Waiting:
    """Records of one screen that wait: overdue ones, or ones to approve."""

    screen: Any
    kind: str
    count: int
    url: str


def waiting(session: Session, screens: Iterable[Any]) -> list[Waiting]:
    """What the present user has to look after on these screens: approvals, then most overdue."""
    asked: list[tuple[Any, str, Any]] = []
    for screen in screens:
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
    lines = [
        Waiting(one, kind, count, one.overdue_url() if kind == "overdue" else one.url("list"))
        for one, kind, _ in asked if (count := found[f"{kind} {one.screen}"])
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line.kind != "approve", -line.count))
