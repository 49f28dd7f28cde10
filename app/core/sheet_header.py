"""Finds the header of an office's own sheet and matches its columns to ours (pure)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from app.core.cells import plain
from app.core.sheet import Column, Header, Layout
from app.core.sheet_questions import Corrections
from app.core.workbook import SheetData

ROWS_TO_SEARCH = 20

_BRACKETS = re.compile(r"[(\[{【〔<《「].*?[)\]}】〕>》」]")
_MARKS = re.compile(r"[\s*★☆:：/\\|_、,，.。\-—·'\"“”?？!！#]")
_TAIL_NUMBER = re.compile(r"(?<=\D)[1-9一二三]$")
_CAPTION_TAIL = re.compile(r"(信息|资料|情况|基本|登记|档案|一览)+表?$")


@lru_cache(maxsize=4096)
def label_key(label: str) -> str:
    """A header reduced to what tells headers apart: no space, bracket, unit, mark or case."""
    text = unicodedata.normalize("NFKC", label).casefold()
    return _MARKS.sub("", _BRACKETS.sub("", text))


@lru_cache(maxsize=4096)
def _full_key(label: str) -> str:
    """Like `label_key` with the words in brackets kept: 电话(业主) → 电话业主."""
    text = unicodedata.normalize("NFKC", label).casefold()
    return _MARKS.sub("", re.sub(r"[()\[\]{}【】〔〕<>《》「」]", "", text))


def find_header(
    sheet: SheetData, layout: Layout, corrections: Corrections | None = None
) -> Header | None:
    """The header of `sheet`: one or two of its first 20 rows, or None.

    A header that the user has matched before is taken as corrected. Otherwise the place with
    the most matched columns wins, the upper and the shorter one among equals.
    """
    best: Header | None = None
    for header in _candidates(sheet, layout):
        known = (corrections or {}).get(header.fingerprint)
        if known is not None:
            return _corrected(header, known, layout)
        matched = set(header.fields.values())
        if not layout.keys <= matched or (layout.besides and not layout.besides & matched):
            continue
        if best is None or len(header.fields) > len(best.fields):
            best = header
    return best


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
    return Header(
        header.sheet, header.first, header.last, header.labels, header.captions, fields,
        header.fingerprint,
    )  # fmt: skip


def _candidates(
    sheet: SheetData, layout: Layout, levels: tuple[int, ...] = (1, 2)
) -> Iterator[Header]:
    rows = sheet.rows[: ROWS_TO_SEARCH + 1]
    texts = [[_text(cell) for cell in row] for row in rows]
    for first, row in enumerate(texts[:ROWS_TO_SEARCH]):
        if sum(map(bool, row)) == 0:
            continue
        for level in levels:
            last = first + level - 1
            if last >= len(texts):
                continue
            if level == 1:
                labels, captions = tuple(row), ("",) * len(row)
            else:
                labels, captions = _two_levels(sheet, texts, first)
            fields = match(labels, captions, layout)
            yield Header(
                sheet.name, first, last, labels, captions, fields, _fingerprint(labels, captions)
            )


def _text(cell: object) -> str:
    return plain(cell) if isinstance(cell, str) and len(cell) <= 120 else ""


def _two_levels(
    sheet: SheetData, texts: list[list[str]], first: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels and captions by column of a header on two rows.

    A caption reaches over the columns it is merged with; where the file does not tell merged
    cells, over the blank ones to its right that have a label below.
    """
    upper, lower = texts[first], texts[first + 1]
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


def match(labels: tuple[str, ...], captions: tuple[str, ...], layout: Layout) -> dict[int, str]:
    """Match headers to columns by their synonyms: column index → name, never a guess.

    Where two headers mean one column, the more telling synonym wins and the other stays open.
    """
    index = _index(layout)
    neutral = {label_key(group) for group in layout.groups}
    found: dict[str, list[tuple[int, int]]] = {}
    for place, label in enumerate(labels):
        if label:
            hit = _look_up(label, captions[place], index, neutral)
            if hit:
                found.setdefault(hit[0], []).append((hit[1], place))
    fields: dict[int, str] = {}
    for name, hits in found.items():
        chosen = sorted(hits)
        if not layout.column(name).several:
            chosen = chosen[:1]
        fields.update((place, name) for _, place in chosen)
    if layout.settle:
        fields = layout.settle(labels, captions, fields)
    return dict(sorted(fields.items()))


def _look_up(
    label: str, caption: str, index: Mapping[str, tuple[str, int]], neutral: set[str]
) -> tuple[str, int] | None:
    """The column that a header means, with the rank of the synonym."""
    keys = list(dict.fromkeys((_full_key(label), label_key(label))))
    keys += [_TAIL_NUMBER.sub("", key) for key in keys]
    above = label_key(caption)
    core = _CAPTION_TAIL.sub("", above)
    if above and above not in neutral and core not in neutral:
        keys = [prefix + key for prefix in (above, core) for key in keys] + [
            key for key in keys if core and key.startswith(core)
        ]
    if above:  # 建筑 and 套内 under 面积, 业主 and 租户 under 电话
        keys += [label_key(label) + above]
    return next((index[key] for key in keys if key in index), None)


@lru_cache(maxsize=32)
def _index(layout: Layout) -> dict[str, tuple[str, int]]:
    """Key of a synonym → column and rank; the first column that claims a synonym has it."""
    index: dict[str, tuple[str, int]] = {}
    for column in layout.columns:
        for rank, synonym in enumerate(_synonyms(column)):
            index.setdefault(label_key(synonym), (column.name, rank))
    return index


def _synonyms(column: Column) -> tuple[str, ...]:
    return (*column.synonyms, column.label, column.name)


def _fingerprint(labels: tuple[str, ...], captions: tuple[str, ...]) -> str:
    """Equal for headers with the same texts in the same columns."""
    named = [f"{label_key(a)}/{_full_key(b)}" for a, b in zip(captions, labels, strict=True)]
    while named and named[-1] == "/":
        named.pop()
    return hashlib.sha256("\n".join(named).encode()).hexdigest()[:32]
