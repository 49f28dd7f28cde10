"""What stands on file and cannot all be true: listed for a person to settle, never in the way.

New rows are refused by `estate.base.overlaps`; these are older, or came before the rule. Plates and
spaces of two units are no fault by themselves: people move and share, but somebody should look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from app.core.records import data_scope
from app.core.values.errors import N_
from app.estate.base.codes import UnitKind
from app.estate.base.models import Customer, Ownership, Tenancy, Unit, Vehicle
from app.estate.base.occupants import ROUNDING_OF_SHARES
from app.estate.base.overlaps import days

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session


class Sort(StrEnum):
    """What cannot all be true."""

    TENANCIES = "tenancies"
    OWNER_TWICE = "owner_twice"
    SHARES = "shares"
    SOLD_AND_LET = "sold_and_let"
    PLATES = "plates"
    SPACES = "spaces"


SENTENCES = {
    Sort.TENANCIES: N_(
        "%(count)s pairs of tenancies of one unit run on the same days: %(examples)s"
    ),
    Sort.OWNER_TWICE: N_("%(count)s owners stand twice on one unit on the same days: %(examples)s"),
    Sort.SHARES: N_("%(count)s units have shares of more than 100 %% together: %(examples)s"),
    Sort.SOLD_AND_LET: N_("%(count)s parking spaces were let although they are sold: %(examples)s"),
    Sort.PLATES: N_("%(count)s plates stand on several units: %(examples)s"),
    Sort.SPACES: N_("%(count)s parking spaces are used by vehicles of several units: %(examples)s"),
}
WARNINGS = frozenset({Sort.PLATES, Sort.SPACES})
"""What may be right: only somebody who knows the people can say so."""
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Party:
    """One of the rows that do not fit together: its screen, key and what it says."""

    screen: str
    key: int
    text: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rows that cannot all be true. `about` is the room, or the plate or space."""

    sort: Sort
    about: str
    parties: tuple[Party, ...]


@dataclass(frozen=True, slots=True)
class ConflictCount:
    """All of one sort, for the command line."""

    message: str
    params: dict[str, Any]


def meet(one: Any, other: Any) -> ColumnElement[bool]:
    """Two stored intervals have a day in common."""
    return and_(
        or_(one.starts_on.is_(None), other.ends_on.is_(None), one.starts_on <= other.ends_on),
        or_(other.starts_on.is_(None), one.ends_on.is_(None), other.starts_on <= one.ends_on),
    )


def _pairs(one: Any, other: Any, *conditions: Any) -> Select[Any]:
    """Pairs of rows of one unit that have a day in common, with the names of both customers."""
    first, second = aliased(Customer), aliased(Customer)
    return (
        select(
            Unit.code,
            one.id,
            first.name,
            one.starts_on,
            one.ends_on,
            other.id,
            second.name,
            other.starts_on,
            other.ends_on,
        )
        .select_from(Unit)
        .join(one, one.unit_id == Unit.id)
        .join(other, other.unit_id == Unit.id)
        .join(first, first.id == one.customer_id)
        .join(second, second.id == other.customer_id)
        .where(data_scope.current().where(Unit.community_id), meet(one, other), *conditions)
        .order_by(Unit.community_id, Unit.sort_key, one.id, other.id)
    )


def _of_pairs(
    session: Session, sort: Sort, screens: tuple[str, str], query: Select[Any]
) -> Iterator[Conflict]:
    for code, *rest in session.execute(query):
        parties = tuple(
            Party(screen, key, f"{name}（{days(first, last)}）")
            for screen, (key, name, first, last) in zip(screens, (rest[:4], rest[4:]), strict=True)
        )
        yield Conflict(sort, code, parties)


def tenancies(session: Session) -> Iterator[Conflict]:
    """Two tenancies of one unit on the same days."""
    one, other = aliased(Tenancy), aliased(Tenancy)
    query = _pairs(one, other, one.id < other.id)
    yield from _of_pairs(session, Sort.TENANCIES, ("tenancies", "tenancies"), query)


def owners_twice(session: Session) -> Iterator[Conflict]:
    """One customer as the owner of one unit twice on the same days."""
    one, other = aliased(Ownership), aliased(Ownership)
    query = _pairs(one, other, one.id < other.id, one.customer_id == other.customer_id)
    yield from _of_pairs(session, Sort.OWNER_TWICE, ("ownerships", "ownerships"), query)


