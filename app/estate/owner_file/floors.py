"""Rooms whose floor stands in a column of its own: 3 and 01 are 301 (pure)."""

from __future__ import annotations

from app.core.parsing.cells import folded
from app.core.parsing.sheet_rows_packed import Row
from app.core.sheets.layout import Header
from app.core.workbook.reader import SheetData
from app.estate.rooms.spellings import normal_number


def are_doors_on_floors(sheet: SheetData, header: Header) -> bool:
    """Whether the list has one number on several floors of an entrance: they are doors there.

    A number that stands once, such as a villa's, keeps its own name.
    """
    at = {name: header.index_of(name) for name in ("building", "entrance", "floor", "room")}
    if at["floor"] is None or at["room"] is None:
        return False
    place, known = ["", ""], dict[tuple[str, str, str], set[str]]()
    for row in sheet.rows.between(header.last + 1, header.until):
        for position, name in enumerate(("building", "entrance")):
            if text := _text(row, at[name]):
                place[position] = text
        door, level = _door(_text(row, at["room"])), _text(row, at["floor"])
        if door is None or not level:
            continue
        floors = known.setdefault((place[0], place[1], door), set())
        floors.add(level)
        if len(floors) > 1:
            return True
    return False


def on_floor(number: str, level: object) -> str:
    """The room of a door on a floor; any other number, or a cellar's, as it is."""
    door = _door(number)
    return f"{level}{door}" if door and isinstance(level, int) and level > 0 else number


def _door(text: str) -> str | None:
    """A number of at most two digits."""
    number = normal_number(text) if text else None
    return number if number and number.isdecimal() and len(number) == 2 else None


def _text(row: Row, index: int | None) -> str:
    return folded(row[index]) if index is not None and len(row) > index else ""
