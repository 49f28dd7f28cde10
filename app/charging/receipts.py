"""What stands on a receipt, and how many copies of it were printed (C05, domain-rules 6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload, selectinload

from app.charging.models import Bill
from app.charging.payment_models import Allocation, Payment, PaymentState, Receipt, Tender
from app.core import audit, scope
from app.core.errors import N_, NotFound
from app.core.money import ZERO, in_capitals
from app.core.period import add_months

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.estate.models import Community, Unit


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the receipt: one bill, or bills of one item in months that follow each other.

    `partial` says that the bills are not paid in full by this payment alone.
    """

    item: str
    period_start: date
    period_end: date
    bills: int
    sentence: str
    partial: bool
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Sheet:
    """A receipt as it is printed. `prints` counts the copies made so far."""

    payment_id: int
    number: str
    issued_on: date
    received_at: datetime
    community: Community
    unit: Unit
    payer: str
    lines: tuple[Line, ...]
    into_prepayment: Decimal
    from_prepayment: Decimal
    prepayment_after: Decimal
    tenders: tuple[Tender, ...]
    amount: Decimal
    capitals: str
    collector: str
    remark: str
    prints: int
    void: bool
    voided_on: date | None
    void_reason: str

    @property
    def given(self) -> Decimal:
        return sum((tender.given or tender.amount for tender in self.tenders), ZERO)

    @property
    def change(self) -> Decimal:
        return sum((tender.change or ZERO for tender in self.tenders), ZERO)


def sheet(session: Session, payment_id: int) -> Sheet:
    """The receipt of a payment; NotFound outside the scope."""
    payment = session.scalar(
        select(Payment)
        .where(Payment.id == payment_id, scope.current().where(Payment.community_id))
        .options(
            joinedload(Payment.community),
            joinedload(Payment.unit),
            joinedload(Payment.receipt),
            selectinload(Payment.tenders),
            selectinload(Payment.entries),
            selectinload(Payment.allocations)
            .joinedload(Allocation.bill)
            .joinedload(Bill.item),
        )
    )
    if payment is None or payment.receipt is None:
        raise NotFound(N_("This receipt does not exist, or it lies outside your communities."))
    void = payment.state == PaymentState.VOID
    # A void adds opposite rows: the receipt goes on saying what it said.
    allocations = [row for row in payment.allocations if row.amount > 0]
    entries = payment.entries[: len(payment.entries) // 2] if void else payment.entries
    return Sheet(
        payment_id=payment.id,
        number=payment.receipt.number,
        issued_on=payment.receipt.issued_on,
        received_at=payment.received_at,
        community=payment.community,
        unit=payment.unit,
        payer=payment.payer_name,
        lines=tuple(lines(allocations)),
        into_prepayment=sum((row.amount for row in entries if row.amount > 0), ZERO),
        from_prepayment=-sum((row.amount for row in entries if row.amount < 0), ZERO),
        prepayment_after=payment.receipt.prepayment_after,
        tenders=tuple(payment.tenders),
        amount=payment.amount,
        capitals=in_capitals(payment.amount),
        collector=payment.collector_name,
        remark=payment.remark or "",
        prints=payment.receipt.prints,
        void=void,
        voided_on=payment.voided_on,
        void_reason=payment.void_reason or "",
    )


def lines(allocations: Iterable[Allocation]) -> list[Line]:
    """The bills by item and period; fully paid months of one item that follow are one line."""
    ordered = sorted(
        allocations,
        key=lambda row: (row.bill.item.position, row.bill.item_id, row.bill.period_start, row.id),
    )
    found: list[Line] = []
    previous = None
    for row in ordered:
        bill = row.bill
        line = Line(
            bill.item.name, bill.period_start, bill.period_end, 1, bill.sentence,
            row.amount != bill.amount, row.amount,
        )
        if found and previous == bill.item_id and _follows(found[-1], line):
            found[-1] = _joined(found[-1], line)
        else:
            found.append(line)
        previous = bill.item_id
    return found


def _follows(before: Line, line: Line) -> bool:
    next_month = add_months(before.period_end.replace(day=1), 1)
    return line.period_start == next_month and not (before.partial or line.partial)


def _joined(before: Line, line: Line) -> Line:
    return Line(
        before.item, before.period_start, line.period_end, before.bills + line.bills, "",
        partial=False, amount=before.amount + line.amount,
    )


def count_print(session: Session, payment_id: int) -> int:
    """Count one more copy and say which it is: 1 is the original, the rest are reprints.

    A reprint is recorded (C05): who printed which receipt again.
    """
    receipt = session.scalar(
        select(Receipt).where(
            Receipt.payment_id == payment_id, scope.current().where(Receipt.community_id)
        )
    )
    if receipt is None:
        raise NotFound(N_("This receipt does not exist, or it lies outside your communities."))
    copy = session.scalars(
        update(Receipt)
        .where(Receipt.id == receipt.id)
        .values(prints=Receipt.prints + 1)
        .returning(Receipt.prints)
        .execution_options(synchronize_session=False)
    ).one()
    session.expire(receipt)
    if copy > 1:
        audit.record(
            session, "reprint", "payments", payment_id,
            title=receipt.number, community_id=receipt.community_id, details={"copy": copy},
        )
    return copy
