"""Normal forms of the names of buildings, entrances and room numbers (pure).

Buildings lose 栋/幢/号楼/座/# and leading zeros (``01幢`` → ``1``, ``二期3栋`` → ``2期3``),
entrances likewise (``0`` is none), numbers lose 室/号/户 and leading zeros but keep two digits
(``0101`` → ``101``, ``3`` → ``03`` as on ``S1-03``). None everywhere means: no such name.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from app.core.parsing.cells import without_dot_zero

# What stands for the whole building of spaces that belong to none, and the use it tells.
AREA_KINDS = {
    "地下车位": "parking",
    "车位": "parking",
    "车库": "parking",
    "储藏室": "storage",
    "储物间": "storage",
    "地下室": None,
    "商铺": "shop",
    "门面": "shop",
    "店面": "shop",
    "底商": "shop",
    "广告位": "advertising",
}
AREA = "|".join(AREA_KINDS)
BUILDING_MARK = r"(?:号楼|#楼|栋楼|幢楼|栋|幢|座|#|号(?=\d))"

_DASHES = re.compile("[‐-―−﹣－_—–]+|--+")
_GAP = re.compile(r"(?<=[0-9A-Z])\s+(?=[0-9A-Z])")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_CHINESE = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_NUMERAL = re.compile(
    "[零一二三四五六七八九十]+(?=号楼|单元|[栋幢座期区号弄苑层楼])|^[一二三四五六七八九十]+$"
)
PHASE = r"(?:\d{1,2}[期苑园]|[A-Z\d]{1,2}区|\d{1,4}弄)"
_PHASE = rf"(?:(?:[一-鿿]{{2,8}})?{PHASE})?"  # with the garden before it: 金桂苑1期
_BUILDING = re.compile(
    rf"(?P<phase>{_PHASE})-?"
    r"(?P<name>[A-Z]{0,2}\d{1,3}[A-Z]?|[A-Z]{1,2}|[^\W\d_]{2,12}?\d{0,3})"
    r"(?:号楼|#楼|栋楼|幢楼|[栋幢座#号楼])?"
)
_ENTRANCE = re.compile(r"(?P<name>[A-Z]?\d{1,2}|[A-Z]|[东西南北中甲乙丙丁])(?:单元|门|梯|#)?")
_NUMBER = re.compile(
    rf"(?P<area>{AREA})?铺?(?P<head>[A-Z]{{0,3}})-?(?P<digits>\d{{1,5}})"
    r"(?P<tail>[A-Z]|[东西南北中上下前后左右甲乙丙丁])?(?:-(?P<sub>\d{1,2}))?(?:[室号户房铺]|车位)?"
)
# Flats by other names: the loft above 601, two flats made one, floor 12A, door 6 on floor 3.
# A whole floor is no flat by itself: 顶层 names one only beside a number (601顶层, 顶层2).
_FLOORS = ("夹层", "架空层", "顶楼", "顶层")
LOFTS = ("阁楼", "阁", "跃层", "复式", *_FLOORS)
_LOFT = re.compile(
    rf"(?!(?:{'|'.join(_FLOORS)})[室号户房]?$)(?P<under>\d{{1,5}}[A-Z]?)?-?(?P<word>{'|'.join(LOFTS)})"
    r"(?P<digits>\d{1,5})?[室号户房]?"
)
_JOINED = re.compile(r"\d{3,5}[A-Z]?(?:\+\d{3,5}[A-Z]?){1,5}[室号户房]?")
# Parking spaces: 负一层-012, A区015.
_ZONED = re.compile(
    r"(?P<zone>(?=.*[层楼区负下上])(?:(?:负|地下|地上|B)\d{1,2}[层楼]?)?(?:[A-Z\d东西南北]{1,2}区)?)"
    r"-?(?P<head>[A-Z]{0,3})-?(?P<digits>\d{1,5})号?"
)
LETTERED_FLOOR = r"\d{1,2}[A-Z]"
_ON_LETTERED = re.compile(
    rf"(?P<floor>{LETTERED_FLOOR})(?P<dash>-?)(?P<door>\d{{2}}[A-Z]?)[室号户房]?"
)
_ON_FLOOR = re.compile(r"(?P<floor>\d{1,2})(?:[层楼]-?|F-|F(?=\d{3}))(?P<door>.+)")
_IN_TITLE = re.compile(
    r"((?:\d{1,2}期-?)?(?:[A-Z]{0,2}\d{1,3}|(?<![A-Z])[A-Z]{1,2}))(?:号楼|#楼|[栋幢座#])"
    rf"|(?<![A-Z])([A-Z]{{1,2}}\d{{1,3}})(?={AREA})"
)
_AREA_IN_TITLE = re.compile(rf"({AREA})(?:业主|车主|信息|资料|登记|台账|清单|明细|名|册|表)*")
_DOOR_IN_TITLE = re.compile(r"([A-Z\d]{1,3}|[东西南北中甲乙丙丁])单元")
_RANGE = re.compile(r"\d[-至到、,]\d")


@lru_cache(maxsize=4096)
def tidy(written: str) -> str:
    """Half width, capitals, one kind of dash, no spaces, Chinese numerals before marks as digits.

    A space between digits becomes a dash: ``1 101`` must not turn into room 1101.
    """
    written = without_dot_zero(written).lstrip("'‘’`")
    text = written if written.isascii() else unicodedata.normalize("NFKC", written)
    text = "".join(_GAP.sub("-", text.upper().strip()).split())
    if text.isascii():
        return text.replace("_", "-")
    text = _DASHES.sub("-", text)
    if text.startswith("第"):
        text = text[1:]
    return _NUMERAL.sub(lambda match: _arabic(match[0]), text)


@lru_cache(maxsize=4096)
def normal_building(written: str) -> str | None:
    """The normal form of a building's name in a cell of its own."""
    name = tidy(written)
    if name in AREA_KINDS:
        return name
    match = _BUILDING.fullmatch(name)
    return match["phase"] + _ZEROS.sub("", match["name"]) if match else None


