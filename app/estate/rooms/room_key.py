"""Brings every spelling of a room to one key of building, entrance and number (pure).

``1-1-101``, ``1#1单元101室``, ``1栋1单元101`` and ``01-01-0101`` are one room with the code
``1-1-101``; where there is no entrance the code has two parts, ``S1-03``. The forms of the three
names are those of `estate.rooms.spellings`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from app.estate.rooms.spellings import (
    AREA,
    AREA_KINDS,
    BUILDING_MARK,
    LETTERED_FLOOR,
    LOFTS,
    PHASE,
    building_in,
    entrance_in,
    normal_building,
    normal_entrance,
    normal_number,
    tidy,
)


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
        return "-".join((_padded(self.building), _padded(self.entrance), _padded(self.number)))


@lru_cache(maxsize=4096)
def _padded(part: str) -> str:
    # 12A04 is on the floor above the 12th: it comes after 1299.
    part = _FLOOR_LETTER.sub(r"\g<1>99\2\3", part)
    return _DIGITS.sub(lambda match: match[0].zfill(6), part)


class Said(NamedTuple):
    """What a text says of a room by itself; None is what it does not say."""

    building: str | None
    entrance: str | None
    number: str
    marked: bool = False  # 栋, #, 单元 leave no doubt which part is which


@dataclass(frozen=True, slots=True)
class RoomPattern:
    """What typed text may mean at the desk; None stands for anything."""

    building: str | None
    entrance: str | None
    number: str | None


_LONGEST = 60
_DIGITS = re.compile(r"\d+")
_FLOOR_LETTER = re.compile(r"^(\d{1,2})([A-Z])-?(\d{2}[A-Z]?)$")
_LETTERED = re.compile(LETTERED_FLOOR)
_DOOR_ON_FLOOR = re.compile(r"\d{2}[A-Z]?[室号户房]?")
_MARKS = re.compile(r"[栋幢座#]|号楼|单元")
_SPACES = re.compile(r"\s+")
_PHASE = re.compile(rf"{PHASE}|[一-鿿]{{1,6}}[期苑园区]")
# Only three parts may stand between slashes or dots: 101/102 are two rooms.
_THREE_PARTS = re.compile(r"([^/.\\·]+)([/.\\·])([^/.\\·]+)\2([^/.\\·]+)")
_DOOR = r"[A-Z\d东西南北中甲乙丙丁]{1,3}"
_MARKED = re.compile(
    rf"(?P<building>[^-]{{1,20}}?{BUILDING_MARK})-?"
    rf"(?:(?P<entrance>{_DOOR})(?:单元|门|梯|-(?=.)))?-?(?P<number>.+)"
)
_WITH_DOOR = re.compile(
    rf"(?P<building>[^\W\d_A-Z]{{2,10}})?(?P<entrance>{_DOOR})(?:单元|门|梯)-?(?P<number>.+)"
)
_IN_AREA = re.compile(rf"(?P<building>{AREA})-?(?P<number>[A-Z]{{0,2}}-?\d{{1,5}}号?)")


def parse_room(
    text: str,
    building_hint: str | None = None,
    entrance_hint: str | None = None,
    *,
    entrance_first: bool = False,
) -> RoomKey | None:
    """Read a room; the hints are normal forms from other columns, a title or the sheet's name.

    Two parts (``1-101``) are building and number, unless a building is known and either differs
    from the first part or `entrance_first` says so: then the first part is the entrance. An area
    (``底商3``) inside a known building becomes part of the number. None when the text cannot be
    read for sure: a bare number without a known building, several rooms in one cell, or a
    contradiction between text and hints.
    """
    said = own_room(text)
    if said is None:
        return None
    building, entrance, number, marked = said
    if building is None:
        building = building_hint
    elif building_hint:
        if building in AREA_KINDS and building != building_hint:
            building, number = building_hint, building + number
        elif entrance is None and building != building_hint and _is_lettered(building, number):
            building, number = building_hint, f"{building}-{number}"  # a flat on floor 12A
        elif entrance is None and not marked and (building != building_hint or entrance_first):
            building, entrance = building_hint, normal_entrance(building)
            if entrance is None:
                return None
        elif building != building_hint:
            return None
    if not building or (entrance_hint and entrance and entrance != entrance_hint):
        return None
    return RoomKey(building, entrance or entrance_hint or "", number)


@lru_cache(maxsize=4096)
def own_room(text: str) -> Said | None:
    """What the text alone says of a room; None when it is none."""
    written = tidy(text)
    if len(written) > _LONGEST:
        return None
    if match := _THREE_PARTS.fullmatch(written):
        written = "-".join(match.group(1, 3, 4))
    marked = bool(_MARKS.search(written))
    parts = written.split("-")
    if len(parts) == 4 and _PHASE.fullmatch(parts[0]):
        parts[:2] = [parts[0] + parts[1]]
    if len(parts) == 4 and _is_lettered(parts[2], parts[3]):
        parts[2:] = [f"{parts[2]}-{parts[3]}"]
    elif len(parts) == 4 and parts[3] in LOFTS:
        parts[2:] = [parts[2] + parts[3]]
    if len(parts) == 3 and not marked:
        return _said(parts[0], parts[1], parts[2])
    for form in (_MARKED, _IN_AREA, _WITH_DOOR):
        if match := form.fullmatch(written):
            found = match.groupdict()
            return _said(found["building"], found.get("entrance"), found["number"], marked)
    if len(parts) == 2:
        return _said(parts[0], None, parts[1])
    return _said(None, None, written)


def _is_lettered(floor: str, door: str) -> bool:
    """Whether two parts are a floor such as 12A and a door on it."""
    return bool(_LETTERED.fullmatch(floor) and _DOOR_ON_FLOOR.fullmatch(door))


def _said(
    building: str | None, entrance: str | None, number: str, marked: bool = False
) -> Said | None:
    """Put the parts into their normal forms; None when one of them has none."""
    name = None if building is None else normal_building(building)
    door = None if entrance is None else normal_entrance(entrance)
    room = normal_number(number)
    if room is None or (name is None) != (building is None) or (door is None) != (entrance is None):
        return None
    return Said(name, door, room, marked)


def search_patterns(typed: str) -> tuple[RoomPattern, ...]:
    """What a room typed at the desk may mean, likeliest first; empty when it is no room.

    Spaces part as dashes do. ``1-1-101`` is one room; ``1-101`` is building 1 without or with
    any entrance; ``101`` is that number anywhere; ``1栋`` is a whole building,
    ``1栋2单元`` an entrance of it.
    """
    text = _SPACES.sub("-", unicodedata.normalize("NFKC", typed).strip())
    said = own_room(text)
    if said is None:
        name = building_in(text)
        return (RoomPattern(name, entrance_in(text), None),) if name else ()
    if said.building is None or said.entrance is not None:
        return (RoomPattern(said.building, said.entrance, said.number),)
    return (
        RoomPattern(said.building, "", said.number),
        RoomPattern(said.building, None, said.number),
    )
