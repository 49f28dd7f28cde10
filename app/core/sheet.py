"""Declared columns → rows and every problem at once: the reading half of each import (pure).

A list is declared as a `Layout`; `sheet_header` finds its header in an office's own sheet, and
`SheetReader` walks over the rows, parses each cell, and counts what is no row of the list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from app.core.cells import Doubt, Parser, Severity, plain, text
from app.core.errors import N_
from app.core.sheet_rows import RowKind, row_kind
from app.core.workbook import SheetData
from app.core.workbook_rows import Cell, CellError, Row

_REMEMBERED = 5_000  # cells of a column; names and numbers that never repeat need no memory

CELL_ERROR = N_("The cell shows %(value)s: its formula failed. Type the value itself.")
VALUE_MISSING = N_("%(column)s is missing.")


Settle: TypeAlias = Callable[[Sequence[str], Sequence[str], Mapping[int, str]], dict[int, str]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    `label` is its name on our screens (source text), `synonyms` the headers that offices use,
    the most telling first. `parse` reads a cell. `missing` is the code of a blank cell in a row
    (None: may be blank). `severity` is what a doubt means unless the parser says otherwise.
    `several`: may stand in more than one column (联系电话1, 联系电话2), each parsing to a tuple.
    `fills`: a vertically merged cell speaks for all its rows. `private` values are masked.
    """

    name: str
    label: str
    synonyms: tuple[str, ...]
    parse: Parser = text
    missing: str | None = None
    severity: Severity = Severity.WARNING
    several: bool = False
    fills: bool = True
    private: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A list: its columns, and what a header must have to be one.

    All of `keys` must be matched, the columns that a row cannot do without, and at least one of
    `besides`, so that another list of the same things is not taken for this one. `groups` are
    captions over several columns (two-level headers) that add nothing to the columns' names,
    such as 房屋信息; under any other caption a column is looked up by both names, so that the
    姓名 under 租户 is not the owner's. `speaks` tells a text standing alone in a row that the rows
    below belong to (``3号楼``) from a note. `settle` has the last word on a matching found by
    synonyms: it takes the labels, the captions and the matching.
    """

    columns: tuple[Column, ...]
    keys: frozenset[str]
    besides: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()
    speaks: Callable[[str], bool] | None = None
    settle: Settle | None = None

    def column(self, name: str) -> Column:
        """The column called `name`."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header of a sheet is and what its columns mean.

    `first` and `last` are row indexes; `labels` are the texts by column, `captions` those above
    them where the header has two levels; `fields` is the matching of column index to column
    name. `fingerprint` is the same for files with the same header.
    """

    sheet: str
    first: int
    last: int
    labels: tuple[str, ...]
    captions: tuple[str, ...]
    fields: Mapping[int, str]
    fingerprint: str

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Headers that no column was found for."""
        return tuple(
            self.title(index)
            for index, label in enumerate(self.labels)
            if label and index not in self.fields
        )

    def title(self, index: int) -> str:
        """What the office calls a column: ``房号``, on two levels ``租户信息/姓名``."""
        label, caption = self.labels[index], self.captions[index]
        return f"{caption}/{label}" if caption and caption != label else label

    def index_of(self, name: str) -> int | None:
        """The first column that means `name`."""
        return next((index for index, field_ in self.fields.items() if field_ == name), None)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file: where (row from 1, column index from 0), what and why.

    `column` is the header as the office wrote it, `value` the cell as shown, `message` the
    source text for `params`. Without an `index` the problem concerns the whole row.
    """

    sheet: str
    row: int
    column: str
    value: str
    code: str
    severity: Severity
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    index: int | None = None

    @property
    def is_error(self) -> bool:
        """Whether it keeps the row out."""
        return self.severity is Severity.ERROR


@dataclass(slots=True)
class ParsedRow:
    """A row of the list: `values` by column name, without what is blank or in doubt."""

    sheet: str
    number: int
    values: dict[str, Any]
    cells: Row
    problems: list[Problem]
    continued: bool = False  # its key cell belongs to the merged cell of the row above

    @property
    def is_good(self) -> bool:
        """Whether nothing keeps the row out."""
        return not any(problem.is_error for problem in self.problems)


@dataclass(slots=True)
class Title:
    """A row with one text in it that may speak for the rows below, such as ``3号楼``."""

    number: int
    text: str


class SheetReader:
    """Reads the sheets of one workbook; equal cells of a column are parsed once."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.skipped: Counter[str] = Counter()
        self._columns = {column.name: column for column in layout.columns}
        self._known: dict[str, dict[Cell, Any]] = {column.name: {} for column in layout.columns}

    def rows(self, sheet: SheetData, header: Header) -> Iterator[ParsedRow | Title]:
        """Yield the rows below the header; the others are counted in `skipped` by reason."""
        plan = [(i, self._columns[name], self._known[name]) for i, name in header.fields.items()]
        needed = [(index, column) for index, column, _ in plan if column.missing]
        keys = frozenset(i for i, name in header.fields.items() if name in self.layout.keys)
        merged = _merged_below(sheet, header, self._columns)
        for index, row in enumerate(sheet.rows):
            if index <= header.last:
                continue
            covered = merged.get(index)
            kind = row_kind(row, header.labels, keys, self.layout.speaks)
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
                if kind is RowKind.TITLE:
                    yield Title(index + 1, next(plain(cell) for cell in row if cell != ""))

    def _parse(
        self,
        row: ParsedRow,
        plan: list[tuple[int, Column, dict[Cell, Any]]],
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
                value = _read(cell, column)
                if len(known) < _REMEMBERED:
                    known[cell] = value
            if type(value) is Doubt:
                row.problems.append(problem(row, header, column, index, value))
                value = value.value
            if value is not None:
                if column.several and column.name in values:
                    value = values[column.name] + value
                values[column.name] = value


def _miss(row: ParsedRow, needed: list[tuple[int, Column]], header: Header) -> None:
    """Report the blank cells of columns that must not be blank."""
    for index, column in needed:
        if column.name not in row.values and all(fault.index != index for fault in row.problems):
            doubt = Doubt(column.missing or "", VALUE_MISSING, {"column": header.title(index)})
            row.problems.append(problem(row, header, column, index, doubt))


def problem(
    row: ParsedRow,
    header: Header,
    column: Column,
    index: int | None,
    doubt: Doubt,
) -> Problem:
    """Make a problem of a doubt about `column` in `row` (its cell at `index`)."""
    cell = row.cells[index] if index is not None and index < len(row.cells) else ""
    return Problem(
        sheet=row.sheet,
        row=row.number,
        column=header.title(index) if index is not None else column.synonyms[0],
        value=plain(cell),
        code=doubt.code,
        severity=doubt.severity or column.severity,
        message=doubt.message,
        params=doubt.params,
        index=index,
    )


def _read(cell: Cell, column: Column) -> Any:
    if isinstance(cell, CellError):
        return Doubt("CELL_ERROR", CELL_ERROR, {"value": cell.text})
    return column.parse(cell)


def _merged_below(
    sheet: SheetData, header: Header, columns: Mapping[str, Column]
) -> dict[int, dict[int, Cell]]:
    """For each row that a merged cell from above covers: column → the value it has there."""
    covered: dict[int, dict[int, Cell]] = {}
    for top, left, bottom, right in sheet.merged:
        if top <= header.last or bottom == top or left != right or left not in header.fields:
            continue
        if not columns[header.fields[left]].fills or bottom - top > len(sheet.rows):
            continue
        above = sheet.rows[top] if top < len(sheet.rows) else []
        cell = above[left] if left < len(above) else ""
        if cell != "":
            for index in range(top + 1, min(bottom + 1, len(sheet.rows))):
                covered.setdefault(index, {})[left] = cell
    return covered


def _filled(row: Row, covered: Mapping[int, Cell]) -> Row:
    cells = row + [""] * (max(covered) + 1 - len(row))
    for index, cell in covered.items():
        if cells[index] == "":
            cells[index] = cell
    return cells
