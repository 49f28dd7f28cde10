"""Takes lists that stand side by side in one sheet apart (pure).

Offices save paper: entrance 1 in the columns on the left, entrance 2 beside it under the same
header once more. Read as one list, an owner would be given the neighbour's phone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from app.core.cells import plain
from app.core.sheet import Header, Layout
from app.core.sheet_header import find_header, label_key
from app.core.sheet_questions import Corrections
from app.core.workbook import SheetData
from app.core.workbook_rows import Cell, Row, Rows


def lists_in(
    sheet: SheetData, layout: Layout, corrections: Corrections | None = None
) -> list[tuple[SheetData, Header]]:
    """Each list of a sheet with its header, from left to right; most sheets have one or none.

    A part of a sheet keeps its columns where they are, with blanks in place of its neighbours.
    A header that the user has matched as a whole stays whole.
    """
    header = find_header(sheet, layout, corrections)
    if header is None:
        return []
    borders = _borders(header, layout)
    if not borders or header.fingerprint in (corrections or {}):
        return [(sheet, header)]
    parts = [
        _part(sheet, header, layout, left, right)
        for left, right in zip([0, *borders], [*borders, len(header.labels)], strict=True)
    ]
    found = [(part, find_header(part, layout, corrections)) for part in parts]
    lists = [(part, own) for part, own in found if own is not None]
    return lists if len(lists) > 1 else [(sheet, header)]


def _borders(header: Header, layout: Layout) -> list[int]:
    """The first columns of the lists to the right of the first one."""
    labels = [label_key(label) for label in header.labels]
    keys = [index for index, name in header.fields.items() if name in layout.keys]
    borders = []
    for key in keys[:1]:
        before = labels.index(labels[key])
        for place in range(before + 1, len(labels)):
            if labels[place] != labels[key]:
                continue
            apart, start = place - before, place
            while (
                start > max(apart, before + 1)
                and labels[start - 1] == labels[start - 1 - apart] != ""
            ):
                start -= 1
            borders.append(start)
            before = place
    return borders


def _part(
    sheet: SheetData, header: Header, layout: Layout, left: int, right: int
) -> SheetData:
    merged = tuple(area for area in sheet.merged if left <= area[1] < right)
    rows = Rows.of(list(_masked(sheet.rows, header, layout, left, right)))
    return replace(sheet, rows=rows, merged=merged)


def _masked(
    rows: Rows, header: Header, layout: Layout, left: int, right: int
) -> Iterator[Row]:
    """The rows without the neighbours' cells; what speaks for all the lists stays in each."""
    for index, row in enumerate(rows):
        own = row[left:right]
        filled = [cell for cell in row if cell != ""]
        if any(cell != "" for cell in own):
            yield [*[""] * left, *own]
        elif len(filled) == 1 and _speaks(filled[0], layout, above=index < header.first):
            yield [*[""] * left, filled[0]]
        else:
            yield []


def _speaks(cell: Cell, layout: Layout, *, above: bool) -> bool:
    if not isinstance(cell, str):
        return False
    return above or bool(layout.speaks and layout.speaks(plain(cell)))
