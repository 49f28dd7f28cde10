"""Brings every spelling of a room to one key of building, entrance and number (pure).

``1-1-101``, ``1#1单元101室``, ``1栋1单元101``, ``01-01-0101`` and ``１－１－１０１`` are one room.
Normal forms: buildings without 栋/幢/号楼/座/# and without leading zeros (``1``, ``S1``, ``二期3``
→ ``2期3``), entrances likewise (none or ``0`` is the empty string), numbers without 室/号/户 and
leading zeros but with at least two digits (``0101`` → ``101``, ``3`` → ``03`` as on ``S1-03``).
The code joins what there is: ``1-1-101``, ``S1-03``, ``车位-23``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True, order=True)
class RoomKey:
    """The one key of a room in its community; `entrance` is empty where there is none."""

    building: str
    entrance: str
    number: str

    @property
    def code(self) -> str:
        """The key as it is stored and shown: ``1-1-101``, without entrance ``S1-03``."""
        if self.entrance:
            return f"{self.building}-{self.entrance}-{self.number}"
        return f"{self.building}-{self.number}"

    @property
    def sort_key(self) -> str:
        """Orders building 2 before 10 and room 201 before 1001."""
        return "-".join(
            _DIGITS.sub(lambda match: match[0].zfill(6), part)
            for part in (self.building, self.entrance, self.number)
        )


@dataclass(frozen=True, slots=True)
class RoomPattern:
    """What typed text may mean at the desk; None stands for anything."""

    building: str | None
    entrance: str | None
    number: str | None


_DIGITS = re.compile(r"\d+")
_DASHES = re.compile(r"[‐-―−﹣－_~～—–/\\.·]+|--+")
_CHINESE = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_NUMERAL = re.compile(r"[零一二三四五六七八九十]+(?=号楼|[栋幢座期区单号弄楼])|^[一二三四五六七八九十]+$")

# What stands for the whole building of spaces that belong to none.
AREAS = ("地下车位", "车位", "车库", "储藏室", "储物间", "地下室", "商铺", "门面", "店面", "底商", "广告位")
_AREA_KINDS = {
    "地下车位": "parking", "车位": "parking", "车库": "parking", "储藏室": "storage",
    "储物间": "storage", "商铺": "shop", "门面": "shop", "店面": "shop", "底商": "shop",
    "广告位": "advertising",
}  # fmt: skip
_AREA = "|".join(AREAS)

_BUILDING_MARK = r"(?:号楼|#楼|栋楼|幢楼|栋|幢|座|#|号(?=\d))"
_PHASE = r"(?:\d{1,2}期|[A-Z\d]{1,2}区)?"
_BUILDING = re.compile(
    rf"(?P<phase>{_PHASE})-?(?P<name>[A-Z]{{0,2}}\d{{1,4}}[A-Z]?|[A-Z]{{1,2}}|[^\W\d_]{{2,12}}?\d{{0,3}})"
    r"(?:号楼|#楼|栋楼|幢楼|[栋幢座#号楼])?"
)
_ENTRANCE = re.compile(r"(?P<name>[A-Z]?\d{1,2}|[A-Z]|[东西南北中甲乙丙丁])(?:单元|门|梯|#)?")
_NUMBER = re.compile(
    rf"(?:{_AREA}|铺|第)?(?P<head>[A-Z]{{0,3}})-?(?P<digits>\d{{1,5}})"
    r"(?P<tail>[A-Z]|[东西南北中上下前后左右]|[甲乙丙丁])?(?:-(?P<sub>\d{1,2}))?(?:[室号户房铺]|车位)?"
)
_MARKED = re.compile(
    rf"(?P<building>[^-]{{1,20}}?{_BUILDING_MARK})-?"
    r"(?:(?P<entrance>[A-Z\d东西南北中甲乙丙丁]{1,3})(?:单元|门|梯|-(?=.)))?-?"
    r"(?:\d{1,2}[层楼F])?-?(?P<number>.+)"
)
_HALF_MARKED = re.compile(r"(?P<entrance>[A-Z\d东西南北中甲乙丙丁]{1,3})(?:单元|门|梯)-?(?P<number>.+)")
_SPACE_OF_AREA = re.compile(rf"(?P<area>{_AREA})-?(?P<number>[A-Z]{{0,2}}-?\d{{1,5}}号?)")


@lru_cache(maxsize=4096)
def normal_building(written: str) -> str | None:
    """The normal form of a building's name in a cell of its own; None when it can be none."""
    name = _tidy(written)
    if name in AREAS:
        return name
    match = _BUILDING.fullmatch(name)
    return match["phase"] + _unpadded(match["name"]) if match else None


@lru_cache(maxsize=4096)
def normal_entrance(written: str) -> str | None:
    """The normal form of an entrance; empty for ``0``, ``无`` and a dash, None for no entrance."""
    name = _tidy(written)
    if name in ("", "-", "无", "0", "00", "0单元"):
        return ""
    match = _ENTRANCE.fullmatch(name)
    return _unpadded(match["name"]) if match else None


@lru_cache(maxsize=65536)
def normal_number(written: str) -> str | None:
    """The normal form of a room's number; None when it can be none."""
    if written.isdecimal() and written.isascii() and len(written) <= 5:
        return written.lstrip("0").zfill(2)
    match = _NUMBER.fullmatch(_tidy(written))
    if not match:
        return None
    number = match["head"] + match["digits"].lstrip("0").zfill(2) + (match["tail"] or "")
    return f"{number}-{match['sub']}" if match["sub"] else number


