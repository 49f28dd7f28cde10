"""Rows of a sheet as the rest of the house sees them, kept packed until they are looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias, overload

ROWS_PER_BLOCK = 500


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell whose formula failed; `text` is what the spreadsheet shows, such as ``#N/A``."""

    text: str

    def __str__(self) -> str:
        return self.text


# A blank cell is the empty string; a date with a time of day is a datetime.
Cell: TypeAlias = str | int | float | date | datetime | CellError
Row: TypeAlias = list[Cell]


class PackedRows(Sequence[Row]):
    """The rows of one sheet, index 0 being row 1; rows may be shorter than the sheet is wide.

    A million cells stay packed as about ten megabytes of JSON and are unpacked block by block,
    so that walking over them needs the memory of one block.
    """

    def __init__(self, blocks: Sequence[bytes] = ()) -> None:
        """Take the packed `blocks`: JSON of 500 rows each, the last one of what is left."""
        self._blocks = tuple(blocks)
        self._open: tuple[int, list[Row]] = (-1, [])
        self._length = 0
        if self._blocks:
            self._length = (len(blocks) - 1) * ROWS_PER_BLOCK + len(unpack(self._blocks[-1]))

    @classmethod
    def of(cls, rows: Sequence[Sequence[Cell]]) -> PackedRows:
        """Pack rows made in the program, for tests and for data that come from no file."""
        blocks = [
            json.dumps([list(row) for row in rows[place : place + ROWS_PER_BLOCK]], default=_tagged)
            for place in range(0, len(rows), ROWS_PER_BLOCK)
        ]
        return cls([block.encode() for block in blocks])

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Row]:
        for block in self._blocks:
            yield from unpack(block)

    def between(self, start: int, stop: int) -> Iterator[Row]:
        """Yield the rows from index `start` to before `stop`; other blocks stay packed."""
        stop = min(stop, self._length)
        for number in range(start // ROWS_PER_BLOCK, -(-stop // ROWS_PER_BLOCK)):
            first = number * ROWS_PER_BLOCK
            yield from unpack(self._blocks[number])[max(start - first, 0) : stop - first]

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(self._length))]
        if index < 0:
            index += self._length
        if not 0 <= index < self._length:
            raise IndexError(index)
        number, place = divmod(index, ROWS_PER_BLOCK)
        if self._open[0] != number:
            self._open = (number, unpack(self._blocks[number]))
        return self._open[1][place]


def unpack(block: bytes) -> list[Row]:
    """Turn a block of JSON into rows.

    :raises ValueError: it is not what the reading process writes.
    """
    rows = json.loads(block, object_hook=_untagged)
    if not isinstance(rows, list):
        raise ValueError(block[:20])
    return rows


def _untagged(content: dict[str, Any]) -> Cell:
    if "d" in content:
        text = str(content["d"])
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    return CellError(str(content["e"]))


def _tagged(value: object) -> dict[str, str]:
    if isinstance(value, CellError):
        return {"e": value.text}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    raise TypeError(value)
