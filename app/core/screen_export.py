"""The filtered list as an Excel workbook: the same columns, real numbers and days."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from flask import send_file
from flask_babel import gettext as _

from app.core import clock, screen_query, table, witness, xlsx
from app.core.columns import Column, Kind
from app.core.errors import N_, DomainError
from app.core.form import plain
from app.core.screen_cells import value_of
from app.extensions import db
from app.roles import Verb

if TYPE_CHECKING:
    from app.core.screen import Screen
    from app.core.search_bar import Ask

MOST_ROWS = 50_000
KINDS = {
    Kind.INTEGER: table.Kind.INTEGER,
    Kind.NUMBER: table.Kind.PRICE,
    Kind.MONEY: table.Kind.MONEY,
    Kind.AREA: table.Kind.AREA,
    Kind.PRICE: table.Kind.PRICE,
    Kind.DAY: table.Kind.DATE,
    Kind.MOMENT: table.Kind.MOMENT,
}
WIDTHS = {Kind.LONG_TEXT: 40, Kind.RELATION: 18, Kind.MOMENT: 18, Kind.ID_NUMBER: 22}


def _value(column: Column, *, private: bool) -> Any:
    """The function that gives a column's value for the workbook."""
    if column.shown_as in KINDS:
        return lambda record: value_of(column, record)
    if column.private and private:
        return lambda record: str(value_of(column, record) or "")
    return lambda record: plain(column, value_of(column, record))


def sheet_column(
    column: Column, *, private: bool = False, totals: frozenset[Kind] = frozenset({Kind.MONEY})
) -> table.Column:
    """A labelled column as one of a workbook; `totals`: kinds that are added up below."""
    return table.Column(
        key=column.name,
        label=column.label,
        kind=KINDS.get(column.shown_as, table.Kind.TEXT),
        width=column.width or WIDTHS.get(column.kind, 14),
        value=_value(column, private=private),
        total=column.shown_as in totals,
    )


def export(screen: Screen, ask: Ask) -> Any:
    """The workbook to save; private columns only for those who may see them, and logged."""
    where = screen_query.conditions(db.session, screen, ask)
    total = screen_query.count(db.session, screen, where, MOST_ROWS)
    if total > MOST_ROWS:
        raise DomainError(
            N_("More than %(limit)s rows: narrow the list first, for example by building or day."),
            limit=f"{MOST_ROWS:,}",
        )
    private = screen.may(Verb.SEE_PRIVATE)
    columns = [
        sheet_column(column, private=private)
        for column in screen.columns
        if column.export
    ]
    parameters = [(_("Exported at"), clock.local(clock.now()).strftime("%Y-%m-%d %H:%M"))]
    if ask.q:
        parameters.append((_("Search"), ask.q))
    parameters += [
        (chosen.column.label, f"{chosen.word} {chosen.text}") for chosen in ask.filters
    ]
    file = io.BytesIO()
    rows = screen_query.everything(db.session, screen, ask)
    xlsx.write_table(file, screen.title, columns, rows, parameters=tuple(parameters))
    file.seek(0)
    witness.note(
        "export", screen.screen, title=str(screen.title),
        details={"rows": total, "private": private},
    )
    day = clock.today().isoformat()
    return send_file(
        file, as_attachment=True, download_name=f"{screen.title}-{day}.xlsx",
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
