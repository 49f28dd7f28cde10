"""What the tests of the desk share: who owes there, what was received, what was printed."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.charging.ledger import balances
from app.charging.ledger.bill_models import Bill
from app.charging.ledger.payment_models import Allocation, Payment
from app.core.values import clock
from app.estate.base.models import Community, Unit


def debtors(session, community: str, *, skip: int = 0) -> Unit:
    """A flat with three bills or more that are due; `skip` leaves those to other tests."""
    open_bills = select(func.count()).where(
        Bill.unit_id == Unit.id,
        Bill.due_on <= clock.today(),
        balances.standing(clock.today()),
        balances.owed_on_bill(clock.today()) > 0,
    )
    return session.scalars(
        select(Unit)
        .join(Community, Community.id == Unit.community_id)
        .where(Community.name == community, Unit.kind == "flat")
        .where(open_bills.scalar_subquery() >= 3)
        .order_by(Unit.sort_key)
        .offset(skip)
        .limit(1)
    ).one()


def payments_of(session, unit: Unit) -> list[Payment]:
    """Today's payments of the unit, the earliest first."""
    return list(
        session.scalars(
            select(Payment)
            .where(Payment.unit_id == unit.id, Payment.received_on == clock.today())
            .options(
                selectinload(Payment.tenders),
                selectinload(Payment.receipt),
                selectinload(Payment.allocations).joinedload(Allocation.bill),
            )
            .order_by(Payment.id)
        )
    )


def printed(page, times: int) -> None:
    page.wait_for_function("times => window.printed === times", arg=times)


def taken(site) -> int:
    with site.stored() as session:
        return session.scalar(select(func.count(Payment.id)))
