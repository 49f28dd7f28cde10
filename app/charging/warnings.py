"""What the ledger knows to warn of when a unit or customer is chosen; it never forbids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.charging import ledger
from app.core import clock, formats
from app.core.money import ZERO
from app.estate.models import Ownership, Unit
from app.estate.occupants import valid_on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session


def unit_has_arrears(session: Session, unit: Unit) -> str | None:
    """The unit owes money that is due (H08)."""
    today = clock.today()
    late = [bill for bill in ledger.open_bills(session, unit.id) if bill.due_on < today]
    if not late:
        return None
    total = sum((bill.balance for bill in late), ZERO)
    return _("%(unit)s owes %(amount)s yuan (%(count)s bills due).", unit=unit.code,
             amount=formats.money(total), count=len(late))  # fmt: skip


def customer_has_arrears(session: Session, customer: Any) -> str | None:
    """One of the customer's own units owes money that is due."""
    today = clock.today()
    units = session.scalars(
        select(Unit).join(Ownership, Ownership.unit_id == Unit.id)
        .where(Ownership.customer_id == customer.id, valid_on(Ownership, today))
    )
    said = [text for unit in units if (text := unit_has_arrears(session, unit))]
    return " ".join(said) or None


CHECKS: Mapping[str, Callable[[Session, Any], str | None]] = {
    check.__name__: check for check in (unit_has_arrears, customer_has_arrears)
}
"""Name → check; registers call them by name in their files."""
