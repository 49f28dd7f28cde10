"""Where every cell of a file went: stored, reported, or left out for a reason that is named.

Nothing is kept for each cell while a file is read: what became of rows and columns is enough to
walk over the sheet again when somebody wants to see it (pure).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.core.parsing.cells import plain, says_nothing
from app.core.parsing.sheet_rows_packed import Row
from app.core.sheets.layout import Header
from app.core.workbook.reader import SheetData


class Fate(StrEnum):
    """What became of a cell; all but the first two are reasons to be left out."""

    STORED = "stored"
    REPORTED = "reported"
    HEADER = "header"
    TITLE = "title"
    TOTAL = "total"
    NOTE = "note"
    LEGEND = "legend"
    BLANK = "blank"  # nothing but spaces
    NOTHING = "nothing"  # a dash, 无
    COLUMN = "column"  # a column without a meaning
    SHEET = "sheet"  # a sheet that is no list
    HIDDEN = "hidden"  # hidden in the file and left out as chosen
    CHOSEN = "chosen"  # left out as chosen
    LOST = "lost"  # nobody knows: a fault of this program, and a test that fails


@dataclass(frozen=True, slots=True)
class CellFate:
    """One cell: row from 1, column from 0, its text and what became of it."""

    row: int
    index: int
    text: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as the sheet has it, with what became of each filled cell."""

    number: int
    cells: tuple[str, ...]
    fates: Mapping[int, Fate]


@dataclass(slots=True)
class ListAccount:
    """What one list did with the rows from its titles to its end, in its columns.

    `rows` says what became of those that are not stored (by index), `cells` of the cells that
    differ from their row, `columns` of whole columns. `stored` are the rows that came in: what
    is in neither has no fate, and must not happen.
    """

    header: Header
    rows: dict[int, Fate] = field(default_factory=dict)
    cells: dict[tuple[int, int], Fate] = field(default_factory=dict)
    columns: dict[int, Fate] = field(default_factory=dict)
    stored: set[int] = field(default_factory=set)

    def fate(self, index: int, place: int, row: Row) -> Fate | None:
        """What became of a cell; None when it is none of this list."""
        header = self.header
        if not (header.top <= index < header.until and header.left <= place < header.right):
            return None
        if index <= header.last:
            return Fate.HEADER if index >= header.first else Fate.TITLE
        known = self.cells.get((index, place)) or self.rows.get(index)
        if known is not None:
            return known
        if place not in header.fields:
            return Fate.COLUMN if place < len(header.labels) and header.labels[place] else None
        return self.columns.get(place) or self._of_row(index, plain(row[place]))

    def _of_row(self, index: int, text: str) -> Fate | None:
        if says_nothing(text):
            return Fate.NOTHING
        return Fate.STORED if index in self.stored else None


@dataclass(frozen=True, slots=True)
class Region:
    """Rows and columns of a sheet, by index, the ends not included."""

    top: int
    until: int
    left: int
    right: int

    def holds(self, index: int, place: int) -> bool:
        return self.top <= index < self.until and self.left <= place < self.right


@dataclass(frozen=True, slots=True)
class SheetAccount:
    """One sheet: its lists, what of it was reported, what was left out as chosen.

    `whole` is set where all cells had the same fate.
    """

    sheet: SheetData
    lists: tuple[ListAccount, ...] = ()
    whole: Fate | None = None
    rows: Mapping[int, Fate] = field(default_factory=dict)
    hidden_columns: frozenset[int] = frozenset()
    reported: tuple[Region, ...] = ()

    @property
    def name(self) -> str:
        return self.sheet.name

    def walk(self, start: int = 0, stop: int | None = None) -> Iterator[RowView]:
        """The rows from index `start`, each with what became of its filled cells."""
        end = len(self.sheet.rows) if stop is None else stop
        for index, row in enumerate(self.sheet.rows.between(start, end), start):
            fates = {
                place: self._fate(index, place, row) for place, cell in enumerate(row) if cell != ""
            }
            yield RowView(index + 1, tuple(map(plain, row)), fates)

    def counts(self) -> Counter[Fate]:
        """How many cells met which fate; together all filled cells of the sheet."""
        found: Counter[Fate] = Counter()
        for view in self.walk():
            found.update(view.fates.values())
        return found

    def left_out(self) -> Iterator[CellFate]:
        """The cells that are neither stored nor reported, each with its reason."""
        for view in self.walk():
            for index, fate in view.fates.items():
                if fate not in (Fate.STORED, Fate.REPORTED):
                    yield CellFate(view.number, index, view.cells[index], fate)

    def _fate(self, index: int, place: int, row: Row) -> Fate:
        if self.whole is not None:
            return self.whole
        if index in self.rows:
            return self.rows[index]
        if place in self.hidden_columns:
            return Fate.HIDDEN
        for one in self.lists:
            fate = one.fate(index, place, row)
            if fate is not None:
                return fate
        if any(region.holds(index, place) for region in self.reported):
            return Fate.REPORTED
        return Fate.LOST if plain(row[place]) else Fate.BLANK


@dataclass(frozen=True, slots=True)
class Accounting:
    """All sheets of a file."""

    sheets: tuple[SheetAccount, ...] = ()

    def __getitem__(self, name: str) -> SheetAccount:
        return next(sheet for sheet in self.sheets if sheet.name == name)

    def counts(self) -> Counter[Fate]:
        """How many cells of the file met which fate."""
        total: Counter[Fate] = Counter()
        for sheet in self.sheets:
            total.update(sheet.counts())
        return total
