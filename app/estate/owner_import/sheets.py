"""The rows of an uploaded file as its sheets have them, kept in pages so that any is quick to show.

Each row tells of every filled cell what became of it, and what is wrong with it. One file of
lines for a sheet; where its pages begin is remembered, so fifty thousand rows cost nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.core.i18n.sentences import sentence
from app.core.sheets.account import Fate
from app.core.values.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.core.sheets.account import RowView, SheetAccount
    from app.core.sheets.layout import CellFault
    from app.estate.owner_file.rows import OwnerFile

PER_PAGE = 50
MOST_ODD = 2_000
"""Rows with a problem, or left out, that are listed by themselves."""
QUIET = frozenset(
    {
        Fate.STORED,
        Fate.NOTHING,
        Fate.BLANK,
        Fate.HEADER,
        Fate.TITLE,
        Fate.COLUMN,
    }
)
"""What becomes of cells in rows that need no look."""


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """One page of a sheet: its rows, and the heads that stand over them."""

    place: int
    name: str
    rows: list[dict[str, Any]]
    width: int
    page: int
    last_page: int
    only_odd: bool


def store(folder: Path, file: OwnerFile) -> list[dict[str, Any]]:
    """Write down every sheet; the answer is what is known of each without its rows."""
    problems: dict[str, dict[int, list[CellFault]]] = {}
    for problem in file.problems:
        problems.setdefault(problem.sheet, {}).setdefault(problem.row, []).append(problem)
    return [
        _store(folder / f"sheet-{place}.jsonl", account, problems.get(account.name, {}))
        for place, account in enumerate(file.accounting.sheets)
    ]


def _store(
    path: Path, account: SheetAccount, problems: dict[int, list[CellFault]]
) -> dict[str, Any]:
    pages, odd, width, left = [0], [], 0, 0
    offset = count = 0
    with path.open("wb") as out:
        for view in account.walk():
            wrong = problems.get(view.number, ())
            line = _line(view, wrong)
            fates = set(view.fates.values())
            outside = not fates <= QUIET
            left += outside and Fate.REPORTED not in fates
            if (wrong or outside) and len(odd) < MOST_ODD:
                odd.append(offset)
            offset += out.write(line)
            width = max(width, len(view.cells))
            count += 1
            if count % PER_PAGE == 0:
                pages.append(offset)
    return {
        "name": account.name,
        "rows": count,
        "width": width,
        "pages": pages[: max(1, -(-count // PER_PAGE))],
        "odd": odd,
        "left_rows": left,
        "whole": account.whole.value if account.whole else "",
        "heads": [
            {
                "row": one.header.last + 1,
                "left": one.header.left,
                "right": one.header.right,
                "fingerprint": one.header.fingerprint,
                "labels": list(one.header.labels),
                "fields": {str(index): name for index, name in one.header.fields.items()},
            }
            for one in account.lists
        ],
    }


def _line(view: RowView, problems: Any) -> bytes:
    facts: dict[str, Any] = {"n": view.number, "c": view.cells}
    # What most cells of most rows are, stored, is not written down.
    fates = {index: fate.value for index, fate in view.fates.items() if fate is not Fate.STORED}
    if fates:
        facts["f"] = fates
    if problems:
        facts["p"] = [
            [one.index, sentence(DomainError(one.message, **one.params)), one.is_error]
            for one in problems
        ]
    return json.dumps(facts, ensure_ascii=False).encode() + b"\n"


def page(
    folder: Path, sheets: list[dict[str, Any]], place: int, number: int, *, only_odd: bool
) -> ShownSheet | None:
    """A page of a sheet; None where there is no such sheet. Beyond the end is the last page."""
    if not 0 <= place < len(sheets):
        return None
    sheet = sheets[place]
    count = len(sheet["odd"]) if only_odd else sheet["rows"]
    last = max(1, -(-count // PER_PAGE))
    number = min(max(number, 1), last)
    with (folder / f"sheet-{place}.jsonl").open("rb") as lines:
        rows = list(
            _odd(lines, sheet["odd"], number) if only_odd else _all(lines, sheet["pages"], number)
        )
    return ShownSheet(place, sheet["name"], rows, sheet["width"], number, last, only_odd)


def _all(lines: Any, pages: list[int], number: int) -> Iterator[dict[str, Any]]:
    lines.seek(pages[number - 1])
    for _ in range(PER_PAGE):
        if not (line := lines.readline()):
            return
        yield _read(line)


def _odd(lines: Any, odd: list[int], number: int) -> Iterator[dict[str, Any]]:
    for offset in odd[(number - 1) * PER_PAGE : number * PER_PAGE]:
        lines.seek(offset)
        yield _read(lines.readline())


def _read(line: bytes) -> dict[str, Any]:
    """A row: number, cells as (text, fate, messages), and what concerns the whole row."""
    facts = json.loads(line)
    fates, told = facts.get("f", {}), facts.get("p", [])
    return {
        "number": facts["n"],
        "cells": [
            {
                "text": text,
                "fate": fates.get(str(index), "stored" if text else ""),
                "told": [message for place, message, _ in told if place == index],
                "bad": any(place == index and error for place, _, error in told),
            }
            for index, text in enumerate(facts["c"])
        ],
        "told": [message for place, message, _ in told if place is None],
        "bad": any(error for _, _, error in told),
    }
