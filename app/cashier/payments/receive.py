"""Money received at the desk: `receive` makes the payment and its receipt (A19).

It locks the unit first, so that two collectors at one unit come one after the other and
the second sees what the first did. The caller commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from app.cashier.payments import receipts
from app.charging.ledger import balances, purses
from app.charging.ledger.payment_models import Allocation, Payment, PrepaymentEntry, Receipt, Tender
from app.charging.ledger.settling import Due, Given, Settlement, TenderKind, settle
from app.core.db import audit, sequences
from app.core.parsing import form_text
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import N_, AlreadyDone, DomainError, NotFound, Stale
from app.core.values.money import ZERO
from app.estate.base.models import Community, Customer, Unit

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

SERIES = "receipt"
SENT_BEFORE = N_("This form was already sent; nothing was done a second time.")


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """A bill chosen on the page; `shown` is what the page said is owed of it."""

    bill_id: int
    shown: Decimal | None = None


def receive(
    session: Session,
    *,
    unit_id: int,
    payer: str,
    tenders: Sequence[Given],
    key: str,
    lines: Sequence[PaymentLine] | None = None,
    keep_surplus: bool = False,
    payer_id: int | None = None,
    received_on: date | None = None,
    remark: str | None = None,
) -> Payment:
    """Take money for a unit: tenders, allocations, prepayment and receipt in one go.

    `lines` None pays whatever is owed; otherwise only the chosen bills, oldest due first
    either way. `keep_surplus` puts what is too much into the payer's purse at the unit instead
    of giving change; a prepayment is spent from that purse alone, so whose money it is must
    be known (`purses.owner_of`). The same `key` again answers with the payment that it made;
    nothing is done twice. `Stale` when a chosen bill has been paid or voided since it was
    shown. `received_on` is a past day only where history is loaded; the desk leaves it out.
    """
    unit = balances.lock_unit(session, unit_id)
    if (before := payment_of_key(session, key)) is not None:
        return _same_unit(before, unit)
    day = received_on or clock.today()
    if day > clock.today():
        raise DomainError(N_("Money cannot be received on a day to come."), field="received_on")
    name = _payer(session, unit, payer, payer_id)
    chosen = _chosen(session, unit.id, lines, day)
    payer_id = payer_id or purses.owner_of(session, unit.id, name, day)
    purse = _purse(session, unit.id, payer_id, tenders)
    settled = settle(
        [Due(bill.id, bill.balance) for bill in chosen],
        tenders,
        purse=purse,
        keep_surplus=keep_surplus,
    )
    if settled.into_prepayment and payer_id is None:
        raise DomainError(purses.WHOSE, field="payer")
    who = audit.actor()
    payment = Payment(
        community_id=unit.community_id,
        unit_id=unit.id,
        payer_id=payer_id,
        payer_name=name,
        amount=settled.amount,
        received_on=day,
        collector_id=who.user_id,
        collector_name=who.name,
        remark=form_text.text(remark or "", max_length=200),
        key=key,
    )
    _enter(payment, settled)
    payment.receipt = _receipt(session, unit.community_id, day)
    payment.receipt.prepayment_after = purse + settled.into_prepayment - settled.from_prepayment
    community = session.get_one(Community, unit.community_id)
    payment.receipt.said = receipts.said(session, payment, community, unit)
    session.add(payment)
    _store(session)
    return payment


def payment_of_key(session: Session, key: str) -> Payment | None:
    """The payment that a form with this one-time key has made already, if any."""
    if not key or len(key) > 64:
        raise AlreadyDone(N_("This form has expired. Open it again and repeat your entry."))
    return loaded(session, Payment.key == key)


def loaded(session: Session, condition: ColumnElement[bool]) -> Payment | None:
    """The payment of a condition with all its rows, as the database has them now."""
    return session.scalar(
        select(Payment)
        .where(condition)
        .options(
            selectinload(Payment.tenders),
            selectinload(Payment.allocations),
            selectinload(Payment.entries),
            selectinload(Payment.receipt),
        )
        .execution_options(populate_existing=True)
    )


def _store(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        # Another unit's form with this key was faster; the lock of this unit did not see it.
        if any(name in str(error.orig) for name in ("payment.key", "uq_payment_key")):
            raise AlreadyDone(SENT_BEFORE) from error
        raise


def _same_unit(payment: Payment, unit: Unit) -> Payment:
    if payment.unit_id != unit.id:
        raise AlreadyDone(SENT_BEFORE)
    return payment


def _payer(session: Session, unit: Unit, payer: str, payer_id: int | None) -> str:
    if payer_id is not None:
        customer = data_scope.get(session, Customer, payer_id)
        if customer.community_id != unit.community_id:
            raise NotFound(N_("The payer belongs to another community."), field="payer")
        payer = payer or customer.name
    try:
        name = form_text.words(payer, max_length=120)
    except DomainError as error:
        error.field = "payer"
        raise
    if name is None:
        raise DomainError(N_("Enter the name of the payer."), field="payer")
    return name


def _purse(
    session: Session, unit_id: int, payer_id: int | None, tenders: Sequence[Given]
) -> Decimal:
    """What the payer has paid ahead; refused where a prepayment of nobody known is asked for."""
    if payer_id is not None:
        return balances.purse(session, unit_id, payer_id, balances.EVER)
    if any(given.kind is TenderKind.PREPAYMENT for given in tenders):
        raise DomainError(purses.WHOSE, field="payer")
    return ZERO


def _chosen(
    session: Session, unit_id: int, lines: Sequence[PaymentLine] | None, day: date
) -> list[balances.OpenBill]:
    """The chosen bills as they stand now, or Stale where the page showed something else."""
    bills = [b for b in balances.open_bills(session, unit_id, balances.EVER) if b.posted_on <= day]
    if lines is None:
        return bills
    shown = {line.bill_id: line.shown for line in lines}
    chosen = [bill for bill in bills if bill.id in shown]
    if len(chosen) < len(shown):
        raise Stale(
            N_(
                "%(count)s of the chosen bills are no longer owed: somebody has just received"
                " them or they were voided. Nothing was received; look at the new list."
            ),
            count=len(shown) - len(chosen),
        )
    for bill in chosen:
        if shown[bill.id] not in (None, bill.balance):
            raise Stale(
                N_(
                    "Of %(item)s %(period)s %(balance)s is owed now, the page showed %(shown)s."
                    " Nothing was received; look at the new list."
                ),
                item=bill.item,
                period=f"{bill.period_start:%Y-%m}",
                balance=bill.balance,
                shown=shown[bill.id],
            )
    return chosen


def _enter(payment: Payment, settled: Settlement) -> None:
    """Hang the rows of the settlement on the payment."""
    payment.tenders = [
        Tender(
            community_id=payment.community_id,
            kind=taken.kind,
            amount=taken.amount,
            given=taken.given,
            change=taken.change,
            reference=taken.reference,
        )
        for taken in settled.tenders
    ]
    payment.allocations = [
        Allocation(
            community_id=payment.community_id,
            bill_id=bill_id,
            amount=amount,
            allocated_on=payment.received_on,
        )
        for bill_id, amount in settled.paid
    ]
    moved = (-settled.from_prepayment, settled.into_prepayment)
    payment.entries = [
        PrepaymentEntry(
            community_id=payment.community_id,
            unit_id=payment.unit_id,
            customer_id=payment.payer_id,
            amount=amount,
            entered_on=payment.received_on,
        )
        for amount in moved
        if amount
    ]


def _receipt(session: Session, community_id: int, day: date) -> Receipt:
    """The next receipt of the community's year; taken last, its counter is shared by all."""
    community = session.get_one(Community, community_id)
    serial = sequences.take(session, community_id, SERIES, str(day.year))
    return Receipt(
        community_id=community_id,
        number=f"{community.short_code}-{day.year}-{serial:06d}",
        year=day.year,
        serial=serial,
        issued_on=day,
    )
