"""Reading the facts of a billing run: a few queries, whatever the number of units."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, func, or_, select, type_coerce

from app.charging.ledger.bill_models import (
    Assignment,
    Bill,
    BillingRun,
    BillState,
    ChargeItem,
    Standard,
    StandardPrice,
)
from app.charging.pricing.assignments import AssignmentRule
from app.charging.pricing.chunks import many
from app.charging.pricing.facts import (
    NOT_TAKEN,
    TAKEN,
    UNRECORDED,
    Facts,
    ItemFacts,
    Request,
    Units,
)
from app.charging.pricing.owning import add_owners
from app.charging.pricing.price import PRICE, Basis, PriceStep, RoundingRule, Terms
from app.core.records import data_scope
from app.core.values.errors import N_, DomainError
from app.core.values.money import Rounding
from app.core.values.period import Cycle, Period
from app.estate.base.codes import Occupancy
from app.estate.base.models import Community, Unit
from app.estate.base.occupancy import occupancy_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

UNIT, BILL = Unit.__table__.c, Bill.__table__.c
"""Plain columns: rows by the hundred thousand do not pass through the mapper."""
HANDOVER = {Occupancy.UNDELIVERED: NOT_TAKEN, Occupancy.UNKNOWN: UNRECORDED}
FRESH = {"populate_existing": True}
"""Posting waits for its turn: what the session read before that is read again."""


def gather(session: Session, request: Request, *, compare: bool = True) -> Facts:
    """Read what decides the run; NotFound outside the scope, DomainError on a wrong item.

    Without `compare` the bills of the period before are left out (`previous` is empty):
    they are only looked at, they decide nothing.
    """
    data_scope.get(session, Community, request.community_id)
    items = _items(session, request)
    request = replace(request, item_ids=tuple(item.id for item in items))
    rules = _rules(session, request)
    units = _units(session, request)
    sales = add_owners(session, request.community_id, request.period, units)
    billed, overlapping, previous = _bills(session, request, units.ids, compare=compare)
    return Facts(
        request=request,
        items=items,
        rules=tuple(tuple(rules.pop(item.id, ())) for item in items),
        other_rules=tuple(rule for others in rules.values() for rule in others),
        units=units,
        billed=billed,
        overlapping=overlapping,
        previous=previous,
        sales=sales,
    )


def active_items(session: Session) -> list[ChargeItem]:
    """The items that can be billed, in the order of the catalogue."""
    return list(
        session.scalars(
            select(ChargeItem)
            .where(ChargeItem.active)
            .order_by(ChargeItem.position, ChargeItem.id)
            .execution_options(**FRESH)
        )
    )


def _items(session: Session, request: Request) -> tuple[ItemFacts, ...]:
    wanted = set(request.item_ids)
    items = [item for item in active_items(session) if item.id in wanted]
    if not wanted:
        raise DomainError(N_("Choose at least one charge item."), field="items")
    if len(items) != len(wanted):
        raise DomainError(
            N_("One of the charge items does not exist or is no longer in use."), field="items"
        )
    # A place in a 64-bit mask per item; no catalogue comes near it.
    if len(items) > 60:
        raise DomainError(N_("Bill at most 60 charge items at once."), field="items")
    return tuple(
        ItemFacts(
            item.id, item.name, RoundingRule(Rounding(item.rounding), item.places), item.due_days
        )
        for item in items
    )


def _rules(session: Session, request: Request) -> dict[int, list[AssignmentRule]]:
    """Per item the assignments of the community that touch the period."""
    period = request.period
    steps: dict[int, list[PriceStep]] = {}
    for price in session.scalars(
        select(StandardPrice)
        .where(StandardPrice.community_id == request.community_id)
        .order_by(StandardPrice.standard_id, StandardPrice.effective_from)
        .execution_options(**FRESH)
    ):
        whole = int(Decimal(price.unit_price) * PRICE)
        step = PriceStep(price.id, price.effective_from, whole)
        steps.setdefault(price.standard_id, []).append(step)
    terms: dict[int, tuple[int, Terms]] = {}
    for standard in session.scalars(
        select(Standard)
        .where(Standard.community_id == request.community_id, Standard.active)
        .execution_options(**FRESH)
    ):
        terms[standard.id] = (
            standard.item_id,
            Terms(
                standard.id,
                standard.name,
                Basis(standard.basis),
                Cycle(standard.cycle),
                _touching(steps.get(standard.id, []), period),
            ),
        )
    rules: dict[int, list[AssignmentRule]] = {}
    for row in session.scalars(
        select(Assignment)
        .where(
            Assignment.community_id == request.community_id,
            or_(Assignment.starts_on.is_(None), Assignment.starts_on <= period.last),
            or_(Assignment.ends_on.is_(None), Assignment.ends_on >= period.first),
        )
        .order_by(Assignment.id)
        .execution_options(**FRESH)
    ):
        if row.standard_id in terms:
            item_id, found = terms[row.standard_id]
            rules.setdefault(item_id, []).append(
                AssignmentRule(
                    found,
                    row.unit_kind,
                    row.building_id,
                    row.unit_id,
                    row.exempt,
                    row.starts_on,
                    row.ends_on,
                )
            )
    return rules


def _touching(steps: list[PriceStep], period: Period) -> tuple[PriceStep, ...]:
    """The prices that matter in the period: the one in force at its start, and those within."""
    before = [step for step in steps if step.effective_from <= period.first]
    within = [step for step in steps if period.first < step.effective_from <= period.last]
    return tuple(before[-1:] + within)


def _units(session: Session, request: Request) -> Units:
    units = Units()
    words: dict[str, str] = {}
    rows = many(
        session,
        select(
            UNIT.id,
            UNIT.building_id,
            UNIT.kind,
            occupancy_on(request.period.last),
            func.coalesce(UNIT.billing_start, UNIT.handover_date),
            type_coerce(UNIT.gross_area, BigInteger),
            type_coerce(UNIT.net_area, BigInteger),
            type_coerce(UNIT.charged_area, BigInteger),
        )
        .where(UNIT.community_id == request.community_id)
        .order_by(UNIT.id),
    )
    for unit_id, building_id, kind, occupancy, start, gross, net, charged in rows:
        units.ids.append(unit_id)
        units.buildings.append(building_id)
        units.kinds.append(words.setdefault(kind, kind))
        units.gross.append(gross or 0)
        units.net.append(net or 0)
        units.charged.append(charged or 0)
        units.starts.append(start.toordinal() if start else 0)
        units.handover.append(HANDOVER.get(occupancy, TAKEN))
    return units


def _bills(
    session: Session, request: Request, ids: array[int], *, compare: bool
) -> tuple[array[int], array[int], tuple[array[int], ...]]:
    """Standing bills of this period, of periods that share days with it, and of the one before.

    Every bill carries the period of its run, so the few runs are looked at first.
    """
    period, before = request.period, request.period.previous
    bits = {item_id: bit for bit, item_id in enumerate(request.item_ids)}
    billed, overlapping = array("Q", bytes(8 * len(ids))), array("Q", bytes(8 * len(ids)))
    previous = tuple(array("q", [-1]) * len(ids) for _ in (request.item_ids if compare else ()))
    runs = session.execute(
        select(BillingRun.id, BillingRun.period_start, BillingRun.period_end).where(
            BillingRun.community_id == request.community_id,
            BillingRun.period_start <= period.last,
            BillingRun.period_end >= before.first,
        )
    ).all()
    for run_id, first, last in runs:
        same = (first, last) == (period.first, period.last)
        touching = last >= period.first
        wanted = compare and (first, last) == (before.first, before.last)
        if not touching and not wanted:
            continue
        place = 0
        for unit_id, item_id, fen in _bills_of(session, run_id):
            bit = bits.get(item_id)
            # A run was written by unit, so the next bill is mostly of the same unit.
            if bit is None or not ids:
                continue
            if ids[place] != unit_id:
                place = min(bisect_left(ids, unit_id), len(ids) - 1)
                if ids[place] != unit_id:
                    continue
            if same:
                billed[place] |= 1 << bit
            elif touching:
                overlapping[place] |= 1 << bit
            else:
                previous[bit][place] = fen
    return billed, overlapping, previous


def _bills_of(session: Session, run_id: int) -> Iterator[Any]:
    return many(
        session,
        select(BILL.unit_id, BILL.item_id, type_coerce(BILL.amount, BigInteger)).where(
            BILL.run_id == run_id, BILL.state == BillState.POSTED
        ),
    )