def sold_and_let(session: Session) -> Iterator[Conflict]:
    """A parking space let on days on which, since before, somebody owns it."""
    one, other = aliased(Ownership), aliased(Tenancy)
    before = or_(one.starts_on.is_(None), one.starts_on <= other.starts_on)
    query = _pairs(one, other, Unit.kind == UnitKind.PARKING.value, before)
    yield from _of_pairs(session, Sort.SOLD_AND_LET, ("ownerships", "tenancies"), query)


def shares(session: Session) -> Iterator[Conflict]:
    """Units whose shares add up to more than the whole on some day."""
    several = (
        select(Ownership.unit_id)
        .where(data_scope.current().where(Ownership.community_id))
        .group_by(Ownership.unit_id)
        .having(func.count() > 1)
    )
    rows = session.execute(
        select(
            Unit.id,
            Unit.code,
            Ownership.id,
            Customer.name,
            Ownership.share,
            Ownership.starts_on,
            Ownership.ends_on,
        )
        .join(Ownership, Ownership.unit_id == Unit.id)
        .join(Customer, Customer.id == Ownership.customer_id)
        .where(Unit.id.in_(several))
        .order_by(Unit.community_id, Unit.sort_key, Unit.id, Ownership.position, Ownership.id)
    )
    held: dict[tuple[int, str], list[Any]] = {}
    for unit_id, code, *rest in rows:
        held.setdefault((unit_id, code), []).append(rest)
    for (_unit_id, code), owners in held.items():
        if too_much := _too_much(owners):
            yield Conflict(
                Sort.SHARES,
                code,
                tuple(
                    Party("ownerships", key, f"{name} {share:.2%}（{days(first, last)}）")
                    for key, name, share, first, last in too_much
                ),
            )


def _too_much(owners: list[Any]) -> list[Any]:
    """The owners of the first day on which the shares are more than the whole, if any."""
    begins: set[date | None] = {one[3] for one in owners}
    for day in sorted(begins, key=lambda one: (one is not None, one)):
        running = [one for one in owners if _runs(one[3], one[4], day)]
        if sum(one[2] for one in running) > 1 + ROUNDING_OF_SHARES:
            return running
    return []


def _runs(first: date | None, last: date | None, day: date | None) -> bool:
    """The interval covers the day; None is the beginning of time."""
    begun = first is None or (day is not None and first <= day)
    return begun and (day is None or last is None or last >= day)


def _shared(session: Session, sort: Sort, column: Any) -> Iterator[Conflict]:
    """A plate or space that vehicles of several units of one community have."""
    several = (
        select(Vehicle.community_id, column.label("word"))
        .where(data_scope.current().where(Vehicle.community_id), column.is_not(None), column != "")
        .group_by(Vehicle.community_id, column)
        .having(func.count(Vehicle.unit_id.distinct()) > 1)
    ).subquery()
    rows = session.execute(
        select(Vehicle.community_id, column, Vehicle.id, Vehicle.plate, Unit.code)
        .join(Unit, Unit.id == Vehicle.unit_id)
        .join(
            several, and_(several.c.community_id == Vehicle.community_id, several.c.word == column)
        )
        .order_by(Vehicle.community_id, column, Unit.sort_key, Vehicle.id)
    )
    held: dict[tuple[int, str], list[Party]] = {}
    for place, word, key, plate, code in rows:
        text = code if sort is Sort.PLATES else f"{code} {plate}"
        held.setdefault((place, word), []).append(Party("vehicles", key, text))
    for (_place, word), parties in held.items():
        yield Conflict(sort, word, tuple(parties))


def plates(session: Session) -> Iterator[Conflict]:
    """One plate on several units."""
    yield from _shared(session, Sort.PLATES, Vehicle.plate)


def spaces(session: Session) -> Iterator[Conflict]:
    """One parking space with vehicles of several units."""
    yield from _shared(session, Sort.SPACES, Vehicle.space)


def every(session: Session) -> list[Conflict]:
    """All that a person should settle, within the scope of whoever asks."""
    looks = (tenancies, owners_twice, shares, sold_and_let, plates, spaces)
    return [one for look in looks for one in look(session)]


def problems(session: Session) -> list[ConflictCount]:
    """The same as sentences for `anju check`: one for each sort, with some of the places."""
    found: dict[Sort, list[str]] = {}
    for one in every(session):
        found.setdefault(one.sort, []).append(one.about)
    return [
        ConflictCount(SENTENCES[sort], {"count": len(places), "examples": "、".join(_few(places))})
        for sort, places in found.items()
    ]


def _few(places: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(places))[:EXAMPLES]
