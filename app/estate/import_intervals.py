"""What an owner file would let or sell twice, and which plates it gives to several units (E01).

The rules are those of `estate.overlaps`; here they are asked of loaded rows, before anything
is stored. An interval of the file that follows the one on file ends that one the day before;
what meets another interval even so keeps the row out.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from app.core.errors import N_
from app.core.importing import Change
from app.estate.import_stored import UNIT_FIELDS
from app.estate.import_tables import names
from app.estate.models import Kind
from app.estate.overlaps import begins_by, days

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.estate.import_people import People
    from app.estate.import_stored import Holding, Stored, StoredUnit
    from app.estate.owner_rows import OwnerRow, Tenant

LET_TWICE = N_("The days of this tenancy meet those of another one on file.")
SOLD = N_("The parking space is sold: it cannot be let as well.")
OWNED_LATER = N_("Another ownership on file begins later: enter this change of owner by hand.")
LET_LATER = N_("A tenancy of this parking space begins later: it cannot be sold before that.")
PLATES = N_("%(count)s plates stand on several units, which may be right: %(plates)s")
SHOWN = 5


def reaches(first: date | None, last: date | None, one: Holding, ends: date | None) -> bool:
    """The days from `first` to `last` and those of the stored interval up to `ends` meet."""
    before = first is not None and ends is not None and ends < first
    after = last is not None and one.starts_on is not None and one.starts_on > last
    return not before and not after


def last_day(one: Holding, first: date) -> date | None:
    """The last day of a stored interval that is followed by one from `first` on.

    It never becomes later, and never lies before the first.
    """
    if one.ends_on is not None and one.ends_on < first:
        return one.ends_on
    if one.starts_on is not None and one.starts_on >= first:
        return one.ends_on
    return first - timedelta(days=1)


class Intervals:
    """The owners and tenants on file of one community, as an import would follow them."""

    def __init__(self, stored: Stored, people: People, day: date) -> None:
        self.stored, self.people, self.day = stored, people, day
        at = UNIT_FIELDS.index("kind")
        units = stored.units.values()
        self.parking = {unit.id for unit in units if unit.values[at] == Kind.PARKING}

    def lease_from(self, tenant: Tenant, unit: int) -> date | None:
        """The first day of a tenancy of the file; None (always) only where none is on file."""
        return tenant.starts_on or (self.day if self.stored.leases.get(unit) else None)

    def deed_from(self, unit: int) -> date | None:
        """The first day of an ownership of the file; None (always) only where none is on file.

        A parking space that is let already was not sold before that.
        """
        leases = self.stored.leases.get(unit) if unit in self.parking else None
        return self.day if self.stored.deeds.get(unit) or leases else None

    def meeting(self, row: OwnerRow, unit: StoredUnit, *, sells: bool) -> tuple[Change, str] | None:
        """What on file the row's tenant (or new owners, with `sells`) would meet, and why not."""
        if row.kind == Kind.PARKING:
            self.parking.add(unit.id)
        if sells and (found := self._deed(row, unit.id)):
            return found
        tenant = row.tenant
        if tenant is None or self.is_tenant(tenant, unit.id):
            return None
        return self._lease(tenant, unit.id, sells=sells)

    def is_tenant(self, tenant: Tenant, unit: int) -> bool:
        """The file names the tenant of the day who is on file."""
        running = self.stored.tenants.get(unit, [])
        return [self.people[one.customer_id].name for one in running] == [tenant.name]

    def _lease(self, tenant: Tenant, unit: int, *, sells: bool) -> tuple[Change, str] | None:
        first, last = self.lease_from(tenant, unit), tenant.ends_on
        running = self.stored.tenants.get(unit, [])
        for one in self.stored.leases.get(unit, ()):
            ends = last_day(one, first) if first and one in running else one.ends_on
            if reaches(first, last, one, ends):
                return Change("tenants", self.told(one), tenant.name), LET_TWICE
        if unit not in self.parking:
            return None
        for one in () if sells else self.stored.deeds.get(unit, ()):
            if begins_by(one.starts_on, first) and reaches(first, last, one, one.ends_on):
                return Change("owners", self.told(one), tenant.name), SOLD
        if sells and begins_by(self.deed_from(unit), first):
            return Change("tenants", "", tenant.name), SOLD
        return None

    def _deed(self, row: OwnerRow, unit: int) -> tuple[Change, str] | None:
        first = self.deed_from(unit)
        running = self.stored.owners.get(unit, [])
        for one in self.stored.deeds.get(unit, ()):
            ends = last_day(one, first) if first and one in running else one.ends_on
            if reaches(first, None, one, ends):
                return Change("owners", self.told(one), names(row.owners)), OWNED_LATER
        for one in self.stored.leases.get(unit, ()) if unit in self.parking else ():
            if begins_by(first, one.starts_on) and reaches(first, None, one, one.ends_on):
                return Change("tenants", self.told(one), names(row.owners)), LET_LATER
        return None

    def told(self, one: Holding) -> str:
        """A stored interval in words: 李四（2026-01-01 至 2026-12-31）."""
        return f"{self.people[one.customer_id].name}（{days(one.starts_on, one.ends_on)}）"


class Plates:
    """Plates by the units that have them, on file and in the file."""

    def __init__(self, stored: Stored) -> None:
        codes = {unit.id: code for code, unit in stored.units.items()}
        self.units: dict[str, set[str]] = {}
        for unit, plates in stored.plates.items():
            for plate in plates:
                self.units.setdefault(plate, set()).add(codes[unit])
        self.fresh: dict[str, None] = {}

    def see(self, plate: str, code: str) -> None:
        """The file gives a plate to a unit."""
        self.units.setdefault(plate, set()).add(code)
        self.fresh[plate] = None

    def notes(self) -> Iterable[tuple[str, dict[str, Any]]]:
        """A sentence about the plates of the file that several units have."""
        shared = [plate for plate in self.fresh if len(self.units[plate]) > 1]
        if not shared:
            return []
        told = [f"{plate}（{'、'.join(sorted(self.units[plate]))}）" for plate in shared[:SHOWN]]
        return [(PLATES, {"count": len(shared), "plates": "；".join(told)})]
