"""Opens the compound file (OLE) that wraps an xls workbook or an encrypted xlsx."""

from __future__ import annotations

import struct

from app.core.workbook.limits import Refused

_END = 0xFFFFFFFC  # this and larger numbers are no sector
_HEADER = 76
_ENTRY = 128


class Compound:
    """The named streams of a compound file; damaged chains are refused, loops cut short."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512:
            raise Refused("broken")
        self._data = data
        shift, self._mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or self._mini_shift != 6:
            raise Refused("broken")
        self._size = 1 << shift
        first, self._cutoff, mini_first = struct.unpack_from("<I4xII", data, 48)
        self._fat = self._sector_numbers(self._allocation())
        directory = self._chain(first)
        self._entries = [
            directory[place : place + _ENTRY]
            for place in range(0, len(directory) - _ENTRY + 1, _ENTRY)
        ]
        if not self._entries:
            raise Refused("broken")
        mini = self._chain(mini_first) if mini_first < _END else b""
        self._mini_fat = list(struct.unpack(f"<{len(mini) // 4}I", mini[: len(mini) // 4 * 4]))

    @property
    def names(self) -> set[str]:
        """Names of all streams and storages, in small letters (the format ignores case)."""
        return {_name(entry) for entry in self._entries}

    def stream(self, name: str) -> bytes:
        """Bytes of the stream `name`.

        :raises Refused: there is none, or its sectors do not exist.
        """
        for entry in self._entries:
            if _name(entry) == name:
                start, size = struct.unpack_from("<II", entry, 116)
                if size < self._cutoff:
                    return self._mini_chain(start)[:size]
                return self._chain(start)[:size]
        raise Refused("broken")

    def _allocation(self) -> list[int]:
        """Numbers of the sectors that hold the allocation table."""
        data = self._data
        numbers = list(struct.unpack_from("<109I", data, _HEADER))
        more, count = struct.unpack_from("<II", data, 68)
        for _ in range(min(count, len(data) // self._size)):
            if more >= _END:
                break
            table = struct.unpack(f"<{self._size // 4}I", self._sector(more))
            numbers.extend(table[:-1])
            more = table[-1]
        return [number for number in numbers if number < _END]

    def _sector_numbers(self, sectors: list[int]) -> list[int]:
        if len(sectors) > len(self._data) // self._size + 1:
            raise Refused("broken")
        table = b"".join(self._sector(number) for number in sectors)
        return list(struct.unpack(f"<{len(table) // 4}I", table))

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        sector = self._data[start : start + self._size]
        if not sector:
            raise Refused("broken")
        return sector.ljust(self._size, b"\0")

    def _chain(self, number: int) -> bytes:
        sectors: list[bytes] = []
        while number < _END:
            if number >= len(self._fat) or len(sectors) > len(self._fat):
                raise Refused("broken")
            sectors.append(self._sector(number))
            number = self._fat[number]
        return b"".join(sectors)

    def _mini_chain(self, number: int) -> bytes:
        root = self._chain(struct.unpack_from("<I", self._entries[0], 116)[0])
        pieces: list[bytes] = []
        while number < _END:
            if number >= len(self._mini_fat) or len(pieces) > len(self._mini_fat):
                raise Refused("broken")
            start = number << self._mini_shift
            pieces.append(root[start : start + (1 << self._mini_shift)])
            number = self._mini_fat[number]
        return b"".join(pieces)


def _name(entry: bytes) -> str:
    length = struct.unpack_from("<H", entry, 64)[0]
    return entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower()
