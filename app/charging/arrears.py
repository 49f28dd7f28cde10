"""Who owes how much and for how long, as of any day: arrears per unit and their ageing (A20).

Arrears are bills past their due day; what is not yet due stands apart. Buckets count the
days past due: 0-30, 31-90, 91-180, 181-365 and more (domain-rules 9).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, case, func, select

from app.charging.ledger import owed_on_bill, standing
from app.charging.models import Bill
from app.core import clock, scope
from app.core.money import ZERO, from_fen
from app.estate.models import Unit
from app.estate.occupants import Owner, owners_on, phones_of

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session


class Bucket(StrEnum):
    """How long past due; the value stands in addresses and in the workbook's columns."""

    DAYS_30 = "0-30"
    DAYS_90 = "31-90"
    DAYS_180 = "91-180"
    DAYS_365 = "181-365"
    LONGER = "over-365"


LIMITS = (30, 90, 180, 365)
BUCKETS = tuple(Bucket)
AMOUNTS = ("not_due", *(bucket.name.lower() for bucket in Bucket))
"""The names of the amounts in `owing_statement`, in fen: not yet due, then the buckets."""


@dataclass(frozen=True, slots=True)
class UnitArrears:
    """A unit on a day: `buckets` in the order of `BUCKETS`, their sum is `total`."""

    unit_id: int
    community_id: int
    building_id: int
    code: str
    kind: str
    bills: int
    oldest_due: date | None
    not_due: Decimal
    buckets: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.buckets, ZERO)


@dataclass(frozen=True, slots=True)
class Ageing:
    """All units of a question together; `units` counts those in arrears."""

    units: int
    not_due: Decimal
    buckets: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.buckets, ZERO)


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask: the owners' names, the first phone (private: mask on screen) and whose it is."""

    names: str
    phone: str
    customer_id: int | None = None


def arrears(
    session: Session,
    *,
    community_id: int | None = None,
    building_id: int | None = None,
    bucket: Bucket | None = None,
    least: Decimal = ZERO,
    as_of: date | None = None,
) -> list[UnitArrears]:
    """Units in arrears at the end of that day, the largest first (see `late`)."""
    rows = owing(session, community_id=community_id, building_id=building_id, as_of=as_of)
    return late(rows, bucket=bucket, least=least)


def late(
    rows: Iterable[UnitArrears], *, bucket: Bucket | None = None, least: Decimal = ZERO
) -> list[UnitArrears]:
    """Those that owe something past due, the largest first.

    `bucket` keeps units that owe something in it, `least` those that owe at least so much
    in all. Units with nothing past due are left out.
    """
    place = None if bucket is None else BUCKETS.index(bucket)
    kept = [
        row
        for row in rows
        if row.total > 0 and row.total >= least and (place is None or row.buckets[place])
    ]
    return sorted(kept, key=lambda row: (-row.total, row.unit_id))


def owing(
    session: Session,
    *,
    community_id: int | None = None,
    building_id: int | None = None,
    as_of: date | None = None,
) -> list[UnitArrears]:
    """Every unit that owes anything on that day, due or not, in the order of the house."""
    statement = owing_statement(community_id=community_id, building_id=building_id, as_of=as_of)
    return [unit_of(row) for row in session.execute(statement)]


def owing_statement(
    *, community_id: int | None = None, building_id: int | None = None, as_of: date | None = None
) -> Select:
    """The query of `owing`, for whoever streams it: `unit_of` makes a unit of each row."""
    day = as_of or clock.today()
    rest = owed_on_bill(day)
    chosen = [standing(day), scope.current().where(Bill.community_id)]
    if community_id is not None:
        chosen.append(Bill.community_id == community_id)
    if building_id is not None:
        inside = select(Unit.id).where(Unit.building_id == building_id)
        chosen.append(Bill.unit_id.in_(inside))
    open_ = (
        select(Bill.unit_id, Bill.due_on, rest.cast(BigInteger).label("rest"))
        .where(*chosen)
        .subquery()
    )
    edges = [day, *(day - timedelta(days=limit) for limit in LIMITS)]
    within = [open_.c.due_on > day]
    within += [
        (open_.c.due_on <= (edges[0] if index == 0 else edges[index] - timedelta(days=1)))
        & (open_.c.due_on >= edges[index + 1])
        for index in range(len(LIMITS))
    ]
    within.append(open_.c.due_on < edges[-1])
    sums = (
        select(
            open_.c.unit_id,
            func.sum(case((open_.c.due_on <= day, 1), else_=0)).label("bills"),
            func.min(case((open_.c.due_on <= day, open_.c.due_on))).label("oldest"),
            *(
                func.sum(case((inside, open_.c.rest), else_=0)).label(name)
                for name, inside in zip(AMOUNTS, within, strict=True)
            ),
        )
        .where(open_.c.rest > 0)
        .group_by(open_.c.unit_id)
        .subquery()
    )
    figures = list(sums.c)[1:]
    return (
        select(Unit.id, Unit.community_id, Unit.building_id, Unit.code, Unit.kind, *figures)
        .join(sums, sums.c.unit_id == Unit.id)
        .order_by(Unit.community_id, Unit.sort_key, Unit.id)
    )


def unit_of(row: Sequence) -> UnitArrears:
    """A row of `owing_statement` as a unit."""
    amounts = tuple(from_fen(int(value)) for value in row[7:])
    return UnitArrears(*row[:5], int(row[5]), row[6], amounts[0], amounts[1:])


def ageing(rows: Iterable[UnitArrears]) -> Ageing:
    """The sums over these units."""
    every = list(rows)
    return Ageing(
        units=sum(1 for row in every if row.total > 0),
        not_due=sum((row.not_due for row in every), ZERO),
        buckets=tuple(sum((row.buckets[i] for row in every), ZERO) for i in range(len(BUCKETS))),
    )


def contacts(session: Session, unit_ids: Iterable[int], day: date) -> dict[int, Contact]:
    """Owners on that day with a phone, for a page of the list."""
    owners = owners_on(session, unit_ids, day)
    phones = phones_of(session, {one.customer_id for group in owners.values() for one in group})
    return {unit_id: _contact(group, phones) for unit_id, group in owners.items()}


def _contact(owners: tuple[Owner, ...], phones: dict[int, tuple[str, ...]]) -> Contact:
    names = "、".join(owner.name for owner in owners)
    for one in owners:
        if numbers := phones.get(one.customer_id):
            return Contact(names, numbers[0], one.customer_id)
    return Contact(names, "")
