"""The filtered list as an Excel workbook: the same columns, real numbers and days.

Private values are masked as on the page, unless whoever has the right says what they are
needed for (see `app.core.records.disclosure`).
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from flask import send_file
from flask_babel import gettext as _

from app.core.columns.column import Field, FieldKind
from app.core.columns.field_text import plain
from app.core.db import witness
from app.core.db.extensions import db
from app.core.records import disclosure
from app.core.screens import listing
from app.core.screens.cells import in_full, value_of
from app.core.tables import excel_writer, table
from app.core.values import clock
from app.core.values.errors import N_, DomainError
from app.core.values.secret import MASKED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from app.core.records.disclosure import Disclosure
    from app.core.screens.declaration import ScreenBase
    from app.core.screens.list_query import Ask
    from app.core.values.secret import Secret

MOST_ROWS = 50_000
KINDS = {
    FieldKind.INTEGER: table.ColumnKind.INTEGER,
    FieldKind.NUMBER: table.ColumnKind.PRICE,
    FieldKind.MONEY: table.ColumnKind.MONEY,
    FieldKind.AREA: table.ColumnKind.AREA,
    FieldKind.PRICE: table.ColumnKind.PRICE,
    FieldKind.DAY: table.ColumnKind.DATE,
    FieldKind.MOMENT: table.ColumnKind.MOMENT,
}
WIDTHS = {
    FieldKind.LONG_TEXT: 40,
    FieldKind.RELATION: 18,
    FieldKind.MOMENT: 18,
    FieldKind.ID_NUMBER: 22,
}


def _value(column: Field, whole: Collection[Secret]) -> Any:
    """The function that gives a column's value for the workbook."""
    hidden = column.secret is not None and column.secret not in whole
    if column.shown_as in KINDS and not hidden:
        return lambda record: value_of(column, record)
    if column.private and not hidden:
        return lambda record: in_full(column, value_of(column, record))
    return lambda record: plain(column, value_of(column, record))


def sheet_column(
    column: Field,
    *,
    whole: Collection[Secret] = MASKED,
    totals: frozenset[FieldKind] = frozenset({FieldKind.MONEY}),
) -> table.ReportColumn:
    """A labelled column as one of a workbook; `totals`: kinds that are added up below.

    What is private is masked unless its sort is among `whole`.
    """
    hidden = column.secret is not None and column.secret not in whole
    return table.ReportColumn(
        key=column.name,
        label=column.label,
        kind=table.ColumnKind.TEXT if hidden else KINDS.get(column.shown_as, table.ColumnKind.TEXT),
        width=column.width or WIDTHS.get(column.kind, 14),
        value=_value(column, whole),
        total=column.shown_as in totals and not hidden,
    )


def secrets(screen: ScreenBase) -> frozenset[Secret]:
    """The sorts of private values that a workbook of this screen holds."""
    return frozenset(column.secret for column in screen.columns if column.export and column.secret)


def offered(screen: ScreenBase) -> list[Any]:
    """The names of what the present user may have whole in a workbook of this screen."""
    return disclosure.offered(secrets(screen), screen.screen)


def asked_in_full(screen: ScreenBase, typed: Mapping[str, str]) -> Disclosure:
    """What the form of the download asks for; DomainError where it says no reason."""
    return disclosure.wanted(typed, secrets(screen), screen.screen)


def export(screen: ScreenBase, ask: Ask, asked: Disclosure = disclosure.ALL_MASKED) -> Any:
    """The workbook to save; what it holds, of whom and why is recorded."""
    where = listing.conditions(db.session, screen, ask)
    total = listing.count(db.session, screen, where, MOST_ROWS)
    if total > MOST_ROWS:
        raise DomainError(
            N_("More than %(limit)s rows: narrow the list first, for example by building or day."),
            limit=f"{MOST_ROWS:,}",
        )
    exported = [column for column in screen.columns if column.export]
    columns = [sheet_column(column, whole=asked.whole) for column in exported]
    parameters = [(_("Exported at"), clock.local(clock.now()).strftime("%Y-%m-%d %H:%M"))]
    if ask.q:
        parameters.append((_("Search"), ask.q))
    parameters += [(chosen.column.label, f"{chosen.word} {chosen.text}") for chosen in ask.filters]
    details = {"rows": total, **asked.details()}
    if asked.whole:
        shown = [str(one.label) for one in exported if one.secret in asked.whole]
        narrowed = "；".join(f"{label}: {text}" for label, text in parameters[1:])
        details |= {"columns": shown, "filter": narrowed}
    file = io.BytesIO()
    rows = listing.everything(db.session, screen, ask)
    excel_writer.write_table(file, screen.title, columns, rows, parameters=tuple(parameters))
    file.seek(0)
    witness.note(
        "export",
        screen.screen,
        title=str(screen.title),
        details=details,
    )
    day = clock.today().isoformat()
    return send_file(
        file,
        as_attachment=True,
        download_name=f"{screen.title}-{day}.xlsx",
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
