"""What an uploaded file may cost before it is refused, and the refusal itself."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one reading; the defaults let 50,000 rows of 20 columns through with ease.

    Bytes unless said otherwise. `inflated`, `ratio` and `members` concern zip packages,
    `cells` the rectangle that the used cells of a sheet span, `output` the rows handed back.
    """

    upload: int = 20 * MEBIBYTE
    members: int = 2_000
    inflated: int = 160 * MEBIBYTE
    ratio: int = 300
    rows: int = 200_000
    columns: int = 512
    cells: int = 6_000_000
    output: int = 64 * MEBIBYTE
    memory: int = 768 * MEBIBYTE
    seconds: float = 20.0

    def seconds_for(self, size: int) -> float:
        """Time to read a file of `size` bytes: a small file is answered within five seconds."""
        return min(self.seconds, 4.0 + 1.5 * size / MEBIBYTE)

    def memory_for(self, size: int) -> int:
        """Address space for a file of `size` bytes: a small file cannot take much."""
        return min(self.memory, 224 * MEBIBYTE + 40 * size)


class Refused(Exception):
    """The file is not read; `reason` is a key of `workbook.SENTENCES`, `details` its places."""

    def __init__(self, reason: str, **details: str | int) -> None:
        self.reason = reason
        self.details = details
        super().__init__(reason)
