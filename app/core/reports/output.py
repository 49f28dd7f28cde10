"""A report as a workbook or as plain data: at once, in a job with progress, or for a program."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from app.core.db import audit
from app.core.db.engine import frugal, reading
from app.core.jobs import tasks
from app.core.records import disclosure
from app.core.records.disclosure import Disclosure
from app.core.reports.declaration import Report, find
from app.core.reports.parameters import read_all
from app.core.tables.excel_writer import Progress, Target, write_sheets
from app.core.tables.table import Adder, values
from app.core.values import clock
from app.core.values.secret import MASKED, Secret
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
    *,
    progress: Progress | None = None,
    whole: Collection[Secret] = MASKED,
) -> int:
    """Write all tables of a report to a workbook; the answer is the number of rows.

    Private values are masked but for those of `whole` that whoever acts now may see;
    whoever calls this for a person records the export.
    """
    tables = report.tables(session, parameters, whole=allowed(report, whole))
    return write_sheets(target, tables, progress=progress)


def allowed(report: Report, whole: Collection[Secret]) -> frozenset[Secret]:
    """What whoever acts now may see of these secrets of a report; asked anew in its job."""
    present = report.secrets & frozenset(whole)
    return disclosure.seen_by_actor(present, report.private or report.name)


def asked_in_full(report: Report, typed: Mapping[str, str]) -> Disclosure:
    """What the form of the workbook asks for; DomainError where it says no reason."""
    return disclosure.wanted(typed, report.secrets, report.private or report.name)


def record_export(
    session: Session, report: Report, title: str, asked: Disclosure, rows: int | None = None
) -> None:
    """Note who took which report away, what of it in full, and why (E07)."""
    details: dict[str, Any] = {} if rows is None else {"rows": rows}
    if report.secrets:
        details |= asked.details()
    audit.record(session, "export", report.name, title=title, details=details or None)


def as_text(values_: Mapping[str, Any]) -> dict[str, str]:
    """Parameter values as the text that `read_all` reads back (for jobs and addresses)."""
    return {name: "" if value is None else str(value) for name, value in values_.items()}


def right_of(arguments: Mapping[str, Any]) -> tuple[str, Verb]:
    """Whoever has a report made must be allowed to export it."""
    return str(arguments["name"]), Verb.EXPORT


@tasks.task("report", right=right_of)
def make_workbook(
    session_factory: Callable[[], Session],
    job: tasks.Running,
    *,
    name: str,
    typed: dict[str, str],
    full: list[str] | None = None,
) -> dict[str, Any]:
    """Make the workbook of a large report; a second attempt writes the file anew.

    `full` are the secrets that were asked for; the file holds those that its owner may see now.
    """
    report = find(name)
    draft = job.folder / "draft.xlsx"
    with reading(), session_factory() as session:
        steady(session)
        whole = allowed(report, [Secret(one) for one in full or ()])
        with frugal(session):
            parameters = read_all(report.parameters, session, typed)
            tasks.progress(0, 0, _("Counting the rows"))
            total = sum(one.size() for one in report.fetch(session, parameters))
            tasks.progress(0, total, _("Writing the workbook"))
            count = write_workbook(
                draft,
                report,
                session,
                parameters,
                progress=lambda done: tasks.progress(done, max(total, done)),
                whole=whole,
            )
            title = report.name_of(session, parameters)
    draft.replace(job.folder / "report.xlsx")
    return {
        "file": "report.xlsx",
        "name": file_name(title),
        "sentence": _("%(count)s rows.", count=f"{count:,}"),
        "rights": [disclosure.right(one, report.private or report.name) for one in sorted(whole)],
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


def as_data(
    report: Report,
    session: Session,
    parameters: Mapping[str, Any],
    whole: Collection[Secret] = MASKED,
) -> dict[str, Any]:
    """A whole report as plain data: parameters, sheets with rows and totals, notes."""
    shown = allowed(report, whole)
    sheets = []
    for one in report.fetch(session, parameters):
        columns = one.sheet.columns
        adder = Adder(columns)
        rows = []
        for line in values(columns, one.all(), shown):
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
