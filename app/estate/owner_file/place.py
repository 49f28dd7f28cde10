"""Where the rooms of a sheet are: what columns, titles and the sheet's name say of it (pure)."""

from __future__ import annotations

from collections.abc import Iterator

from app.core.parsing.cells import folded, plain
from app.core.sheets.layout import Header
from app.core.workbook.reader import SheetData
from app.estate.rooms.room_key import RoomKey, Said, own_room, parse_room
from app.estate.rooms.spellings import (
    AREA_KINDS,
    area_in,
    building_in,
    entrance_in,
    normal_building,
    normal_number,
)


class RoomPlace:
    """The building and entrance of the next row, where the row itself does not say them.

    They come from the sheet's name, the lone texts above the header, title rows between the
    units, and the last row that named them (fill-down). A sheet's name and a title above the
    header that name different buildings cancel each other: nobody knows which one was copied.
    """

    def __init__(self, sheet: SheetData, header: Header, *, entrance_first: bool) -> None:
        buildings, entrances = set(), set()
        for text in (sheet.name, *_lone_texts_above(sheet, header)):
            buildings.add(building_in(text))
            entrances.add(entrance_in(text))
        self.building = _only(buildings)
        self.entrance = _only(entrances)
        self.entrance_first = entrance_first
        self.area = area_in(sheet.name)
        self.phase: str | None = None
        self._each_row = _says_it_in_each_row(sheet, header)
        self._sheet, self._header = sheet, header
        self._whole: bool | None = None

    def speak(self, title: str) -> None:
        """Take over what a title row says of the rows below it."""
        building = building_in(title)
        self.building = building or self.building
        self.entrance = entrance_in(title)

    def phase_for(self, phase: str | None, with_building: bool) -> str | None:
        """The phase or garden of a row; a blank one goes on only where the file fills down."""
        if phase is not None:
            self.phase = phase
        elif with_building and self._each_row:
            self.phase = None
        return self.phase

    def room(self, text: str, building: str | None, entrance: str | None) -> RoomKey | None:
        """The key of a room with the building and entrance of its own columns, if it has them.

        The row's own columns are binding; what was filled down gives way to a text that names
        its own building.
        """
        said = own_room(text)
        if said is None:
            return self._in_zone(text) if building is None else None
        own = said.marked or said.entrance is not None or said.building in AREA_KINDS
        if building is None and said.building and own:
            return parse_room(text, None, entrance)
        if building is None and self.building is None and self.area:
            return self._room_in_area(text, said, entrance)
        if building is None and self._is_of_another(said):
            return None
        if building not in (None, self.building):
            self.building, self.entrance = building, None
        if entrance is not None:
            self.entrance = entrance
        known = self.entrance if said.entrance is None else entrance
        first = self.entrance_first and entrance is None
        return parse_room(text, self.building, known, entrance_first=first)

    def _is_of_another(self, said: Said) -> bool:
        """Whether 2-101 under 1栋 may well be in building 2: other rooms name theirs, 1-1-101."""
        if self.building is None or said.building in (None, self.building):
            return False
        if self._header.index_of("building") is not None or not _has_two_parts(said):
            return False
        if self._whole is None:
            self._whole = any(
                room.entrance is not None and room.building is not None
                for _, room in _rooms(self._sheet, self._header, None, self.building)
            )
        return self._whole

    def _in_zone(self, text: str) -> RoomKey | None:
        """A space that names its part of the garage: ``负一层-012``."""
        area = self.area or ""
        number = normal_number(text) if AREA_KINDS.get(area) in ("parking", "storage") else None
        return RoomKey(area, "", number) if number else None

    def _room_in_area(self, text: str, said: Said, entrance: str | None) -> RoomKey | None:
        """A space on a sheet called 地下车位; a shop only where it names no building itself."""
        spaces = AREA_KINDS[self.area or ""] in ("parking", "storage")
        if said.building is not None and not spaces:
            return parse_room(text, None, entrance)
        key = parse_room(f"{self.area}{text}", None, entrance)
        return key if key and key.building == self.area else parse_room(text, self.area, entrance)


def speaks_of_place(text: str) -> bool:
    """Whether a text alone in its row says where the rows below it are: ``3号楼``, ``1单元``."""
    if len(text) > 20 or text[-1:].isdigit():
        return False
    said = own_room(text)
    return said is None and (building_in(text) or entrance_in(text)) is not None


def has_entrance_first(sheet: SheetData, header: Header) -> bool:
    """Whether a room such as ``2-101`` stands beside a building other than 2.

    Then the first of two parts is the entrance in the whole file, also beside building 2.
    """
    if header.index_of("entrance") is not None:
        return False
    building_at = header.index_of("building")
    building = RoomPlace(sheet, header, entrance_first=False).building
    if building_at is None and building is None:
        return False
    return any(
        said.building not in (None, known) and _has_two_parts(said)
        for known, said in _rooms(sheet, header, building_at, building)
    )


def _rooms(
    sheet: SheetData, header: Header, building_at: int | None, building: str | None
) -> Iterator[tuple[str, Said]]:
    """The rooms with a dash in them, each with the building that was named last."""
    room_at = header.index_of("room") or 0
    for row in sheet.rows.between(header.last + 1, header.until):
        if building_at is None and len(row) - row.count("") == 1:
            title = plain(next(cell for cell in row if cell != ""))
            building = (speaks_of_place(title) and building_in(title)) or building
        if len(row) <= room_at:
            continue
        if building_at is not None and len(row) > building_at and row[building_at] != "":
            building = normal_building(folded(row[building_at]))
        cell = row[room_at]
        if building is None or not isinstance(cell, str) or cell.isdecimal():
            continue
        said = own_room(plain(cell))
        if said is not None:
            yield building, said


def _has_two_parts(said: Said) -> bool:
    return said.entrance is None and not said.marked and said.building not in AREA_KINDS


def _lone_texts_above(sheet: SheetData, header: Header) -> Iterator[str]:
    for row in sheet.rows.between(header.top, header.first):
        filled = [cell for cell in row if cell != ""]
        if len(filled) == 1 and isinstance(filled[0], str) and len(filled[0]) <= 40:
            yield plain(filled[0])


def _says_it_in_each_row(sheet: SheetData, header: Header) -> bool:
    """Whether a phase stands in more rows than where it begins, so that blank means none."""
    at = header.index_of("phase")
    if at is None:
        return True
    rows = sheet.rows.between(header.last + 1, header.until)
    said = [plain(row[at]) for row in rows if at < len(row) and row[at] != ""]
    return len(set(said)) < len(said)


def _only(found: set[str | None]) -> str | None:
    known = found - {None}
    return known.pop() if len(known) == 1 else None
