"""What the reviewer looks at: who stands how on a day, what waits, which problems are open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.core.values import clock
from app.duty.base import deadlines, people
from app.duty.base.deadlines import Standing
from app.duty.base.models import DailyLog, DayOff, LogProblem, LogState, ProblemState
from app.duty.base.problems import ListedProblem, row_on, visible
from app.estate.base.models import Unit

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from app.duty.base.people import Person


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One person on one day: the log where it may be seen (never a draft), how it stands."""

    person: Person
    standing: Standing
    log: DailyLog | None
    off: str | None
    problems: int

    @property
    def late(self) -> bool:
        """Was the log handed in after its deadline?"""
        return self.log is not None and self.log.late


@dataclass(frozen=True, slots=True)
class Board:
    """The people whom a reviewer looks after, on one day; `counts` by standing."""

    day: date
    lines: list[BoardLine]
    counts: Counter[Standing]

    def those(self, standing: Standing | None) -> list[BoardLine]:
        """The lines of one standing, or all."""
        return [line for line in self.lines if standing in {None, line.standing}]


def of_day(session: Session, reviewer_id: int, day: date) -> Board:
    """How everybody whom this reviewer looks after stands on `day`: what waits comes first."""
    persons = {p.id: p for p in people.reviewed_by(session, reviewer_id, inactive=True)}
    logs = {
        log.user_id: log
        for log in session.scalars(
            select(DailyLog).where(DailyLog.day == day, DailyLog.user_id.in_(persons))
        )
    }
    off = _days_off(session, persons, day, day)
    problems = _open_on(session, persons, day)
    moment = clock.local(clock.now())
    lines = []
    for person in persons.values():
        log = logs.get(person.id)
        reason = off.get((person.id, day))
        standing = deadlines.standing(
            day,
            log.state if log else None,
            moment=moment,
            owed=person.owes and person.owed_on(day) and deadlines.is_workday(day),
            off=reason is not None,
        )
        if standing == Standing.FREE:
            continue
        shown = None if log is None or log.state == LogState.DRAFT else log
        lines.append(BoardLine(person, standing, shown, reason, problems.get(person.id, 0)))
    lines.sort(key=lambda line: ORDER.index(line.standing))
    return Board(day, lines, Counter(line.standing for line in lines))


ORDER = (
    Standing.SUBMITTED,
    Standing.OVERDUE,
    Standing.MISSING,
    Standing.RETURNED,
    Standing.APPROVED,
    Standing.OFF,
    Standing.FREE,
)


def _days_off(
    session: Session, persons: Collection[int], first: date, last: date
) -> dict[tuple[int, date], str]:
    rows = session.execute(
        select(DayOff.user_id, DayOff.day, DayOff.reason).where(
            DayOff.user_id.in_(persons), DayOff.day.between(first, last)
        )
    )
    return {(user_id, day): reason for user_id, day, reason in rows}


def _open_on(session: Session, persons: Collection[int], day: date) -> dict[int, int]:
    rows = session.execute(
        select(LogProblem.user_id, func.count())
        .where(
            LogProblem.user_id.in_(persons),
            LogProblem.opened_on <= day,
            or_(LogProblem.closed_on.is_(None), LogProblem.closed_on > day),
            visible(),
        )
        .group_by(LogProblem.user_id)
    )
    return dict(rows.all())


@dataclass(frozen=True, slots=True)
class DayCount:
    """A day of the strip above the board: logs that wait, and logs that are not there."""

    day: date
    waiting: int
    absent: int
    handed_in: int


def strip(session: Session, reviewer_id: int, last: date, days: int = 10) -> list[DayCount]:
    """The latest `days` days up to `last` that are working days or hold a log, oldest first."""
    first = last - timedelta(days=days * 2)
    persons = {p.id: p for p in people.reviewed_by(session, reviewer_id)}
    states: dict[date, Counter[str]] = {}
    present: dict[date, set[int]] = {}
    rows = session.execute(
        select(DailyLog.day, DailyLog.user_id, DailyLog.state).where(
            DailyLog.day.between(first, last),
            DailyLog.user_id.in_(persons),
            DailyLog.state != LogState.DRAFT,
        )
    )
    for day, user_id, state in rows:
        states.setdefault(day, Counter())[state] += 1
        present.setdefault(day, set()).add(user_id)
    off = _days_off(session, persons, first, last)
    found = []
    for step in range(days * 2, -1, -1):
        day = last - timedelta(days=step)
        if not deadlines.is_workday(day) and day not in states:
            continue
        absent = sum(
            person.owes
            and deadlines.is_workday(day)
            and person.owed_on(day)
            and person.id not in present.get(day, ())
            and (person.id, day) not in off
            for person in persons.values()
        )
        counted = states.get(day, Counter())
        found.append(DayCount(day, counted[LogState.SUBMITTED], absent, counted.total()))
    return found[-days:]


def waiting(session: Session, reviewer_id: int) -> int:
    """How many logs wait for this reviewer, whatever their day."""
    persons = [p.id for p in people.reviewed_by(session, reviewer_id, inactive=True)]
    return (
        session.scalar(
            select(func.count()).where(
                DailyLog.state == LogState.SUBMITTED, DailyLog.user_id.in_(persons)
            )
        )
        or 0
    )


def next_waiting(session: Session, reviewer_id: int, near: date) -> tuple[int, date] | None:
    """Key and day of the log to look at next: of the same day first, else the oldest day.

    Within a day they come in the order in which the board lists the people.
    """
    persons = [p.id for p in people.reviewed_by(session, reviewer_id, inactive=True)]
    rows = session.execute(
        select(DailyLog.id, DailyLog.day, DailyLog.user_id).where(
            DailyLog.state == LogState.SUBMITTED, DailyLog.user_id.in_(persons)
        )
    )
    waits = sorted((day != near, day, persons.index(user), key) for key, day, user in rows)
    return (waits[0][3], waits[0][1]) if waits else None


LARGEST_LIST = 300
"""Problems that the page lists at most; the export has them all."""


def problem_list(
    session: Session, reviewer_id: int, *, closed: bool = False, limit: int = LARGEST_LIST
) -> list[ListedProblem]:
    """The problems of everybody this reviewer looks after: open ones, the oldest first, or
    the closed ones, the latest first."""
    persons = [p.id for p in people.reviewed_by(session, reviewer_id, inactive=True)]
    state = ProblemState.CLOSED if closed else ProblemState.OPEN
    order = LogProblem.closed_on.desc() if closed else LogProblem.opened_on
    found = session.scalars(
        select(LogProblem)
        .options(
            joinedload(LogProblem.user),
            joinedload(LogProblem.closed_by),
            joinedload(LogProblem.unit).joinedload(Unit.community),
            selectinload(LogProblem.follow_ups),
        )
        .where(LogProblem.user_id.in_(persons), LogProblem.state == state, visible())
        .order_by(order, LogProblem.id)
        .limit(limit)
    )
    today = clock.today()
    return [row_on(problem, today) for problem in found]
