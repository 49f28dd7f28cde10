"""Who owes how much and for how long, as of any day: arrears per unit and debtor, their age (A20).

Arrears are bills past their due day that the debtor's purse does not cover; what is not yet
due stands apart. The debtor is whom the bills name, not who owns the unit today. Buckets count
the days past due: 0-30, 31-90, 91-180, 181-365 and more (domain-rules 9).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select

from app.charging.ledger import covering, debtors
from app.charging.ledger.bill_models import Bill
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.money import ZERO, from_fen
from app.estate.base.models import Customer, Unit
from app.estate.base.occupants import phones_of

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session


class Bucket(StrEnum):
    """How long past due; the value stands in addresses and in the workbook's columns."""

    DAYS_30 = "1-30"
    DAYS_90 = "31-90"
    DAYS_180 = "91-180"
    DAYS_365 = "181-365"
    LONGER = "over-365"


LIMITS = (30, 90, 180, 365)
BUCKETS = tuple(Bucket)
AMOUNTS = ("not_due", *(bucket.name.lower() for bucket in Bucket))
"""The names of the amounts in `owing_statement`, in fen: not yet due, then the buckets."""
Key = tuple[int, int | None]
"""A unit and a debtor; None where the bills name nobody."""


@dataclass(frozen=True, slots=True)
class DebtorArrears:
    """A debtor at a unit on a day.

    `gross` is what is past due in the ledger and `prepaid` his purse at the unit; what the
    purse leaves stands in `buckets`, in the order of `BUCKETS`, and their sum is `total`.
    `bills` and `oldest_due` are of what is left. `not_due` is owed and not past due, the purse
    not counted. gross + not_due is what the ledger says is owed.
    """

    unit_id: int
    community_id: int
    building_id: int
    code: str
    kind: str
    customer_id: int | None
    debtor: str
    bills: int
    oldest_due: date | None
    gross: Decimal
    prepaid: Decimal
    not_due: Decimal
    buckets: tuple[Decimal, ...]

    @property
    def key(self) -> Key:
        return self.unit_id, self.customer_id

    @property
    def total(self) -> Decimal:
        return sum(self.buckets, ZERO)

    @property
    def covered(self) -> Decimal:
        return self.gross - self.total


