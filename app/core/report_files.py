"""A report as a workbook or as plain data: at once, in a job with progress, or for a program."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from app.core import audit, clock, jobs, rights
from app.core.database import frugal, reading
from app.core.report import Report, find
from app.core.report_parameters import read_all
from app.core.table import Adder, values
from app.core.xlsx import Progress, Target, write_sheets
from app.roles import Verb

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def file_name(name: str) -> str:
    """The name under which a workbook is saved, acceptable on every machine."""
    return _NOT_IN_NAMES.sub(" ", name)[:120].strip() + ".xlsx"


def steady(session: Session) -> None:
    """Let all tables of a report see the same moment while others go on working.

    On SQLite a reading transaction is a snapshot anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def write_workbook(
    target: Target,
    report: Report,
    session: Session,
    parameters: Mapping[str, Any],
    progress: Progress | None = None,
) -> int:
    """Write all tables of a report to a workbook; the answer is the number of rows.

    Private columns are whole only for those who may see them anyway; whoever calls this
    for a person records the export.
    """
    tables = report.tables(session, parameters, reveal=may_reveal(report))
    return write_sheets(target, tables, progress=progress)


def may_reveal(report: Report) -> bool:
    """May whoever acts now see the private columns of this report whole?"""
    who = audit.actor().user_id
    if who is None or report.private is None:
        return True
    return (report.private, str(Verb.SEE_PRIVATE)) in rights.of_user(who)


def record_export(session: Session, report: Report, title: str) -> None:
    """Note who took which report away (E07)."""
    details = {"private": may_reveal(report)} if report.private else None
    audit.record(session, "export", report.name, title=title, details=details)


def as_text(values_: Mapping[str, Any]) -> dict[str, str]:
    """Parameter values as the text that `read_all` reads back (for jobs and addresses)."""
    return {name: "" if value is None else str(value) for name, value in values_.items()}


def right_of(arguments: Mapping[str, Any]) -> tuple[str, Verb]:
    """Whoever has a report made must be allowed to export it."""
    return str(arguments["name"]), Verb.EXPORT


@jobs.task("report", right=right_of)
def make_workbook(
    session_factory: Callable[[], Session], job: jobs.Running, *, name: str, typed: dict[str, str]
) -> dict[str, Any]:
    """Make the workbook of a large report; a second attempt writes the file anew."""
    report = find(name)
    draft = job.folder / "draft.xlsx"
    with reading(), session_factory() as session:
        steady(session)
        with frugal(session):
            parameters = read_all(report.parameters, session, typed)
            jobs.progress(0, 0, _("Counting the rows"))
            total = sum(one.size() for one in report.fetch(session, parameters))
            jobs.progress(0, total, _("Writing the workbook"))
            count = write_workbook(
                draft,
                report,
                session,
                parameters,
                lambda done: jobs.progress(done, max(total, done)),
            )
            title = report.name_of(session, parameters)
    draft.replace(job.folder / "report.xlsx")
    return {
        "file": "report.xlsx",
        "name": file_name(title),
        "sentence": _("%(count)s rows.", count=f"{count:,}"),
    }


def plain(value: Any) -> Any:
    """A value as JSON holds it: money and rates as exact text, days and moments as ISO."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return clock.local(value).isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, (int, str)) else str(value)


def as_data(report: Report, session: Session, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A whole report as plain data: parameters, sheets with rows and totals, notes."""
    sheets = []
    for one in report.fetch(session, parameters):
        columns = one.sheet.columns
        adder = Adder(columns)
        rows = []
        for line in values(columns, one.all(), reveal=may_reveal(report)):
            adder.add(line)
            rows.append(
                {column.key: plain(value) for column, value in zip(columns, line, strict=True)}
            )
        totals = {column.key: plain(adder.total_of(column)) for column in columns if column.total}
        sheets.append(
            {
                "name": one.sheet.name,
                "title": str(one.sheet.title),
                "columns": [
                    {"key": column.key, "label": str(column.label), "kind": str(column.kind)}
                    for column in columns
                ],
                "rows": rows,
                "totals": totals if one.sheet.totals else {},
            }
        )
    return {
        "report": report.name,
        "title": str(report.title),
        "parameters": {
            name: None if value is None else str(value) for name, value in parameters.items()
        },
        "sheets": sheets,
        "notes": [str(note) for note in report.notes],
    }
