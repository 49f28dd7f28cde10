"""Tells a row of a list from titles, totals, legends and notes (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import lru_cache

from app.core.parsing.cells import folded, plain
from app.core.parsing.sheet_rows_packed import Cell, Row


class RowKind(StrEnum):
    """What a row is; all but DATA are skipped and counted under their value."""

    DATA = "data"
    BLANK = "blank"
    TOTAL = "total"
    HEADER = "header"
    LEGEND = "legend"
    NOTE = "note"
    TITLE = "title"


_TOTAL = re.compile(
    r".{0,12}?(小计|合计|总计|共计|累计|总合计|平均)([:：(（].*|\d.*)?|共\d+[户套间条行].*"
)
_NOTE = re.compile(
    r"(注|备注|说明|填表说明|附注|提示|填表人|制表人?|审核人?|复核|经办人?|打印(人|时间|日期)"
    r"|制表(日期|时间)|(填报|编制|管理|服务|所属)?(单位|部门)|日期|填报日期|负责人|盖章|图例"
    r")\d{0,2}[:：].*|第\d+页.*|[※*★●].*|\d+[、.．][^\d].{8,}",
    re.DOTALL,
)
# What stands before a value of its own below a list: 打印日期 | 2026-11-20.
_SIGNED = re.compile(
    r"(填表|制表|审核|复核|经办|打印|填报|统计|导出|负责)(人|员|时间|日期)?|日期|时间|图例|盖章|备注说明"
)
_BRACKETED = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_LONG = 24  # characters; no room, building or name is longer without being an explanation


def row_kind(
    row: Row,
    labels: Sequence[str],
    keys: frozenset[int],
    speaks: Callable[[str], bool] | None = None,
    telling: Callable[[str], bool] | None = None,
) -> RowKind:
    """What `row` is below a header with these `labels`, whose key columns are `keys`.

    `speaks` knows the lone texts that say something about the rows below, `telling` those that
    are somebody: a row of the list that lost its room, not a note.
    """
    filled = [index for index, cell in enumerate(row) if cell != ""]
    if not any(plain(row[index]) for index in filled):
        return RowKind.BLANK
    first = row[filled[0]]
    if isinstance(first, str) and _alike(first, _label(labels, filled[0])):
        repeated = filled[0] in keys or _repeats(row, filled, labels)
        return RowKind.HEADER if repeated else RowKind.DATA
    paper = _paper_kind(row, filled, keys)
    if paper is not None:
        return paper
    if len(filled) > 3 and any(index in keys for index in filled):
        return RowKind.DATA
    if not any(_label(labels, index) for index in filled):
        return RowKind.LEGEND
    return _sparse_kind(row, filled, keys, speaks, telling)


def _paper_kind(row: Row, filled: list[int], keys: frozenset[int]) -> RowKind | None:
    """A total, a signature, or notes in brackets; a room that stands first is none of them."""
    first = row[filled[0]]
    full = len(filled) > 3 and any(index in keys for index in filled)
    if not full or isinstance(first, str):
        named = filled[0] in keys and any(map(str.isdigit, plain(first)))
        for index in filled[: 1 if named else 2]:
            cell = row[index]
            if isinstance(cell, str) and _is_total(cell):
                return RowKind.TOTAL
    if isinstance(first, str) and _is_signed(first):
        return RowKind.NOTE
    # (㎡) and (必填) below the titles
    return RowKind.NOTE if all(_is_bracketed(row[index]) for index in filled) else None


def _sparse_kind(
    row: Row,
    filled: list[int],
    keys: frozenset[int],
    speaks: Callable[[str], bool] | None,
    telling: Callable[[str], bool] | None,
) -> RowKind:
    """Judge a row with few cells, where notes and titles hide."""
    first = plain(row[filled[0]])
    in_key = any(index in keys for index in filled)
    if len(filled) == 1:
        if speaks and speaks(first):
            return RowKind.TITLE
        if telling and telling(first):
            return RowKind.DATA
        is_note = not in_key or len(first) > _LONG or not any(sign.isdigit() for sign in first)
    else:
        is_note = not in_key and len(first) > _LONG
    if _NOTE.fullmatch(first) and (len(filled) <= 3 or not in_key):
        is_note = True
    return RowKind.NOTE if is_note else RowKind.DATA


# The first cells of rows are mostly the same few buildings and entrances.
@lru_cache(maxsize=4096)
def _alike(cell: str, label: str) -> bool:
    return cell == label or folded(cell) == folded(label)


@lru_cache(maxsize=4096)
def _is_total(cell: str) -> bool:
    return _TOTAL.fullmatch(folded(cell)) is not None


@lru_cache(maxsize=4096)
def _is_signed(cell: str) -> bool:
    return _SIGNED.fullmatch(folded(cell)) is not None


def _is_bracketed(cell: Cell) -> bool:
    return isinstance(cell, str) and _BRACKETED.fullmatch(cell.strip()) is not None


def is_about_the_paper(first: str) -> bool:
    """Whether a row that begins like this says who made the list and when: ``制表人 | 王五``."""
    text = plain(first)
    return bool(_is_signed(first) or _is_total(first) or _NOTE.fullmatch(text)) or len(text) > _LONG


def _repeats(row: Row, filled: list[int], labels: Sequence[str]) -> bool:
    """Whether most filled cells say again what the header says."""
    same = sum(folded(row[index]) == folded(_label(labels, index)) for index in filled)
    return same * 2 > len(filled)


def _label(labels: Sequence[str], index: int) -> str:
    return labels[index] if index < len(labels) else ""
