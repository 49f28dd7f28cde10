"""Who is who in an import: one person across units when the name and the ID or phone agree.

Never on the name alone: two 张伟 stay two people until somebody says otherwise. Two
different ID numbers are two people even with one phone (a family's).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.estate.base.codes import CustomerKind
from app.estate.base.initials import initials
from app.estate.base.phones import tail

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.core.imports.batch import Inserts, Writes


@dataclass(slots=True, eq=False)
class KnownPeople:
    """A person or company, stored (`ref` is the key) or to be made (`ref` is negative)."""

    ref: int
    name: str
    kind: str
    id_number: str | None = None
    credit_code: str | None = None
    address: str | None = None
    email: str | None = None
    phones: list[str] = field(default_factory=list)
    version: int = 0
    stored_phones: int = 0
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> str | None:
        return self.id_number or self.credit_code


class People:
    """The customers of a community during an import, found by name and ID or phone."""

    def __init__(
        self, customers: Iterable[tuple[Any, ...]] = (), phones: Iterable[tuple[int, str]] = ()
    ) -> None:
        self._by_ref: dict[int, KnownPeople] = {}
        self._by_identity: dict[tuple[str, str], KnownPeople] = {}
        self._named: dict[str, KnownPeople] = {}
        self.doubles: list[tuple[str, str]] = []
        self._by_phone: dict[tuple[str, str], list[KnownPeople]] = {}
        self._new: list[KnownPeople] = []
        self._touched: dict[int, KnownPeople] = {}
        for key, version, *facts in customers:
            self._by_ref[key] = KnownPeople(key, *facts, version=version)
        for key, number in phones:
            known = self._by_ref[key]
            known.phones.append(number)
            known.stored_phones += 1
        for known in self._by_ref.values():
            self._index(known)

    def __getitem__(self, ref: int) -> KnownPeople:
        return self._by_ref[ref]

    def _index(self, known: KnownPeople) -> None:
        if known.identity:
            self._by_identity.setdefault((known.name, known.identity), known)
            self._named.setdefault(known.identity, known)
        for number in known.phones:
            same = self._by_phone.setdefault((known.name, number), [])
            if known not in same:
                same.append(known)

    def find(self, person: Any) -> KnownPeople | None:
        """The one whom a person of the file means, if that is beyond doubt."""
        identity = said_identity(person)
        if identity and (found := self._by_identity.get((person.name, identity))):
            return found
        for number in person.phones:
            for candidate in self._by_phone.get((person.name, number), ()):
                if not identity or not candidate.identity or candidate.identity == identity:
                    return candidate
        return None

    def settle(self, person: Any) -> KnownPeople:
        """The known one with what the file adds, or a new one."""
        found = self.find(person)
        if found is not None:
            self.complete(found, person)
            return found
        other = self._named.get(said_identity(person) or "")
        if other is not None and other.name != person.name:
            self.doubles.append((other.name, person.name))
        kind = CustomerKind.COMPANY if person.is_company else CustomerKind.PERSON
        self._new.append(
            known := KnownPeople(
                -len(self._new) - 1,
                person.name,
                kind.value,
                getattr(person, "id_number", None),
                getattr(person, "credit_code", None),
                phones=list(dict.fromkeys(person.phones)),
            )
        )
        self._by_ref[known.ref] = known
        self._index(known)
        return known

    def complete(self, known: KnownPeople, person: Any) -> None:
        """Add the phones and fill in the numbers that were not known; nothing is replaced."""
        for number in person.phones:
            if number not in known.phones:
                known.phones.append(number)
                self._touched[known.ref] = known
        for name in ("id_number", "credit_code"):
            said = getattr(person, name, None)
            if said and not getattr(known, name):
                self.replace(known, name, said)
        self._index(known)

    def describe(
        self, known: KnownPeople, address: str | None, email: str | None
    ) -> list[tuple[str, str | None, str]]:
        """Take over a postal and an e-mail address; what was replaced, as (name, old, new)."""
        found: list[tuple[str, str | None, str]] = []
        for name, said in (("address", address), ("email", email)):
            old = getattr(known, name)
            if said and said != old:
                self.replace(known, name, said)
                found.append((name, old, said))
        return found

    def replace(self, known: KnownPeople, name: str, value: str) -> None:
        """Write another number, remembering what it was."""
        known.before.setdefault(name, getattr(known, name))
        setattr(known, name, value)
        self._touched[known.ref] = known

    def rename(self, known: KnownPeople, name: str) -> None:
        """Give somebody the corrected name, with its initials."""
        self.replace(known, "name", name)
        if known.ref > 0:
            known.before.setdefault("initials", initials(known.before["name"]))
        self._index(known)

    def write(self, writes: Writes, community_id: int, customers: Inserts, phones: Inserts) -> None:
        """Collect the new customers, their phones, and what became known of stored ones."""
        for known in self._new:
            ref = customers.add(
                community_id,
                known.kind,
                known.name,
                initials(known.name),
                known.id_number,
                known.credit_code,
                known.address,
                known.email,
                1,
            )
            _add_phones(phones, community_id, ref, known)
        for known in self._touched.values():
            if known.ref < 0:
                continue
            _add_phones(phones, community_id, known.ref, known)
            after = {
                name: initials(known.name) if name == "initials" else getattr(known, name)
                for name in known.before
            }
            writes.change(customers.table, known.ref, known.version, known.before, after)


def said_identity(person: Any) -> str | None:
    """The ID number or credit code of a person of the file."""
    return getattr(person, "id_number", None) or getattr(person, "credit_code", None)


def _add_phones(phones: Inserts, community_id: int, ref: int, known: KnownPeople) -> None:
    for position, number in enumerate(known.phones):
        if position >= known.stored_phones:
            phones.add(community_id, ref, number, tail(number), position)
