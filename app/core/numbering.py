"""Gapless numbers: taken inside the transaction that uses them, so none is ever lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from app.core.models import Counter

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def take(session: Session, community_id: int, series: str, span: str = "") -> int:
    """The next number of a series (1, 2, 3…) in a community and a span such as a year.

    The counter's row is locked until the transaction ends: a second taker waits, and a
    rollback gives the number back. On SQLite the transaction already holds the only
    write lock (BEGIN IMMEDIATE).
    """
    counter = session.scalar(
        select(Counter)
        .filter_by(community_id=community_id, series=series, span=span)
        .with_for_update()
    )
    if counter is None:
        counter = Counter(community_id=community_id, series=series, span=span, last=0)
        session.add(counter)
    counter.last += 1
    session.flush()
    return counter.last