@dataclass(frozen=True, slots=True)
class Ageing:
    """All rows of a question together; `units` counts the units in arrears, each once."""

    units: int
    gross: Decimal
    not_due: Decimal
    buckets: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.buckets, ZERO)

    @property
    def covered(self) -> Decimal:
        return self.gross - self.total


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask: the debtor, joint owners with him, the first phone (private: mask on screen)
    and whose it is.

    `former`: nobody of those named owns the unit any more.
    """

    names: str
    phone: str
    former: bool
    customer_id: int | None = None


def arrears(
    session: Session,
    *,
    community_id: int | None = None,
    building_id: int | None = None,
    bucket: Bucket | None = None,
    least: Decimal = ZERO,
    as_of: date | None = None,
) -> list[DebtorArrears]:
    """Debtors in arrears at the end of that day, the largest first (see `late`)."""
    rows = owing(session, community_id=community_id, building_id=building_id, as_of=as_of)
    return late(rows, bucket=bucket, least=least)


def late(
    rows: Iterable[DebtorArrears], *, bucket: Bucket | None = None, least: Decimal = ZERO
) -> list[DebtorArrears]:
    """Those that are asked for something past due, the largest first.

    `bucket` keeps those that owe something in it, `least` those that owe at least so much
    in all. Who owes nothing past due or has paid it ahead is left out.
    """
    place = None if bucket is None else BUCKETS.index(bucket)
    kept = [
        row
        for row in rows
        if row.total > 0 and row.total >= least and (place is None or row.buckets[place])
    ]
    return sorted(kept, key=lambda row: (-row.total, row.unit_id, row.customer_id or 0))


def covered(rows: Iterable[DebtorArrears]) -> list[DebtorArrears]:
    """Those whose purse covers all that is past due: nobody asks them for anything."""
    kept = [row for row in rows if row.gross > 0 and not row.total]
    return sorted(kept, key=lambda row: (-row.gross, row.unit_id, row.customer_id or 0))


def owing(
    session: Session,
    *,
    community_id: int | None = None,
    building_id: int | None = None,
    as_of: date | None = None,
) -> list[DebtorArrears]:
    """Everybody who owes anything at a unit on that day, due or not, in the order of the house."""
    statement = owing_statement(community_id=community_id, building_id=building_id, as_of=as_of)
    return [debtor_of(row) for row in session.execute(statement)]


def owing_statement(
    *, community_id: int | None = None, building_id: int | None = None, as_of: date | None = None
) -> Select:
    """The query of `owing`, for whoever streams it: `debtor_of` makes a debtor of each row."""
    day = as_of or clock.today()
    chosen = [data_scope.current().where(Bill.community_id)]
    if community_id is not None:
        chosen.append(Bill.community_id == community_id)
    if building_id is not None:
        inside = select(Unit.id).where(Unit.building_id == building_id)
        chosen.append(Bill.unit_id.in_(inside))
    open_ = covering.open_bills(day, *chosen)
    due = open_.c.due_on < day
    asked = due & (open_.c.net > 0)
    sums = (
        select(
            open_.c.unit_id,
            open_.c.customer_id,
            func.sum(case((asked, 1), else_=0)).label("bills"),
            func.min(case((asked, open_.c.due_on))).label("oldest"),
            func.sum(case((due, open_.c.rest), else_=0)).label("gross"),
            func.max(open_.c.held).label("prepaid"),
            func.sum(case((open_.c.due_on >= day, open_.c.rest), else_=0)).label(AMOUNTS[0]),
            *(
                func.sum(case((inside, open_.c.net), else_=0)).label(name)
                for name, inside in zip(AMOUNTS[1:], _ages(open_.c.due_on, day), strict=True)
            ),
        )
        .group_by(open_.c.unit_id, open_.c.customer_id)
        .subquery()
    )
    figures = list(sums.c)[2:]
    return (
        select(
            Unit.id,
            Unit.community_id,
            Unit.building_id,
            Unit.code,
            Unit.kind,
            sums.c.customer_id,
            Customer.name.label("debtor"),
            *figures,
        )
        .join(sums, sums.c.unit_id == Unit.id)
        .outerjoin(Customer, Customer.id == sums.c.customer_id)
        .order_by(Unit.community_id, Unit.sort_key, Unit.id, func.coalesce(sums.c.customer_id, 0))
    )


def _ages(due_on: Any, day: date) -> list[ColumnElement[bool]]:
    """The condition of each bucket on a due day, in the order of `BUCKETS`."""
    edges = [day, *(day - timedelta(days=limit) for limit in LIMITS)]
    within = [
        (due_on < edges[index]) & (due_on >= edges[index + 1]) for index in range(len(LIMITS))
    ]
    return [*within, due_on < edges[-1]]


def debtor_of(row: Sequence) -> DebtorArrears:
    """A row of `owing_statement` as a debtor."""
    *who, debtor, bills, oldest = row[:9]
    gross, prepaid, not_due, *buckets = (from_fen(int(value)) for value in row[9:])
    return DebtorArrears(
        *who, debtor or "", int(bills), oldest, gross, prepaid, not_due, tuple(buckets)
    )


def ageing(rows: Iterable[DebtorArrears]) -> Ageing:
    """The sums over these rows."""
    every = list(rows)
    return Ageing(
        units=len({row.unit_id for row in every if row.total > 0}),
        gross=sum((row.gross for row in every), ZERO),
        not_due=sum((row.not_due for row in every), ZERO),
        buckets=tuple(sum((row.buckets[i] for row in every), ZERO) for i in range(len(BUCKETS))),
    )


def contacts(session: Session, rows: Iterable[Any], day: date) -> dict[Key, Contact]:
    """Whom to ask, for a page of the list; rows are debtors or rows of `owing_statement`."""
    asked = [
        (row.unit_id, row.customer_id, row.debtor or "", row.oldest_due)
        if isinstance(row, DebtorArrears)
        else (row.id, row.customer_id, row.debtor or "", row.oldest)
        for row in rows
    ]
    owned = debtors.owners(session, {unit_id for unit_id, *_ in asked})
    groups = {
        (unit_id, who): _asked(owned, unit_id, who, oldest, day)
        for unit_id, who, _, oldest in asked
    }
    people = {one.customer_id for group in groups.values() for one in group}
    phones = phones_of(session, people | {who for _, who, *_ in asked if who is not None})
    found = {}
    for unit_id, who, name, _ in asked:
        group = groups[unit_id, who]
        keys = [one.customer_id for one in group] or [who]
        holder = next((key for key in keys if key in phones), None)
        found[unit_id, who] = Contact(
            names="、".join(one.name for one in group) or name,
            phone=phones[holder][0] if holder is not None else "",
            former=owned.gone(unit_id, group, day),
            customer_id=holder,
        )
    return found


def _asked(
    owned: debtors.Owners, unit_id: int, who: int | None, oldest: date | None, day: date
) -> list[debtors.Share]:
    """The debtor with his joint owners; where the bills name nobody, who owned it all the time."""
    if who is not None:
        return owned.with_debtor(unit_id, who, owned.last_day(unit_id, who, day))
    return owned.throughout(unit_id, oldest or day, day)
