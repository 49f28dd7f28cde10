"""The archive of a month as a workbook: its rows, totals per state, rows per month (N05)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.core import records, table, xlsx
from app.core.columns import Kind
from app.core.form import plain
from app.core.screen_cells import value_of
from app.core.screen_export import KINDS, WIDTHS
from app.extensions import db
from app.registers import counting
from app.registers.words import lazy

if TYPE_CHECKING:
    from datetime import date
    from typing import BinaryIO

    from app.core.columns import Column
    from app.registers.screens import RegisterScreen


def _column(column: Column) -> table.Column:
    """A column of the workbook; private values stay masked in the archive."""
    shown = column.shown_as in KINDS
    return table.Column(
        column.name, column.label, KINDS.get(column.shown_as, table.Kind.TEXT),
        width=WIDTHS.get(column.kind, 14),
        value=(lambda row: value_of(column, row)) if shown
        else lambda row: plain(column, value_of(column, row)),
        total=column.shown_as in {Kind.MONEY, Kind.INTEGER},
    )  # fmt: skip


def write(target: BinaryIO, screen: RegisterScreen, first: date) -> int:
    """Write the month that begins on `first`; the answer is the number of its rows."""
    model, session = screen.model, db.session()
    begins, ends = counting.span_of(first)
    inside = (records.inside(model), model.created_at >= begins, model.created_at < ends)
    rows = session.scalars(
        select(model).where(*inside).order_by(model.id)
        .options(*records.loading(model, screen.export_paths()))
        .execution_options(yield_per=500)
    )  # fmt: skip
    month = f"{first:%Y-%m}"
    sheets = [table.Table(
        f"{screen.title} {month}", tuple(_column(one) for one in screen.columns if one.export),
        rows, sheet_name=_("Rows"),
    )]  # fmt: skip
    if screen.definition.states:
        found = dict(session.execute(
            select(model.state, func.count()).where(*inside).group_by(model.state)
        ).all())  # type: ignore[arg-type]
        sheets.append(table.Table(
            f"{screen.title} {month}",
            (table.Column("state", _("State")),
             table.Column("rows", _("Rows"), table.Kind.INTEGER, total=True)),
            [{"state": lazy(one.label), "rows": found.get(one.name, 0)}
             for one in screen.definition.states],
            sheet_name=_("By state"),
        ))  # fmt: skip
    sheets.append(table.Table(
        _("Rows per month"),
        (table.Column("name", _("Month")),
         table.Column("rows", _("Rows"), table.Kind.INTEGER, total=True)),
        counting.months(session, model, first), sheet_name=_("Months"),
        chart=table.Chart(_("Rows per month"), "name", bars=("rows",)),
    ))  # fmt: skip
    total = session.scalar(select(func.count()).select_from(model).where(*inside)) or 0
    xlsx.write_sheets(target, sheets)
    return total
