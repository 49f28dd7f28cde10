"""The rows with problems as they stand in the office's own sheets, to be handed back (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.sheet import Header, Problem
from app.core.workbook import Workbook
from app.core.workbook_rows import Row


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row as it was read with what is wrong with it; header and title rows have no problems."""

    number: int
    cells: Row
    problems: tuple[Problem, ...] = ()

    @property
    def wrong(self) -> frozenset[int]:
        """Indexes of the cells that the problems speak of."""
        return frozenset(found.index for found in self.problems if found.index is not None)


@dataclass(frozen=True, slots=True)
class ReturnedSheet:
    """A sheet to hand back: everything down to the header, then the rows with problems."""

    name: str
    header: Header
    rows: tuple[ReturnedRow, ...]


def returned_sheets(
    workbook: Workbook, headers: Iterable[Header], problems: Iterable[Problem]
) -> tuple[ReturnedSheet, ...]:
    """The sheets that have problems, in the order of the file; uploaded again, they are a list."""
    wanted: dict[tuple[str, int], list[Problem]] = {}
    for found in problems:
        wanted.setdefault((found.sheet, found.row), []).append(found)
    concerned = {sheet for sheet, _ in wanted}
    by_name = {sheet.name: sheet for sheet in workbook.sheets}
    returned = []
    for header in headers:
        if header.sheet not in concerned:
            continue
        concerned.remove(header.sheet)  # lists side by side are handed back as one sheet
        rows = [
            ReturnedRow(number, cells, tuple(wanted.get((header.sheet, number), ())))
            for number, cells in enumerate(by_name[header.sheet].rows, 1)
            if number <= header.last + 1 or (header.sheet, number) in wanted
        ]
        returned.append(ReturnedSheet(header.sheet, header, tuple(rows)))
    return tuple(returned)
