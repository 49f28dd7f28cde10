"""What the home page tells a reviewer, in few queries: waiting, absent, open problems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import literal, or_, select, union_all

from app.core.values import clock
from app.duty.base import deadlines, people
from app.duty.base.models import DailyLog, DayOff, LogProblem, LogState, ProblemState
from app.duty.base.problems import visible

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OLD_DAYS = 7
"""Days after which an open problem is an old one."""


@dataclass(frozen=True, slots=True)
class ReviewCounts:
    """`waiting` logs of any day, people `absent` on one day, problems open and old ones."""

    waiting: int
    absent: int
    problems: int
    old_problems: int


def review_counts(session: Session, reviewer_id: int, day: date) -> ReviewCounts:
    """What waits for this reviewer; `absent` counts who owes a log of `day` and has none."""
    persons = people.reviewed_by(session, reviewer_id)
    numbers = [person.id for person in persons]
    rows = session.execute(
        union_all(
            select(DailyLog.user_id, DailyLog.day, DailyLog.state).where(
                DailyLog.user_id.in_(numbers),
                DailyLog.state != LogState.DRAFT,
                or_(DailyLog.state == LogState.SUBMITTED, DailyLog.day == day),
            ),
            select(DayOff.user_id, DayOff.day, literal("off")).where(
                DayOff.user_id.in_(numbers), DayOff.day == day
            ),
            select(LogProblem.user_id, LogProblem.opened_on, literal("problem")).where(
                LogProblem.user_id.in_(numbers), LogProblem.state == ProblemState.OPEN, visible()
            ),
        )
    ).all()
    present = {user_id for user_id, on, state in rows if on == day and state != "problem"}
    owed = deadlines.is_workday(day)
    absent = [p for p in persons if owed and p.owes and p.owed_on(day) and p.id not in present]
    since = [on for _user, on, state in rows if state == "problem"]
    last_old = clock.today() - timedelta(days=OLD_DAYS)
    waiting = sum(state == LogState.SUBMITTED for _user, _day, state in rows)
    return ReviewCounts(
        waiting, len(absent), len(since), sum(opened <= last_old for opened in since)
    )
