"""A payment taken back on its own day: `void_payment` (domain-rules 6). The caller commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.charging import ledger
from app.charging.payment_models import Allocation, Payment, PaymentState, PrepaymentEntry
from app.charging.payments import loaded
from app.core import audit, clock, entry, scope
from app.core.errors import N_, AlreadyDone, DomainError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def void_payment(session: Session, payment_id: int, reason: str) -> Payment:
    """Take a payment back on its own day: opposite rows, and the receipt stays, void.

    Who received it may not void it (who makes is not who approves). A prepayment that has
    been used since cannot be taken back; from the next day on only a reversal (红冲) can.
    """
    payment = scope.get(session, Payment, payment_id)
    unit = ledger.lock_unit(session, payment.unit_id)
    payment = loaded(session, Payment.id == payment_id)
    _check(session, payment)
    today = clock.today()
    payment.state = PaymentState.VOID
    payment.voided_on = today
    payment.voided_at = clock.now()
    payment.void_reason = _reason(reason)
    payment.voided_by_id = audit.actor().user_id
    payment.allocations += [
        Allocation(
            community_id=row.community_id,
            bill_id=row.bill_id,
            amount=-row.amount,
            allocated_on=today,
        )
        for row in list(payment.allocations)
    ]
    payment.entries += [
        PrepaymentEntry(
            community_id=row.community_id,
            unit_id=row.unit_id,
            amount=-row.amount,
            entered_on=today,
        )
        for row in list(payment.entries)
    ]
    audit.record(
        session, "void", "payments", payment.id,
        title=payment.receipt.number,
        community_id=payment.community_id,
        details={
            "unit": unit.code, "payer": payment.payer_name, "amount": str(payment.amount),
            "reason": payment.void_reason,
        },
    )
    session.flush()
    return payment


def _check(session: Session, payment: Payment) -> None:
    number = payment.receipt.number
    if payment.state == PaymentState.VOID:
        raise AlreadyDone(N_("Receipt %(number)s is void already."), number=number)
    if payment.received_on != clock.today():
        raise DomainError(
            N_("Receipt %(number)s is of %(day)s and can be voided on that day only. Ask the"
               " supervisor or the manager for a reversal (red receipt)."),
            number=number, day=payment.received_on,
        )
    user_id = audit.actor().user_id
    if user_id is not None and user_id == payment.collector_id:
        raise DomainError(
            N_("You received %(number)s yourself; somebody else must void it."), number=number
        )
    purse = ledger.prepayment_balance(session, payment.unit_id, ledger.EVER)
    if purse < sum(row.amount for row in payment.entries):
        raise DomainError(
            N_("The prepayment of receipt %(number)s has been used since: void the payment"
               " that used it first."),
            number=number,
        )


def _reason(text: str) -> str:
    reason = entry.text(text, max_length=200)
    if reason is None or len(reason) < 2:
        raise DomainError(N_("Give the reason of the void."), field="reason")
    return reason
