"""Initials of names in pinyin, for the search box: 单雄信 → sxx, 曾Lily → zlily (pure)."""

from __future__ import annotations

import unicodedata
from functools import cache

from pypinyin.pinyin_dict import pinyin_dict

# Family names that are read differently from the same character elsewhere. Only the first
# letter matters here, so 任 (rén) or 华 (huà) need no entry.
SURNAMES = {
    "单": "s", "仇": "q", "曾": "z", "解": "x", "查": "z", "朴": "p", "盖": "g", "区": "o",
    "尉": "w", "翟": "z", "冼": "x", "洗": "x", "卜": "b", "种": "c", "覃": "q", "缪": "m",
    "乜": "n", "折": "s", "繁": "p", "黑": "h", "秘": "b", "召": "s", "员": "y", "贠": "y",
    "郇": "x", "隗": "w", "佴": "n", "逄": "p", "不": "f", "宓": "m", "柏": "b",
    "乐": "y", "长": "z", "车": "c", "沈": "s", "瞿": "q", "谌": "c",
}  # fmt: skip
COMPOUND_SURNAMES = {
    "尉迟": "yc", "长孙": "zs", "万俟": "mq", "单于": "cy", "澹台": "tt", "皇甫": "hf",
    "宇文": "yw", "令狐": "lh", "夏侯": "xh", "轩辕": "xy", "呼延": "hy", "南宫": "ng",
}  # fmt: skip


@cache
def _letter(character: str) -> str:
    """The first letter of a character's commonest reading; Latin and digits stay, rest is ''."""
    plain = unicodedata.normalize("NFKC", character).casefold()
    if plain.isascii():
        return plain if plain.isalnum() else ""
    readings = pinyin_dict.get(ord(character))
    if not readings:
        return ""
    return unicodedata.normalize("NFD", readings)[0].casefold()


def initials(name: str) -> str:
    """The lower-case initials of a name (E01), at most 120 characters.

    The family name is read as a family name, longest first; characters without a reading
    (punctuation, emoji) are left out. An empty or unreadable name gives ''.
    """
    name = name.strip()
    if head := COMPOUND_SURNAMES.get(name[:2]):
        rest = name[2:]
    else:
        head, rest = SURNAMES.get(name[:1], _letter(name[0]) if name else ""), name[1:]
    return (head + "".join(map(_letter, rest)))[:120]
