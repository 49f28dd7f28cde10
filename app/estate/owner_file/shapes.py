"""What a single cell looks like: a room, a phone, a card, a name, a number (pure)."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from app.core.parsing.cells import folded, plain, without_dot_zero
from app.core.parsing.sheet_rows_packed import Cell, CellError
from app.estate.owner_file.names import looks_like_a_name
from app.estate.rooms.room_key import own_room
from app.estate.rooms.spellings import AREA_KINDS, normal_building

_PHONE = re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)|^0\d{2,3}[ -]?\d{7,8}$")
_CARD = re.compile(r"^(\d{17}[\dXx]|\d{15}|[0-9A-HJ-NP-RTUW-Y]{18})$")
_DATE = re.compile(r"^\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2}日?)?$")
_FORMS = (("date", _DATE), ("card", _CARD), ("phone", _PHONE))
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@lru_cache(maxsize=4096)
def _text_shape(text: str) -> str:
    folded_text = without_dot_zero(folded(text))
    if plainly := next((word for word, form in _FORMS if form.search(folded_text)), None):
        return plainly
    if looks_like_a_name(plain(text)):
        return "name"
    said = own_room(text)
    if said is not None:
        if said.building is not None or said.entrance is not None:
            return "full" if said.marked or said.entrance is not None else "two"
        return "door" if not folded_text.isdecimal() or len(folded_text) > 2 else "small"
    return "number" if _NUMBER.fullmatch(folded_text) else "text"


def shape_of(cell: Cell) -> str:
    """One word for what a cell looks like."""
    if isinstance(cell, str):
        return _text_shape(cell) if len(cell) <= 60 else "text"
    if isinstance(cell, date | CellError):
        return "date" if isinstance(cell, date) else "text"
    if cell != cell or cell in (float("inf"), float("-inf")) or not float(cell).is_integer():  # noqa: PLR0124
        return "number"
    if 10**10 < cell < 2 * 10**10:
        return "phone"
    return "door" if 100 <= cell < 100_000 else "small" if 0 < cell < 100 else "number"


def is_door(cell: Cell) -> bool:
    """Whether it may be a room, with its building or without."""
    return shape_of(cell) in ("door", "full", "two")


def is_full_room(cell: Cell) -> bool:
    """Whether it is a room that names its own building or entrance."""
    return shape_of(cell) in ("full", "two") and plain(cell) not in AREA_KINDS


def is_building(cell: Cell) -> bool:
    """Whether it may be the name of a building: B1, 3栋, A座."""
    text = folded(cell)
    return len(text) <= 8 and not text.isdecimal() and normal_building(text) is not None


def is_phone(cell: Cell) -> bool:
    return shape_of(cell) == "phone"


def is_name(cell: Cell) -> bool:
    return shape_of(cell) == "name"


def is_number(cell: Cell) -> bool:
    return bool(_NUMBER.fullmatch(folded(cell)))
