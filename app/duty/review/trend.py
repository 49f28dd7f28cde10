"""The trend for who sees the whole: handed in on time, late or not, and open problems."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from app.core.i18n.filters import register_labels
from app.core.values import clock
from app.duty.base import deadlines, people
from app.duty.base.models import DailyLog, DayOff, LogProblem, LogState
from app.duty.base.problems import visible

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.duty.base.people import Person

DAYS = 30


class Mark(StrEnum):
    """A cell of the grid: what became of the log that was owed."""

    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"
    PENDING = "pending"
    OFF = "off"
    FREE = "free"


MARKS = register_labels(
    "log_mark",
    {
        Mark.ON_TIME: _l("On time"),
        Mark.LATE: _l("Handed in late"),
        Mark.MISSING: _l("No log"),
        Mark.PENDING: _l("Not due yet"),
        Mark.OFF: _l("Day off"),
        Mark.FREE: _l("Not owed"),
    },
)


@dataclass(frozen=True, slots=True)
class TrendSeries:
    """One person's marks, day by day; `rate` is the share handed in on time of those owed."""

    person: Person
    marks: list[Mark]

    @property
    def counts(self) -> Counter[Mark]:
        return Counter(self.marks)

    @property
    def rate(self) -> int | None:
        """Whole per cent on time; None where nothing was owed yet."""
        counted = self.counts
        owed = counted[Mark.ON_TIME] + counted[Mark.LATE] + counted[Mark.MISSING]
        return counted[Mark.ON_TIME] * 100 // owed if owed else None


@dataclass(frozen=True, slots=True)
class Trend:
    """People × days, the sums per day, and the problems open at the end of each day."""

    days: list[date]
    people: list[TrendSeries]
    per_day: list[Counter[Mark]]
    open_problems: list[int]

    @property
    def total(self) -> Counter[Mark]:
        return sum(self.per_day, Counter())


def of_days(session: Session, reviewer_id: int, last: date, count: int = DAYS) -> Trend:
    """The `count` days up to `last` of everybody whom this reviewer looks after."""
    days = [last - timedelta(days=step) for step in range(count - 1, -1, -1)]
    persons = people.reviewed_by(session, reviewer_id)
    numbers = [person.id for person in persons]
    logs = {
        (user_id, day): late
        for user_id, day, late in session.execute(
            select(DailyLog.user_id, DailyLog.day, DailyLog.late).where(
                DailyLog.user_id.in_(numbers),
                DailyLog.day.between(days[0], last),
                DailyLog.state != LogState.DRAFT,
            )
        )
    }
    off = {
        (user_id, day)
        for user_id, day in session.execute(
            select(DayOff.user_id, DayOff.day).where(
                DayOff.user_id.in_(numbers), DayOff.day.between(days[0], last)
            )
        )
    }
    moment = clock.local(clock.now())

    def mark(person: Person, day: date) -> Mark:
        late = logs.get((person.id, day))
        if late is not None:
            return Mark.LATE if late else Mark.ON_TIME
        if (person.id, day) in off:
            return Mark.OFF
        if not person.owes or not person.owed_on(day) or not deadlines.is_workday(day):
            return Mark.FREE
        return Mark.MISSING if deadlines.is_late(day, moment) else Mark.PENDING

    lines = [TrendSeries(person, [mark(person, day) for day in days]) for person in persons]
    # Who neither owes a log nor wrote one has no place in the grid.
    series = [line for line in lines if set(line.marks) != {Mark.FREE}]
    per_day = [Counter(line.marks[index] for line in series) for index in range(count)]
    return Trend(days, series, per_day, _open_problems(session, numbers, days))


def _open_problems(session: Session, numbers: list[int], days: list[date]) -> list[int]:
    """How many problems were open at the end of each day."""
    spans = session.execute(
        select(LogProblem.opened_on, LogProblem.closed_on).where(
            LogProblem.user_id.in_(numbers),
            LogProblem.opened_on <= days[-1],
            or_(LogProblem.closed_on.is_(None), LogProblem.closed_on > days[0]),
            visible(),
        )
    ).all()
    return [
        sum(opened <= day and (closed is None or closed > day) for opened, closed in spans)
        for day in days
    ]
