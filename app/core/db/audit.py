"""Who changed what: one entry per act, written in the same transaction as the act (S03)."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.core.db.models import AuditEntry
from app.core.values import clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Actor:
    """The person for whom something is done; `user_id` None is the command line itself."""

    user_id: int | None
    name: str


COMMAND_LINE = Actor(None, "anju")
_current: ContextVar[Actor] = ContextVar("actor", default=COMMAND_LINE)


def actor() -> Actor:
    """Who acts now: the user of the request, the owner of the job, or the command line."""
    return _current.get()


@contextmanager
def acting(who: Actor) -> Iterator[None]:
    """Do what follows in the name of `who`."""
    token = _current.set(who)
    try:
        yield
    finally:
        _current.reset(token)


def enter(who: Actor) -> None:
    """Set the actor for the rest of this request's context."""
    _current.set(who)


def record(
    session: Session,
    act: str,
    screen: str,
    record_id: object = None,
    *,
    title: str = "",
    community_id: int | None = None,
    details: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> None:
    """Add an entry about `act` (write, void, reveal…) on a record of `screen`; `at`: not now."""
    who = actor()
    session.add(
        AuditEntry(
            at=at or clock.now(),
            user_id=who.user_id,
            user_name=who.name,
            act=act,
            screen=screen,
            record_id=None if record_id is None else str(record_id),
            title=title[:200],
            community_id=community_id,
            details=details,
        )
    )
