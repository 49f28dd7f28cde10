"""Excel workbooks out: the only file that imports XlsxWriter.

Numbers and dates are real ones, and text stays text: nothing that a user ever typed can
become a formula, a link or markup in the workbook.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import xlsxwriter
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.utility import xl_col_to_name

from app.core.tables.excel_values import FONT, FORMATS, ROLES, safe_text, serial, sheet_name
from app.core.tables.table import Adder, Chart, ColumnKind, ReportColumn, Table, values
from app.core.values import clock
from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from collections.abc import Iterator

Target = str | os.PathLike[str] | IO[bytes]
Progress = Callable[[int], None]

ROWS_OF_A_SHEET = 1_000_000
"""Where a table goes on in the next sheet; Excel has room for 1,048,576 rows."""
_COLOURS = ("#2F6FDE", "#59B38C", "#E0A030", "#8A63D2")


class Book:
    """A workbook being written, with one format for each kind and role."""

    def __init__(self, target: Target, *, streaming: bool) -> None:
        options = {
            "constant_memory": streaming,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": FONT,
        }
        self.file = xlsxwriter.Workbook(target, options)
        self._styles: dict[tuple[str, str], Any] = {}
        self._names: list[str] = []

    def style(self, kind: str, role: str = "cell") -> Any:
        """The format of a kind of value in a role: cell, total, header, title, note…"""
        found = self._styles.get((kind, role))
        if found is None:
            look = {**FONT, "valign": "vcenter", **FORMATS[kind], **ROLES[role]}
            found = self._styles[kind, role] = self.file.add_format(look)
        return found

    def sheet(self, name: Any) -> ExcelSheet:
        """A new sheet under `name`, made acceptable and single."""
        chosen = sheet_name(name, self._names)
        self._names.append(chosen)
        return ExcelSheet(self, self.file.add_worksheet(chosen))


class ExcelSheet:
    """A sheet being written from top to bottom."""

    def __init__(self, book: Book, sheet: Any) -> None:
        self.book = book
        self.raw = sheet
        self._words: dict[int, tuple[LazyString, str]] = {}

    def words(self, label: LazyString) -> str:
        """A label of a code in the reader's language, looked up once for the sheet."""
        known = self._words.get(id(label))
        if known is None:
            # The label is kept, too: its place in memory must not become another's.
            known = self._words[id(label)] = (label, str(label))
        return known[1]

    def text(self, row: int, column: int, value: Any, role: str = "cell") -> None:
        """Write text as text, exactly."""
        text = safe_text(self.words(value) if isinstance(value, LazyString) else value)
        style = self.book.style(ColumnKind.TEXT, role)
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter would take this for markup of its own; in two pieces it is escaped.
            self.raw.write_rich_string(row, column, "<r>", style, text[3:], style)
        else:
            self.raw.write_string(row, column, text, style)

    def put(self, row: int, column: int, value: Any, kind: str, role: str = "cell") -> None:
        """Write a value of a known kind; what is no such value is written as its text."""
        if value is None or value == "":
            return
        style = self.book.style(kind, role)
        if kind == ColumnKind.DATE and isinstance(value, date):
            self.raw.write_number(row, column, serial(value), style)
        elif kind == ColumnKind.MOMENT and isinstance(value, datetime):
            self.raw.write_number(row, column, serial(clock.local(value)), style)
        elif kind in _NUMBERS and isinstance(value, (int, Decimal)):
            self.raw.write_number(row, column, value, style)
        else:
            self.text(row, column, value, role)

    def numbers_may_be_text(self, rows: int) -> None:
        """Phones and ID numbers are text on purpose: no green triangles on them."""
        self.raw.ignore_errors({"number_stored_as_text": f"A1:XFD{rows + 1}"})


_NUMBERS = frozenset(kind for kind in ColumnKind if kind.is_number)


