"""From when to when somebody owed daily logs: since joining, a change of post, until leaving.

The record of changes knows when an account got which roles, when it was closed and opened
again. From the present state it is read backwards, so that nobody is asked for the log of a
day before the account, the post or the return, and a report of a past month goes on saying
who owed what then. How an account stands at the end of a day counts for the day. Only
`turns` reads the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.core.db.models import AuditEntry
from app.core.values import clock

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ACTS = ("rights.user_change", "rights.user_deactivate", "rights.user_activate")


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of an account, and how it stood before: its roles, or whether it was open
    (None: as afterwards)."""

    at: datetime
    roles: frozenset[str] | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which logs were owed, both included; `last` None goes on."""

    first: date
    last: date | None = None

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


def joined_on(created: datetime | None, first_log: date | None) -> date:
    """The office day on which the account was made; the first log's where that is not known."""
    return clock.local(created).date() if created else first_log or date.min


def spans(
    joined: date,
    roles: frozenset[str],
    turns: Iterable[Turn],
    owes: Callable[[frozenset[str]], bool],
    *,
    active: bool,
) -> tuple[Span, ...]:
    """The days that were owed, the latest first: `roles` and `active` are of now, `turns` in
    the order of time, `owes` says whether somebody with these roles owes logs."""
    found = []
    last: date | None = None
    for turn in reversed(list(turns)):
        first = max(clock.local(turn.at).date(), joined)
        if active and owes(roles) and (last is None or first <= last):
            found.append(Span(first, last))
        eve = clock.local(turn.at).date() - timedelta(days=1)
        last = eve if last is None else min(last, eve)
        roles = roles if turn.roles is None else turn.roles
        active = active if turn.active is None else turn.active
    if active and owes(roles) and (last is None or joined <= last):
        found.append(Span(joined, last))
    return tuple(found)


def turns(session: Session, user_id: int | None = None) -> dict[int, list[Turn]]:
    """The changes of every account (or of one) that may have begun or ended its logs, in order
    of time."""
    found: dict[int, list[Turn]] = {}
    query = (
        select(AuditEntry.record_id, AuditEntry.act, AuditEntry.at, AuditEntry.details)
        .where(AuditEntry.screen == "users", AuditEntry.act.in_(ACTS))
        .order_by(AuditEntry.at, AuditEntry.id)
    )
    if user_id is not None:
        query = query.where(AuditEntry.record_id == str(user_id))
    rows = session.execute(query)
    for number, act, at, details in rows:
        turn = _turn(act, at, details or {})
        if turn is not None and number and number.isdigit():
            found.setdefault(int(number), []).append(turn)
    return found


def _turn(act: str, at: datetime, details: dict[str, object]) -> Turn | None:
    """An entry of the record as a turn; None where it changed nothing that counts here."""
    if act == "rights.user_deactivate":
        return Turn(at, active=True)
    if act == "rights.user_activate":
        return Turn(at, active=False)
    change = details.get("roles")
    if not isinstance(change, dict):
        return None
    return Turn(at, roles=frozenset(change.get("old") or ()))
