"""When a log is owed, due and overdue, and how a person stands on a day (O04, O05).

The rules are constants of the house: a log is owed for every working day, it is due at
the end of the office day, and overdue when the office opens the next morning. It can be
handed in late for a week, marked as late; after that the day stays without a log.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from app.duty.base.models import LogState

DUE_AT = time(18, 0)
"""Office time from which the home page asks for the log of the day."""
OVERDUE_AT = time(9, 0)
"""Office time of the next morning from which a missing log is overdue and a log is late."""
LATE_DAYS = 7
"""How many days back a log may still be written."""
WORKDAYS = frozenset({0, 1, 2, 3, 4})
"""Monday to Friday; who works on other days may write a log and nobody waits for it."""


class Standing(StrEnum):
    """How a person stands with the log of a day."""

    MISSING = "missing"
    OVERDUE = "overdue"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    OFF = "off"
    FREE = "free"


def is_workday(day: date) -> bool:
    """Is a log owed for this day by those who owe logs at all?"""
    return day.weekday() in WORKDAYS


def latest_workday(day: date) -> date:
    """`day` itself if it is a working day, else the last one before it."""
    while not is_workday(day):
        day -= timedelta(days=1)
    return day


def deadline(day: date) -> datetime:
    """The office moment (no zone) from which the log of `day` is overdue."""
    return datetime.combine(day + timedelta(days=1), OVERDUE_AT)


def is_late(day: date, moment: datetime) -> bool:
    """Is a log of `day` handed in at this office moment (its zone is ignored) late?"""
    return moment.replace(tzinfo=None) >= deadline(day)


def writable(day: date, today: date) -> bool:
    """May a log of `day` still be begun or handed in for the first time?"""
    return today - timedelta(days=LATE_DAYS) <= day <= today


def standing(
    day: date, state: str | None, *, moment: datetime, owed: bool, off: bool = False
) -> Standing:
    """How a person stands on `day` at the office moment, from the state of the log if any.

    `owed` tells whether the person owes a log for the day at all, `off` whether a reviewer
    has noted a day off.
    """
    if state is not None and state != LogState.DRAFT:
        return Standing(state)
    if off:
        return Standing.OFF
    if not owed:
        return Standing.FREE
    return Standing.OVERDUE if is_late(day, moment) else Standing.MISSING
