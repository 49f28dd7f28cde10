"""Recognises rows that name columns anew, wherever in a sheet they stand (pure)."""

from __future__ import annotations

from app.core.parsing.cells import folded
from app.core.parsing.sheet_rows_packed import Cell, Row
from app.core.sheets.labels import LONGEST, index_of, look_up
from app.core.sheets.layout import Header, Layout


class Scan:
    """Knows rows that name columns; texts that were looked up once are remembered."""

    def __init__(self, layout: Layout) -> None:
        self.index = index_of(layout)
        self.keys = layout.keys
        self.known: dict[str, str | None] = {}

    def is_header(self, row: Row, *, fresh: bool = False) -> bool:
        """Whether at least two and half of the cells are titles, and none is a number.

        `fresh`: below a title or a blank row, or where a text stands in place of a key, one known
        title or three words are enough to look.
        """
        texts = [cell for cell in row if cell != ""]
        if len(texts) < 2 or not all(isinstance(cell, str) for cell in texts):
            return False
        found: set[str] = set()
        hits = 0
        for place, cell in enumerate(texts):
            name = self._meaning(cell)
            if name:
                found.add(name)
                hits += 1
            elif place > 3 and not hits and not fresh:
                return False
        if len(found) > 1 and hits * 2 >= len(texts):
            return True
        words = "".join(map(str, texts))
        wordy = hits > 0 or len(texts) > 2
        return fresh and wordy and not any(map(str.isdigit, words))

    def _meaning(self, cell: Cell) -> str | None:
        if not isinstance(cell, str) or len(cell) > LONGEST:
            return None
        if cell not in self.known:
            if len(self.known) > 20_000:
                self.known.clear()
            hit = look_up(cell, "", self.index, set())
            self.known[cell] = hit[0] if hit else None
        return self.known[cell]


def says_again(row: Row, header: Header, names: set[str]) -> bool:
    """Whether a row repeats the header where it stands, as at the top of a printed page."""
    return all(
        cell == ""
        or (index < len(header.labels) and folded(cell) == folded(header.labels[index]))
        or (header.first < header.last and folded(cell) in names)
        for index, cell in enumerate(row)
    )
