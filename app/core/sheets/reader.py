"""Walks over the rows of a list below its header: values, problems, and what is no row of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from app.core.parsing.cells import Doubt, plain
from app.core.parsing.sheet_rows_packed import Cell, Row
from app.core.sheets.asking import ANSWERED, Asker
from app.core.sheets.layout import (
    VALUE_MISSING,
    Header,
    Layout,
    ParsedRow,
    SheetColumn,
    Title,
    problem,
)
from app.core.sheets.questions import OUT, Answers, CellPlace
from app.core.sheets.row_kinds import RowKind, row_kind
from app.core.workbook.reader import SheetData

_REMEMBERED = 5_000  # cells of a column; names and numbers that never repeat need no memory


class SheetReader:
    """Reads the lists of one workbook; equal cells of a column are parsed once.

    `fates` says of the last list what its rows are that are no rows of the list (by index).
    """

    def __init__(self, layout: Layout, answers: Answers | None = None) -> None:
        self.layout = layout
        self.asker = Asker(answers or Answers())
        self.skipped: Counter[str] = Counter()
        self.fates: dict[int, RowKind] = {}
        self._columns = {column.name: column for column in layout.columns}
        self._known: dict[str, dict[Cell, Any]] = {column.name: {} for column in layout.columns}

    def rows(self, sheet: SheetData, header: Header) -> Iterator[ParsedRow | Title]:
        """Yield the rows below the header; the others are counted in `skipped` by reason."""
        plan = [(i, self._columns[name], self._known[name]) for i, name in header.fields.items()]
        needed = [(index, column) for index, column, _ in plan if column.missing]
        keys = frozenset(i for i, name in header.fields.items() if name in self.layout.keys)
        people = self.layout.telling
        merged = _merged_below(sheet, header, self._columns)
        self.fates = {}
        first = header.last + 1
        for index, row in enumerate(sheet.rows.between(first, header.until), first):
            covered = merged.get(index)
            kind = row_kind(row, header.labels, keys, self.layout.speaks, people)
            if covered and kind is not RowKind.BLANK:
                row = _filled(row, covered)  # noqa: PLW2901 - the row as the office sees it
                kind = RowKind.DATA if kind is RowKind.NOTE else kind
            if kind is RowKind.DATA:
                parsed = ParsedRow(sheet.name, index + 1, {}, row, [])
                self._parse(parsed, plan, header)
                _miss(parsed, needed, header)
                parsed.continued = covered is not None and not keys.isdisjoint(covered)
                yield parsed
            else:
                self.skipped[kind.value] += 1
                self.fates[index] = kind
                if kind is RowKind.TITLE:
                    yield Title(index + 1, next(plain(cell) for cell in row if cell != ""))

    def _parse(
        self,
        row: ParsedRow,
        plan: list[tuple[int, SheetColumn, dict[Cell, Any]]],
        header: Header,
    ) -> None:
        cells, values = row.cells, row.values
        width = len(cells)
        for index, column, known in plan:
            cell = cells[index] if index < width else ""
            if cell == "":
                continue
            try:
                value = known[cell]
            except KeyError:
                value = self.asker.read(cell, column)
                if len(known) < _REMEMBERED:
                    known[cell] = value
            if type(value) is Doubt:
                self._doubt(row, header, column, index, value)
                value = value.value
            if value is not None:
                if column.several and column.name in values:
                    value = values[column.name] + value
                values[column.name] = value

    def _doubt(
        self, row: ParsedRow, header: Header, column: SheetColumn, index: int, doubt: Doubt
    ) -> None:
        """Take down a doubt, and the question or the answer that belongs to it."""
        if doubt.question:
            self.asker.note(doubt.question, CellPlace(row.sheet, row.number, index))
        if doubt.code == OUT:
            row.chosen_out = True
        elif doubt.code != ANSWERED:
            row.problems.append(problem(row, header, column, index, doubt))


def _miss(row: ParsedRow, needed: list[tuple[int, SheetColumn]], header: Header) -> None:
    """Report the blank cells of columns that must not be blank."""
    for index, column in needed:
        if column.name not in row.values and all(fault.index != index for fault in row.problems):
            doubt = Doubt(column.missing or "", VALUE_MISSING, {"column": header.title(index)})
            row.problems.append(problem(row, header, column, index, doubt))


def _merged_below(
    sheet: SheetData, header: Header, columns: Mapping[str, SheetColumn]
) -> dict[int, dict[int, Cell]]:
    """For each row that a merged cell from above covers: column → the value it has there."""
    covered: dict[int, dict[int, Cell]] = {}
    for top, left, bottom, right in sheet.merged:
        inside = header.last < top < header.until and left in header.fields
        if not inside or bottom == top or left != right:
            continue
        if not columns[header.fields[left]].fills or bottom - top > len(sheet.rows):
            continue
        above = sheet.rows[top] if top < len(sheet.rows) else []
        cell = above[left] if left < len(above) else ""
        if cell != "":
            for index in range(top + 1, min(bottom + 1, len(sheet.rows), header.until)):
                covered.setdefault(index, {})[left] = cell
    return covered


def _filled(row: Row, covered: Mapping[int, Cell]) -> Row:
    cells = row + [""] * (max(covered) + 1 - len(row))
    for index, cell in covered.items():
        if cells[index] == "":
            cells[index] = cell
    return cells
