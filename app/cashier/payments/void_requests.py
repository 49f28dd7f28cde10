"""A void asked for by whoever may not void: `ask`, `drop`, `grant`, `refuse`. The caller commits.

Granting is the ordinary void with its rules: on the day itself, and never by the one who
received the money; nor by the one who asked, for nobody decides about himself. Refusing is
a decision too and has the same rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.exc import IntegrityError

from app.cashier.payments import voiding
from app.charging.ledger.payment_models import Payment
from app.charging.ledger.void_models import VoidRequest, VoidState
from app.core.db import audit
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import N_, AlreadyDone, DomainError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OWN = N_("You received this money or asked for the void yourself, so somebody else must decide it.")


def ask(session: Session, payment_id: int, reason: str) -> VoidRequest:
    """Ask that a payment be voided today; refused where it cannot be or was asked already."""
    payment = voiding.held(session, payment_id)
    voiding.check_standing(payment)
    words = voiding.reason_typed(reason, N_("Give the reason why it should be voided."))
    if (before := latest(session, payment.id)) is not None and before.waiting:
        raise _asked_already(before, payment)
    who = audit.actor()
    request = VoidRequest(
        community_id=payment.community_id,
        payment_id=payment.id,
        reason=words,
        asked_on=clock.today(),
        asked_by_id=who.user_id,
        asked_by_name=who.name,
    )
    session.add(request)
    _store(session, payment)
    audit.record(
        session,
        "ask",
        "void_requests",
        request.id,
        title=payment.receipt.number,
        community_id=payment.community_id,
        details={"amount": str(payment.amount), "reason": words},
    )
    return request


def grant(session: Session, request_id: int) -> Payment:
    """Void the payment for the reason that was asked with."""
    request, payment = _open(session, request_id)
    voiding.void_payment(session, payment.id, request.reason)
    audit.record(
        session,
        "approve",
        "void_requests",
        request.id,
        title=payment.receipt.number,
        community_id=payment.community_id,
        details={"reason": request.reason},
    )
    session.flush()
    return payment


def refuse(session: Session, request_id: int, answer: str) -> VoidRequest:
    """Leave the payment as it is and tell the one who asked why."""
    request, payment = _open(session, request_id)
    words = voiding.reason_typed(answer, N_("Say why it is not voided."), field="answer")
    voiding.decide(request, VoidState.REFUSED)
    request.answer = words
    audit.record(
        session,
        "refuse",
        "void_requests",
        request.id,
        title=payment.receipt.number,
        community_id=payment.community_id,
        details={"reason": words},
    )
    session.flush()
    return request


def drop(session: Session, request_id: int) -> VoidRequest:
    """Take back one's own request while nobody has decided it; the payment stays as it is."""
    request, payment = _undecided(session, request_id)
    if not may_drop(audit.actor().user_id, request):
        raise DomainError(N_("Only whoever asked for the void can take the request back."))
    voiding.decide(request, VoidState.DROPPED)
    audit.record(
        session,
        "drop",
        "void_requests",
        request.id,
        title=payment.receipt.number,
        community_id=payment.community_id,
        details={"reason": request.reason},
    )
    session.flush()
    return request


def may_drop(user_id: int | None, request: VoidRequest) -> bool:
    """Is it this user's own request, still open?"""
    return (
        request.state == VoidState.OPEN and user_id is not None and (user_id == request.asked_by_id)
    )


def latest(session: Session, payment_id: int) -> VoidRequest | None:
    """The last request for a payment, whatever became of it."""
    return session.scalar(
        select(VoidRequest)
        .where(VoidRequest.payment_id == payment_id)
        .order_by(VoidRequest.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def waiting() -> ColumnElement[bool]:
    """The condition that a request can still be decided today."""
    return and_(VoidRequest.state == VoidState.OPEN, VoidRequest.asked_on == clock.today())


def _open(session: Session, request_id: int) -> tuple[VoidRequest, Payment]:
    """What `_undecided` has, refused to whomever it concerns himself."""
    request, payment = _undecided(session, request_id)
    if concerns(audit.actor().user_id, request, payment):
        raise DomainError(OWN)
    return request, payment


def _undecided(session: Session, request_id: int) -> tuple[VoidRequest, Payment]:
    """The request and its payment, held; AlreadyDone where it was decided before."""
    request = data_scope.get(session, VoidRequest, request_id)
    payment = voiding.held(session, request.payment_id)
    session.refresh(request)
    number = payment.receipt.number
    if request.state == VoidState.GRANTED:
        raise AlreadyDone(
            N_("%(name)s has voided receipt %(number)s already; nothing was done again."),
            name=request.decided_by_name,
            number=number,
        )
    if request.state == VoidState.REFUSED:
        raise AlreadyDone(
            N_("%(name)s has refused this request already: %(answer)s"),
            name=request.decided_by_name,
            answer=request.answer,
        )
    if request.state == VoidState.DROPPED:
        raise AlreadyDone(
            N_("%(name)s has taken this request back already; nothing is to be decided."),
            name=request.decided_by_name,
        )
    return request, payment


def concerns(user_id: int | None, request: VoidRequest, payment: Payment) -> bool:
    """Is it this user's own wish or his own receipt, so that somebody else must decide?"""
    return user_id is not None and user_id in {request.asked_by_id, payment.collector_id}


def _store(session: Session, payment: Payment) -> None:
    """The payment is held; should two have asked at once all the same, the second is told."""
    try:
        session.flush()
    except IntegrityError as error:
        raise AlreadyDone(
            N_("The void of receipt %(number)s has just been asked for; it waits for a decision."),
            number=payment.receipt.number,
        ) from error


def _asked_already(request: VoidRequest, payment: Payment) -> AlreadyDone:
    return AlreadyDone(
        N_(
            "%(name)s asked for the void of receipt %(number)s at %(time)s already; it waits for a"
            " decision."
        ),
        name=request.asked_by_name,
        number=payment.receipt.number,
        time=f"{clock.local(request.asked_at):%H:%M}",
    )
