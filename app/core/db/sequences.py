"""Gapless numbers: taken inside the transaction that uses them, so none is ever lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite

from app.core.db.models import Counter

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

_SEQ = re.compile(r"\{seq(?::(\d))?\}")


def take(session: Session, community_id: int, series: str, span: str = "", count: int = 1) -> int:
    """The next number of a series (1, 2, 3…) in a community and a span such as a year.

    The counter's row is locked until the transaction ends: a second taker waits, and a
    rollback gives the number back. On SQLite the transaction already holds the only
    write lock (BEGIN IMMEDIATE). Of several numbers (`count`) the answer is the last.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = insert(Counter).values(community_id=community_id, series=series, span=span, last=count)
    # One statement: two takers of a series' first number cannot both insert its row.
    taken = first.on_conflict_do_update(
        index_elements=["community_id", "series", "span"], set_={"last": Counter.last + count}
    ).returning(Counter.last)
    return session.scalars(taken).one()


def filled(session: Session, community_id: int, series: str, pattern: str, day: date) -> str:
    """The next number in the shape of a pattern such as `YS{year}{month}-{seq:4}`.

    It counts per month, with `{year}` alone per year, with neither for ever.
    """
    taken = take(session, community_id, series, span_of(pattern, day))
    return written(pattern, day, taken)


def span_of(pattern: str, day: date) -> str:
    """The month, the year or all time ("") in which a pattern counts on this day."""
    return "".join(
        f"{part:02}"
        for part, key in ((day.year, "{year}"), (day.month, "{month}"))
        if key in pattern
    )


def written(pattern: str, day: date, taken: int) -> str:
    """A taken number in the shape of its pattern."""
    with_seq = _SEQ.sub(lambda found: f"{taken:0{found[1] or 1}}", pattern)
    return with_seq.replace("{year}", str(day.year)).replace("{month}", f"{day.month:02}")
