"""The command `anju report`: a report as a table, as JSON or as a workbook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from app.core.db import audit
from app.core.db.engine import reading
from app.core.db.extensions import db
from app.core.records import data_scope
from app.core.reports.declaration import REPORTS, Report, find
from app.core.reports.output import as_data, asked_in_full, record_export, steady, write_workbook
from app.core.reports.parameters import read_all
from app.core.values.errors import N_, DomainError


def typed_of(report: Report, pairs: tuple[str, ...], day: str | None) -> dict[str, str]:
    """The parameters as typed; DomainError for one that the report does not have."""
    typed = {} if day is None else {"day": day}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise DomainError(N_("Write a parameter as name=value, not “%(text)s”."), text=pair)
        typed[name.strip()] = text
    known = [one.name for one in report.parameters]
    for name in typed:
        if name not in known:
            raise DomainError(
                N_("This report has no parameter “%(name)s”; it has: %(known)s."),
                name=name,
                known=", ".join(known),
            )
    return typed


def as_lines(data: dict[str, Any]) -> list[str]:
    """The report as text, columns divided by tabs."""
    lines = [data["title"]]
    for sheet in data["sheets"]:
        keys = [column["key"] for column in sheet["columns"]]
        lines += ["", sheet["title"], "\t".join(column["label"] for column in sheet["columns"])]
        rows = [*sheet["rows"], *([sheet["totals"]] if sheet["totals"] else [])]
        lines += [
            "\t".join("" if row.get(key) is None else str(row[key]) for key in keys) for row in rows
        ]
    return lines


@click.command("report")
@click.argument("name", required=False)
@click.option(
    "--param", "-p", "pairs", multiple=True, help="参数，如 community=安居花园。name=value"
)
@click.option("--day", help="截至日期，如 2026-05-31。As of this day.")
@click.option("--json", "as_json", is_flag=True, help="机器可读的结果。For programs.")
@click.option("--xlsx", type=click.Path(dir_okay=False, path_type=Path), help="写成 Excel 文件。")
@click.option("--full", is_flag=True, help="完整号码，须同时给出 --reason。Full numbers.")
@click.option("--reason", default="", help="需要完整号码的原因，记入操作记录。Why they are needed.")
@with_appcontext
def report(  # noqa: PLR0917 - one for each option
    name: str | None,
    pairs: tuple[str, ...],
    day: str | None,
    as_json: bool,
    xlsx: Path | None,
    full: bool,
    reason: str,
) -> None:
    """输出报表；不写名称则列出全部报表。Print a report, or list them all."""
    with (
        force_locale("zh"),
        data_scope.use(data_scope.EVERYTHING),
        audit.acting(audit.COMMAND_LINE),
    ):
        if name is None:
            _list(as_json)
            return
        found = find(name)
        asked = asked_in_full(found, {"full": "1" if full else "", "reason": reason})
        with reading():
            session = db.session()
            session.rollback()
            steady(session)
            values = read_all(found.parameters, session, typed_of(found, pairs, day))
            if xlsx:
                count = write_workbook(xlsx, found, session, values, whole=asked.whole)
                answer = {"report": found.name, "file": str(xlsx), "rows": count}
                lines = [f"{found.title}：{count} 行，已写入 {xlsx}"]
            else:
                answer = as_data(found, session, values, asked.whole)
                lines = as_lines(answer)
            title = found.name_of(session, values)
            session.rollback()
        if asked.whole:
            record_export(db.session(), found, title, asked)
            db.session.commit()
        click.echo(json.dumps(answer, ensure_ascii=False) if as_json else "\n".join(lines))


def _list(as_json: bool) -> None:
    """All reports with their parameters."""
    known = [
        {
            "report": one.name,
            "title": str(one.title),
            "parameters": [parameter.name for parameter in one.parameters],
        }
        for one in sorted(REPORTS.values(), key=lambda one: one.position)
    ]
    if as_json:
        click.echo(json.dumps(known, ensure_ascii=False))
        return
    for one in known:
        click.echo(f"{one['report']}\t{one['title']}\t{' '.join(one['parameters'])}")
