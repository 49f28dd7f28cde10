"""Cuts a sheet's rows down to one of the lists that stand side by side in it (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from app.core.parsing.cells import plain
from app.core.parsing.sheet_rows_packed import Cell, PackedRows, Row
from app.core.sheets.layout import Header, Layout
from app.core.workbook.reader import SheetData


def part(sheet: SheetData, header: Header, layout: Layout, left: int, right: int) -> SheetData:
    """A list of its own: its columns where they are, with blanks in place of its neighbours."""
    merged = tuple(area for area in sheet.merged if left <= area[1] < right)
    rows = PackedRows.of(list(_masked(sheet, header, layout, left, right)))
    return replace(sheet, rows=rows, merged=merged)


def _masked(
    sheet: SheetData, header: Header, layout: Layout, left: int, right: int
) -> Iterator[Row]:
    """The rows without the neighbours' cells; what speaks for all the lists stays in each."""
    shared = not _has_own_titles(sheet, header, layout)
    for index, row in enumerate(sheet.rows):
        own = row[left:right]
        filled = [cell for cell in row if cell != ""]
        inside = header.top <= index < header.until
        if not inside:
            yield []
        elif any(cell != "" for cell in own):
            yield [*[""] * left, *own]
        elif len(filled) == 1 and _speaks(
            filled[0], layout, above=index < header.first, shared=shared
        ):
            yield [*[""] * left, filled[0]]
        else:
            yield []


def _has_own_titles(sheet: SheetData, header: Header, layout: Layout) -> bool:
    """Whether lone titles stand in more than one column: then each speaks for its list only."""
    places = set()
    for row in sheet.rows.between(header.last + 1, header.until):
        filled = [at for at, cell in enumerate(row) if cell != ""]
        texts = [row[at] for at in filled]
        if texts and all(isinstance(cell, str) and _titles(cell, layout) for cell in texts):
            places.update(filled)
    return len(places) > 1


def _titles(cell: Cell, layout: Layout) -> bool:
    return bool(layout.speaks and layout.speaks(plain(cell)))


def _speaks(cell: Cell, layout: Layout, *, above: bool, shared: bool) -> bool:
    if not isinstance(cell, str):
        return False
    return above or (shared and _titles(cell, layout))
