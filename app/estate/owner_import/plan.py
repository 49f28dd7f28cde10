"""Compares the rows of an owner file with what is stored; reads only, collects the writes (E01).

What a clerk may rely on:
- A blank cell says nothing: it never takes away what is stored.
- Areas, kinds, dates and the like: the file replaces, shown as old → new.
- Phones, family and plates are added, never removed.
- Who owns a unit is told by `import_owners`; what is in doubt is a *conflict*: the row stays out
  until somebody accepts it.
- Another tenant simply follows: the old tenancy ends the day before, the new one begins. Where
  that cannot be (the days meet another tenancy, the parking space is sold) the row is a
  *conflict* that nobody can accept.
- A room that was renumbered is the stored unit under its new number, where somebody says so.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from app.core.imports.batch import ImportedChange, ImportLine, ImportPlan, Outcome
from app.core.values.errors import N_
from app.estate.base.codes import Occupancy, UnitKind
from app.estate.owner_import import text_limits
from app.estate.owner_import.ground import Ground
from app.estate.owner_import.hints import Renumbering, new_buildings
from app.estate.owner_import.household import Household
from app.estate.owner_import.intervals import SOLD, Intervals, Plates
from app.estate.owner_import.owners import OwnerChanges
from app.estate.owner_import.stored import UNIT_FIELDS, StoredUnit, load
from app.estate.owner_import.tables import WORDS, Tables, names, phones, shown
from app.estate.owner_import.who_is_who import People
from app.estate.rooms.form_checks import sort_key_of
from app.estate.rooms.renumbering import former

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from app.estate.owner_file.rows import OwnerRow
    from app.estate.rooms.room_key import RoomKey

KIND_ASSUMED = N_("%(count)s rows say nothing of their use and are entered as flats.")
STILL_LET = N_(
    "%(count)s rows say otherwise who lives there, but a tenancy runs: they stay let until it ends."
)
OCCUPANCY_UNKNOWN = N_("%(count)s rows do not say who lives there: occupancy “not recorded”.")
OWNERS_KEPT = N_("Owners whom the file does not name stay: %(names)s.")
SAME_NUMBER = N_("One ID number with two names is two people here, please check: %(names)s.")
NAMED = 12


class Comparison:
    """One import being compared; `plan()` gives the result."""

    def __init__(
        self,
        session: Session,
        community_id: int | None,
        day: date,
        *,
        accept: frozenset[str] = frozenset(),
        renumbered: Mapping[str, str] | None = None,
    ) -> None:
        self.day = day
        self.stored = load(session, community_id, day)
        self.people = People(self.stored.customers, self.stored.phones)
        self.community_id = community_id
        self.place = community_id or 0
        self.renumbered = dict(renumbered or {})
        self.lines: list[ImportLine] = []
        self.assumed: Counter[str] = Counter()
        self.made: Counter[str] = Counter()
        self.fresh: list[OwnerRow] = []
        self.tables = Tables()
        ground = Ground(self.stored, self.people, self.tables, self.place, day)
        intervals = Intervals(self.stored, self.people, day)
        self.plates = Plates(self.stored)
        self.owners = OwnerChanges(ground, intervals, accept)
        self.household = Household(ground, intervals, self.plates)

    def plan(self, rows: Sequence[OwnerRow]) -> ImportPlan:
        """Compare every row; afterwards collect the people that they brought."""
        self.owners.rename_first(rows, self._stored)
        hints = Renumbering(self.stored, self.people)
        known = list(self.stored.buildings)
        for row in rows:
            text_limits.check(row)
            self.lines.append(self._line(row))
        self.people.write(self.tables.writes, self.place, self.tables.customers, self.tables.phones)
        extras: dict[str, Any] = {"new_buildings": new_buildings(self.made, known)}
        if self.fresh and self.stored.units:
            named = {row.key.code for row in rows} | set(self.renumbered.values())
            extras["renumbered"] = hints.hints(self.fresh, named)
        return ImportPlan(self.lines, self.tables.writes, self.community_id, self._notes(), extras)

    def _notes(self) -> list[tuple[str, dict[str, Any]]]:
        notes: list[tuple[str, dict[str, Any]]] = [
            (message, {"count": count}) for message, count in sorted(self.assumed.items())
        ]
        kept = [f"{code} {name}" for code, name in self.owners.missing]
        doubles = [f"{one} / {other}" for one, other in self.people.doubles]
        for message, found in ((OWNERS_KEPT, kept), (SAME_NUMBER, doubles)):
            if found:
                more = "…" if len(found) > NAMED else ""
                notes.append((message, {"names": "；".join(found[:NAMED]) + more}))
        return [*notes, *self.plates.notes()]

    def _stored(self, row: OwnerRow) -> StoredUnit | None:
        """The unit on file that a row speaks of, by its number or the one it had before."""
        units = self.stored.units
        return units.get(row.key.code) or units.get(self.renumbered.get(row.key.code, ""))

    def _line(self, row: OwnerRow) -> ImportLine:
        code = row.key.code
        unit = self._stored(row)
        if unit is None:
            return self._new(row, code)
        old = None if code in self.stored.units else self.renumbered[code]
        return self._known(row, code, unit, old)

    # A unit that is not stored yet.

    def _new(self, row: OwnerRow, code: str) -> ImportLine:
        kind, occupancy = row.kind, row.occupancy
        if kind == UnitKind.PARKING and row.owners and row.tenant:
            change = ImportedChange("tenants", "", row.tenant.name)
            return ImportLine(row.sheet, row.row, code, Outcome.CONFLICT, (change,), SOLD)
        if kind is None:
            self.assumed[KIND_ASSUMED] += 1
            kind = UnitKind.FLAT
        if occupancy is None:
            if row.tenant:
                occupancy = Occupancy.LET
            else:
                self.assumed[OCCUPANCY_UNKNOWN] += 1
                occupancy = Occupancy.UNKNOWN
        unit = self.tables.units.add(
            self.place,
            self._building(row.key),
            row.key.entrance,
            row.key.number,
            code,
            row.key.sort_key,
            str(kind),
            str(occupancy),
            row.floor,
            row.gross_area,
            row.net_area,
            row.charged_area,
            row.handover_date,
            row.billing_start,
            remark_of(row),
            1,
        )
        if self.stored.units:
            self.fresh.append(row)
        self.owners.enter(unit, row)
        self.household.enter(unit, row)
        return ImportLine(
            row.sheet,
            row.row,
            code,
            Outcome.NEW,
            facts=(str(kind), shown(row.gross_area), names(row.owners), phones(row.owners)),
        )

    def _building(self, key: RoomKey) -> int:
        found = self.stored.buildings.get(key.building)
        if found is None:
            order = sort_key_of(key.building)
            found = self.tables.buildings.add(self.place, key.building, order, 1)
            self.stored.buildings[key.building] = found
        if found < 0:
            self.made[key.building] += 1
        return found

    # A unit that is stored.

    def _known(
        self, row: OwnerRow, code: str, unit: StoredUnit, old: str | None = None
    ) -> ImportLine:
        reason, found, change = self.owners.verdict(row, unit)
        if change is not None:
            return ImportLine(row.sheet, row.row, code, Outcome.CONFLICT, (change,), reason)
        changes = self._unit_changes(row, unit, old)
        changes += self.owners.changes(row, unit.id, reason, found)
        changes += self.household.changes(row, unit.id)
        outcome = Outcome.CHANGED if changes else Outcome.UNCHANGED
        return ImportLine(row.sheet, row.row, code, outcome, tuple(changes), reason)

    def _renumber(self, row: OwnerRow, old: str, unit: StoredUnit) -> dict[str, Any]:
        """The columns of the stored unit that its new number changes: name → (old, new)."""
        key = row.key
        buildings = {key: name for name, key in self.stored.buildings.items()}
        self.tables.former_rooms.add(
            self.place,
            unit.id,
            buildings[unit.building_id],
            unit.entrance,
            unit.number,
            old,
            self.day,
            *former(),
        )
        return {
            "code": (old, key.code),
            "sort_key": (unit.sort_key, key.sort_key),
            "building_id": (unit.building_id, self._building(key)),
            "entrance": (unit.entrance, key.entrance),
            "number": (unit.number, key.number),
        }

    def _unit_changes(
        self, row: OwnerRow, unit: StoredUnit, former_code: str | None
    ) -> list[ImportedChange]:
        before, after, changes = {}, {}, []
        for name, old in zip(UNIT_FIELDS, unit.values, strict=True):
            new = remark_of(row) if name == "remark" else getattr(row, name)
            told = old
            if name == "occupancy" and new is not None:
                told = unit.now
                if told == Occupancy.LET and new != told and not row.tenant:
                    self.assumed[STILL_LET] += 1
            if new is not None and new not in (old, told):
                before[name], after[name] = old, str(new) if name in WORDS else new
                changes.append(ImportedChange(name, shown(told), shown(new)))
        if former_code:
            changes.insert(0, ImportedChange("room", former_code, row.key.code))
            for name, (old, new) in self._renumber(row, former_code, unit).items():
                before[name], after[name] = old, new
        if after:
            self.tables.writes.change(self.tables.units.table, unit.id, unit.version, before, after)
        return changes


def remark_of(row: OwnerRow) -> str | None:
    """The remark, and what of the row no other record can keep: it is not lost in silence."""
    if (row.plates or not row.space) and (row.owners or not (row.address or row.email)):
        return row.remark
    homeless = {
        "space": row.space if not row.plates else None,
        "address": row.address if not row.owners else None,
        "email": row.email if not row.owners else None,
    }
    further = [f"{KEPT_AS[name]}：{text}" for name, text in homeless.items() if text]
    return "；".join([*([row.remark] if row.remark else []), *further]) or None


KEPT_AS = {"space": "车位号", "address": "通讯地址", "email": "电子邮箱"}
"""How a remark calls it; a remark is the office's own text, so it is not translated."""
