"""A sheet as it is to be read: corrected cells, without what people leave out (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from app.core.parsing.cells import Severity
from app.core.parsing.sheet_rows_packed import PackedRows, Row
from app.core.sheets.account import Fate
from app.core.sheets.asking import TAKE_OR_LEAVE, Asker
from app.core.sheets.layout import CellFault
from app.core.sheets.questions import LEAVE, TAKE, Asks, CellPlace, Question
from app.core.sheets.untitled import column_letters
from app.core.values.errors import N_
from app.core.workbook.reader import SheetData

HIDDEN_ROWS = N_("%(count)s rows of the sheet are hidden, as by a filter; they are taken as well.")
HIDDEN_COLUMNS = N_("The columns %(columns)s of the sheet are hidden; they are taken as well.")


@dataclass(slots=True)
class Prepared:
    """`shown` has the corrected cells, `read` only what is to be read.

    `rows` and `columns` say by index what was left out and why.
    """

    shown: SheetData
    read: SheetData
    rows: dict[int, Fate] = field(default_factory=dict)
    columns: frozenset[int] = frozenset()
    problems: list[CellFault] = field(default_factory=list)


def prepared(sheet: SheetData, asker: Asker) -> Prepared:
    """Apply the answers about cells, rows and hidden parts to a sheet."""
    answers = asker.answers
    cells = {
        (row - 1, index): text
        for (name, row, index), text in answers.cells.items()
        if name == sheet.name
    }
    shown = (
        replace(sheet, rows=PackedRows.of(list(_corrected(sheet.rows, cells)))) if cells else sheet
    )
    made = Prepared(shown, shown)
    made.rows = {row - 1: Fate.CHOSEN for name, row in answers.rows_left_out if name == sheet.name}
    _hidden(made, asker)
    if made.rows or made.columns:
        made.read = replace(shown, rows=PackedRows.of(list(_without(shown.rows, made))))
    return made


def _hidden(made: Prepared, asker: Asker) -> None:
    """Ask about hidden rows and columns that hold something, and tell that they are there."""
    sheet = made.shown
    if sheet.hidden_rows:
        rows = [i for i in sorted(sheet.hidden_rows) if i < len(sheet.rows) and any(sheet.rows[i])]
        if rows and _left_out(
            made,
            asker,
            Asks.HIDDEN_ROWS,
            HIDDEN_ROWS,
            CellPlace(sheet.name, rows[0] + 1),
            {"count": len(rows)},
        ):
            made.rows = {**dict.fromkeys(rows, Fate.HIDDEN), **made.rows}
    if sheet.hidden_columns:
        columns = sorted(
            at
            for at in sheet.hidden_columns
            if any(at < len(row) and row[at] != "" for row in sheet.rows)
        )
        params: dict[str, object] = {"columns": "、".join(map(column_letters, columns))}
        if columns and _left_out(
            made,
            asker,
            Asks.HIDDEN_COLUMNS,
            HIDDEN_COLUMNS,
            CellPlace(sheet.name, 1, columns[0]),
            params,
        ):
            made.columns = frozenset(columns)


def _left_out(  # noqa: PLR0917 - what a question consists of
    made: Prepared,
    asker: Asker,
    asks: Asks,
    message: str,
    place: CellPlace,
    params: dict[str, object],
) -> bool:
    """Put the question; whether the answer is to leave them out."""
    name = made.shown.name
    count = int(str(params.get("count", 1)))
    said = asker.ask(
        Question(
            f"{asks.value}/{name}",
            asks,
            message,
            params,
            TAKE_OR_LEAVE,
            (place,),
            count,
            value=name,
            default=TAKE,
        )
    )
    if said is None:
        code, at = asks.value.upper(), None if place.index < 0 else place.index
        made.problems.append(
            CellFault(name, place.row, "", "", code, Severity.WARNING, message, params, at)
        )
    return said == LEAVE


def _corrected(rows: PackedRows, cells: Mapping[tuple[int, int], str]) -> Iterator[Row]:
    by_row: dict[int, dict[int, str]] = {}
    for (at, index), text in cells.items():
        by_row.setdefault(at, {})[index] = text
    for number, row in enumerate(rows):
        for index, text in by_row.get(number, {}).items():
            row.extend([""] * (index + 1 - len(row)))
            row[index] = text
        yield row


def _without(rows: PackedRows, made: Prepared) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number in made.rows:
            yield []
        elif made.columns:
            yield ["" if at in made.columns else cell for at, cell in enumerate(row)]
        else:
            yield row
