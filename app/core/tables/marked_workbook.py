"""An office's own sheets handed back, with a red column that says what is wrong in each row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.core.tables.excel_values import serial
from app.core.tables.excel_writer import ExcelSheet, Target, open_book
from app.core.tables.table import ColumnKind


@dataclass(frozen=True, slots=True)
class Marked:
    """A row of an office's own sheet, with what is wrong with it.

    `cells` are the values as they were read; `wrong` the positions (0 based) of the cells
    that `sentences` speak of. Rows without a sentence (titles, headers) come back plain.
    """

    cells: Sequence[Any]
    sentences: Sequence[str] = ()
    wrong: Collection[int] = ()


def annotated_copy(
    target: Target, sheets: Iterable[tuple[str, Iterable[Marked]]], label: Any
) -> None:
    """Write the rows of an office's file again, and `label` over a red column of sentences.

    `sheets` are name and rows in the order of the office's file. The column stands right of
    the widest row among those given, so rows are held sheet by sheet. Values keep their
    type: a phone typed as a number stays one, a text stays text and never runs.
    """
    with open_book(target, streaming=False) as book:
        for name, rows in sheets:
            kept = list(rows)
            sheet = book.sheet(name)
            at = max((len(row.cells) for row in kept), default=0)
            sheet.raw.set_column(0, max(at - 1, 0), 14)
            sheet.raw.set_column(at, at, 60)
            sheet.numbers_may_be_text(len(kept))
            first_problem = next((i for i, row in enumerate(kept) if row.sentences), 0)
            if first_problem:
                sheet.text(first_problem - 1, at, label, "problem")
            for number, row in enumerate(kept):
                for index, cell in enumerate(row.cells):
                    _put(sheet, number, index, cell, "wrong" if index in row.wrong else "cell")
                if row.sentences:
                    sheet.text(number, at, "\n".join(row.sentences), "problem")


def _put(sheet: ExcelSheet, row: int, column: int, value: Any, role: str) -> None:
    """Write one foreign cell with the type that it had there."""
    style = sheet.book.style(ColumnKind.TEXT, role)
    if value is None or value == "":
        if role != "cell":
            sheet.raw.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        sheet.raw.write_boolean(row, column, value, style)
    elif isinstance(value, (int, float, Decimal)) and value - value == 0:
        # Without a number format: 13800000001 must not become 13,800,000,001.
        sheet.raw.write_number(row, column, value, style)
    elif isinstance(value, datetime):
        sheet.raw.write_number(
            row, column, serial(value), sheet.book.style(ColumnKind.MOMENT, role)
        )
    elif isinstance(value, date):
        sheet.raw.write_number(row, column, serial(value), sheet.book.style(ColumnKind.DATE, role))
    else:
        sheet.text(row, column, value, role)
