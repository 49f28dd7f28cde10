"""The log of a day as its writer sees it: opened filled, saved, handed in (O05, O06, K06)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import flag_modified

from app.core.db import audit
from app.core.values import clock
from app.core.values.errors import N_, DomainError, NotFound, Stale
from app.duty.base import deadlines, facts, problems
from app.duty.base.models import DailyLog, DayOff, LogRemark, LogState, RemarkAct
from app.duty.base.wording import checked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

LONGEST = 5000
"""Characters of what was done, and of the plan."""
ELSEWHERE = N_(
    "This log was changed in another window meanwhile. Compare both texts below, then save again."
)
EDITABLE = frozenset({LogState.DRAFT, LogState.RETURNED})


@dataclass(frozen=True, slots=True)
class DayLog:
    """Everything that the log of one person and day shows.

    `log` is None until it was first saved; `facts` are live until the log is handed in and
    as stored from then on; `yesterday` is the plan of the last log before this one.
    """

    user_id: int
    day: date
    log: DailyLog | None
    facts: list[facts.Fact]
    problems: list[problems.ListedProblem]
    yesterday: DailyLog | None
    day_off: str | None
    editable: bool

    @property
    def version(self) -> int:
        """What a form sends back to show which state it was made from; 0 before the first."""
        return self.log.version if self.log else 0

    @property
    def reason(self) -> LogRemark | None:
        """Why the log came back, while it is returned."""
        if self.log is None or self.log.state != LogState.RETURNED:
            return None
        returns = [r for r in self.log.remarks if r.act == RemarkAct.RETURN]
        return returns[-1] if returns else None


def find(session: Session, user_id: int, day: date, *, lock: bool = False) -> DailyLog | None:
    """The log of this person and day with its remarks, fresh from the database.

    `lock` keeps a second window and a reviewer waiting until this transaction ends.
    """
    query = (
        select(DailyLog)
        .options(
            selectinload(DailyLog.remarks).joinedload(LogRemark.user),
            joinedload(DailyLog.reviewer),
        )
        .where(DailyLog.user_id == user_id, DailyLog.day == day)
        .execution_options(populate_existing=True)
    )
    return session.scalar(query.with_for_update(of=DailyLog) if lock else query)


def open_sheet(session: Session, user_id: int, day: date) -> DayLog:
    """The log of a day as it is shown; reads only, so a look leaves no empty log behind."""
    log = find(session, user_id, day)
    editable = log.state in EDITABLE if log else True
    returned = log is not None and log.state == LogState.RETURNED
    return DayLog(
        user_id,
        day,
        log,
        facts.of_day(session, user_id, day) if editable else facts.from_json(log.facts),
        problems.of_log(session, user_id, day),
        session.scalar(
            select(DailyLog)
            .where(DailyLog.user_id == user_id, DailyLog.day < day)
            .order_by(DailyLog.day.desc())
            .limit(1)
        ),
        session.scalar(select(DayOff.reason).where(DayOff.user_id == user_id, DayOff.day == day)),
        editable and (returned or deadlines.writable(day, clock.today())),
    )


def save(
    session: Session,
    user_id: int,
    day: date,
    *,
    version: int,
    done: str,
    plan: str,
    entries: Sequence[problems.ProblemEntry] = (),
) -> DailyLog:
    """Store the draft (or the returned log) as sent; `version` is that of the form, 0 if new.

    Stale when the log was changed elsewhere since the form was shown; DomainError when it
    is with the reviewer or the day is closed. Nothing is changed then.
    """
    log = find(session, user_id, day, lock=True)
    _must_be_writable(log, day)
    if version != (log.version if log else 0):
        raise Stale(ELSEWHERE)
    done, plan = checked(done, LONGEST, "done"), checked(plan, LONGEST, "plan")
    if log is None:
        log = _begin(session, user_id, day)
    log.done, log.plan = done, plan
    # The version rises even where only the problems changed: they belong to what was shown.
    flag_modified(log, "done")
    session.flush()
    problems.write(session, user_id, day, entries)
    return log


def _begin(session: Session, user_id: int, day: date) -> DailyLog:
    """A new empty log; Stale when another window was faster."""
    log = DailyLog(user_id=user_id, day=day, state=LogState.DRAFT, remarks=[], done="", plan="")
    try:
        with session.begin_nested():
            session.add(log)
    except IntegrityError as error:
        raise Stale(ELSEWHERE) from error
    return log


def _must_be_writable(log: DailyLog | None, day: date) -> None:
    if log is not None and log.state == LogState.SUBMITTED:
        raise DomainError(
            N_("This log has been handed in: it can be changed once the reviewer returns it.")
        )
    if log is not None and log.state == LogState.APPROVED:
        raise DomainError(N_("This log has been accepted and can no longer be changed."))
    if log is not None and log.state == LogState.RETURNED:
        return
    today = clock.today()
    if day > today:
        raise DomainError(N_("A log is not written ahead: choose today or an earlier day."))
    if not deadlines.writable(day, today):
        raise DomainError(
            N_("A log can be handed in up to %(days)s days late; this day is closed."),
            days=deadlines.LATE_DAYS,
        )


def submit(session: Session, user_id: int, day: date, *, version: int) -> DailyLog:
    """Hand the saved log in: the facts of the day are counted and kept with it.

    What was done (or a fact of the day) and a plan must be there (O05). A first submission
    after the deadline is marked late for good.
    """
    log = find(session, user_id, day, lock=True)
    if log is None:
        raise NotFound(N_("There is no log of this day yet: write and save it first."))
    _must_be_writable(log, day)
    if version != log.version:
        raise Stale(ELSEWHERE)
    counted = facts.of_day(session, user_id, day)
    if not log.done.strip() and not counted:
        raise DomainError(N_("Write what was done today before you hand in."), field="done")
    if not log.plan.strip():
        raise DomainError(N_("Write the plan for the next day before you hand in."), field="plan")
    moment = clock.now()
    first = log.submitted_at is None
    if first:
        log.late = deadlines.is_late(day, clock.local(moment))
    log.facts = facts.as_json(counted)
    log.submitted_at = moment
    log.state = LogState.SUBMITTED
    session.add(LogRemark(log_id=log.id, user_id=user_id, act=RemarkAct.SUBMIT, text=""))
    audit.record(
        session, "submit", "daily_log", log.id, title=f"{day}", details={"again": not first}
    )
    session.flush()
    return log


def history(session: Session, user_id: int, *, limit: int = 30) -> list[DailyLog]:
    """The writer's own latest logs, newest first."""
    return list(
        session.scalars(
            select(DailyLog)
            .where(DailyLog.user_id == user_id)
            .order_by(DailyLog.day.desc())
            .limit(limit)
        )
    )
