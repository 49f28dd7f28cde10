"""Who lives in a unit by an import: tenants follow, residents and cars are added or completed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.core.imports.batch import ImportedChange
from app.estate.owner_import.intervals import last_day, lease_days, span
from app.estate.owner_import.tables import names

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from app.estate.owner_file.names import Member
    from app.estate.owner_file.rows import FileTenant, OwnerRow
    from app.estate.owner_import.ground import Ground
    from app.estate.owner_import.intervals import Intervals, Plates
    from app.estate.owner_import.stored import Holding
    from app.estate.owner_import.who_is_who import KnownPeople

RESIDENT = ("relation", "phone", "id_number")
"""What is kept of a resident beside the name; a file that says it replaces it."""


class Household:
    """Tenants, residents and cars of one import."""

    def __init__(self, ground: Ground, intervals: Intervals, plates: Plates) -> None:
        self.stored = ground.stored
        self.people = ground.people
        self.tables = ground.tables
        self.place = ground.place
        self.day = ground.day
        self.intervals = intervals
        self.plates = plates

    def enter(self, unit: int, row: OwnerRow) -> None:
        """Everybody of a unit that is not stored yet."""
        self._rent(unit, row.tenant, None)
        self._live(unit, row.family)
        self._drive(unit, row.key.code, row.plates, row.space)

    def changes(self, row: OwnerRow, unit: int) -> list[ImportedChange]:
        """Store what the row says of the people in a stored unit; what changed."""
        return self._tenants(row, unit) + self._residents(row, unit) + self._cars(row, unit)

    def _rent(self, unit: int, tenant: FileTenant | None, starts_on: date | None) -> None:
        if tenant is not None:
            known = self.people.settle(tenant)
            self.tables.tenancies.add(
                self.place, unit, known.ref, tenant.starts_on or starts_on, tenant.ends_on, 1
            )

    def _live(self, unit: int, family: Iterable[Member]) -> None:
        for person in family:
            self.tables.residents.add(
                self.place, unit, person.name, person.relation, person.phone, person.id_number, 1
            )

    def _drive(self, unit: int, code: str, plates: Iterable[str], space: str | None) -> None:
        for plate in plates:
            self.plates.see(plate, code)
            self.tables.vehicles.add(self.place, unit, plate, space, 1)

    def _tenants(self, row: OwnerRow, unit: int) -> list[ImportedChange]:
        """The same tenant is completed; another one follows the day after the old one's end."""
        tenant = row.tenant
        if tenant is None:
            return []
        if same := self.intervals.same_tenant(tenant, unit):
            return self._same_tenant(*same, tenant)
        holdings = self.stored.tenants.get(unit, [])
        first = self.intervals.lease_from(tenant, unit)
        for one in holdings:
            self.tables.end(self.tables.tenancies.table, one, last_day(one, first or self.day))
        self._rent(unit, tenant, first)
        return [
            ImportedChange(
                "tenants", names([self.people[one.customer_id] for one in holdings]), tenant.name
            )
        ]

    def _same_tenant(
        self, holding: Holding, known: KnownPeople, tenant: FileTenant
    ) -> list[ImportedChange]:
        changes = []
        if known.name != tenant.name:
            changes.append(ImportedChange("tenants", known.name, tenant.name))
            self.people.rename(known, tenant.name)
        if added := [number for number in tenant.phones if number not in known.phones]:
            changes.append(ImportedChange("phones", "、".join(known.phones), "、".join(added)))
        self.people.complete(known, tenant)
        old, new = (holding.starts_on, holding.ends_on), lease_days(tenant, holding)
        if old != new:
            self.tables.writes.change(
                self.tables.tenancies.table,
                holding.id,
                holding.version,
                {"starts_on": old[0], "ends_on": old[1]},
                {"starts_on": new[0], "ends_on": new[1]},
            )
            changes.append(ImportedChange("lease", span(*old), span(*new)))
        return changes

    def _residents(self, row: OwnerRow, unit: int) -> list[ImportedChange]:
        known = self.stored.residents.get(unit, {})
        changes = []
        if added := [person for person in row.family if person.name not in known]:
            self._live(unit, added)
            changes.append(ImportedChange("residents", "", names(added)))
        for person in row.family:
            stored = known.get(person.name)
            said = {name: getattr(person, name) for name in RESIDENT if getattr(person, name)}
            if stored is None or not said:
                continue
            before = {name: getattr(stored, name) for name in said}
            if before != said:
                table = self.tables.residents.table
                self.tables.writes.change(table, stored.id, stored.version, before, said)
                changes.append(
                    ImportedChange(
                        "residents", _told(person.name, before), _told(person.name, said)
                    )
                )
        return changes

    def _cars(self, row: OwnerRow, unit: int) -> list[ImportedChange]:
        plates = self.stored.plates.get(unit, set())
        if fresh := [plate for plate in row.plates if plate not in plates]:
            self._drive(unit, row.key.code, fresh, row.space)
            return [ImportedChange("plates", "", "、".join(fresh))]
        return []


def _told(name: str, facts: dict[str, Any]) -> str:
    """A resident with the relation, 王五（配偶）; numbers are not shown in a preview."""
    relation = facts.get("relation")
    return f"{name}（{relation}）" if relation else name
