"""Finds what stands beside or above a list without a title of its own (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.core.parsing.sheet_rows_packed import Cell
from app.core.sheets.layout import Header, Layout
from app.core.sheets.row_kinds import is_about_the_paper
from app.core.workbook.reader import SheetData


@dataclass(slots=True)
class Untitled:
    """The cells of columns without a title, by column."""

    cells: dict[int, list[Cell]] = field(default_factory=dict)

    @property
    def columns(self) -> list[int]:
        return sorted(self.cells)

    @property
    def count(self) -> int:
        return sum(map(len, self.cells.values()))

    def are_a_list(self, layout: Layout) -> bool:
        """Whether they look like rows of somebody: two full columns, a name or a phone."""
        if sum(len(values) > 1 for values in self.cells.values()) > 1:
            return True
        return any(_tells(cell, layout) for values in self.cells.values() for cell in values)


def untitled(sheet: SheetData, header: Header) -> Untitled:
    """What stands below a header where it has no title; texts alone in their row are notes."""
    width = len(header.labels)
    blank = [index for index, label in enumerate(header.labels) if not label]
    found = Untitled()
    for row in sheet.rows.between(header.last + 1, header.until):
        if not blank and len(row) <= width:
            continue
        if len(row) - row.count("") < 2:
            continue
        for at in (*blank, *range(width, len(row))):
            if at < len(row) and row[at] != "":
                found.cells.setdefault(at, []).append(row[at])
    return found


def rows_above(sheet: SheetData, layout: Layout, header: Header) -> list[int]:
    """The rows above the first header that are rows of somebody and no titles, by index."""
    found = []
    for index, row in enumerate(sheet.rows.between(0, header.first)):
        filled = [cell for cell in row if cell != ""]
        if len(filled) < 2 or is_about_the_paper(str(filled[0])):
            continue
        if any(_tells(cell, layout) for cell in filled):
            found.append(index)
    return found


def column_letters(index: int) -> str:
    """How a spreadsheet calls a column: 0 is A, 26 is AA."""
    letters = ""
    while index >= 0:
        index, place = index // 26 - 1, index % 26
        letters = chr(ord("A") + place) + letters
    return letters


def titled_column(header: Header, at: int) -> str:
    """A column by its title and letter: ``联系电话（E）``."""
    letter = column_letters(at)
    label = header.title(at) if at < len(header.labels) else ""
    return f"{label}（{letter}）" if label else letter


def named_columns(header: Header, columns: Sequence[int]) -> str:
    return "、".join(titled_column(header, at) for at in columns)


def _tells(cell: Cell, layout: Layout) -> bool:
    return bool(layout.telling and layout.telling(str(cell)))
