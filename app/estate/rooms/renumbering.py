"""A room gets another number (房号变更): the unit with its bills and payments stays the same one.

Single, by a list, two rooms exchanged or a chain: planned as a whole, done as a whole or not at
all. What the rooms were called is kept and found by the search.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, cast, literal, select, update

from app.core.db import audit
from app.core.values import clock
from app.core.values.errors import N_, DomainError
from app.estate.base.models import Building, Community, Unit
from app.estate.base.occupants import BATCH
from app.estate.base.remembered import FormerRoom
from app.estate.rooms.room_key import RoomKey, own_room

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

MOST = 5_000
"""Rooms in one list."""
SHOWN = 8
NOTHING = N_("Write at least one room: its old number and its new one.")
TOO_MANY = N_("At most %(limit)s rooms in one list.")
NO_PAIR = N_("Line %(line)s: “%(text)s” is no pair; write the old number → the new one.")
NO_UNIT = N_("Line %(line)s: there is no room %(text)s in this community.")
SEVERAL = N_("Line %(line)s: %(text)s may be %(rooms)s; write building and entrance too.")
NO_ROOM = N_("Line %(line)s: %(text)s is no room number; write it like 104A or 1-1-104A.")
NO_BUILDING = N_("Line %(line)s: there is no building %(text)s; add the building first.")
SAME = N_("Line %(line)s: %(text)s would keep its number.")
TWICE_OLD = N_("Line %(line)s: %(text)s stands in the list twice.")
CONFLICTS = N_("Nothing was changed. These numbers would belong to two rooms: %(rooms)s.")
FUTURE = N_("The day of the change lies in the future; it is entered when it has come.")
_BETWEEN = re.compile(r"\s*(?:→|->|=>|⇒|＞|>|\t|,|，|;|；|改为|改成|变更为|换成|至)\s*|\s+")


@dataclass(frozen=True, slots=True)
class Move:
    """A unit and its place from now on; `key` as estate.rooms has it."""

    unit_id: int
    old: str
    key: RoomKey
    building_id: int

    @property
    def new(self) -> str:
        return self.key.code


def read_pairs(text: str) -> list[tuple[int, str, str]]:
    """The lines of a list as (line, old, new): `104 → 104A`, `1-1-104,1-1-104A`, tab or space.

    :raises DomainError: a line is no pair, or there is none.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        written = line.strip()
        if not written:
            continue
        parts = [part for part in _BETWEEN.split(written) if part]
        if len(parts) != 2:
            raise DomainError(NO_PAIR, field="pairs", line=number, text=written[:40])
        found.append((number, parts[0], parts[1]))
    if not found:
        raise DomainError(NOTHING, field="pairs")
    if len(found) > MOST:
        raise DomainError(TOO_MANY, field="pairs", limit=MOST)
    return found


def plan(session: Session, community_id: int, pairs: Sequence[tuple[int, str, str]]) -> list[Move]:
    """What each line means, checked as a whole; reads only.

    :raises DomainError: one sentence about the first line that cannot be, or all conflicts.
    """
    places = _Places(session, community_id)
    moves: list[Move] = []
    seen: set[int] = set()
    for line, old, new in pairs:
        unit = places.unit(line, old)
        if unit.id in seen:
            raise DomainError(TWICE_OLD, field="pairs", line=line, text=unit.code)
        seen.add(unit.id)
        move = places.move(line, unit, new)
        if move.new == unit.code:
            raise DomainError(SAME, field="pairs", line=line, text=unit.code)
        moves.append(move)
    check(places.codes, moves)
    return moves


def check(codes: dict[str, int], moves: Iterable[Move]) -> None:
    """No two units end with one number; `codes` are the stored ones.

    :raises DomainError: every number that two rooms would have, in one sentence.
    """
    left = {move.old for move in moves}
    ends: dict[str, list[str]] = {}
    for move in moves:
        ends.setdefault(move.new, []).append(move.old)
    bad = [
        f"{new}（{'、'.join([*olds, *([new] if new in codes and new not in left else [])])}）"
        for new, olds in ends.items()
        if len(olds) > 1 or (new in codes and new not in left)
    ]
    if bad:
        more = "…" if len(bad) > SHOWN else ""
        raise DomainError(CONFLICTS, field="pairs", rooms="、".join(bad[:SHOWN]) + more)


