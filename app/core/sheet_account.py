"""Where every cell of a file went: stored, reported, or left out for a reason that is named.

Nothing is kept for each cell while a file is read: what became of rows and columns is enough to
walk over the sheet again when somebody wants to see it (pure).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.core.cells import plain, says_nothing
from app.core.sheet import Header
from app.core.workbook import SheetData
from app.core.workbook_rows import Row


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
    SHEET = "sheet"  # a sheet that is no list, or was left out
    HIDDEN = "hidden"  # hidden in the file and left out as chosen
    CHOSEN = "chosen"  # a row that was left out as chosen
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


@dataclass(frozen=True, slots=True)
class ListAccount:
    """What one list of a sheet did with its rows (indexes from 0) and columns.

    `rows` says what the rows are that are no rows of the list or were kept out (by index from
    0), `cells` the cells that differ from their row. `until` is the index after its last row.
    """

    header: Header
    left: int
    right: int
    until: int
    rows: Mapping[int, Fate]
    cells: Mapping[tuple[int, int], Fate]


@dataclass(frozen=True, slots=True)
class SheetAccount:
    """The lists of one sheet, and the sheet itself for walking over it again.

    `whole` is set where all cells had the same fate.
    """

    sheet: SheetData
    lists: tuple[ListAccount, ...] = ()
    whole: Fate | None = None
    rows: Mapping[int, Fate] | None = None

    @property
    def name(self) -> str:
        return self.sheet.name

    def walk(self, start: int = 0, stop: int | None = None) -> Iterator[RowView]:
        """The rows from index `start`, each with what became of its filled cells."""
        for index in range(start, len(self.sheet.rows) if stop is None else stop):
            if index >= len(self.sheet.rows):
                return
            row = self.sheet.rows[index]
            fates = {
                place: self._fate(index, place, row)
                for place, cell in enumerate(row)
                if cell != ""
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
        if self.rows and (fate := self.rows.get(index)):
            return fate
        for one in self.lists:
            if index < one.until and one.left <= place < one.right:
                return _in_list(one, index, place, row)
        return Fate.LOST


def _in_list(one: ListAccount, index: int, place: int, row: Row) -> Fate:
    fate = one.cells.get((index, place)) or one.rows.get(index)
    if fate is not None:
        return fate
    text = plain(row[place])
    if place not in one.header.fields:
        return Fate.COLUMN
    return Fate.NOTHING if says_nothing(text) else Fate.STORED


@dataclass(frozen=True, slots=True)
class Accounting:
    """All sheets of a file."""

    sheets: tuple[SheetAccount, ...] = ()

    def __getitem__(self, name: str) -> SheetAccount:
        return next(sheet for sheet in self.sheets if sheet.name == name)

    def counts(self) -> Counter[Fate]:
        """How many cells of the file met which fate."""
        return sum((sheet.counts() for sheet in self.sheets), Counter())
