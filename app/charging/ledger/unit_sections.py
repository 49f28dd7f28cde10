"""What charging shows on a unit's page: what is owed, what is paid ahead, the last payments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.charging.ledger import debts, purses
from app.charging.ledger.labels import NOBODY
from app.charging.ledger.payment_models import Payment
from app.core.records import rights
from app.core.values import clock
from app.core.values.money import ZERO
from app.estate.screens.unit_page import Section

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.estate.base.models import Unit

MOST = 24


def owed(session: Session, unit: Unit) -> dict[str, Any]:
    """Open bills by debtor, oldest due first, and the purses."""
    found = debts.debts(session, unit.id)
    return {
        "debts": found,
        "total": sum((debt.owed for debt in found), ZERO),
        "to_pay": sum((debt.to_pay for debt in found), ZERO),
        "purses": purses.of_unit(session, unit.id),
        "nobody": NOBODY,
        "today": clock.today(),
        "desk": rights.may("desk"),
        "prepayments": rights.may("prepayments"),
    }


def payments(session: Session, unit: Unit) -> list[Payment]:
    """The last payments with their receipts."""
    return list(
        session.scalars(
            select(Payment)
            .where(Payment.unit_id == unit.id)
            .options(selectinload(Payment.receipt), selectinload(Payment.tenders))
            .order_by(Payment.id.desc())
            .limit(MOST)
        )
    )


SECTIONS = (
    Section("owed", _l("Owed"), "charging/unit_owed.html", owed, "arrears", wide=True),
    Section(
        "payments", _l("Payments"), "charging/unit_payments.html", payments, "payments", wide=True
    ),
)