@lru_cache(maxsize=4096)
def normal_entrance(written: str) -> str | None:
    """The normal form of an entrance; empty for ``0``, ``无`` and a dash."""
    name = tidy(written)
    if name in ("", "-", "无", "0", "00", "0单元"):
        return ""
    match = _ENTRANCE.fullmatch(name)
    return _ZEROS.sub("", match["name"]) if match else None


@lru_cache(maxsize=4096)
def normal_number(written: str) -> str | None:
    """The normal form of a room's number; a word such as 底商 stays part of it."""
    if written.isdecimal() and written.isascii() and len(written) <= 5:
        return written.lstrip("0").zfill(2)
    text = tidy(written)
    match = _NUMBER.fullmatch(text)
    if not match:
        return _odd_number(text)
    digits = match["digits"].lstrip("0").zfill(2)
    number = f"{match['area'] or ''}{match['head']}{digits}{match['tail'] or ''}"
    return f"{number}-{match['sub']}" if match["sub"] else number


def _odd_number(text: str) -> str | None:
    """The number of a flat that has another name than three or four digits."""
    if match := _ON_FLOOR.fullmatch(text):
        return _on_floor(match["floor"].lstrip("0"), normal_number(match["door"]))
    if match := _ON_LETTERED.fullmatch(text):
        # 12A-04 stays apart from 12A04: one file may hold both.
        return f"{match['floor'].lstrip('0')}{match['dash']}{match['door']}"
    if _JOINED.fullmatch(text):
        return "+".join(part.lstrip("0") for part in text.rstrip("室号户房").split("+"))
    if (match := _ZONED.fullmatch(text)) and match["zone"]:
        return f"{match['zone']}-{match['head']}{match['digits'].lstrip('0').zfill(2)}"
    if match := _LOFT.fullmatch(text):
        return f"{match['under'] or ''}{match['word']}{match['digits'] or ''}"
    return None


def _on_floor(floor: str, door: str | None) -> str | None:
    """Door 6 on floor 3 is 306; 506 on floor 3 contradicts itself."""
    if not floor or door is None or not door[:2].isdecimal():
        return None
    if len(door) > 2 and door[:3].isdecimal():
        return door if door.startswith(floor) else None
    return floor + door


@lru_cache(maxsize=4096)
def building_in(title: str) -> str | None:
    """The one building that a sheet's name or a title row speaks of: ``3号楼``, ``3栋业主表``.

    Only with 栋, 幢, 座, 号楼 or # behind it, or lettered before a use (``S1商铺``); and only
    one: ``1-3栋`` and ``1栋2栋`` are none.
    """
    text = tidy(title)
    found = _IN_TITLE.findall(text)
    if len(text) > 60 or len(found) != 1 or _RANGE.search(text):
        return None
    return normal_building("".join(found[0]))


@lru_cache(maxsize=4096)
def entrance_in(title: str) -> str | None:
    """The one entrance that a sheet's name or a title row speaks of: ``3号楼2单元``, ``一单元``."""
    text = tidy(title)
    found = _DOOR_IN_TITLE.findall(text)
    if len(text) > 60 or len(found) != 1 or _RANGE.search(text):
        return None
    return normal_entrance(found[0])


def area_in(title: str) -> str | None:
    """The area that a sheet's name is about: ``地下车位``, ``车位台账``; None for any other."""
    match = _AREA_IN_TITLE.fullmatch(tidy(title))
    return match[1] if match else None


def kind_of(building: str) -> str | None:
    """The use that an area's name itself says (``车位`` → parking); None for real buildings."""
    return AREA_KINDS.get(building)


def _arabic(numeral: str) -> str:
    """``十二`` → 12, ``二十`` → 20, ``一零一`` → 101."""
    if "十" not in numeral:
        return "".join(str(_CHINESE[sign]) for sign in numeral)
    tens, _, ones = numeral.partition("十")
    return str(_CHINESE.get(tens, 1) * 10 + _CHINESE.get(ones, 0))
