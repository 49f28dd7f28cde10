"""Which notices are printed: a run's debtors, perhaps of one building or from room to room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, literal, select, union_all

from app.charging.ledger import covering
from app.charging.ledger.balances import fen
from app.charging.ledger.bill_models import Bill, BillingRun, BillState
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import N_, DomainError
from app.estate.base.models import Building, Community, Unit
from app.estate.rooms.search import room_conditions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


Key = tuple[int, int | None]


"""A unit and the debtor; None where its bills name nobody."""


BATCH = 200


"""Notices of one print page: a stack that a printer and a browser take in one go."""


@dataclass(frozen=True, slots=True)
class NoticeChoice:
    """Which notices: a run, perhaps one building, perhaps from a room to a room."""

    run_id: int
    building_id: int | None = None
    first: str = ""
    last: str = ""


def addressees(session: Session, choice: NoticeChoice) -> list[Key]:
    """The debtors to print for, by building, entrance and number; DomainError on a wrong room.

    Whom the run billed comes first at each unit, then who still owes something of before
    that his purse does not cover.
    """
    run = data_scope.get(session, BillingRun, choice.run_id)
    mine = select(Bill.unit_id, Bill.customer_id, literal(0).label("rank")).where(
        Bill.run_id == run.id, Bill.state == BillState.POSTED, fen(Bill.amount) > 0
    )
    units = select(Bill.unit_id).where(
        Bill.run_id == run.id, Bill.state == BillState.POSTED, fen(Bill.amount) > 0
    )
    open_ = covering.open_bills(
        clock.today(), Bill.unit_id.in_(units), Bill.period_start <= run.period_end
    )
    others = select(open_.c.unit_id, open_.c.customer_id, literal(1)).where(open_.c.net > 0)
    each = union_all(mine, others).subquery()
    query = (
        select(each.c.unit_id, each.c.customer_id)
        .join(Unit, Unit.id == each.c.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .group_by(each.c.unit_id, each.c.customer_id, Building.sort_key, Unit.sort_key)
        .order_by(
            Building.sort_key,
            Unit.sort_key,
            each.c.unit_id,
            func.min(each.c.rank),
            func.coalesce(each.c.customer_id, 0),
        )
    )
    if choice.building_id is not None:
        query = query.where(Unit.building_id == choice.building_id)
    if choice.first:
        query = query.where(Unit.sort_key >= _room(session, run, choice.first).sort_key)
    if choice.last:
        query = query.where(Unit.sort_key <= _room(session, run, choice.last).sort_key)
    return [(unit_id, customer_id) for unit_id, customer_id in session.execute(query)]


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


def community_of(session: Session, run_id: int) -> Community:
    """Whose letterhead stands on the notices."""
    run = data_scope.get(session, BillingRun, run_id)
    return session.get_one(Community, run.community_id)


def buildings_of(session: Session, run_id: int) -> list[Building]:
    """The buildings in which the run has bills, in their order."""
    run = data_scope.get(session, BillingRun, run_id)
    units = (
        select(Unit.building_id)
        .join(Bill, Bill.unit_id == Unit.id)
        .where(Bill.run_id == run.id, Bill.state == BillState.POSTED, Bill.amount > 0)
    )
    return list(
        session.scalars(select(Building).where(Building.id.in_(units)).order_by(Building.sort_key))
    )
