"""What an import does that somebody should look at: new buildings, rooms that were renumbered."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from app.estate.owner_import.tables import names, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from app.estate.owner_file.rows import OwnerRow
    from app.estate.owner_import.stored import Stored, StoredUnit
    from app.estate.owner_import.who_is_who import People

_PARTS = re.compile(r"\d+|[A-Z]+|[^\W\d_]")
_MARKS = re.compile(r"[栋幢座楼号苑期区#\-\s]")
MOST = 200
"""Hints of one kind that are kept; nobody looks at more."""


class NewBuilding(NamedTuple):
    """A building that the import would make, and stored ones with a name much like it."""

    name: str
    units: int
    near: tuple[str, ...]


class Renumbered(NamedTuple):
    """A new room whose owner and area are those of a stored one that the file does not name."""

    sheet: str
    row: int
    code: str
    old: str
    owners: str
    area: str


def new_buildings(made: dict[str, int], stored: Iterable[str]) -> list[NewBuilding]:
    """The buildings to be made (name → units in the file), each with the stored ones near it."""
    known = list(stored)
    return [NewBuilding(name, count, _near(name, known)) for name, count in made.items()]


def _near(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """1幢 beside 1栋, A1 beside 1, 3苑1 beside 3期1: the figures agree and something else not."""
    figures, plain = _figures(name), _MARKS.sub("", name.upper())
    return tuple(
        other
        for other in known
        if _MARKS.sub("", other.upper()) == plain or (figures and _figures(other) == figures)
    )[:3]


def _figures(name: str) -> tuple[str, ...]:
    return tuple(part.lstrip("0") for part in _PARTS.findall(name.upper()) if part.isdigit())


class Renumbering:
    """Finds stored rooms that the file knows under another number."""

    def __init__(self, stored: Stored, people: People) -> None:
        self.stored = stored
        self.people = people
        self.buildings = {key: name for name, key in stored.buildings.items()}

    def hints(self, new: Iterable[OwnerRow], named: Collection[str]) -> list[Renumbered]:
        """A hint for each new room that may be a stored one; `named` are the file's codes."""
        by_owner: dict[tuple[Any, Any], list[str]] = defaultdict(list)
        for code, unit in self.stored.units.items():
            if code in named:
                continue
            for who in self._owners(unit):
                by_owner[who, unit.gross_area].append(code)
        found: list[Renumbered] = []
        for row in new if by_owner else ():
            if not row.owners or row.gross_area is None or len(found) == MOST:
                continue
            old = by_owner.get((row.owners[0].name, row.gross_area), [])
            near = [code for code in old if self._beside(row, self.stored.units[code])]
            if len(near) == 1:
                found.append(
                    Renumbered(
                        row.sheet,
                        row.row,
                        row.key.code,
                        near[0],
                        names(row.owners),
                        shown(row.gross_area),
                    )
                )
        return found

    def _owners(self, unit: StoredUnit) -> list[str]:
        return [self.people[one.customer_id].name for one in self.stored.owners.get(unit.id, ())]

    def _beside(self, row: OwnerRow, unit: StoredUnit) -> bool:
        """In the same building, or the same door of a building with another name."""
        key = row.key
        same_building = self.buildings.get(unit.building_id) == key.building
        return same_building or (unit.entrance, unit.number) == (key.entrance, key.number)
