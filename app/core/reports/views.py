"""The page of each report: its form, its tables and charts, and the workbook to take away."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

from flask import redirect, request, send_file, url_for
from markupsafe import Markup

from app.core.db import audit
from app.core.db.engine import reading
from app.core.db.extensions import db
from app.core.i18n import filters
from app.core.i18n.sentences import sentence
from app.core.jobs import queue
from app.core.records import disclosure, rights
from app.core.reports.declaration import AT_ONCE, REPORTS, Fetched, Report
from app.core.reports.output import as_text, asked_in_full, file_name, record_export, write_workbook
from app.core.reports.parameters import read_all
from app.core.tables.chart import draw
from app.core.tables.table import ColumnKind
from app.core.values.errors import DomainError
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.roles import Verb

PER_PAGE = 50
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def shown(value: Any, kind: str) -> str:
    """A value of a table as the page shows it."""
    if value is None:
        return ""
    if kind == ColumnKind.PERCENT:
        return f"{value:.2%}"
    if kind == ColumnKind.INTEGER:
        return f"{value:,}"
    ways = {
        ColumnKind.MONEY: filters.money,
        ColumnKind.AREA: filters.area,
        ColumnKind.PRICE: filters.price,
        ColumnKind.DATE: filters.day,
        ColumnKind.MOMENT: filters.moment,
    }
    way = ways.get(ColumnKind(kind))
    return way(value) if way else str(value)


class Block:
    """One table as the template draws it."""

    def __init__(self, fetched: Fetched, number: int) -> None:
        sheet = fetched.sheet
        self.name = sheet.name
        self.title = sheet.title
        self.columns = sheet.columns
        self.number = number
        page = fetched.page(number, PER_PAGE)
        self.count, self.complete = page.count, page.complete
        self.pages = max(1, -(-page.count // PER_PAGE))
        self.rows = page.rows
        has_totals = sheet.totals and page.complete and any(c.total for c in sheet.columns)
        self.totals = page.totals if has_totals and page.rows else None
        self.chart = Markup("")
        if sheet.chart and page.complete:
            self.chart = draw(sheet.chart, sheet.columns, page.rows)


def page_number(name: str) -> int:
    """The page asked for of one table; nonsense is the first."""
    text = request.args.get(f"page_{name}", "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 8 else 1


class ReportPage(Page):
    """The base of the pages that `pages()` makes, one for each report and its rights."""

    report: Report

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        return self.page(request.args)

    def page(self, asked: Mapping[str, str], status: int = 200, **further: Any) -> Any:
        """The report with these parameters, or the form with what was wrong."""
        report, session = self.report, db.session()
        error, blocks, values = None, [], {}
        try:
            values = read_all(report.parameters, session, asked)
            blocks = [
                Block(one, page_number(one.sheet.name)) for one in report.fetch(session, values)
            ]
        except DomainError as wrong:
            error = wrong
        typed = {**as_text(values), **{k: v for k, v in asked.items() if error}}
        body = self.render(
            "core/report.html",
            report=report,
            blocks=blocks,
            values=values,
            typed=typed,
            choices={
                one.name: one.choices(session, values)
                for one in report.parameters
                if one.kind == "choice"
            },
            words=report.in_words(session, values) if not error else (),
            error=sentence(error) if error else None,
            wrong_field=error.field if error else None,
            may_export=self.may(Verb.EXPORT),
            shown=shown,
            full=disclosure.offered(report.secrets, report.private or report.name),
            **further,
        )
        return body, 400 if error else status

    @expose("/workbook", methods=["POST"])
    @needs(Verb.EXPORT)
    def workbook(self) -> Any:
        """The workbook at once when it is small, else a job that makes it."""
        report = self.report
        typed = {one.name: request.form.get(one.name, "") for one in report.parameters}
        try:
            asked = asked_in_full(report, request.form)
        except DomainError as wrong:
            if not self.may(Verb.READ):
                raise
            kept = request.form.get("reason", "")[:400]
            return self.page(typed, 422, export_error=sentence(wrong), export_reason=kept)
        # Writing a workbook takes a moment: it must not hold the only write lock.
        db.session.rollback()
        with reading():
            session = db.session()
            values = read_all(report.parameters, session, typed)
            target, rows = io.BytesIO(), None
            if all(one.size() <= AT_ONCE for one in report.fetch(session, values)):
                rows = write_workbook(target, report, session, values, whole=asked.whole)
            name = report.name_of(session, values)
            db.session.rollback()
        record_export(db.session(), report, name, asked, rows)
        if target.getbuffer().nbytes:
            db.session.commit()
            target.seek(0)
            return send_file(target, WORKBOOK, as_attachment=True, download_name=file_name(name))
        job = queue.enqueue(
            db.session(),
            "report",
            name,
            {"name": report.name, "typed": as_text(values), "full": sorted(asked.whole)},
            key=f"report:{audit.actor().user_id}:{request.form.get('form_key', '')[:64]}"
            f"{':full' if asked.whole else ''}",
            community_id=values.get("community"),
        )
        db.session.flush()
        target_page = url_for("JobsPage.show", job_id=job.id)
        db.session.commit()
        return redirect(target_page)


class ReportIndex(Page):
    """All reports that the user may read, with what each is for."""

    screen = "home"
    route_base = "/reports"

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        mine = sorted(
            (one for one in REPORTS.values() if rights.may(one.name, Verb.READ)),
            key=lambda one: one.position,
        )
        return self.render("core/reports.html", reports=mine)


def endpoint(report: Report) -> str:
    """The name of the page class of a report: ReportTakings."""
    return "Report" + report.slug.title().replace("_", "")


def pages(reports: Iterable[Report]) -> tuple[type[Page], ...]:
    """A page for each of these reports, to be listed by `create_app`, and their index."""
    made = [
        type(
            endpoint(report),
            (ReportPage,),
            {
                "screen": report.name,
                "route_base": f"/reports/{report.slug}",
                "menu": MenuEntry("reports", report.position, report.title, icon=report.icon),
                "report": report,
            },
        )
        for report in reports
    ]
    return (*made, ReportIndex)