class _TableSheet:
    """One table on its way into a sheet."""

    def __init__(self, book: Book, table: Table) -> None:
        self.table = table
        self.sheet = book.sheet(table.sheet_name or table.title)
        self.first = self.row = self._head()

    def _head(self) -> int:
        """Title, parameters and the frozen header; the answer is the first row of data."""
        sheet, raw, table = self.sheet, self.sheet.raw, self.table
        raw.set_row(0, 28)
        sheet.text(0, 0, table.title, "title")
        row = 1
        if table.parameters:
            parts = [
                _("%(label)s: %(text)s", label=label, text=text) for label, text in table.parameters
            ]
            sheet.text(row, 0, "    ".join(parts), "note")
            row += 1
        raw.set_row(row, 30)
        for index, column in enumerate(table.columns):
            raw.set_column(index, index, column.width, sheet.book.style(column.kind))
            sheet.text(row, index, column.label, "header")
        raw.freeze_panes(row + 1, 0)
        raw.set_landscape()
        raw.set_paper(9)
        raw.fit_to_pages(1, 0)
        raw.repeat_rows(row)
        raw.set_footer("&C&P / &N")
        return row + 1

    def add(self, line: Sequence[Any]) -> None:
        put = self.sheet.put
        for index, column in enumerate(self.table.columns):
            put(self.row, index, line[index], column.kind)
        self.row += 1

    def close(self, adder: Adder | None) -> None:
        """Filter, and on the last sheet of the table its totals, notes and chart."""
        if self.row > self.first:
            last_column = len(self.table.columns) - 1
            self.sheet.raw.autofilter(self.first - 1, 0, self.row - 1, last_column)
        self.sheet.numbers_may_be_text(self.row)
        if adder is None:
            return
        end = self.row
        if self.table.totals and adder.any:
            self._totals(adder)
            end += 1
        for number, note in enumerate(self.table.notes, start=1):
            self.sheet.text(end + number, 0, note, "note")
        if self.table.chart and self.row > self.first:
            self._chart(self.table.chart)

    def _totals(self, adder: Adder) -> None:
        """The last line: sums that follow the filter of whoever opens the workbook."""
        columns = self.table.columns
        label_at = next((i for i, column in enumerate(columns) if not column.total), None)
        whole = adder.rows == self.row - self.first > 0
        for index, column in enumerate(columns):
            style = self.sheet.book.style(column.kind, "total")
            value = adder.total_of(column)
            if index == label_at:
                self.sheet.text(self.row, index, _("Total"), "total")
            elif column.total is True and whole:
                letter = xl_col_to_name(index)
                formula = f"=SUBTOTAL(109,{letter}{self.first + 1}:{letter}{self.row})"
                self.sheet.raw.write_formula(self.row, index, formula, style, float(value))
            elif value is None:
                self.sheet.raw.write_blank(self.row, index, None, style)
            else:
                self.sheet.put(self.row, index, value, column.kind, "total")

    def _series(self, key: str, categories: str, colour: str) -> dict[str, Any]:
        """A column of the table as a series of its chart."""
        places = {column.key: index for index, column in enumerate(self.table.columns)}
        name, at, last = self.sheet.raw.get_name(), places[key], self.row - 1
        return {
            "name": [name, self.first - 1, at],
            "categories": [name, self.first, places[categories], last, places[categories]],
            "values": [name, self.first, at, last, at],
            "fill": {"color": colour},
            "line": {"color": colour, "width": 2},
        }

    def _chart(self, chart: Chart) -> None:
        """The chart to the right of a small table, drawn by Excel from its cells."""
        file = self.sheet.book.file
        colours = iter(_COLOURS)
        bars = file.add_chart({"type": "column"}) if chart.bars else None
        for key in chart.bars:
            bars.add_series(self._series(key, chart.categories, next(colours)))
        lines = file.add_chart({"type": "line"}) if chart.lines else None
        for key in chart.lines:
            series = self._series(key, chart.categories, next(colours))
            lines.add_series({**series, "y2_axis": bars is not None})
        drawn = bars or lines
        if bars and lines:
            bars.combine(lines)
            lines.set_y2_axis({"num_format": "0%", "min": 0})
        drawn.set_title({"name": safe_text(chart.title), "name_font": {"size": 12}})
        drawn.set_legend({"position": "bottom"})
        drawn.set_size({"width": 720, "height": 340})
        self.sheet.raw.insert_chart(self.first - 1, len(self.table.columns) + 1, drawn)


def _cannot_write(target: Target) -> DomainError:
    return DomainError(
        N_("“%(file)s” cannot be written: choose another folder or close the file."), file=target
    )


@contextmanager
def open_book(target: Target, *, streaming: bool) -> Iterator[Book]:
    """A workbook that is closed at the end; after an error nothing is left at `target`."""
    named = isinstance(target, str | os.PathLike)
    if named and not os.access(Path(target).absolute().parent, os.W_OK):
        raise _cannot_write(target)
    book = Book(target, streaming=streaming)
    try:
        yield book
    except BaseException:
        # Closing is what removes the temporary files; the torn workbook goes nowhere.
        book.file.filename = io.BytesIO()
        raise
    finally:
        try:
            book.file.close()
        except FileCreateError as error:
            raise _cannot_write(target) from error


def write_sheets(
    target: Target, tables: Iterable[Table], *, progress: Progress | None = None
) -> int:
    """Write each table to a sheet of its own; the answer is the number of rows in all.

    Rows may be a generator of any length: only one row is in memory at a time, unless a
    table has a chart (which is a small one). `progress` is told the rows written so far.
    """
    chosen = tuple(tables)
    written = 0
    with open_book(target, streaming=not any(table.chart for table in chosen)) as book:
        for table in chosen:
            adder = Adder(table.columns)
            sheet = _TableSheet(book, table)
            for line in values(table.columns, table.rows, table.whole):
                if sheet.row - sheet.first >= ROWS_OF_A_SHEET:
                    sheet.close(None)
                    sheet = _TableSheet(book, table)
                adder.add(line)
                sheet.add(line)
                if progress and adder.rows % 1000 == 0:
                    progress(written + adder.rows)
            sheet.close(adder)
            written += adder.rows
    return written


def write_table(
    target: Target, title: Any, columns: Iterable[ReportColumn], rows: Iterable[Any], **options: Any
) -> int:
    """Write one table as a workbook to a path or a binary file; the answer is its rows.

    Options: `parameters`, `totals`, `chart`, `notes`, `sheet_name` (see `Table`) and
    `progress`, called with the number of rows written.
    """
    progress = options.pop("progress", None)
    return write_sheets(target, (Table(title, tuple(columns), rows, **options),), progress=progress)
