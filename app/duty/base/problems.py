"""The problems of a log: written, followed up day by day, carried over until closed (I23)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.core.db import audit
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import N_, DomainError, NotFound
from app.duty.base import people
from app.duty.base.models import LogFollowUp, LogProblem, ProblemState
from app.duty.base.wording import checked
from app.estate.base.models import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

LONGEST = 500
"""Characters of a problem, of a day's follow-up and of a result."""


@dataclass(frozen=True, slots=True)
class ProblemEntry:
    """A problem as the writer sends it with the log of a day.

    `id` None is a new one. An empty `text` takes a problem out that this log brought in.
    `closed` with a `result` ends it on the day of the log; without the tick a problem that
    was closed on that very day is open again.
    """

    text: str
    unit_id: int | None = None
    follow_up: str = ""
    closed: bool = False
    result: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class ListedProblem:
    """A problem as the log of a day shows it: `days` open, the trail before, today's words."""

    problem: LogProblem
    days: int
    trail: tuple[LogFollowUp, ...] = ()
    follow_up: str = ""
    closed: bool = field(default=False)

    @property
    def carried(self) -> bool:
        """Was it brought over from an earlier day?"""
        return self.days > 0


def of_log(session: Session, user_id: int, day: date) -> list[ListedProblem]:
    """The problems that were open on `day` or were closed on it, oldest first."""
    problems = session.scalars(
        select(LogProblem)
        .options(
            joinedload(LogProblem.unit).joinedload(Unit.community),
            selectinload(LogProblem.follow_ups),
        )
        .where(
            LogProblem.user_id == user_id,
            LogProblem.opened_on <= day,
            or_(LogProblem.closed_on.is_(None), LogProblem.closed_on >= day),
            visible(),
        )
        .order_by(LogProblem.opened_on, LogProblem.id)
        .execution_options(populate_existing=True)
    )
    return [row_on(problem, day) for problem in problems]


def row_on(problem: LogProblem, day: date) -> ListedProblem:
    """The problem as it stood on `day`."""
    today = [entry.text for entry in problem.follow_ups if entry.day == day]
    return ListedProblem(
        problem,
        (day - problem.opened_on).days,
        tuple(entry for entry in problem.follow_ups if entry.day < day),
        today[0] if today else "",
        problem.closed_on is not None and problem.closed_on <= day,
    )


def visible() -> ColumnElement[bool]:
    """The condition on `LogProblem`: of no unit, or of a unit inside the scope."""
    return or_(
        LogProblem.community_id.is_(None), data_scope.current().where(LogProblem.community_id)
    )


def write(session: Session, user_id: int, day: date, entries: Sequence[ProblemEntry]) -> None:
    """Store the problems as sent with the log of `day`; blank new lines are passed over."""
    for entry in entries:
        if entry.id is None:
            if entry.text.strip():
                _open(session, user_id, day, entry)
            elif entry.follow_up.strip() or entry.unit_id is not None:
                raise DomainError(
                    N_("A problem has no text: say in a few words what is wrong."),
                    field="problems",
                )
        else:
            _carry_on(session, user_id, day, entry)
    session.flush()


def _open(session: Session, user_id: int, day: date, entry: ProblemEntry) -> None:
    problem = LogProblem(
        user_id=user_id,
        text=checked(entry.text, LONGEST, "problems"),
        opened_on=day,
        state=ProblemState.OPEN,
        follow_ups=[],
    )
    session.add(problem)
    _place(session, problem, entry.unit_id)
    session.flush()
    _follow_up(session, problem, day, entry.follow_up)
    if entry.closed:
        _close(problem, user_id, day, entry.result)


def _carry_on(session: Session, user_id: int, day: date, entry: ProblemEntry) -> None:
    problem = session.scalar(
        select(LogProblem)
        .options(selectinload(LogProblem.follow_ups))
        .where(LogProblem.id == entry.id, LogProblem.user_id == user_id)
        .execution_options(populate_existing=True)
    )
    if problem is None or problem.opened_on > day:
        raise NotFound(N_("This problem does not exist, or it is not one of yours."))
    if problem.opened_on == day:
        if not entry.text.strip():
            _take_out(session, problem, day)
            return
        problem.text = checked(entry.text, LONGEST, "problems")
        _place(session, problem, entry.unit_id)
    _follow_up(session, problem, day, entry.follow_up)
    if entry.closed:
        _close(problem, user_id, day, entry.result)
    elif problem.closed_on == day and problem.closed_by_id == user_id:
        problem.state, problem.closed_on, problem.closed_by_id = ProblemState.OPEN, None, None
        problem.result = ""


def _take_out(session: Session, problem: LogProblem, day: date) -> None:
    """Remove a problem that was noted by mistake, as long as nothing was built on it."""
    if any(entry.day != day for entry in problem.follow_ups):
        raise DomainError(
            N_("“%(problem)s” was followed up on other days: close it instead of removing it."),
            field="problems",
            problem=problem.text[:40],
        )
    for entry in problem.follow_ups:
        session.delete(entry)
    session.flush()
    session.delete(problem)


def _place(session: Session, problem: LogProblem, unit_id: int | None) -> None:
    """Attach the problem to a unit inside the scope, or to none."""
    unit = None if unit_id is None else data_scope.get(session, Unit, unit_id)
    problem.unit_id = None if unit is None else unit.id
    problem.community_id = None if unit is None else unit.community_id


def _follow_up(session: Session, problem: LogProblem, day: date, text: str) -> None:
    """Set what was done about the problem on `day`; blank takes the day's words away."""
    before = next((entry for entry in problem.follow_ups if entry.day == day), None)
    if not text.strip():
        if before is not None:
            session.delete(before)
        return
    words = checked(text, LONGEST, "problems")
    if before is None:
        session.add(LogFollowUp(problem_id=problem.id, day=day, text=words))
    else:
        before.text = words


def _close(problem: LogProblem, user_id: int, day: date, result: str) -> None:
    """End the problem on `day`, or on the day of its last follow-up where that is later."""
    if problem.state == ProblemState.CLOSED:
        return
    if not result.strip():
        raise DomainError(
            N_("Say how “%(problem)s” was settled before you close it."),
            field="problems",
            problem=problem.text[:40],
        )
    problem.result = checked(result, LONGEST, "problems")
    problem.state = ProblemState.CLOSED
    problem.closed_on = max([day, *(entry.day for entry in problem.follow_ups)])
    problem.closed_by_id = user_id


def close_by_reviewer(
    session: Session, problem_id: int, reviewer_id: int, result: str
) -> LogProblem:
    """Close a problem of one whose logs `reviewer_id` reviews, today, with its result."""
    problem = session.scalar(
        select(LogProblem)
        .options(selectinload(LogProblem.follow_ups))
        .where(LogProblem.id == problem_id, visible())
        .execution_options(populate_existing=True)
        .with_for_update()
    )
    if problem is None:
        raise NotFound(N_("This problem does not exist, or it lies outside your communities."))
    people.must_review(session, reviewer_id, problem.user_id)
    if problem.state == ProblemState.CLOSED:
        raise DomainError(N_("This problem was closed meanwhile; nothing was changed."))
    _close(problem, reviewer_id, clock.today(), result)
    audit.record(
        session,
        "close",
        "log_review",
        problem.id,
        title=problem.text,
        community_id=problem.community_id,
    )
    session.flush()
    return problem
