"""What waits in the registers: overdue rows and approvals, for the home page and the day's log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app, has_request_context

from app.core import clock, rights
from app.duty.facts import Fact, Part
from app.registers import counting
from app.roles import Verb

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows of one register that wait: overdue ones, or ones to approve."""

    screen: Any
    kind: str
    count: int
    url: str


def screens() -> list[Any]:
    return [one for one in current_app.extensions["anju"].views if hasattr(one, "definition")]


def waiting(session: Session) -> list[Waiting]:
    """What the present user has to look after, in one query; only registers with any."""
    asked: dict[str, tuple[Any, str, Any]] = {}
    for screen in screens():
        if screen.definition.has_due and screen.may(Verb.READ):
            asked[f"late {screen.screen}"] = (screen, "overdue", counting.overdue(screen.model))
        states = {start for one in screen.definition.actions if one.right == Verb.APPROVE
                  for start in one.origins}  # fmt: skip
        if states and screen.may(Verb.APPROVE):
            asked[f"approve {screen.screen}"] = (
                screen, "approve", screen.model.state.in_(sorted(states)))  # fmt: skip
    found = counting.counts(
        session, [(name, screen.model, where) for name, (screen, _, where) in asked.items()]
    )
    return [
        Waiting(screen, kind, found[name],
                screen.overdue_url() if kind == "overdue" else screen.url("list"))
        for name, (screen, kind, _) in asked.items() if found[name]
    ]  # fmt: skip


def of_day(session: Session, user_id: int, day: date) -> list[Fact]:
    """Rows overdue in the registers that this person keeps, in the log of today (O06)."""
    if day != clock.today() or not has_request_context():
        return []
    mine = {screen for screen, verb in rights.of_user(user_id) if verb == Verb.WRITE}
    kept = [one for one in screens() if one.definition.has_due and one.screen in mine]
    found = counting.counts(
        session, [(one.screen, one.model, counting.overdue(one.model)) for one in kept]
    )
    parts = tuple(Part(name, count) for name, count in sorted(found.items()) if count)
    return [Fact("overdue", sum(part.count for part in parts), parts=parts)] if parts else []
