"""The month's attendance of a person, counted from the register of attendance (N09)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.core.values.errors import N_, DomainError
from app.core.values.period import add_months
from app.registers.kinds import MADE

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PRESENT = ("present", "late", "early", "duty_trip")
"""Who came late or was out on duty was there all the same."""


def sum_up(session: Session, row: Any) -> None:
    """Write down the days, the hours and how often: a day of leave counts as a whole one.

    :raises DomainError: nothing was entered for the person in this month.
    """
    attendance: Any = MADE["attendance"]
    first = date.fromisoformat(f"{row.month}-01")
    days = session.scalars(
        select(attendance).where(
            attendance.community_id == row.community_id,
            attendance.person_id == row.person_id,
            attendance.day >= first,
            attendance.day < add_months(first, 1),
        )
    ).all()
    if not days:
        raise DomainError(
            N_(
                "The register of attendance has nothing of this person in this "
                "month: enter it there first, or type the days here."
            )
        )
    found = Counter(one.status for one in days)
    row.due_days = len(days) - found["off"]
    row.present_days = sum(found[one] for one in PRESENT)
    row.leave_days, row.late, row.early = found["leave"], found["late"], found["early"]
    row.overtime = sum(one.overtime or 0 for one in days)
