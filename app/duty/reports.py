"""收费进度与日报审核: what came in this month, and whose daily logs are there (O04, P10)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from app.access.naming import Names
from app.cashier.payments.takings import takings
from app.charging.reports import rates
from app.charging.reports.operations import (
    AS_OF,
    DEFINITIONS,
    HOUSEHOLDS,
    rate_columns,
    rate_values,
)
from app.core.reports.declaration import Report, declare
from app.core.reports.parameters import month as month_parameter
from app.core.tables.table import ColumnKind, ReportColumn, ratio
from app.core.values import clock
from app.core.values.period import Period
from app.duty.base import deadlines, people
from app.duty.base.deadlines import Standing
from app.duty.base.models import DailyLog, DayOff, LogProblem, LogRemark, LogState, RemarkAct
from app.duty.base.people import Person
from app.duty.base.problems import visible
from app.estate.reports.choices import COMMUNITY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

progress = declare(
    Report(
        "report_progress",
        _l("Charging progress and log review"),
        about=_l("How far the month's charging is, who collected, and whose logs are missing."),
        parameters=(COMMUNITY, month_parameter(), AS_OF),
        notes=(
            *DEFINITIONS,
            _l(
                "Logs are counted as they stood at the end of the day: handed in, returned or "
                "approved later does not change the figures of that day."
            ),
            _l("A log is owed for every working day that is not noted as a day off."),
        ),
        position=20,
        icon="fa-tasks",
    )
)


@progress.sheet(
    "buildings",
    _l("By building"),
    (
        ReportColumn("community", _l("Community"), width=18, unless="community"),
        ReportColumn("building", _l("Building"), width=10, unless="building"),
        *rate_columns(),
        *HOUSEHOLDS,
    ),
)
def by_building(
    session: Session, *, community: int | None, month: Period, day: date
) -> list[dict[str, Any]]:
    """The rates of each building, third parties' money aside."""
    own = [
        line for line in rates.lines(session, month, day, community=community) if not line.agency
    ]
    counts = rates.households(session, month, day, community=community)
    found = []
    sums = rates.summed(own, lambda line: (line.building_id, line.community, line.building))
    for (building_id, place, building), figures in sums.items():
        figures.households, figures.settled = counts.get(building_id, (0, 0))
        found.append({"community": place, "building": building, **rate_values(figures)})
    return found


@progress.sheet(
    "collectors",
    _l("By collector"),
    (
        ReportColumn("collector", _l("Collector"), width=14),
        ReportColumn("payments", _l("Number of receipts"), ColumnKind.INTEGER, 10, total=True),
        ReportColumn("total", _l("Received in the month"), ColumnKind.MONEY, 17, total=True),
        ReportColumn("share", _l("Share of all"), ColumnKind.PERCENT, 10),
        ReportColumn("voids", _l("Void"), ColumnKind.INTEGER, 8, total=True),
        ReportColumn("void_amount", _l("Void amount"), ColumnKind.MONEY, 14, total=True),
    ),
)
def by_collector(
    session: Session, *, community: int | None, month: Period, day: date
) -> list[dict[str, Any]]:
    """All money that each collector received in the month until the day, whatever it paid."""
    last = min(day, month.last)
    found = takings(session, month.first, last, community_id=community)
    whole = sum(line.total for line in found)
    return [
        {
            "collector": line.name,
            "payments": line.payments,
            "total": line.total,
            "share": ratio(line.total, whole),
            "voids": line.voids,
            "void_amount": line.void_amount,
        }
        for line in found
    ]


@dataclass(frozen=True, slots=True)
class Handed:
    """A log as it stood at the end of a day: its state, and whether it came too late."""

    state: LogState
    late: bool


_AFTER = {
    RemarkAct.SUBMIT: LogState.SUBMITTED,
    RemarkAct.RETURN: LogState.RETURNED,
    RemarkAct.APPROVE: LogState.APPROVED,
}


def logs_as_of(
    session: Session, first: date, last: date, moment: datetime
) -> dict[tuple[int, date], Handed]:
    """The logs of these days as their remarks before `moment` (stored time) left them."""
    rows = session.execute(
        select(DailyLog.user_id, DailyLog.day, LogRemark.act, LogRemark.at)
        .join(LogRemark, LogRemark.log_id == DailyLog.id)
        .where(
            DailyLog.day.between(first, last),
            LogRemark.act.in_([act.value for act in _AFTER]),
            LogRemark.at < moment,
        )
        .order_by(LogRemark.at, LogRemark.id)
    )
    found: dict[tuple[int, date], Handed] = {}
    for user_id, day, act, at in rows:
        before = found.get((user_id, day))
        late = before.late if before else deadlines.is_late(day, clock.local(at))
        found[user_id, day] = Handed(_AFTER[RemarkAct(act)], late)
    return found


