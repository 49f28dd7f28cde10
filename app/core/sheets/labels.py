"""Reduces what offices write above a column to what tells columns apart (pure)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from app.core.sheets.layout import Layout, SheetColumn

_BRACKETS = re.compile(r"[(\[{【〔<《「].*?[)\]}】〕>》」]", re.DOTALL)
_MARKS = re.compile(r"[\s*★☆▲●※:：/\\|_、,，.。\-—·'\"“”?？!！#]")
_TAIL_NUMBER = re.compile(r"(?<=\D)[1-9一二三]$")
_CAPTION_TAIL = re.compile(r"(信息|资料|情况|基本|登记|档案|一览)+表?$")
# 建筑面积㎡ and 建筑面积 平方米 are 建筑面积; 1.房号 and ①房号 are 房号.
_UNIT = re.compile(r"(?<=.)(单位)?(m2|m²|㎡|平方米|平米|平方|元/月|元)$")
_ORDER = re.compile(r"^(\d{1,2}[.、)]|[①-⑳])\s*(?=\D)")
_DUTY = re.compile(r"^(必填项?|选填项?|可空)|(必填项?|选填项?|条件必填|可空|可不填)$")
# Notes that say whose or what it is: 电话(租户) is nobody else's, 面积(套内) no other area.
_TELLING = re.compile(
    "租|使用人|紧急|应急|配偶|家属|亲属|子女|共有|代理|委托|管家|中介|原业主|前业主|公司"
    "|套内|公摊|分摊|赠送|地下室|露台|阁楼|花园|车位|储藏|使用面积|计费|收费|预测"
)
_NOTES = re.compile(r"[(\[{【〔<《「](.*?)[)\]}】〕>》」]", re.DOTALL)
# What is longer is a sentence, and a cell with a sentence names no column.
LONGEST = 120


@lru_cache(maxsize=4096)
def label_key(label: str) -> str:
    """A header reduced to what tells headers apart: no space, bracket, unit, mark or case."""
    return _reduced(_BRACKETS.sub("", _half(label)))


@lru_cache(maxsize=4096)
def full_key(label: str) -> str:
    """Like `label_key` with the words in brackets kept: 电话(业主) → 电话业主."""
    return _MARKS.sub("", re.sub(r"[()\[\]{}【】〔〕<>《》「」]", "", _half(label)))


def _half(label: str) -> str:
    return unicodedata.normalize("NFKC", label).casefold().strip()


def _reduced(text: str) -> str:
    key = _MARKS.sub("", _ORDER.sub("", text.strip()))
    return _UNIT.sub("", _DUTY.sub("", key)) or key


@lru_cache(maxsize=4096)
def _keys(label: str) -> tuple[str, ...]:
    """The ways to read a header, the whole one first, the first of its lines last."""
    lines = [line for line in re.split(r"[\r\n]+", label.strip()) if line.strip()]
    notes = [*_NOTES.findall(_half(label)), *(line for line in lines[1:])]
    telling = next((note for note in notes if _TELLING.search(note)), None)
    if telling is not None:
        core, note = label_key(lines[0]), label_key(telling) or full_key(telling)
        return (full_key(label), note + core, core + note)
    keys = [full_key(label), label_key(label)]
    if len(lines) > 1:
        keys += [label_key(lines[0])]
    without_open = re.split(r"[(（\[【]", _half(label))[0]
    keys += [_reduced(without_open)]
    keys += [_TAIL_NUMBER.sub("", key) for key in keys]
    return tuple(dict.fromkeys(key for key in keys if key))


def look_up(
    label: str, caption: str, index: Mapping[str, tuple[str, int]], neutral: set[str]
) -> tuple[str, int] | None:
    """The column that a header means, with the rank of the synonym."""
    keys = list(_keys(label))
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
def index_of(layout: Layout) -> dict[str, tuple[str, int]]:
    """Key of a synonym → column and rank; the first column that claims a synonym has it."""
    index: dict[str, tuple[str, int]] = {}
    for column in layout.columns:
        for rank, synonym in enumerate(_synonyms(column)):
            index.setdefault(label_key(synonym), (column.name, rank))
    return index


def meaning(label: str, layout: Layout) -> str | None:
    """The column that a header means by itself; None for any other text."""
    if not label or len(label) > LONGEST:
        return None
    found = look_up(label, "", index_of(layout), set())
    return found[0] if found else None


def titled(
    labels: tuple[str, ...], captions: tuple[str, ...], layout: Layout
) -> Iterator[tuple[int, str, int]]:
    """Each header whose title is known: its place, the column it means and the rank."""
    index = index_of(layout)
    neutral = {label_key(group) for group in layout.groups}
    for place, label in enumerate(labels):
        caption = captions[place]
        hit = look_up(label, caption, index, neutral) if label else None
        if hit:
            yield place, hit[0], hit[1]


def fingerprint(labels: tuple[str, ...], captions: tuple[str, ...]) -> str:
    """Equal for headers with the same texts in the same columns."""
    named = [f"{label_key(a)}/{full_key(b)}" for a, b in zip(captions, labels, strict=True)]
    while named and named[-1] == "/":
        named.pop()
    return hashlib.sha256("\n".join(named).encode()).hexdigest()[:32]


def _synonyms(column: SheetColumn) -> tuple[str, ...]:
    return (*column.synonyms, column.label, column.name)
