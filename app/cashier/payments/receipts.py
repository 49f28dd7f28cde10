"""What stands on a receipt, and how many copies of it were printed (C05, domain-rules 6).

All that a receipt says is written down when it is issued (`said`); the sheet is read from
there alone, so that a copy of later days says the same, whatever was renamed meanwhile. Only
the void and the number of copies are of today.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from app.charging.ledger.bill_models import Bill, ChargeItem
from app.charging.ledger.payment_models import Payment, PaymentState, Receipt
from app.core.db import audit
from app.core.records import data_scope
from app.core.values.errors import N_, NotFound
from app.core.values.money import ZERO, from_fen, in_capitals, to_fen
from app.core.values.period import add_months

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.estate.base.models import Community, Unit


@dataclass(frozen=True, slots=True)
class ReceiptLine:
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
class Means:
    """A tender on the receipt; `given` and `change` only where there was change."""

    kind: str
    amount: Decimal
    given: Decimal | None
    change: Decimal | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class ReceiptPaper:
    """A receipt as it is printed. `prints` counts the copies made so far."""

    payment_id: int
    number: str
    issued_on: date
    received_at: datetime
    company: str
    community: str
    unit: str
    payer: str
    lines: tuple[ReceiptLine, ...]
    into_prepayment: Decimal
    from_prepayment: Decimal
    prepayment_after: Decimal
    tenders: tuple[Means, ...]
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


def said(session: Session, payment: Payment, community: Community, unit: Unit) -> dict[str, Any]:
    """What the receipt of this new payment says, to be stored with it; sums in fen.

    `prepayment_after` of the receipt must be known. Nothing is flushed.
    """
    paid = {row.bill_id: row.amount for row in payment.allocations}
    bills = session.execute(
        select(Bill, ChargeItem)
        .join(ChargeItem, ChargeItem.id == Bill.item_id)
        .where(Bill.id.in_(paid))
        .order_by(ChargeItem.position, Bill.item_id, Bill.period_start, Bill.id)
    )
    parts = [
        (
            bill.item_id,
            ReceiptLine(
                item.name,
                bill.period_start,
                bill.period_end,
                1,
                bill.sentence,
                paid[bill.id] != bill.amount,
                paid[bill.id],
            ),
        )
        for bill, item in bills
    ]
    moved = [entry.amount for entry in payment.entries]
    return {
        "company": community.company or community.name,
        "community": community.name,
        "unit": unit.code,
        "payer": payment.payer_name,
        "collector": payment.collector_name,
        "remark": payment.remark or "",
        "amount": to_fen(payment.amount),
        "into_prepayment": to_fen(sum((one for one in moved if one > 0), ZERO)),
        "from_prepayment": -to_fen(sum((one for one in moved if one < 0), ZERO)),
        "lines": [
            {
                "item": line.item,
                "from": line.period_start.isoformat(),
                "to": line.period_end.isoformat(),
                "bills": line.bills,
                "sentence": line.sentence,
                "partial": line.partial,
                "amount": to_fen(line.amount),
            }
            for line in together(parts)
        ],
        "tenders": [
            {
                "kind": str(one.kind),
                "amount": to_fen(one.amount),
                "given": None if one.given is None else to_fen(one.given),
                "change": None if one.change is None else to_fen(one.change),
                "reference": one.reference,
            }
            for one in payment.tenders
        ],
    }


def sheet(session: Session, payment_id: int) -> ReceiptPaper:
    """The receipt of a payment; NotFound outside the scope."""
    payment = session.scalar(
        select(Payment)
        .where(Payment.id == payment_id, data_scope.current().where(Payment.community_id))
        .options(joinedload(Payment.receipt))
    )
    if payment is None or payment.receipt is None:
        raise NotFound(N_("This receipt does not exist, or it lies outside your communities."))
    receipt, words = payment.receipt, payment.receipt.said
    amount = from_fen(words["amount"])
    return ReceiptPaper(
        payment_id=payment.id,
        number=receipt.number,
        issued_on=receipt.issued_on,
        received_at=payment.received_at,
        company=words["company"],
        community=words["community"],
        unit=words["unit"],
        payer=words["payer"],
        lines=tuple(_line(row) for row in words["lines"]),
        into_prepayment=from_fen(words["into_prepayment"]),
        from_prepayment=from_fen(words["from_prepayment"]),
        prepayment_after=receipt.prepayment_after,
        tenders=tuple(
            Means(
                row["kind"],
                from_fen(row["amount"]),
                _sum(row["given"]),
                _sum(row["change"]),
                row["reference"],
            )
            for row in words["tenders"]
        ),
        amount=amount,
        capitals=in_capitals(amount),
        collector=words["collector"],
        remark=words["remark"],
        prints=receipt.prints,
        void=payment.state == PaymentState.VOID,
        voided_on=payment.voided_on,
        void_reason=payment.void_reason or "",
    )


def _sum(fen: int | None) -> Decimal | None:
    return None if fen is None else from_fen(fen)


def _line(row: dict[str, Any]) -> ReceiptLine:
    return ReceiptLine(
        row["item"],
        date.fromisoformat(row["from"]),
        date.fromisoformat(row["to"]),
        row["bills"],
        row["sentence"],
        row["partial"],
        from_fen(row["amount"]),
    )


def together(parts: Iterable[tuple[int, ReceiptLine]]) -> list[ReceiptLine]:
    """Fully paid months of one item (its key beside each line) that follow are one line."""
    found: list[ReceiptLine] = []
    previous = None
    for item_id, line in parts:
        if found and previous == item_id and _follows(found[-1], line):
            found[-1] = _joined(found[-1], line)
        else:
            found.append(line)
        previous = item_id
    return found


def _follows(before: ReceiptLine, line: ReceiptLine) -> bool:
    next_month = add_months(before.period_end.replace(day=1), 1)
    return line.period_start == next_month and not (before.partial or line.partial)


def _joined(before: ReceiptLine, line: ReceiptLine) -> ReceiptLine:
    return ReceiptLine(
        before.item,
        before.period_start,
        line.period_end,
        before.bills + line.bills,
        "",
        partial=False,
        amount=before.amount + line.amount,
    )


def count_print(session: Session, payment_id: int) -> int:
    """Count one more copy and say which it is: 1 is the original, the rest are reprints.

    A reprint is recorded (C05): who printed which receipt again.
    """
    receipt = session.scalar(
        select(Receipt).where(
            Receipt.payment_id == payment_id, data_scope.current().where(Receipt.community_id)
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
            session,
            "reprint",
            "payments",
            payment_id,
            title=receipt.number,
            community_id=receipt.community_id,
            details={"copy": copy},
        )
    return copy
