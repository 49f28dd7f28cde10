"""When an office closes: each community has its own time, from which what is due is overdue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from app.core.db.extensions import db
from app.core.parsing import normal_forms
from app.core.values.due_rules import CLOSING_TIME
from app.core.values.errors import N_, DomainError
from app.estate.base.models import Community

EARLIEST = time(12, 0)
"""An office that closes before noon is a slip of the pen: 6:00 for 18:00."""
FURTHER: list[Callable[[Session, int, time], int]] = []
"""What other features work out anew when a community (its key) closes at another time; each
answers how many of its records that concerns. Nothing commits."""


def spelt(text: str) -> str:
    """A closing time as 18:00; DomainError for what is none."""
    found = normal_forms.time_of_day(text)
    if time.fromisoformat(found) < EARLIEST:
        raise DomainError(
            N_(
                "“%(text)s” cannot be the closing time: write a time from 12:00 to 23:59, such "
                "as 18:00."
            ),
            text=text[:40],
        )
    return found


def times(session: Session) -> dict[int, time]:
    """community → its closing time."""
    found = session.execute(select(Community.id, Community.closing_time))
    return {row.id: time.fromisoformat(row.closing_time) for row in found}


def of_record(record: Any) -> time:
    """The closing time of the community to which a record belongs."""
    session = object_session(record) or db.session()
    with session.no_autoflush:  # the record may be half changed
        community = session.get(Community, record.community_id) if record.community_id else None
    return time.fromisoformat(community.closing_time) if community else CLOSING_TIME


def changed(session: Session, community: Community) -> int:
    """Work out anew what depends on the closing time; answers how many records are concerned."""
    closing = time.fromisoformat(community.closing_time)
    return sum(work(session, community.id, closing) for work in FURTHER)
