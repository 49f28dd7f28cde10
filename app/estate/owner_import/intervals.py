"""What an owner file would let or sell twice, and which plates it gives to several units (E01).

The rules are those of `estate.base.overlaps`; here they are asked of loaded rows, before anything
is stored. An interval of the file that follows the one on file ends that one the day before;
what meets another interval even so keeps the row out.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from app.core.imports.batch import ImportedChange
from app.core.values.errors import N_
from app.estate.base.codes import UnitKind
from app.estate.base.overlaps import begins_by, within
from app.estate.owner_import.ground import match
from app.estate.owner_import.stored import UNIT_FIELDS
from app.estate.owner_import.tables import names, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from app.estate.owner_file.rows import FileTenant, OwnerRow
    from app.estate.owner_import.ground import Matched
    from app.estate.owner_import.stored import Holding, Stored, StoredUnit
    from app.estate.owner_import.who_is_who import KnownPeople, People

LET_TWICE = N_("The days of this tenancy meet those of another one on file.")
SOLD = N_("The parking space is sold: it cannot be let as well.")
OWNED_LATER = N_("Another ownership on file begins later: enter this change of owner by hand.")
SHARED = N_("With these shares the owners on file would have more than the whole on some days.")
TURNED = N_("By the days of the file this tenancy would end before it begins.")
LET_LATER = N_("A tenancy of this parking space begins later: it cannot be sold before that.")
PLATES = N_("%(count)s plates stand on several units, which may be right: %(plates)s")
SHOWN = 5


def reaches(first: date | None, last: date | None, one: Holding, ends: date | None) -> bool:
    """The days from `first` to `last` and those of the stored interval up to `ends` meet."""
    before = first is not None and ends is not None and ends < first
    after = last is not None and one.starts_on is not None and one.starts_on > last
    return not before and not after


def sold(one: Holding, first: date | None, last: date | None, ends: date | None) -> bool:
    """An owner (until `ends`) has a space on a day of a tenancy, and had it when that began."""
    return begins_by(one.starts_on, first) and reaches(first, last, one, ends)


def last_day(one: Holding, first: date) -> date | None:
    """The last day of a stored interval that is followed by one from `first` on.

    It never becomes later, and never lies before the first.
    """
    if one.ends_on is not None and one.ends_on < first:
        return one.ends_on
    if one.starts_on is not None and one.starts_on >= first:
        return one.ends_on
    return first - timedelta(days=1)


def span(first: date | None, last: date | None) -> str:
    """From the first to the last day: 2026-01-01～2026-12-31; an open end is left blank."""
    return f"{shown(first)}～{shown(last)}"


def lease_days(tenant: FileTenant, one: Holding) -> tuple[date | None, date | None]:
    """The days of a tenancy on file with what the file says of them."""
    return tenant.starts_on or one.starts_on, tenant.ends_on or one.ends_on


class Intervals:
    """The owners and tenants on file of one community, as an import would follow them."""

    def __init__(self, stored: Stored, people: People, day: date) -> None:
        self.stored, self.people, self.day = stored, people, day
        at = UNIT_FIELDS.index("kind")
        units = stored.units.values()
        self.parking = {unit.id for unit in units if unit.values[at] == UnitKind.PARKING}

    def lease_from(self, tenant: FileTenant, unit: int) -> date | None:
        """The first day of a tenancy of the file; None (always) only where none is on file."""
        return tenant.starts_on or (self.day if self.stored.leases.get(unit) else None)

    def deed_from(self, unit: int, found: Matched) -> date | None:
        """The first day of those who come; None (always) only where nothing speaks against it.

        Who stands beside an owner has done so since that owner, unless somebody else owned a
        part meanwhile. A parking space that is let already was not sold before that.
        """
        if found.gone:
            return self.day
        others = self._others(unit, found)
        if found.pairs:
            first = found.pairs[0][0].starts_on
            over = any(
                one.ends_on is not None
                and one.ends_on < self.day
                and reaches(first, None, one, one.ends_on)
                for one in others
            )
            return self.day if over else first
        leases = self.stored.leases.get(unit) if unit in self.parking else None
        return self.day if others or leases else None

    def _others(self, unit: int, found: Matched) -> list[Holding]:
        """The ownerships on file of those who do not stay."""
        staying = {holding.id for holding, _, _ in found.pairs}
        return [one for one in self.stored.deeds.get(unit, ()) if one.id not in staying]

    def meeting(
        self, row: OwnerRow, unit: StoredUnit, found: Matched, shares: Sequence[Decimal]
    ) -> tuple[ImportedChange, str] | None:
        """What on file the row's owners or tenant would meet, and why that cannot be.

        `found.added` are those who come as owners; `shares` what who stays has from now on,
        where only that changes.
        """
        if row.kind == UnitKind.PARKING:
            self.parking.add(unit.id)
        if found.added and (met := self._deed(row, unit.id, found)):
            return met
        if shares and (met := self._more(row, unit.id, found, shares)):
            return met
        return self._lease(row.tenant, unit.id, found) if row.tenant else None

    def same_tenant(self, tenant: FileTenant, unit: int) -> tuple[Holding, KnownPeople] | None:
        """The tenancy that runs and that the file means, with its tenant."""
        found = match(self.stored.tenants.get(unit, ()), self.people, [tenant])
        return found.pairs[0][:2] if found.pairs else None

    def _lease(
        self, tenant: FileTenant, unit: int, found: Matched
    ) -> tuple[ImportedChange, str] | None:
        if same := self.same_tenant(tenant, unit):
            return self._longer(tenant, unit, same[0])
        first, last = self.lease_from(tenant, unit), tenant.ends_on
        running = self.stored.tenants.get(unit, [])
        for one in self.stored.leases.get(unit, ()):
            ends = last_day(one, first) if first and one in running else one.ends_on
            if reaches(first, last, one, ends):
                return ImportedChange("tenants", self.told(one), tenant.name), LET_TWICE
        if unit not in self.parking:
            return None
        for one in self.stored.deeds.get(unit, ()):
            goes = found.added and one in found.gone
            if sold(one, first, last, last_day(one, self.day) if goes else one.ends_on):
                return ImportedChange("owners", self.told(one), tenant.name), SOLD
        if found.added and begins_by(self.deed_from(unit, found), first):
            return ImportedChange("tenants", "", tenant.name), SOLD
        return None

    def _longer(
        self, tenant: FileTenant, unit: int, own: Holding
    ) -> tuple[ImportedChange, str] | None:
        """The days that the file gives to the tenancy on file, where they are other ones."""
        first, last = lease_days(tenant, own)
        change = ImportedChange("lease", span(own.starts_on, own.ends_on), span(first, last))
        if first and last and last < first:
            return change, TURNED
        if within(first, last, own):
            return None
        for one in self.stored.leases.get(unit, ()):
            if one.id != own.id and reaches(first, last, one, one.ends_on):
                return ImportedChange("tenants", self.told(one), change.new), LET_TWICE
        for one in self.stored.deeds.get(unit, ()) if unit in self.parking else ():
            if sold(one, first, last, one.ends_on):
                return ImportedChange("owners", self.told(one), change.new), SOLD
        return None

    def _deed(self, row: OwnerRow, unit: int, found: Matched) -> tuple[ImportedChange, str] | None:
        first = self.deed_from(unit, found)
        for one in self._others(unit, found):
            ends = last_day(one, first) if first and one in found.gone else one.ends_on
            if reaches(first, None, one, ends):
                return ImportedChange("owners", self.told(one), names(row.owners)), OWNED_LATER
        for one in self.stored.leases.get(unit, ()) if unit in self.parking else ():
            if begins_by(first, one.starts_on) and reaches(first, None, one, one.ends_on):
                return ImportedChange("tenants", self.told(one), names(row.owners)), LET_LATER
        return None

    def _more(
        self, row: OwnerRow, unit: int, found: Matched, shares: Sequence[Decimal]
    ) -> tuple[ImportedChange, str] | None:
        """Somebody would have more beside one who had a part before or will have one later."""
        whole = sum(shares)
        for (holding, _, _), share in zip(found.pairs, shares, strict=True):
            for one in self._others(unit, found) if share > (holding.share or 0) else ():
                meets = reaches(holding.starts_on, holding.ends_on, one, one.ends_on)
                if meets and one not in found.gone and whole + (one.share or 0) > 1:
                    return ImportedChange("owners", self.told(one), names(row.owners)), SHARED
        return None

    def told(self, one: Holding) -> str:
        """A stored interval: 李四（2026-01-01～2026-12-31）, in every language the same."""
        when = span(one.starts_on, one.ends_on) if one.starts_on or one.ends_on else ""
        return self.people[one.customer_id].name + (f"（{when}）" if when else "")


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
