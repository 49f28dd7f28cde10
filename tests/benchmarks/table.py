"""The table that a measurement prints: what was measured, its baseline, the ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line: figures as text with their unit, the ratio as a number (None: no baseline)."""

    name: str
    measured: str
    baseline: str
    ratio: float | None
    note: str = ""


def show(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| what | measured | baseline | ratio | note |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.name} | {row.measured} | {row.baseline} | "
        f"{'' if row.ratio is None else f'{row.ratio:.2f}×'} | {row.note} |"
        for row in rows
    ]
    return "\n".join(lines)
