"""Whose unit it is: the owners of a file beside those stored, and what follows from it (E01).

- The same ID number or credit code is the same person, whatever the name: renamed, not sold.
- More owners than stored (the spouse listed too) are offered as co-owners; fewer take nobody away.
- Another owner is a conflict. Accepted, the old interval ends the day before, the new one begins;
  who stays an owner keeps the interval, or ends it for one with the new share.
- What would meet another ownership or a tenancy on file is a conflict that nobody can accept.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from app.core.imports.batch import ImportedChange
from app.core.values.errors import N_
from app.estate.owner_import.ground import Matched, match, same_identity
from app.estate.owner_import.intervals import last_day
from app.estate.owner_import.tables import equal_shares, names, shares, shown
from app.estate.owner_import.who_is_who import KnownPeople, said_identity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from app.estate.owner_file.rows import OwnerRow
    from app.estate.owner_import.ground import Ground
    from app.estate.owner_import.intervals import Intervals
    from app.estate.owner_import.stored import Holding, StoredUnit

OWNER_DIFFERS = N_("The owner stored is another one.")
ID_DIFFERS = N_("The owner has the same name and another ID number.")
SAME_DAY = N_("The stored ownership began on or after the day of the change.")
CO_OWNER = N_("The file names a further owner beside the stored one.")
SAME_PHONE = N_("Another name with the same phone: the same person, renamed?")
TWO_NAMES = N_("The file writes one ID number with different names.")
ACCEPTS = {OWNER_DIFFERS: "sale", CO_OWNER: "co_owner", SAME_PHONE: "rename", ID_DIFFERS: "id"}
"""Reason of a conflict → what a person may accept of it; the others are settled by hand."""
EVERYTHING = frozenset(ACCEPTS.values())


class OwnerChanges:
    """The owners of one import."""

    def __init__(self, ground: Ground, intervals: Intervals, accept: frozenset[str]) -> None:
        self.stored = ground.stored
        self.people = ground.people
        self.tables = ground.tables
        self.place = ground.place
        self.day = ground.day
        self.intervals = intervals
        self.accept = accept
        self.missing: list[tuple[str, str]] = []
        self.renamed: dict[tuple[str, int], list[ImportedChange]] = {}
        self.two_names: set[str] = set()

    def rename_first(
        self, rows: Sequence[OwnerRow], unit_of: Callable[[OwnerRow], StoredUnit | None]
    ) -> None:
        """Take over corrected names before anything else, so that every row means one person.

        A row that stays out for another reason corrects no name either.
        """
        if not self.stored.owners:
            return
        said: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            for person in row.owners:
                if identity := said_identity(person):
                    said[identity].add(person.name)
        self.two_names = {identity for identity, found in said.items() if len(found) > 1}
        for row in rows:
            unit = unit_of(row)
            renamed = [
                (known, person.name)
                for holding in (self.stored.owners.get(unit.id, ()) if unit else ())
                for known in (self.people[holding.customer_id],)
                for person in row.owners
                if same_identity(known, person)
                and known.name != person.name
                and known.identity not in self.two_names
            ]
            if unit and renamed and self.verdict(row, unit, renaming=True)[2] is None:
                for known, name in renamed:
                    self._rename(row, known, name)

    def _rename(self, row: OwnerRow, known: KnownPeople, name: str) -> ImportedChange:
        change = ImportedChange("owner_name", known.name, name)
        self.people.rename(known, name)
        self.renamed.setdefault((row.sheet, row.row), []).append(change)
        return change

    # A unit that is not stored yet.

    def enter(self, unit: int, row: OwnerRow, starts_on: date | None = None) -> None:
        """All owners of the row own the unit from a day on (None: always)."""
        owners = row.owners
        for position, (owner, share) in enumerate(zip(owners, shares(owners), strict=True)):
            known = self.people.settle(owner)
            if position == 0:
                self.people.describe(known, row.address, row.email)
            self._add(unit, known, share, position, starts_on)

    def _add(
        self,
        unit: int,
        known: KnownPeople,
        share: Any,
        position: int,
        first: date | None,
        *,
        last: date | None = None,
    ) -> None:
        self.tables.ownerships.add(self.place, unit, known.ref, share, position, first, last, 1)

    # A unit that is stored.

    def verdict(
        self, row: OwnerRow, unit: StoredUnit, *, renaming: bool = False
    ) -> tuple[str, Matched, ImportedChange | None]:
        """The reason of a conflict ('' for none), who is who, and what is shown of a row that
        stays out (None for one that is taken). `renaming`: other names are about to be stored.
        """
        found = match(self.stored.owners.get(unit.id, ()), self.people, row.owners)
        reasons = self._reasons(found, renaming=renaming)
        for reason in reasons:
            if ACCEPTS.get(reason) not in self.accept:
                return reason, found, self._conflict(row, reason, found)
        reason = reasons[-1] if reasons else ""
        found = self._settled(found, reason)
        if met := self.intervals.meeting(row, unit, found, self._said_shares(found)):
            return met[1], found, met[0]
        return reason, found, None

    def _settled(self, found: Matched, reason: str) -> Matched:
        """Who is who, where another name with the same phone is taken for the same person."""
        if reason != SAME_PHONE:
            return found
        (holding,), (person,) = found.gone, found.added
        pair = (holding, self.people[holding.customer_id], person)
        return Matched([*found.pairs, pair], [], [])

    def _reasons(self, found: Matched, *, renaming: bool) -> list[str]:
        """Everything that is in doubt about the owners of a row."""
        if not found.pairs and not found.gone:
            return []
        reasons = []
        if not renaming and any(known.name != person.name for _, known, person in found.pairs):
            reasons.append(TWO_NAMES)
        if any(_other_number(known, person) for _, known, person in found.pairs):
            reasons.append(ID_DIFFERS)
        if found.added:
            reasons.append(self._reason(found))
        return sorted(reasons, key=lambda reason: reason == TWO_NAMES)

    def _reason(self, found: Matched) -> str:
        """Why the persons that came cannot just be taken over."""
        if not found.gone:
            return CO_OWNER
        if len(found.gone) == len(found.added) == 1 and self._same_phone(found):
            return SAME_PHONE
        began = any(one.starts_on and one.starts_on >= self.day for one in found.gone)
        return SAME_DAY if began else OWNER_DIFFERS

    def _same_phone(self, found: Matched) -> bool:
        known, person = self.people[found.gone[0].customer_id], found.added[0]
        apart = known.identity and said_identity(person)
        return not apart and not set(known.phones).isdisjoint(person.phones)

    def _conflict(self, row: OwnerRow, reason: str, found: Matched) -> ImportedChange:
        """What the preview shows of a row that stays out."""
        if reason == ID_DIFFERS:
            for _, known, person in found.pairs:
                if _other_number(known, person):
                    return ImportedChange("id_number", known.id_number or "", person.id_number)
        return ImportedChange("owners", self._stored_names(found), names(row.owners))

    def _stored_names(self, found: Matched) -> str:
        holdings = sorted([one for one, _, _ in found.pairs] + found.gone, key=lambda one: one.id)
        return names([self.people[one.customer_id] for one in holdings])

    def changes(
        self, row: OwnerRow, unit: int, reason: str, found: Matched
    ) -> list[ImportedChange]:
        """Store what the row says of the unit's owners; what changed, as the preview shows it."""
        changes = self.renamed.get((row.sheet, row.row), [])[:]
        if not row.owners:
            return changes
        if not found.pairs and not found.gone:
            self.enter(unit, row, self.intervals.deed_from(unit, found))
            return [*changes, ImportedChange("owners", "", names(row.owners))]
        if reason == SAME_PHONE:
            _, known, person = found.pairs[-1]
            changes.append(self._rename(row, known, person.name))
        if found.added:
            changes.append(ImportedChange("owners", self._stored_names(found), names(row.owners)))
            self._exchange(row, unit, found)
        elif found.gone:
            gone = names([self.people[one.customer_id] for one in found.gone])
            self.missing.append((row.key.code, gone))
        else:
            changes += self._shares(found)
        for _, known, person in found.pairs:
            changes += self._complete(known, person)
        if found.pairs:
            for name, old, new in self.people.describe(found.pairs[0][1], row.address, row.email):
                changes.append(ImportedChange(name, old or "", new))
        return changes

    def _exchange(self, row: OwnerRow, unit: int, found: Matched) -> None:
        """Some came, and perhaps some went; who stays has another share from then on."""
        given = dict(zip(map(id, row.owners), shares(row.owners), strict=True))
        first = self.intervals.deed_from(unit, found)
        for one in found.gone:
            self._end(one, self.day)
        stays = {id(person): (holding, known) for holding, known, person in found.pairs}
        for position, person in enumerate(row.owners):
            share = given[id(person)]
            if staying := stays.get(id(person)):
                self._reshare(*staying, share, first, position)
                continue
            known = self.people.settle(person)
            if position == 0:
                self.people.describe(known, row.address, row.email)
            self._add(unit, known, share, position, first)

    def _said_shares(self, found: Matched) -> list[Any]:
        """Shares that the file states for everybody and that are others than stored, or none."""
        said = [person.share for _, _, person in found.pairs]
        if found.added or found.gone or any(share is None for share in said) or sum(said) > 1:
            return []
        old = [holding.share for holding, _, _ in found.pairs]
        if old == said or (old == list(equal_shares(len(old))) and _nearly(old, said)):
            return []
        return said

    def _shares(self, found: Matched) -> list[ImportedChange]:
        """The file corrects the shares: they are those of the whole time."""
        new = self._said_shares(found)
        if not new:
            return []
        for (holding, known, _), share in zip(found.pairs, new, strict=True):
            self._reshare(holding, known, share, holding.starts_on)
        old = "、".join(shown(holding.share) for holding, _, _ in found.pairs)
        return [ImportedChange("share", old, "、".join(map(shown, new)))]

    def _reshare(
        self,
        holding: Holding,
        known: KnownPeople,
        share: Any,
        first: date | None,
        position: int = 0,
    ) -> None:
        """Give somebody another share from a day on: what was before that stays as it was."""
        if holding.share == share:
            return
        if first is None or not (holding.starts_on is None or holding.starts_on < first):
            self.tables.writes.change(
                self.tables.ownerships.table,
                holding.id,
                holding.version,
                {"share": holding.share},
                {"share": share},
            )
            return
        self._end(holding, first)
        self._add(holding.unit_id, known, share, position, first, last=holding.ends_on)

    def _complete(self, known: KnownPeople, person: Any) -> list[ImportedChange]:
        """Take over the numbers and phones of somebody who is an owner already."""
        changes = []
        for name in ("id_number", "credit_code"):
            old, new = getattr(known, name), getattr(person, name)
            if new and new != old:
                self.people.replace(known, name, new)
                changes.append(ImportedChange(name, old or "", new))
        if added := [number for number in person.phones if number not in known.phones]:
            changes.append(ImportedChange("phones", "、".join(known.phones), "、".join(added)))
        self.people.complete(known, person)
        return changes

    def _end(self, one: Holding, first: date) -> None:
        """Let an ownership end the day before `first`."""
        self.tables.end(self.tables.ownerships.table, one, last_day(one, first))


def _other_number(known: KnownPeople, person: Any) -> bool:
    """The file has another ID number than the one on file."""
    return bool(person.id_number and known.id_number and person.id_number != known.id_number)


def _nearly(old: Sequence[Any], new: Sequence[Any]) -> bool:
    """33.33% written thrice means the equal parts that are stored."""
    return all(abs(a - b) < 0.001 for a, b in zip(old, new, strict=True))
