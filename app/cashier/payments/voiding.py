"""A payment taken back on its own day: `void_payment` (domain-rules 6). The caller commits."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.cashier.payments.receive import loaded
from app.charging.ledger import balances
from app.charging.ledger.payment_models import Allocation, Payment, PaymentState, PrepaymentEntry
from app.charging.ledger.void_models import VoidRequest, VoidState
from app.core.db import audit
from app.core.parsing import form_text
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import N_, AlreadyDone, DomainError
from app.core.values.money import ZERO
from app.estate.base.models import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

TOO_LATE = N_(
    "Receipt %(number)s is of %(day)s. A receipt can be voided only on its own day: this one can"
    " no longer be voided and stays valid. Write on the unit, as a note, what is wrong with it;"
    " whoever opens the account sees the note."
)
"""What can be done about a wrong receipt from the next day on."""


def void_payment(session: Session, payment_id: int, reason: str) -> Payment:
    """Take a payment back on its own day: opposite rows, and the receipt stays, void.

    Who received it may not void it (who makes is not who approves). A prepayment that has
    been used since cannot be taken back; from the next day on nothing can. A request for
    this void that is open is granted with it.
    """
    payment = held(session, payment_id)
    unit = session.get_one(Unit, payment.unit_id)
    _check(session, payment)
    words = reason_typed(reason, N_("Give the reason of the void."))
    today = clock.today()
    payment.state = PaymentState.VOID
    payment.voided_on = today
    payment.voided_at = clock.now()
    payment.void_reason = words
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
            customer_id=row.customer_id,
            amount=-row.amount,
            entered_on=today,
        )
        for row in list(payment.entries)
    ]
    audit.record(
        session,
        "void",
        "payments",
        payment.id,
        title=payment.receipt.number,
        community_id=payment.community_id,
        details={
            "unit": unit.code,
            "payer": payment.payer_name,
            "amount": str(payment.amount),
            "reason": payment.void_reason,
        },
    )
    for request in _asked(session, payment.id):
        decide(request, VoidState.GRANTED)
    session.flush()
    return payment


def held(session: Session, payment_id: int) -> Payment:
    """The payment with all its rows, its unit's account held; NotFound outside the scope."""
    payment = data_scope.get(session, Payment, payment_id)
    balances.lock_unit(session, payment.unit_id)
    return loaded(session, Payment.id == payment_id)


def check_standing(payment: Payment) -> None:
    """Refuse what nobody can void: a receipt that is void, or not of today."""
    number = payment.receipt.number
    if payment.state == PaymentState.VOID:
        raise AlreadyDone(N_("Receipt %(number)s is void already."), number=number)
    if payment.received_on != clock.today():
        raise DomainError(TOO_LATE, number=number, day=payment.received_on)


def reason_typed(text: str, missing: str, *, field: str = "reason") -> str:
    """The reason as typed; DomainError with the sentence `missing` where there is none."""
    reason = form_text.words(text, max_length=200)
    if reason is None or len(reason) < 2:
        raise DomainError(missing, field=field)
    return reason


def decide(request: VoidRequest, state: VoidState) -> None:
    """Note on a request what became of it and who decided."""
    who = audit.actor()
    request.state = state
    request.decided_at = clock.now()
    request.decided_by_id = who.user_id
    request.decided_by_name = who.name


def _asked(session: Session, payment_id: int) -> Sequence[VoidRequest]:
    return session.scalars(
        select(VoidRequest).where(
            VoidRequest.payment_id == payment_id, VoidRequest.state == VoidState.OPEN
        )
    ).all()


def _check(session: Session, payment: Payment) -> None:
    check_standing(payment)
    number = payment.receipt.number
    user_id = audit.actor().user_id
    if user_id is not None and user_id == payment.collector_id:
        raise DomainError(
            N_("You received %(number)s yourself; somebody else must void it."), number=number
        )
    purses = balances.purses_of_unit(session, payment.unit_id, balances.EVER)
    moved: dict[int | None, Decimal] = {}
    for row in payment.entries:
        moved[row.customer_id] = moved.get(row.customer_id, ZERO) + row.amount
    if any(purses.get(who, ZERO) < amount for who, amount in moved.items()):
        raise DomainError(
            N_(
                "The prepayment of receipt %(number)s has been used since: void the payment"
                " that used it first."
            ),
            number=number,
        )
