"""收费通知单 (A04, A05): what a unit is asked to pay, per unit of a run, in walking order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.charging import ledger
from app.charging.models import Bill, BillingRun, BillState, ChargeItem, StandardPrice
from app.core import clock, scope
from app.core.errors import N_, DomainError
from app.core.money import ZERO, from_fen, in_capitals
from app.estate.finding import room_conditions
from app.estate.models import Building, Community, Customer, Unit

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

BATCH = 200
"""Notices of one print page: a stack that a printer and a browser take in one go."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which notices: a run, perhaps one building, perhaps from a room to a room."""

    run_id: int
    building_id: int | None = None
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A bill of the period; `paid` is what was received for it already."""

    item: str
    sentence: str
    amount: Decimal
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Arrears:
    """Earlier bills of one item that are still owed, together."""

    item: str
    first: date
    last: date
    bills: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Notice:
    """One unit's notice. `total` is what is still owed of the period and before."""

    unit_id: int
    code: str
    owner: str
    lines: tuple[Line, ...]
    arrears: tuple[Arrears, ...]
    prepayment: Decimal
    due_on: date
    documents: tuple[str, ...]

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def paid(self) -> Decimal:
        return sum((line.paid for line in self.lines), ZERO)

    @property
    def owed_before(self) -> Decimal:
        return sum((row.amount for row in self.arrears), ZERO)

    @property
    def total(self) -> Decimal:
        return self.amount - self.paid + self.owed_before

    @property
    def capitals(self) -> str:
        return in_capitals(self.total)


def unit_ids(session: Session, choice: Choice) -> list[int]:
    """The units to print for, by building, entrance and number; DomainError on a wrong room."""
    run = scope.get(session, BillingRun, choice.run_id)
    query = (
        select(Unit.id)
        .join(Building, Building.id == Unit.building_id)
        .where(
            Unit.id.in_(
                select(Bill.unit_id).where(
                    Bill.run_id == run.id, Bill.state == BillState.POSTED
                )
            )
        )
        .order_by(Building.sort_key, Unit.sort_key, Unit.id)
    )
    if choice.building_id is not None:
        query = query.where(Unit.building_id == choice.building_id)
    if choice.first:
        query = query.where(Unit.sort_key >= _room(session, run, choice.first).sort_key)
    if choice.last:
        query = query.where(Unit.sort_key <= _room(session, run, choice.last).sort_key)
    return list(session.scalars(query))


def _room(session: Session, run: BillingRun, typed: str) -> Unit:
    """The one unit of the community that a typed room means."""
    for wanted in (Unit.code == typed.strip(), *room_conditions(typed)):
        found = session.scalars(
            select(Unit).where(Unit.community_id == run.community_id, wanted).limit(2)
        ).all()
        if len(found) == 1:
            return found[0]
    raise DomainError(
        N_("“%(room)s” is not one room of this community. Write it like 1-1-101."),
        room=typed[:40],
    )


def notices(session: Session, run_id: int, units: list[int]) -> list[Notice]:
    """The notices of these units, in this order: bills of the run's period, and what is older."""
    run = scope.get(session, BillingRun, run_id)
    current: dict[int, list[_Row]] = {}
    older: dict[int, list[_Row]] = {}
    for row in _rows(session, units, run.period_end):
        same = (row.first, row.last) == (run.period_start, run.period_end)
        if same:
            current.setdefault(row.unit_id, []).append(row)
        elif row.amount > row.paid:
            older.setdefault(row.unit_id, []).append(row)
    codes = dict(session.execute(select(Unit.id, Unit.code).where(Unit.id.in_(units))).all())
    purses = ledger.purses(session, units)
    return [
        Notice(
            unit_id=unit_id,
            code=codes[unit_id],
            owner=next((row.owner for row in current[unit_id] if row.owner), ""),
            lines=tuple(
                Line(row.item, row.sentence, row.amount, row.paid) for row in current[unit_id]
            ),
            arrears=_together(older.get(unit_id, ())),
            prepayment=purses.get((unit_id, current[unit_id][0].customer_id), ZERO),
            due_on=min(row.due_on for row in current[unit_id]),
            documents=tuple(
                dict.fromkeys(row.document for row in current[unit_id] if row.document)
            ),
        )
        for unit_id in units
        if unit_id in current
    ]


@dataclass(frozen=True, slots=True)
class _Row:
    unit_id: int
    customer_id: int | None
    item: str
    owner: str | None
    first: date
    last: date
    due_on: date
    sentence: str
    document: str | None
    amount: Decimal
    paid: Decimal


def _rows(session: Session, units: list[int], until: date) -> Iterable[_Row]:
    """Standing bills of these units whose period has begun by `until`, with what is paid."""
    query: Select[tuple[object, ...]] = (
        select(
            Bill.unit_id, Bill.customer_id, ChargeItem.name, Customer.name, Bill.period_start, Bill.period_end,
            Bill.due_on, Bill.sentence, StandardPrice.basis_document, Bill.amount,
            ledger.paid_of_bill(clock.today()),
        )
        .join(ChargeItem, ChargeItem.id == Bill.item_id)
        .join(StandardPrice, StandardPrice.id == Bill.price_id)
        .outerjoin(Customer, Customer.id == Bill.customer_id)
        .where(
            Bill.unit_id.in_(units), Bill.state == BillState.POSTED, Bill.period_start <= until
        )
        .order_by(Bill.unit_id, Bill.period_start, ChargeItem.position, Bill.id)
    )
    for *values, paid in session.execute(query):
        yield _Row(*values, from_fen(int(paid)))


def _together(rows: Iterable[_Row]) -> tuple[Arrears, ...]:
    """Older bills by item: a year of arrears is one line of the notice, not twelve."""
    found: dict[str, list[_Row]] = {}
    for row in rows:
        found.setdefault(row.item, []).append(row)
    return tuple(
        Arrears(
            item=item,
            first=min(row.first for row in bills),
            last=max(row.last for row in bills),
            bills=len(bills),
            amount=sum((row.amount - row.paid for row in bills), ZERO),
        )
        for item, bills in found.items()
    )


def community_of(session: Session, run_id: int) -> Community:
    """Whose letterhead stands on the notices."""
    run = scope.get(session, BillingRun, run_id)
    return session.get_one(Community, run.community_id)


def buildings_of(session: Session, run_id: int) -> list[Building]:
    """The buildings in which the run has bills, in their order."""
    run = scope.get(session, BillingRun, run_id)
    units = select(Unit.building_id).join(Bill, Bill.unit_id == Unit.id).where(
        Bill.run_id == run.id, Bill.state == BillState.POSTED
    )
    return list(
        session.scalars(
            select(Building).where(Building.id.in_(units)).order_by(Building.sort_key)
        )
    )