class _Places:
    """The rooms and buildings of a community, by what people write."""

    def __init__(self, session: Session, community_id: int) -> None:
        self.units: dict[str, Any] = {}
        self.by_number: dict[str, list[Any]] = {}
        names = {}
        for row in session.execute(
            select(Building.id, Building.name).where(Building.community_id == community_id)
        ):
            names[row.id] = row.name
        self.names = names
        self.buildings = {name: key for key, name in names.items()}
        for unit in session.execute(
            select(Unit.id, Unit.code, Unit.building_id, Unit.entrance, Unit.number).where(
                Unit.community_id == community_id
            )
        ):
            self.units[unit.code] = unit
            self.by_number.setdefault(unit.number, []).append(unit)
        self.codes = {code: unit.id for code, unit in self.units.items()}

    def unit(self, line: int, text: str) -> Any:
        """The stored unit that a line begins with."""
        said = own_room(text)
        if text in self.units:
            return self.units[text]
        if said is None:
            raise DomainError(NO_UNIT, field="pairs", line=line, text=text[:40])
        found = [
            unit
            for unit in self.by_number.get(said.number, [])
            if said.building in (None, self.names[unit.building_id])
            and said.entrance in (None, unit.entrance)
        ]
        if not found:
            raise DomainError(NO_UNIT, field="pairs", line=line, text=text[:40])
        if len(found) > 1:
            rooms = "、".join(unit.code for unit in found[:SHOWN])
            raise DomainError(SEVERAL, field="pairs", line=line, text=text[:40], rooms=rooms)
        return found[0]

    def move(self, line: int, unit: Any, text: str) -> Move:
        """Where the unit goes: a number alone stays in its building and entrance."""
        said = own_room(text)
        if said is None:
            raise DomainError(NO_ROOM, field="pairs", line=line, text=text[:40])
        if said.building is None:
            entrance = unit.entrance if said.entrance is None else said.entrance
            key = RoomKey(self.names[unit.building_id], entrance, said.number)
        else:
            key = RoomKey(said.building, said.entrance or "", said.number)
        building = self.buildings.get(key.building)
        if building is None:
            raise DomainError(NO_BUILDING, field="pairs", line=line, text=key.building)
        return Move(unit.id, unit.code, key, building)


def carry_out(
    session: Session, community_id: int, moves: Sequence[Move], day: date, reason: str
) -> int:
    """Give the units their new numbers from `day` on; how many. Never commits.

    :raises DomainError: a number was taken since the plan was made, or the day has not come.
    """
    if day > clock.today():
        raise DomainError(FUTURE, field="day")
    session.execute(
        select(Community.id).where(Community.id == community_id).with_for_update()
    ).one()
    check(_codes(session, community_id), moves)
    keys = [move.unit_id for move in moves]
    units = {}
    for start in range(0, len(keys), BATCH):
        part = keys[start : start + BATCH]
        found = select(Unit).where(Unit.id.in_(part), Unit.community_id == community_id)
        fresh = session.scalars(found.execution_options(populate_existing=True))
        units |= {unit.id: unit for unit in fresh}
        # Numbers that rooms exchange are free while they move.
        session.execute(
            update(Unit)
            .where(Unit.id.in_(part))
            .values(code=literal("~") + cast(Unit.id, String))
            .execution_options(synchronize_session=False)
        )
    names = _pairs(
        session, select(Building.id, Building.name).where(Building.community_id == community_id)
    )
    for move in moves:
        unit = units.get(move.unit_id)
        if unit is None or unit.code != move.old:
            raise DomainError(N_("The rooms changed meanwhile. Check the list once more."))
        keep(session, unit, names[unit.building_id], day, reason)
        unit.building_id, unit.entrance = move.building_id, move.key.entrance
        unit.number, unit.code, unit.sort_key = move.key.number, move.key.code, move.key.sort_key
        audit.record(
            session,
            "renumber",
            "units",
            unit.id,
            title=move.new,
            community_id=community_id,
            details={
                "number": {"old": move.old, "new": move.new},
                "day": day.isoformat(),
                "reason": reason,
            },
        )
    session.flush()
    return len(moves)


def keep(session: Session, unit: Unit, building: str, day: date, reason: str) -> None:
    """Remember what a unit was called until `day`."""
    words, moment, user = former(reason)
    session.add(
        FormerRoom(
            community_id=unit.community_id,
            unit_id=unit.id,
            building=building,
            entrance=unit.entrance,
            number=unit.number,
            code=unit.code,
            changed_on=day,
            reason=words,
            created_at=moment,
            created_by_id=user,
        )
    )


def former(reason: str = "") -> tuple[str, Any, int | None]:
    """Why, when and by whom: the last columns of a former room."""
    return reason, clock.now(), audit.actor().user_id


def _codes(session: Session, community_id: int) -> dict[str, int]:
    return _pairs(session, select(Unit.code, Unit.id).where(Unit.community_id == community_id))


def _pairs(session: Session, query: Any) -> dict[Any, Any]:
    return {key: value for key, value in session.execute(query)}  # noqa: C416 - rows, not pairs


def rename_building(session: Session, building: Building, old: str, day: date, reason: str) -> int:
    """A building's new name becomes part of its rooms' codes; their old ones are kept."""
    count = 0
    for unit in session.scalars(select(Unit).where(Unit.building_id == building.id)):
        key = RoomKey(building.name, unit.entrance, unit.number)
        if unit.code != key.code:
            keep(session, unit, old, day, reason)
            unit.code, unit.sort_key = key.code, key.sort_key
            count += 1
    return count
