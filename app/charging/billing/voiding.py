"""Bills taken back with a reason: one, or those of a whole run. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from app.charging.ledger import balances
from app.charging.ledger.bill_models import Bill, BillingRun, BillState, ChargeItem
from app.charging.ledger.payment_models import Allocation
from app.core.db import audit
from app.core.parsing import form_text
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import N_, AlreadyDone, DomainError
from app.core.values.period import Period
from app.estate.base.models import Unit

if TYPE_CHECKING:
    from sqlalchemy import ScalarSelect
    from sqlalchemy.orm import Session

SHORTEST, LONGEST = 2, 200
OWN_RUN = N_(
    "You posted this run yourself, so somebody else must void its bills: who makes is not who"
    " approves. Ask the manager or the supervisor."
)


@dataclass(frozen=True, slots=True)
class VoidedRun:
    """How many bills were voided, and how many stay because money was paid on them."""

    voided: int
    kept: int


def void_bill(session: Session, bill_id: int, reason: str) -> Bill:
    """Void one bill; the unit can be billed again for the period.

    Refused when something is paid on it (that payment must be voided first), when it is
    void already, and to the person who posted its run: nobody approves his own work.
    """
    bill = data_scope.get(session, Bill, bill_id)
    balances.lock_unit(session, bill.unit_id)
    session.refresh(bill)
    words = _reason(reason)
    if bill.state == BillState.VOID:
        raise AlreadyDone(N_("This bill is void already; nothing was done again."))
    _check_maker(session.get_one(BillingRun, bill.run_id))
    if balances.paid_amount(session, bill.id, balances.EVER):
        raise DomainError(N_("Money was paid on this bill. Void the payment first, then the bill."))
    bill.state = BillState.VOID
    bill.voided_on = clock.today()
    bill.void_reason = words
    bill.voided_by_id = audit.actor().user_id
    unit, item = session.get_one(Unit, bill.unit_id), session.get_one(ChargeItem, bill.item_id)
    audit.record(
        session,
        "void",
        "bills",
        bill.id,
        title=f"{unit.code} {item.name} {_period(bill)}",
        community_id=bill.community_id,
        details={
            "unit": unit.code,
            "item": item.name,
            "period": _period(bill),
            "amount": str(bill.amount),
            "sentence": bill.sentence,
            "reason": words,
        },
    )
    session.flush()
    return bill


def void_run(session: Session, run_id: int, reason: str) -> VoidedRun:
    """Void every bill of a run on which nothing is paid; the others stay and are counted."""
    run = data_scope.get(session, BillingRun, run_id)
    words = _reason(reason)
    _check_maker(run)
    standing = (Bill.run_id == run.id) & (Bill.state == BillState.POSTED)
    # Every account is held, as for a single bill, in one order so that two cannot block.
    session.execute(
        select(Unit.id)
        .where(Unit.id.in_(select(Bill.unit_id).where(standing)))
        .order_by(Unit.id)
        .with_for_update(key_share=True)
    )
    voided = session.execute(
        update(Bill)
        .where(standing, _paid() == 0)
        .values(
            state=BillState.VOID,
            voided_on=clock.today(),
            void_reason=words,
            voided_by_id=audit.actor().user_id,
        )
        .execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]
    kept = session.scalar(select(func.count(Bill.id)).where(standing)) or 0
    if not voided:
        raise DomainError(N_("No bill of this run can be voided: all are paid or void already."))
    audit.record(
        session,
        "void",
        "billing",
        run.id,
        title=_period(run),
        community_id=run.community_id,
        details={"bills": voided, "kept": kept, "reason": words},
    )
    session.flush()
    session.expire_all()
    return VoidedRun(voided, kept)


def _period(dated: Bill | BillingRun) -> str:
    """The period as people write it: 2026-11, 2026-Q3."""
    return str(Period.spanning(dated.period_start, dated.period_end))


def _reason(typed: str) -> str:
    words = form_text.words(typed, max_length=LONGEST) or ""
    if len(words) < SHORTEST:
        raise DomainError(N_("Give the reason of the void in a few words."), field="reason")
    return words


def _check_maker(run: BillingRun) -> None:
    who = audit.actor().user_id
    if who is not None and who == run.user_id:
        raise DomainError(OWN_RUN)


def _paid() -> ScalarSelect[int]:
    return (
        select(func.coalesce(func.sum(balances.fen(Allocation.amount)), 0))
        .where(Allocation.bill_id == Bill.id)
        .correlate(Bill)
        .scalar_subquery()
    )