def parse_room(
    text: str, building_hint: str | None = None, entrance_hint: str | None = None
) -> RoomKey | None:
    """Read a room; the hints are normal forms from other columns, a title or the sheet's name.

    Two parts (``1-101``) are building and number, unless a building is known that differs from
    the first part, which is then the entrance. None when the text cannot be read for sure: a
    bare number without a known building, several rooms in one cell, or a contradiction between
    text and hints.
    """
    own = own_room(text)
    if own is None:
        return None
    building, entrance, number = own
    if building is None:
        building = building_hint
    elif building_hint and building != building_hint:
        if entrance is not None or _has_mark(text):
            return None
        building, entrance = building_hint, normal_entrance(building)
        if entrance is None:
            return None
    if entrance_hint and entrance and entrance != entrance_hint:
        return None
    if not building:
        return None
    return RoomKey(building, entrance or entrance_hint or "", number)


@lru_cache(maxsize=65536)
def own_room(text: str) -> tuple[str | None, str | None, str] | None:
    """Building, entrance and number as far as the text itself says them (None: not said)."""
    written = _tidy(text)
    parts = written.split("-")
    if len(parts) == 4 and re.fullmatch(r"\d{1,2}期|[A-Z]区", parts[0]):
        parts[:2] = [parts[0] + parts[1]]
    if len(parts) == 3 and not _MARKS.search(written):
        return _joined(parts[0], parts[1], parts[2])
    if match := _MARKED.fullmatch(written):
        return _joined(match["building"], match["entrance"], match["number"])
    if match := _SPACE_OF_AREA.fullmatch(written):
        return _joined(match["area"], None, match["number"])
    if match := _HALF_MARKED.fullmatch(written):
        number, entrance = normal_number(match["number"]), normal_entrance(match["entrance"])
        return None if number is None or entrance is None else (None, entrance, number)
    if len(parts) == 2:
        return _joined(parts[0], None, parts[1])
    number = normal_number(written)
    return None if number is None else (None, None, number)


_MARKS = re.compile(r"[栋幢座#]|号楼|单元")


def _joined(
    building: str, entrance: str | None, number: str
) -> tuple[str | None, str | None, str] | None:
    name, room = normal_building(building), normal_number(number)
    door = None if entrance is None else normal_entrance(entrance)
    if name is None or room is None or (entrance is not None and door is None):
        return None
    return name, door, room


def _has_mark(text: str) -> bool:
    return bool(_MARKS.search(_tidy(text)))


@lru_cache(maxsize=4096)
def building_in(title: str) -> str | None:
    """The one building that a sheet's name or a title row speaks of: ``3号楼``, ``3栋业主表``.

    Only with 栋, 幢, 座, 号楼 or # behind it, and only one: ``1-3栋`` and ``1栋2栋`` are none.
    """
    found = _IN_TITLE.findall(_tidy(title))
    if len(found) != 1 or re.search(r"\d[-至到、,]\d", _tidy(title)):
        return None
    return normal_building(found[0])


_IN_TITLE = re.compile(
    r"((?:\d{1,2}期-?)?(?:[A-Z]{0,2}\d{1,4}|[A-Z]{1,2}))(?:号楼|#楼|[栋幢座#]|楼(?=$|业主|住户))"
)


def kind_of(building: str) -> str | None:
    """The use that an area's name itself says (``车位`` → parking); None for real buildings."""
    return _AREA_KINDS.get(building)


def search_patterns(typed: str) -> tuple[RoomPattern, ...]:
    """What a room typed at the desk may mean, likeliest first; empty when it is no room.

    Spaces part as dashes do. ``1-1-101`` is one room; ``1-101`` is building 1 without or with
    any entrance; ``101`` is that number anywhere; ``1栋`` is a whole building.
    """
    text = re.sub(r"\s+", "-", unicodedata.normalize("NFKC", typed).strip())
    own = own_room(text)
    if own is None:
        name = building_in(text)
        return (RoomPattern(name, None, None),) if name else ()
    building, entrance, number = own
    if building is None or entrance is not None:
        return (RoomPattern(building, entrance, number),)
    return (RoomPattern(building, "", number), RoomPattern(building, None, number))


@lru_cache(maxsize=65536)
def _tidy(written: str) -> str:
    """Half width, capitals, one kind of dash, no spaces, Chinese numerals before marks as digits."""
    text = written if written.isascii() else unicodedata.normalize("NFKC", written)
    text = "".join(text.split()).upper()
    text = _DASHES.sub("-", text).strip("-")
    return text if text.isascii() else _NUMERAL.sub(lambda match: _arabic(match[0]), text)


def _arabic(numeral: str) -> str:
    """``十二`` → 12, ``二十`` → 20, ``一零一`` → 101."""
    if "十" not in numeral:
        return "".join(str(_CHINESE[sign]) for sign in numeral)
    tens, _, ones = numeral.partition("十")
    return str(_CHINESE.get(tens, 1) * 10 + _CHINESE.get(ones, 0))


def _unpadded(name: str) -> str:
    """Take leading zeros off every number in a name: ``B01`` → ``B1``."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", name)
