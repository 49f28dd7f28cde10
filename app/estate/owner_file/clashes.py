"""Keeps out lists of one sheet that name the same rooms: their buildings are not told (pure).

A title above the first of several lists says nothing of the others. The rooms that happen to
stand in one of them only would be given to the wrong building.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from app.core.parsing.cells import Severity
from app.core.sheets.layout import CellFault, Header
from app.core.values.errors import N_
from app.estate.owner_file.rows import OwnerRow

_SAME_ROOMS = N_(
    "Lists of this sheet name the same rooms, so the building of %(room)s is not sure; write a "
    "title with the building above each list, or a column 楼栋."
)


def clashes(rows: Sequence[OwnerRow], headers: Sequence[Header], out: Sequence[int]) -> list[int]:
    """The positions of the rows that stay out with their list.

    `headers` are the lists of the rows, `out` the positions of rooms that stand there twice.
    One room in common is enough for lists side by side, two for lists below one another, where
    a single one is more likely a slip.
    """
    lists: dict[object, dict[tuple[str, int, int], Header]] = {}
    for position in out:
        header = headers[position]
        lists.setdefault(rows[position].key, {})[_mark(header)] = header
    common: dict[tuple[tuple[str, int, int], ...], int] = {}
    for named in lists.values():
        for pair in combinations(sorted(named), 2):
            if pair[0][0] == pair[1][0]:
                common[pair] = common.get(pair, 0) + 1
    bad = {
        mark
        for pair, count in common.items()
        if count > 1 or pair[0][1] == pair[1][1]
        for mark in pair
    }
    if not bad:
        return []
    known = set(out)
    return [at for at, header in enumerate(headers) if _mark(header) in bad and at not in known]


def same_rooms(row: OwnerRow) -> CellFault:
    """The error of a row that stays out with its list."""
    return CellFault(
        row.sheet,
        row.row,
        "房号",
        row.key.code,
        "DUP_ROOM",
        Severity.ERROR,
        _SAME_ROOMS,
        {"room": row.key.code},
    )


def _mark(header: Header) -> tuple[str, int, int]:
    return header.sheet, header.first, header.left
