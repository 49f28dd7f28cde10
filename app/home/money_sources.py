"""Counts of money: takings, what falls due, what is to be billed, the month and its trend."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from app.cashier.payments.void_requests import waiting
from app.cashier.prepayments import lists
from app.charging.billing.opening import stands
from app.charging.ledger.balances import fen, owed_on_bill, standing
from app.charging.ledger.bill_models import Bill, BillingRun, ChargeItem
from app.charging.ledger.covering import open_bills
from app.charging.ledger.payment_models import Payment, PaymentState, PrepaymentEntry, Tender
from app.charging.ledger.settling import TenderKind
from app.charging.ledger.void_models import VoidRequest, VoidState
from app.core.records import data_scope
from app.core.values.errors import N_
from app.core.values.money import from_fen
from app.core.values.period import add_months
from app.estate.base.models import Community
from app.home.viewer import Count, Viewer, todo


def _came_in() -> ColumnElement[int]:
    """Fen that a payment brought in: a prepayment used came in earlier (收款日报 says the same)."""
    used = (
        select(func.coalesce(func.sum(fen(Tender.amount)), 0))
        .where(Tender.payment_id == Payment.id, Tender.kind == TenderKind.PREPAYMENT)
        .correlate(Payment)
        .scalar_subquery()
    )
    return fen(Payment.amount) - used


def _takings(viewer: Viewer, *conditions: ColumnElement[bool]) -> Count:
    number, total = viewer.session.execute(
        select(func.count(), func.sum(_came_in())).where(
            data_scope.current().where(Payment.community_id),
            Payment.received_on == viewer.today,
            Payment.state == PaymentState.POSTED,
            *conditions,
        )
    ).one()
    return Count(amount=from_fen(int(total or 0)), note=N_("%(count)s payments"), note_count=number)


def takings_today(viewer: Viewer) -> Count:
    return _takings(viewer, Payment.collector_id == viewer.user_id)


def takings_all(viewer: Viewer) -> Count:
    return _takings(viewer)


def void_requests(viewer: Viewer) -> Count:
    """Voids asked for today that the viewer may decide: neither asked nor received by him."""
    theirs = viewer.user_id
    number = viewer.inside(
        VoidRequest,
        waiting(),
        VoidRequest.asked_by_id.is_distinct_from(theirs),
        VoidRequest.payment_id.in_(
            select(Payment.id).where(Payment.collector_id.is_distinct_from(theirs))
        ),
    )
    return todo(number, urgent=True)


def own_void_requests(viewer: Viewer) -> Count:
    """What the viewer asked for today and is not decided, and how much is."""
    states = viewer.session.scalars(
        select(VoidRequest.state).where(
            VoidRequest.asked_by_id == viewer.user_id, VoidRequest.asked_on == viewer.today
        )
    ).all()
    open_ = states.count(VoidState.OPEN)
    decided = len(states) - open_ - states.count(VoidState.DROPPED)
    return Count(
        open_,
        tone="warn" if open_ else "ok",
        note=N_("%(count)s decided today") if decided else None,
        note_count=decided,
    )


def bills_due(viewer: Viewer) -> Count:
    """What is still to be paid of the bills that fall due within a week (A29).

    Less what their debtors paid ahead: only at units with a prepayment all open bills are
    looked at, for the older ones use it up first.
    """
    today = viewer.today
    last = today + timedelta(days=7)
    rest = owed_on_bill(today)
    ahead = select(PrepaymentEntry.unit_id).where(PrepaymentEntry.customer_id.is_not(None))
    number, total = viewer.session.execute(
        select(func.count(Bill.unit_id.distinct()), func.sum(rest)).where(
            data_scope.current().where(Bill.community_id),
            Bill.run_id.in_(_runs_due(viewer, today, last)),
            Bill.due_on.between(today, last),
            Bill.unit_id.not_in(ahead),
            standing(today),
            rest > 0,
        )
    ).one()
    open_ = open_bills(
        today, data_scope.current().where(Bill.community_id), Bill.unit_id.in_(ahead)
    )
    more, left = viewer.session.execute(
        select(func.count(open_.c.unit_id.distinct()), func.sum(open_.c.net)).where(
            open_.c.due_on.between(today, last), open_.c.net > 0
        )
    ).one()
    return Count(
        amount=from_fen(int(total or 0) + int(left or 0)),
        tone="warn" if number + more else "ok",
        note=N_("%(count)s units"),
        note_count=number + more,
    )


def _runs_due(viewer: Viewer, today: date, last: date) -> Select[tuple[int]]:
    """Which runs can have bills that fall due between these days.

    Their days count from a day of the period, from a late posting (bills of old), or the run
    names the day. All other bills need not be looked at.
    """
    most = viewer.session.scalar(select(func.max(ChargeItem.due_days))) or 0
    lately = today - timedelta(days=most)
    return select(BillingRun.id).where(
        data_scope.current().where(BillingRun.community_id),
        or_(
            BillingRun.due_on.between(today, last),
            (BillingRun.period_start <= last)
            & or_(BillingRun.period_end >= lately, BillingRun.posted_on >= lately),
        ),
    )


def purses_unassigned(viewer: Viewer) -> Count:
    """Units with money paid ahead of which nobody knows whose it is."""
    statement = lists.held_statement(unassigned=True)
    return todo(lists.summed(viewer.session, statement)[0])


def bill_runs(viewer: Viewer) -> Count:
    """Communities without a standing billing run that covers the first of this month (A05)."""
    first = viewer.today.replace(day=1)
    return todo(
        viewer.count(
            Community,
            data_scope.current().where(Community.id),
            ~exists().where(
                stands(),
                BillingRun.community_id == Community.id,
                BillingRun.period_start <= first,
                BillingRun.period_end >= first,
            ),
        )
    )


def month_receivable(viewer: Viewer) -> Count:
    return Count(amount=viewer.month[0])


def month_received(viewer: Viewer) -> Count:
    return Count(amount=viewer.month[1])


def month_rate(viewer: Viewer) -> Count:
    billed, paid = viewer.month
    if not billed:
        return Count(word=N_("not billed yet"))
    return Count(percent=(paid * 100 / billed).quantize(Decimal("0.1")))


def takings_trend(viewer: Viewer) -> Count:
    """What came in per month, voids left out, this month so far last (P04)."""
    first = add_months(viewer.today.replace(day=1), -5)
    months = [add_months(first, step) for step in range(6)]
    sums = dict.fromkeys(months, 0)
    days = viewer.session.execute(
        select(Payment.received_on, func.sum(_came_in()))
        .where(
            data_scope.current().where(Payment.community_id),
            Payment.received_on.between(first, viewer.today),
            Payment.state == PaymentState.POSTED,
        )
        .group_by(Payment.received_on)
    )
    for day, total in days:
        sums[day.replace(day=1)] += int(total)
    return Count(bars=tuple((f"{month:%Y-%m}", from_fen(sums[month])) for month in months))
