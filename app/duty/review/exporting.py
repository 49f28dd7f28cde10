"""The logs of a span of days and their problems as one workbook."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.core.i18n.filters import label
from app.core.tables.excel_writer import write_sheets
from app.core.tables.table import ColumnKind, ReportColumn, Table
from app.duty.base import facts, people
from app.duty.base.labels import fact_text
from app.duty.base.models import DailyLog, LogRemark, LogState, RemarkAct
from app.duty.base.places import full_name
from app.duty.review import board

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy.orm import Session

LONGEST_SPAN = 366
"""Days that one workbook covers at most."""

LOG_COLUMNS = (
    ReportColumn("day", _l("Day"), ColumnKind.DATE, 12),
    ReportColumn("name", _l("Name"), width=12),
    ReportColumn(
        "state", _l("State"), width=10, value=lambda row: label(row["log"].state, "log_state")
    ),
    ReportColumn("late", _l("Handed in late"), width=10),
    ReportColumn("submitted", _l("Handed in at"), ColumnKind.MOMENT, 17),
    ReportColumn("facts", _l("Records of the day"), width=40),
    ReportColumn("done", _l("Work done"), width=46),
    ReportColumn("plan", _l("Plan for the next day"), width=36),
    ReportColumn("reviewer", _l("Reviewer"), width=12),
    ReportColumn("reviewed", _l("Reviewed at"), ColumnKind.MOMENT, 17),
    ReportColumn("remarks", _l("Remarks"), width=40),
)
PROBLEM_COLUMNS = (
    ReportColumn("name", _l("Name"), width=12, value=lambda row: row.problem.user.get_full_name()),
    ReportColumn("text", _l("Problem"), width=40, value=lambda row: row.problem.text),
    ReportColumn(
        "unit",
        _l("Unit"),
        width=20,
        value=lambda row: full_name(row.problem.unit) if row.problem.unit else "",
    ),
    ReportColumn(
        "opened", _l("Noted on"), ColumnKind.DATE, 12, value=lambda row: row.problem.opened_on
    ),
    ReportColumn(
        "closed", _l("Settled on"), ColumnKind.DATE, 12, value=lambda row: row.problem.closed_on
    ),
    ReportColumn(
        "state", _l("State"), width=10, value=lambda row: label(row.problem.state, "problem_state")
    ),
    ReportColumn(
        "trail",
        _l("Follow-up"),
        width=50,
        value=lambda row: "\n".join(
            f"{entry.day} {entry.text}" for entry in row.problem.follow_ups
        ),
    ),
    ReportColumn("result", _l("Result"), width=30, value=lambda row: row.problem.result),
)


def write_list(
    session: Session, target: IO[bytes], reviewer_id: int, first: date, last: date
) -> int:
    """Write the logs that this reviewer may see, and the problems open or closed; the rows."""
    span = ((_("Span of days"), f"{first} – {last}"),)
    problems = [
        row
        for closed in (False, True)
        for row in board.problem_list(session, reviewer_id, closed=closed, limit=10_000)
        if row.problem.opened_on <= last
        and (row.problem.closed_on is None or row.problem.closed_on >= first)
    ]
    return write_sheets(
        target,
        (
            Table(_("Daily logs"), LOG_COLUMNS, _logs(session, reviewer_id, first, last), span),
            Table(_("Problems"), PROBLEM_COLUMNS, problems, span),
        ),
    )


def _logs(session: Session, reviewer_id: int, first: date, last: date) -> Iterator[dict[str, Any]]:
    persons = {p.id: p for p in people.reviewed_by(session, reviewer_id, inactive=True)}
    found = session.scalars(
        select(DailyLog)
        .options(
            joinedload(DailyLog.reviewer),
            selectinload(DailyLog.remarks).joinedload(LogRemark.user),
        )
        .where(
            DailyLog.day.between(first, last),
            DailyLog.user_id.in_(persons),
            DailyLog.state != LogState.DRAFT,
        )
        .order_by(DailyLog.day, DailyLog.user_id)
    )
    for log in found:
        yield {
            "log": log,
            "day": log.day,
            "name": persons[log.user_id].name,
            "late": _("Yes") if log.late else "",
            "submitted": log.submitted_at,
            "facts": "\n".join(fact_text(fact) for fact in facts.from_json(log.facts)),
            "done": log.done,
            "plan": log.plan,
            "reviewer": log.reviewer.get_full_name() if log.reviewer else "",
            "reviewed": log.reviewed_at,
            "remarks": "\n".join(
                f"{remark.user.get_full_name()} {label(remark.act, 'remark_act')}：{remark.text}"
                for remark in log.remarks
                if remark.act != RemarkAct.SUBMIT and remark.text
            ),
        }
