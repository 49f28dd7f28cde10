"""When a row is due: the rule of its state, kept in the column `due_at` (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from app.core.values import clock
from app.core.values.period import add_months

DUE = re.compile(r"([a-z]\w*)\s*(?:([+-])\s*(\d{1,4})\s*(hour|day|month|year)s?)?")
CLOSING_TIME = time(18, 0)
"""Office time at which a day ends where nothing else is said: what is due is overdue from here."""


def by_hours(rule: str | None) -> bool:
    """Does the rule name an hour? Every other ends when the office closes on its day."""
    found = DUE.fullmatch(rule) if rule else None
    return found is not None and found[4] == "hour"


def begins_with(rule: str) -> str:
    """The field with which a due rule begins to count."""
    return rule.partition("+")[0].partition("-")[0].strip()


def due_moment(
    rule: str | None, value_of: Callable[[str], Any], closing: time = CLOSING_TIME
) -> datetime | None:
    """The stored moment from which a row in this state is overdue; None: never.

    Days, months and years end at closing time; hours run from the moment itself.
    """
    found = DUE.fullmatch(rule) if rule else None
    begins = value_of(found[1]) if found else None
    if found is None or begins is None:
        return None
    count = int(found[3] or 0) * (-1 if found[2] == "-" else 1)
    if found[4] == "hour" and isinstance(begins, datetime):
        return begins + timedelta(hours=count)
    day: date = clock.local(begins).date() if isinstance(begins, datetime) else begins
    if found[4] in {"month", "year"}:
        day = add_months(day, count * (12 if found[4] == "year" else 1))
    else:
        day += timedelta(days=count)
    return clock.stored(datetime.combine(day, closing))
