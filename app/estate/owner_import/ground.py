"""What a comparison stands on, and who is who between the rows on file and a row of the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.estate.owner_import.who_is_who import KnownPeople, said_identity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from app.estate.owner_import.stored import Holding, Stored
    from app.estate.owner_import.tables import Tables
    from app.estate.owner_import.who_is_who import People


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

    pairs: list[tuple[Holding, KnownPeople, Any]]
    gone: list[Holding]
    added: list[Any]


def match(holdings: Iterable[Holding], people: People, persons: Iterable[Any]) -> Matched:
    """Stored holders beside the persons of a row: by identity first, then by name."""
    left, rest = list(persons), list(holdings)
    pairs: list[tuple[Holding, KnownPeople, Any]] = []
    for alike in (same_identity, _same_name):
        for one in list(rest):
            known = people[one.customer_id]
            person = next((person for person in left if alike(known, person)), None)
            if person is not None:
                left.remove(person)
                rest.remove(one)
                pairs.append((one, known, person))
    return Matched(pairs, rest, left)


def same_identity(known: KnownPeople, person: Any) -> bool:
    """The number of the file is the one on file."""
    said = said_identity(person)
    return said is not None and said == known.identity


def _same_name(known: KnownPeople, person: Any) -> bool:
    return bool(known.name == person.name)
