"""What was received on a day or in a span, by collector and tender, with the voids counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.charging.ledger.balances import fen
from app.charging.ledger.payment_models import Payment, PaymentState, Tender
from app.charging.ledger.settling import TenderKind
from app.core.records import data_scope
from app.core.values.money import ZERO, from_fen

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

KINDS = tuple(TenderKind)
MONEY_IN = tuple(kind for kind in KINDS if kind is not TenderKind.PREPAYMENT)


@dataclass(slots=True)
class CollectorTakings:
    """One collector: `amounts` by tender without what was voided; voids counted apart."""

    collector_id: int | None
    name: str
    payments: int = 0
    voids: int = 0
    void_amount: Decimal = ZERO
    amounts: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(KINDS, ZERO))

    @property
    def total(self) -> Decimal:
        """The money that came in: every tender but the prepayment, which came in before."""
        return sum((self.amounts[kind] for kind in MONEY_IN), ZERO)


def takings(
    session: Session, first: date, last: date | None = None, *, community_id: int | None = None
) -> list[CollectorTakings]:
    """Takings of each collector from `first` to `last` (inclusive; None: that day alone)."""
    chosen = [
        Payment.received_on.between(first, last or first),
        data_scope.current().where(Payment.community_id),
    ]
    if community_id is not None:
        chosen.append(Payment.community_id == community_id)
    who = (Payment.collector_id, Payment.collector_name, Payment.state)
    found: dict[tuple[int | None, str], CollectorTakings] = {}
    counts = session.execute(
        select(*who, func.count(), func.sum(fen(Payment.amount))).where(*chosen).group_by(*who)
    )
    for collector_id, name, state, count, amount in counts:
        row = found.setdefault((collector_id, name), CollectorTakings(collector_id, name))
        if state == PaymentState.VOID:
            row.voids, row.void_amount = count, from_fen(int(amount))
        else:
            row.payments = count
    sums = session.execute(
        select(*who[:2], Tender.kind, func.sum(fen(Tender.amount)))
        .join(Payment, Payment.id == Tender.payment_id)
        .where(*chosen, Payment.state == PaymentState.POSTED)
        .group_by(*who[:2], Tender.kind)
    )
    for collector_id, name, kind, amount in sums:
        found[collector_id, name].amounts[kind] = from_fen(int(amount))
    return sorted(found.values(), key=lambda row: (row.name, row.collector_id or 0))


def together(rows: list[CollectorTakings], name: str) -> CollectorTakings:
    """The total line over all collectors."""
    total = CollectorTakings(None, name)
    for row in rows:
        total.payments += row.payments
        total.voids += row.voids
        total.void_amount += row.void_amount
        for kind in KINDS:
            total.amounts[kind] += row.amounts[kind]
    return total
