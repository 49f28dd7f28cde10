"""Finds the header of an office's own sheet and matches its columns to ours (pure).

Titles are evidence, and so is what stands below them: a layout may weigh both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.core.parsing.cells import plain
from app.core.parsing.sheet_rows_packed import Cell, Row
from app.core.sheets.labels import LONGEST, fingerprint, titled
from app.core.sheets.layout import NO_END, ColumnDoubt, Header, Layout, Seen, Weighed
from app.core.sheets.questions import Corrections
from app.core.sheets.row_kinds import is_about_the_paper
from app.core.sheets.scan import Scan
from app.core.workbook.reader import SheetData

ROWS_TO_SEARCH = 20
_SAMPLES, _SAMPLED_ROWS = 40, 150
_VALUE = re.compile(r"\d{3}(?!\d?年)")
_DIGIT = re.compile(r"\d")
_YEARS, _MONTHS = range(1990, 2100), range(1, 32)


def find_header(
    sheet: SheetData,
    layout: Layout,
    corrections: Corrections | None = None,
    *,
    start: int = 0,
    stop: int = NO_END,
    rows: int = ROWS_TO_SEARCH,
) -> Header | None:
    """The header of `sheet`: one or two of its first 20 rows from `start`, or None.

    A header that the user has matched before is taken as corrected. Otherwise the first place
    wins, with the reading that knows the most titles, on one row among equals. A header whose
    values say that it is another list has a `refusal`; it is the answer if no other is found.
    """
    best: Header | None = None
    for header in _candidates(sheet, layout, start=start, rows=rows):
        chosen = (corrections or {}).get(header.fingerprint)
        if chosen is not None:
            return _corrected(header, chosen, layout)
        known = set(header.fields.values())
        if not (known or _is_wordy(header)) or sum(map(bool, header.labels)) < 2:
            continue
        weighed = _weighed(sheet, header, layout, stop)
        if not weighed.refusal and not is_list(weighed, layout):
            continue
        if best and not best.refusal and header.first > best.last:
            break  # a list of its own, below the first one
        if best is None or _is_better(weighed, best, layout):
            best = weighed
    return best


def _is_wordy(header: Header) -> bool:
    """Whether a row of unknown texts may name columns: at least three, and no value."""
    labels = [label for label in header.labels if label]
    return len(set(labels)) > 2 and not any(_DIGIT.search(label) for label in labels)


def is_list(header: Header, layout: Layout) -> bool:
    """Whether the matched columns make a list of this layout."""
    matched = set(header.fields.values())
    return layout.keys <= matched and bool(not layout.besides or layout.besides & matched)


def _is_better(header: Header, best: Header, layout: Layout) -> bool:
    if bool(header.refusal) != bool(best.refusal):
        return not header.refusal
    return _known_titles(header, layout) > _known_titles(best, layout)


def _known_titles(header: Header, layout: Layout) -> tuple[int, int]:
    """How much a header says: titles that are known, also those that lists beside each other
    repeat, and columns that they mean."""
    known = sum(1 for _ in titled(header.labels, header.captions, layout))
    return known, len(header.fields)


def guess_header(sheet: SheetData, layout: Layout) -> Header | None:
    """The row that looks most like a header when none was found, for the user to match by hand.

    It is the row with the most different short texts (three at least), matched as far as known.
    """
    best: tuple[int, Header] | None = None
    for header in _candidates(sheet, layout, levels=(1,)):
        texts = {label for label in header.labels if label and len(label) <= 20}
        words = sum(not any(sign.isdigit() for sign in label) for label in texts)
        if words >= 3 and (best is None or words > best[0]):
            best = (words, header)
    return best[1] if best else None


def _corrected(header: Header, known: Mapping[int, str], layout: Layout) -> Header:
    names = {column.name for column in layout.columns}
    fields = {
        index: name
        for index, name in sorted(known.items())
        if name in names and index < len(header.labels)
    }
    return replace(header, fields=fields)


def _candidates(
    sheet: SheetData,
    layout: Layout,
    levels: tuple[int, ...] = (1, 2),
    *,
    start: int = 0,
    rows: int = ROWS_TO_SEARCH,
) -> Iterator[Header]:
    texts = [[_text(cell) for cell in row] for row in sheet.rows.between(start, start + rows + 1)]
    for place, row in enumerate(texts[:rows]):
        if sum(map(bool, row)) == 0:
            continue
        first = start + place
        for level in levels:
            last = first + level - 1
            if place + level > len(texts):
                continue
            if level > 1 and any(map(_is_a_value, sheet.rows[first + 1])):
                continue
            if level == 1:
                labels, captions = tuple(row), ("",) * len(row)
            else:
                labels, captions = _two_levels(sheet, row, texts[place + 1], first)
            fields, _ = match(labels, captions, layout)
            mark = fingerprint(labels, captions)
            yield Header(sheet.name, first, last, labels, captions, fields, mark)


def _text(cell: Cell) -> str:
    return plain(cell) if isinstance(cell, str) and len(cell) <= LONGEST else ""


def _is_a_value(cell: Cell) -> bool:
    """Whether a cell belongs below a header: an amount, a phone, a room and no title."""
    if isinstance(cell, str):
        return _VALUE.search(cell) is not None
    return not isinstance(cell, int | float) or not (cell in _YEARS or cell in _MONTHS)


def _two_levels(
    sheet: SheetData, upper: list[str], lower: list[str], first: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels and captions by column of a header on two rows.

    A caption reaches over the columns it is merged with; where the file does not tell merged
    cells, over the blank ones to its right that have a label below.
    """
    width = max(len(upper), len(lower))
    upper = upper + [""] * (width - len(upper))
    lower = lower + [""] * (width - len(lower))
    spread = list(upper)
    for top, left, _, right in sheet.merged:
        if top == first and left < width:
            for index in range(left + 1, min(right + 1, width)):
                spread[index] = upper[left]
    if not sheet.merged:
        for index in range(1, width):
            if not upper[index] and lower[index] and lower[index - 1]:
                spread[index] = spread[index - 1]
    labels = tuple(lower[index] or upper[index] for index in range(width))
    captions = tuple(spread[index] if lower[index] else "" for index in range(width))
    return labels, captions


