"""Compares the rows of an owner file with what is stored; reads only, collects the writes (E01).

What a clerk may rely on:
- A blank cell says nothing: it never takes away what is stored.
- Areas, kinds, dates and the like: the file replaces, shown as old → new.
- Phones, family and plates are added, never removed.
- Another owner than the stored one is a *conflict*: the row stays out. Confirmed, it becomes
  a change of ownership from a day on (the old interval ends the day before).
- The same owner with another ID number is a *conflict* too; confirmed, the number is corrected.
- Another tenant simply follows: the old tenancy ends the day before, the new one begins. Where
  that cannot be (the days meet another tenancy, the parking space is sold) the row is a
  *conflict* that nobody can confirm.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from app.core.errors import N_
from app.core.importing import Change, Line, Outcome, Plan
from app.estate import import_texts
from app.estate.checks import sort_key_of
from app.estate.import_intervals import SOLD, Intervals, Plates, last_day
from app.estate.import_people import Known, People
from app.estate.import_stored import UNIT_FIELDS, Holding, StoredUnit, load
from app.estate.import_tables import WORDS, Tables, names, phones, shares, shown
from app.estate.models import Kind, Occupancy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy.orm import Session

    from app.estate.owner_names import Member
    from app.estate.owner_rows import OwnerRow, Tenant
    from app.estate.rooms import RoomKey

OWNER_DIFFERS = N_("The owner stored is another one.")
ID_DIFFERS = N_("The owner has the same name and another ID number.")
SAME_DAY = N_("The stored ownership began on or after the day of the change.")
KIND_ASSUMED = N_("%(count)s rows say nothing of their use and are entered as flats.")
STILL_LET = N_(
    "%(count)s rows say otherwise who lives there, but a tenancy runs: they stay let until it ends."
)
OCCUPANCY_UNKNOWN = N_("%(count)s rows do not say who lives there: occupancy “not recorded”.")


class Comparison:
    """One import being compared; `plan()` gives the result."""

    def __init__(
        self, session: Session, community_id: int | None, day: date, *, accept_conflicts: bool
    ) -> None:
        self.day = day
        self.accept = accept_conflicts
        self.stored = load(session, community_id, day)
        self.people = People(self.stored.customers, self.stored.phones)
        self.community_id = community_id
        self.place = community_id or 0
        self.lines: list[Line] = []
        self.assumed: Counter[str] = Counter()
        self.plates = Plates(self.stored)
        self.intervals = Intervals(self.stored, self.people, day)
        self.tables = Tables()

    def plan(self, rows: Iterable[OwnerRow]) -> Plan:
        """Compare every row; afterwards collect the people that they brought."""
        for row in rows:
            import_texts.check(row)
            code = row.key.code
            unit = self.stored.units.get(code)
            line = self._new(row, code) if unit is None else self._known(row, code, unit)
            self.lines.append(line)
        self.people.write(self.tables.writes, self.place, self.tables.customers, self.tables.phones)
        notes = [
            (message, {"count": count})
            for message, count in sorted(self.assumed.items())
        ]
        notes += self.plates.notes()
        return Plan(self.lines, self.tables.writes, self.community_id, notes)

    # A unit that is not stored yet.

    def _new(self, row: OwnerRow, code: str) -> Line:
        kind, occupancy = row.kind, row.occupancy
        if kind == Kind.PARKING and row.owners and row.tenant:
            change = Change("tenants", "", row.tenant.name)
            return Line(row.sheet, row.row, code, Outcome.CONFLICT, (change,), SOLD)
        if kind is None:
            self.assumed[KIND_ASSUMED] += 1
            kind = Kind.FLAT
        if occupancy is None:
            if row.tenant:
                occupancy = Occupancy.LET
            else:
                self.assumed[OCCUPANCY_UNKNOWN] += 1
                occupancy = Occupancy.UNKNOWN
        unit = self.tables.units.add(
            self.place, self._building(row.key), row.key.entrance, row.key.number, code,
            row.key.sort_key, str(kind), str(occupancy), row.floor, row.gross_area, row.net_area,
            row.handover_date, row.billing_start, row.remark, 1,
        )  # fmt: skip
        self._own(unit, row, None)
        self._rent(unit, row.tenant, None)
        self._live(unit, row.family)
        self._drive(unit, code, row.plates, row.space)
        return Line(
            row.sheet, row.row, code, Outcome.NEW,
            facts=(str(kind), shown(row.gross_area), names(row.owners), phones(row.owners)),
        )  # fmt: skip

    def _building(self, key: RoomKey) -> int:
        found = self.stored.buildings.get(key.building)
        if found is None:
            order = sort_key_of(key.building)
            found = self.tables.buildings.add(self.place, key.building, order, 1)
            self.stored.buildings[key.building] = found
        return found

    def _own(self, unit: int, row: OwnerRow, starts_on: date | None) -> None:
        owners = row.owners
        for position, (owner, share) in enumerate(zip(owners, shares(owners), strict=True)):
            known = self.people.settle(owner)
            if position == 0:
                self.people.describe(known, row.address, row.email)
            self.tables.ownerships.add(
                self.place, unit, known.ref, share, position, starts_on, 1
            )

    def _rent(self, unit: int, tenant: Tenant | None, starts_on: date | None) -> None:
        if tenant is not None:
            known = self.people.settle(tenant)
            self.tables.tenancies.add(
                self.place, unit, known.ref, tenant.starts_on or starts_on, tenant.ends_on, 1
            )

    def _live(self, unit: int, family: Iterable[Member]) -> None:
        for person in family:
            self.tables.residents.add(
                self.place, unit, person.name, person.relation, person.phone, 1
            )

    def _drive(self, unit: int, code: str, plates: Iterable[str], space: str | None) -> None:
        for plate in plates:
            self.plates.see(plate, code)
            self.tables.vehicles.add(self.place, unit, plate, space, 1)

    # A unit that is stored.

    def _known(self, row: OwnerRow, code: str, unit: StoredUnit) -> Line:
        reason, holdings = self._conflict(row, unit)
        if reason and not (self.accept and reason != SAME_DAY):
            stored = names([self.people[one.customer_id] for one in holdings])
            if reason == ID_DIFFERS:
                change = self._id_change(row, holdings)
            else:
                change = Change("owners", stored, names(row.owners))
            return Line(row.sheet, row.row, code, Outcome.CONFLICT, (change,), reason)
        sells = bool(row.owners) and (not holdings or reason == OWNER_DIFFERS)
        if meeting := self.intervals.meeting(row, unit, sells=sells):
            change, why = meeting
            return Line(row.sheet, row.row, code, Outcome.CONFLICT, (change,), why)
        changes = self._unit_changes(row, unit)
        changes += self._owner_changes(row, unit.id, holdings, reason)
        changes += self._tenant_changes(row, unit.id)
        changes += self._additions(row, unit.id)
        outcome = Outcome.CHANGED if changes else Outcome.UNCHANGED
        return Line(row.sheet, row.row, code, outcome, tuple(changes), reason)

    def _conflict(self, row: OwnerRow, unit: StoredUnit) -> tuple[str, list[Holding]]:
        """The reason of a conflict ('' for none) and who owns the unit on the day."""
        holdings = self.stored.owners.get(unit.id, [])
        if not row.owners or not holdings:
            return "", holdings
        stored = Counter(self.people[one.customer_id].name for one in holdings)
        if stored != Counter(person.name for person in row.owners):
            began = any(one.starts_on and one.starts_on >= self.day for one in holdings)
            return (SAME_DAY if began else OWNER_DIFFERS), holdings
        for known, person in self._pairs(holdings, row.owners):
            if person.id_number and known.id_number and person.id_number != known.id_number:
                return ID_DIFFERS, holdings
        return "", holdings

    def _pairs(self, holdings: Iterable[Holding], owners: Iterable[Any]) -> list[tuple[Known, Any]]:
        """Stored owners beside those of the file: by name, equal identities first."""
        left = list(owners)
        pairs = []
        for one in holdings:
            known = self.people[one.customer_id]
            same = [person for person in left if person.name == known.name]
            if same:
                exact = [person for person in same if person.id_number == known.id_number]
                chosen = (exact or same)[0]
                left.remove(chosen)
                pairs.append((known, chosen))
        return pairs

    def _id_change(self, row: OwnerRow, holdings: list[Holding]) -> Change:
        for known, person in self._pairs(holdings, row.owners):
            if person.id_number and known.id_number and person.id_number != known.id_number:
                return Change("id_number", known.id_number, person.id_number)
        raise AssertionError("no ID number differs")

    def _unit_changes(self, row: OwnerRow, unit: StoredUnit) -> list[Change]:
        before, after = {}, {}
        for name, old in zip(UNIT_FIELDS, unit.values, strict=True):
            new = getattr(row, name)
            if name == "occupancy" and new is not None:
                if new == unit.now:
                    continue
                if unit.now == Occupancy.LET and not row.tenant:
                    self.assumed[STILL_LET] += 1
            if new is not None and new != old:
                before[name], after[name] = old, str(new) if name in WORDS else new
        if after:
            self.tables.writes.change(self.tables.units.table, unit.id, unit.version, before, after)
        told = before | ({"occupancy": unit.now} if "occupancy" in after else {})
        return [Change(name, shown(told[name]), shown(after[name])) for name in after]

    def _owner_changes(
        self, row: OwnerRow, unit: int, holdings: list[Holding], reason: str
    ) -> list[Change]:
        if not row.owners:
            return []
        if not holdings or reason == OWNER_DIFFERS:
            first = self.intervals.deed_from(unit)
            self._end(self.tables.ownerships.table, holdings, self.day)
            stored = names([self.people[one.customer_id] for one in holdings])
            self._own(unit, row, first)
            return [Change("owners", stored, names(row.owners))]
        changes = []
        for known, person in self._pairs(holdings, row.owners):
            for name in ("id_number", "credit_code"):
                old, new = getattr(known, name), getattr(person, name)
                if new and new != old:
                    self.people.replace(known, name, new)
                    changes.append(Change(name, old or "", new))
            if added := [number for number in person.phones if number not in known.phones]:
                changes.append(Change("phones", "、".join(known.phones), "、".join(added)))
            self.people.complete(known, person)
        first = self._pairs(holdings, row.owners)[0][0]
        for name, old, new in self.people.describe(first, row.address, row.email):
            changes.append(Change(name, old or "", new))
        return changes

    def _tenant_changes(self, row: OwnerRow, unit: int) -> list[Change]:
        tenant = row.tenant
        if tenant is None:
            return []
        holdings = self.stored.tenants.get(unit, [])
        stored = [self.people[one.customer_id] for one in holdings]
        if self.intervals.is_tenant(tenant, unit):
            added = [number for number in tenant.phones if number not in stored[0].phones]
            if not added:
                return []
            before = "、".join(stored[0].phones)
            self.people.complete(stored[0], tenant)
            return [Change("phones", before, "、".join(added))]
        first = self.intervals.lease_from(tenant, unit)
        self._end(self.tables.tenancies.table, holdings, first or self.day)
        self._rent(unit, tenant, first)
        return [Change("tenants", names(stored), tenant.name)]

    def _end(self, table: Any, holdings: Iterable[Holding], first: date) -> None:
        """Let the intervals that reach to `first` end the day before it."""
        for one in holdings:
            if (last := last_day(one, first)) != one.ends_on:
                self.tables.writes.change(
                    table, one.id, one.version, {"ends_on": one.ends_on}, {"ends_on": last}
                )

    def _additions(self, row: OwnerRow, unit: int) -> list[Change]:
        changes = []
        known = self.stored.residents.get(unit, set())
        if added := [person for person in row.family if person.name not in known]:
            self._live(unit, added)
            changes.append(Change("residents", "", names(added)))
        plates = self.stored.plates.get(unit, set())
        if fresh := [plate for plate in row.plates if plate not in plates]:
            self._drive(unit, row.key.code, fresh, row.space)
            changes.append(Change("plates", "", "、".join(fresh)))
        return changes
