"""The months of a screen: records per month as a chart, each month as an archive workbook (N05)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from flask import request, send_file
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.core.columns.column import FieldKind
from app.core.db import witness
from app.core.db.extensions import db
from app.core.records import counts, queries
from app.core.screens.export import sheet_column
from app.core.tables import chart, excel_writer, table
from app.core.values import clock
from app.core.values.period import Period
from app.core.web.page import expose, needs
from app.roles import Verb

if TYPE_CHECKING:
    from datetime import date
    from typing import BinaryIO

    from app.core.columns.column import Field

TOTALS = frozenset({FieldKind.MONEY, FieldKind.INTEGER})


class MonthRoutes:
    """Beside a Screen whose model knows when a record was entered (`created_at`)."""

    screen: str
    title: Any
    model: Any
    columns: tuple[Field, ...]
    render: Any
    export_paths: Any

    @expose("/months")
    @needs(Verb.READ)
    def months(self) -> Any:
        """How many records each month brought, with the archive of each."""
        found = counts.months(db.session(), self.model, clock.today())
        sheet = self._per_month(found)
        drawn = chart.draw(sheet.chart, sheet.columns, [[one.name, one.rows] for one in found])
        return self.render("core/months.html", months=found[::-1], chart=drawn)

    @expose("/archive")
    @needs(Verb.EXPORT)
    def archive(self) -> Any:
        """The workbook of one month for the archive: `?month=2026-11`."""
        month = Period.parse(request.args.get("month", "") or f"{clock.today():%Y-%m}")
        file = io.BytesIO()
        rows = self._write(file, month.first)
        file.seek(0)
        witness.note("export", self.screen, title=f"{self.title} {month}", details={"rows": rows})
        return send_file(file, as_attachment=True, download_name=f"{self.title}-{month}.xlsx")

    def _write(self, target: BinaryIO, first: date) -> int:
        """Write the month that begins on `first`; the answer is the number of its records."""
        model, session = self.model, db.session()
        begins, ends = counts.span_of(first)
        inside = (queries.inside(model), model.created_at >= begins, model.created_at < ends)
        rows = session.scalars(
            select(model)
            .where(*inside)
            .order_by(model.id)
            .options(*queries.loading(model, self.export_paths()))
            .execution_options(yield_per=500)
        )
        title = f"{self.title} {first:%Y-%m}"
        # Private values stay masked in the archive, whoever writes it.
        columns = tuple(sheet_column(one, totals=TOTALS) for one in self.columns if one.export)
        sheets = [
            table.Table(
                title,
                columns,
                rows,
                sheet_name=_("Entries"),
            )
        ]
        if model.steps:
            grouped = select(model.state, func.count()).where(*inside).group_by(model.state)
            held = dict(session.execute(grouped).all())
            sheets.append(
                table.Table(
                    title,
                    (table.ReportColumn("state", _("State")), self._rows_column()),
                    [
                        {"state": one.label.lazy, "rows": held.get(one.name, 0)}
                        for one in model.steps.states
                    ],
                    sheet_name=_("By state"),
                )
            )
        sheets.append(self._per_month(counts.months(session, model, first)))
        total = session.scalar(select(func.count()).select_from(model).where(*inside)) or 0
        excel_writer.write_sheets(target, sheets)
        return total

    @staticmethod
    def _rows_column() -> table.ReportColumn:
        return table.ReportColumn("rows", _("Entries"), table.ColumnKind.INTEGER, total=True)

    def _per_month(self, found: list[counts.Month]) -> Any:
        return table.Table(
            _("Entries per month"),
            (table.ReportColumn("name", _("Month")), self._rows_column()),
            found,
            sheet_name=_("Months"),
            chart=table.Chart(_("Entries per month"), "name", bars=("rows",)),
        )