def match(
    labels: tuple[str, ...], captions: tuple[str, ...], layout: Layout
) -> tuple[dict[int, str], dict[int, str]]:
    """Match headers to columns by their synonyms: column index → name, never a guess.

    Where two headers mean one column, the more telling synonym wins; the others are the rivals
    in the second answer.
    """
    found: dict[str, list[tuple[int, int]]] = {}
    for place, name, rank in titled(labels, captions, layout):
        found.setdefault(name, []).append((rank, place))
    fields: dict[int, str] = {}
    rivals: dict[int, str] = {}
    for name, hits in found.items():
        chosen = sorted(hits)
        if not layout.column(name).several:
            rivals.update((place, name) for _, place in chosen[1:])
            chosen = chosen[:1]
        fields.update((place, name) for _, place in chosen)
    if layout.settle:
        fields = layout.settle(labels, captions, fields)
    return dict(sorted(fields.items())), rivals


def _weighed(sheet: SheetData, header: Header, layout: Layout, stop: int) -> Header:
    """The header with what the values below it say."""
    if layout.weigh is None:
        return header
    fields, rivals = match(header.labels, header.captions, layout)
    samples = samples_below(sheet, header, Scan(layout), stop)
    seen = Seen(sheet.name, header.labels, header.captions, fields, rivals, samples)
    found: Weighed = layout.weigh(seen)
    doubts: tuple[ColumnDoubt, ...] = found.doubts
    return replace(
        header, fields=dict(sorted(found.fields.items())), doubts=doubts, refusal=found.refusal
    )


def samples_below(
    sheet: SheetData, header: Header, scan: Scan, stop: int
) -> tuple[tuple[Cell, ...], ...]:
    """The first filled cells of each column below a header, without lone texts.

    They end where another list may begin: at the next header, a title or a blank row.
    """
    first = header.last + 1
    found: list[list[Cell]] = [[] for _ in header.labels]
    rows, titles = 0, sum(map(bool, header.labels))
    for row in sheet.rows.between(first, min(stop, first + _SAMPLED_ROWS)):
        if len(row) - row.count("") < 2 and titles > 1:
            if rows > 1:
                break
            continue
        if rows and scan.is_header(row, fresh=True):
            break
        if is_about_the_paper(str(next((cell for cell in row if cell != ""), ""))):
            continue
        _collect(row, found)
        rows += 1
    return tuple(map(tuple, found))


def _collect(row: Row, found: list[list[Cell]]) -> None:
    for index, cell in enumerate(row[: len(found)]):
        if cell != "" and len(found[index]) < _SAMPLES:
            found[index].append(cell)