@progress.sheet(
    "logs",
    _l("Daily logs"),
    (
        ReportColumn("name", _l("Name"), width=12),
        ReportColumn("posts", _l("Position held"), width=16),
        ReportColumn("owed", _l("Logs owed"), ColumnKind.INTEGER, 10, total=True),
        ReportColumn("on_time", _l("Handed in on time"), ColumnKind.INTEGER, 9, total=True),
        ReportColumn("late", _l("Handed in late"), ColumnKind.INTEGER, 9, total=True),
        ReportColumn("missing", _l("Not handed in"), ColumnKind.INTEGER, 9, total=True),
        ReportColumn(
            "rate",
            _l("Rate of logs"),
            ColumnKind.PERCENT,
            11,
            value=lambda row: ratio(row["on_time"] + row["late"], row["owed"]),
            total=lambda sums: ratio(sums["on_time"] + sums["late"], sums["owed"]),
        ),
        ReportColumn("submitted", _l("To review"), ColumnKind.INTEGER, 9, total=True),
        ReportColumn("returned", _l("Returned"), ColumnKind.INTEGER, 9, total=True),
        ReportColumn("approved", _l("Logs approved"), ColumnKind.INTEGER, 9, total=True),
        ReportColumn("problems", _l("Open problems"), ColumnKind.INTEGER, 11, total=True),
    ),
)
def logs(
    session: Session,
    *,
    community: int | None,  # noqa: ARG001 - a log belongs to a person, not to a community
    month: Period,
    day: date,
) -> list[dict[str, Any]]:
    """How each writer stands with the logs of the month at the end of the day."""
    last = min(day, month.last)
    moment = min(clock.now(), clock.span_of(day)[1])
    days = [month.first + timedelta(days=step) for step in range((last - month.first).days + 1)]
    writers = people.writers(session, inactive=True)
    handed = logs_as_of(session, month.first, last, moment)
    off = {
        (user_id, free)
        for user_id, free in session.execute(
            select(DayOff.user_id, DayOff.day).where(
                DayOff.day.between(month.first, last), DayOff.noted_at < moment
            )
        )
    }
    problems = open_problems(session, writers, day)
    names = Names(session)
    found = []
    for person in writers.values():
        line = _standing(person, days, handed, off, clock.local(moment))
        if line["owed"] or line["on_time"] or line["late"] or problems[person.id]:
            posts = names.roles_text(person.posts)
            found.append({**line, "posts": posts, "problems": problems[person.id]})
    return found


def _standing(
    person: Person,
    days: Iterable[date],
    handed: dict[tuple[int, date], Handed],
    off: set[tuple[int, date]],
    moment: datetime,
) -> dict[str, Any]:
    """The counts of one writer; a log handed in for a free day counts as owed."""
    counts: Counter[str] = Counter()
    for day in days:
        log = handed.get((person.id, day))
        standing = deadlines.standing(
            day,
            log.state if log else None,
            moment=moment,
            owed=person.owed_on(day) and deadlines.is_workday(day),
            off=(person.id, day) in off,
        )
        if standing in {Standing.FREE, Standing.OFF}:
            continue
        counts["owed"] += 1
        if log:
            counts["late" if log.late else "on_time"] += 1
            counts[log.state] += 1
        else:
            counts["missing"] += 1
    keys = ("owed", "on_time", "late", "missing", "submitted", "returned", "approved")
    return {
        "name": person.name,
        **{key: counts[key] for key in keys},
    }


def open_problems(session: Session, writers: Iterable[int], day: date) -> dict[int, int]:
    """How many problems of each writer were open at the end of the day."""
    found: dict[int, int] = defaultdict(int)
    rows = session.scalars(
        select(LogProblem.user_id).where(
            LogProblem.user_id.in_(list(writers)),
            LogProblem.opened_on <= day,
            or_(LogProblem.closed_on.is_(None), LogProblem.closed_on > day),
            visible(),
        )
    )
    for user_id in rows:
        found[user_id] += 1
    return found
