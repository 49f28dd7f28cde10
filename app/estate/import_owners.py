"""Whose unit it is: the owners of a file beside those stored, and what follows from it (E01).

- The same ID number or credit code is the same person, whatever the name: renamed, not sold.
- More owners than stored (the spouse listed too) are offered as co-owners; fewer take nobody away.
- Another owner is a conflict. Accepted, the old interval ends the day before, the new one begins;
  who stays an owner keeps the interval.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.core.errors import N_
from app.core.importing import Change
from app.estate.import_people import Known, said_identity
from app.estate.import_tables import equal_shares, names, shares, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from app.estate.import_people import People
    from app.estate.import_stored import Holding, Stored
    from app.estate.import_tables import Tables
    from app.estate.owner_rows import OwnerRow

OWNER_DIFFERS = N_("The owner stored is another one.")
ID_DIFFERS = N_("The owner has the same name and another ID number.")
SAME_DAY = N_("The stored ownership began on or after the day of the change.")
CO_OWNER = N_("The file names a further owner beside the stored one.")
SAME_PHONE = N_("Another name with the same phone: the same person, renamed?")
TWO_NAMES = N_("The file writes one ID number with different names.")
ACCEPTS = {OWNER_DIFFERS: "sale", CO_OWNER: "co_owner", SAME_PHONE: "rename", ID_DIFFERS: "id"}
"""Reason of a conflict → what a person may accept of it; the others are settled by hand."""
EVERYTHING = frozenset(ACCEPTS.values())


@dataclass(frozen=True, slots=True)
class Ground:
    """What a comparison stands on: what is stored of a community (`place`), and what is written."""

    stored: Stored
    people: People
    tables: Tables
    place: int
    day: date


@dataclass(slots=True)
class Matched:
    """Who stays (stored row, person stored, person of the file), who went, who came."""

    pairs: list[tuple[Holding, Known, Any]]
    gone: list[Holding]
    added: list[Any]


def match(holdings: Iterable[Holding], people: People, persons: Iterable[Any]) -> Matched:
    """Stored holders beside the persons of a row: by identity first, then by name."""
    left, rest = list(persons), list(holdings)
    pairs: list[tuple[Holding, Known, Any]] = []
    for alike in (_same_identity, _same_name):
        for one in list(rest):
            known = people[one.customer_id]
            person = next((person for person in left if alike(known, person)), None)
            if person is not None:
                left.remove(person)
                rest.remove(one)
                pairs.append((one, known, person))
    return Matched(pairs, rest, left)


def _same_identity(known: Known, person: Any) -> bool:
    said = said_identity(person)
    return said is not None and said == known.identity


def _same_name(known: Known, person: Any) -> bool:
    return bool(known.name == person.name)


class Owners:
    """The owners of one import."""

    def __init__(self, ground: Ground, accept: frozenset[str]) -> None:
        self.stored = ground.stored
        self.people = ground.people
        self.tables = ground.tables
        self.place = ground.place
        self.day = ground.day
        self.accept = accept
        self.missing: list[tuple[str, str]] = []
        self.renamed: dict[tuple[str, int], list[Change]] = {}
        self.two_names: set[str] = set()

    def rename_first(self, rows: Sequence[OwnerRow]) -> None:
        """Take over corrected names before anything else, so that every row means one person."""
        if not self.stored.owners:
            return
        said: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            for person in row.owners:
                if identity := said_identity(person):
                    said[identity].add(person.name)
        self.two_names = {identity for identity, found in said.items() if len(found) > 1}
        for row in rows:
            unit = self.stored.units.get(row.key.code)
            for holding in self.stored.owners.get(unit.id, ()) if unit else ():
                known = self.people[holding.customer_id]
                for person in row.owners:
                    renamed = _same_identity(known, person) and known.name != person.name
                    if renamed and known.identity not in self.two_names:
                        self._rename(row, known, person.name)

    def _rename(self, row: OwnerRow, known: Known, name: str) -> Change:
        change = Change("owner_name", known.name, name)
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
        self, unit: int, known: Known, share: Any, position: int, starts_on: date | None
    ) -> None:
        self.tables.ownerships.add(self.place, unit, known.ref, share, position, starts_on, 1)

    # A unit that is stored.

    def judge(self, row: OwnerRow, unit: int) -> tuple[str, Matched]:
        """The reason of a conflict ('' for none), and who is who."""
        holdings = self.stored.owners.get(unit, [])
        found = match(holdings, self.people, row.owners)
        if not row.owners or not holdings:
            return "", found
        for _, known, person in found.pairs:
            if known.name != person.name:
                return TWO_NAMES, found
            if person.id_number and known.id_number and person.id_number != known.id_number:
                return ID_DIFFERS, found
        return (self._reason(found) if found.added else ""), found

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

    def refused(self, reason: str) -> bool:
        """Does this conflict keep its row out?"""
        return bool(reason) and ACCEPTS.get(reason) not in self.accept

    def conflict(self, row: OwnerRow, reason: str, found: Matched) -> Change:
        """What the preview shows of a row that stays out."""
        if reason == ID_DIFFERS:
            for _, known, person in found.pairs:
                if person.id_number and known.id_number and person.id_number != known.id_number:
                    return Change("id_number", known.id_number, person.id_number)
        return Change("owners", self._stored_names(found), names(row.owners))

    def _stored_names(self, found: Matched) -> str:
        holdings = sorted([one for one, _, _ in found.pairs] + found.gone, key=lambda one: one.id)
        return names([self.people[one.customer_id] for one in holdings])

    def changes(self, row: OwnerRow, unit: int, reason: str, found: Matched) -> list[Change]:
        """Store what the row says of the unit's owners; what changed, as the preview shows it."""
        changes = self.renamed.get((row.sheet, row.row), [])[:]
        if not row.owners:
            return changes
        if not found.pairs and not found.gone:
            self.enter(unit, row)
            return [*changes, Change("owners", "", names(row.owners))]
        if reason == SAME_PHONE:
            known, person = self.people[found.gone[0].customer_id], found.added[0]
            changes.append(self._rename(row, known, person.name))
            found = Matched([*found.pairs, (found.gone[0], known, person)], [], [])
        if found.added:
            changes.append(Change("owners", self._stored_names(found), names(row.owners)))
            self._exchange(row, unit, found)
        elif found.gone:
            gone = names([self.people[one.customer_id] for one in found.gone])
            self.missing.append((row.key.code, gone))
        else:
            changes += self._shares(row, found)
        for _, known, person in found.pairs:
            changes += self._complete(known, person)
        if found.pairs:
            for name, old, new in self.people.describe(found.pairs[0][1], row.address, row.email):
                changes.append(Change(name, old or "", new))
        return changes

    def _exchange(self, row: OwnerRow, unit: int, found: Matched) -> None:
        """Some came, and perhaps some went; who stays keeps the interval with another share."""
        given = dict(zip(map(id, row.owners), shares(row.owners), strict=True))
        self.end(self.tables.ownerships.table, found.gone, self.day)
        starts_on = self.day if found.gone else found.pairs[0][0].starts_on
        for holding, _, person in found.pairs:
            self._reshare(holding, given[id(person)])
        for position, person in enumerate(row.owners):
            if any(person is one for one in found.added):
                known = self.people.settle(person)
                if position == 0:
                    self.people.describe(known, row.address, row.email)
                self._add(unit, known, given[id(person)], position, starts_on)

    def _shares(self, row: OwnerRow, found: Matched) -> list[Change]:
        """Shares that the file states for everybody and that are others than stored."""
        said = {id(person): person.share for person in row.owners}
        if any(share is None for share in said.values()) or sum(said.values()) > 1:
            return []
        old = [holding.share for holding, _, _ in found.pairs]
        new = [said[id(person)] for _, _, person in found.pairs]
        if old == new or (old == list(equal_shares(len(old))) and _nearly(old, new)):
            return []
        for (holding, _, _), share in zip(found.pairs, new, strict=True):
            self._reshare(holding, share)
        return [Change("share", "、".join(map(shown, old)), "、".join(map(shown, new)))]

    def _reshare(self, holding: Holding, share: Any) -> None:
        if holding.share != share:
            self.tables.writes.change(
                self.tables.ownerships.table, holding.id, holding.version,
                {"share": holding.share}, {"share": share},
            )  # fmt: skip

    def _complete(self, known: Known, person: Any) -> list[Change]:
        """Take over the numbers and phones of somebody who is an owner already."""
        changes = []
        for name in ("id_number", "credit_code"):
            old, new = getattr(known, name), getattr(person, name)
            if new and new != old:
                self.people.replace(known, name, new)
                changes.append(Change(name, old or "", new))
        if added := [number for number in person.phones if number not in known.phones]:
            changes.append(Change("phones", "、".join(known.phones), "、".join(added)))
        self.people.complete(known, person)
        return changes

    def end(self, table: Any, holdings: Iterable[Holding], first: date) -> None:
        """Let the intervals end the day before `first`, never before they began."""
        for one in holdings:
            last = first - timedelta(days=1)
            last = max(last, one.starts_on) if one.starts_on else last
            self.tables.writes.change(
                table, one.id, one.version, {"ends_on": one.ends_on}, {"ends_on": last}
            )


def _nearly(old: Sequence[Any], new: Sequence[Any]) -> bool:
    """33.33% written thrice means the equal parts that are stored."""
    return all(abs(a - b) < 0.001 for a, b in zip(old, new, strict=True))
