"""What the ledger knows to warn of when a unit or customer is chosen; it never forbids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.charging.ledger import debts
from app.charging.ledger.bill_models import Bill
from app.charging.ledger.labels import NOBODY
from app.core.i18n import filters
from app.core.values import clock
from app.core.values.money import ZERO
from app.estate.base.models import Ownership, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session


def unit_has_arrears(session: Session, unit: Unit) -> str | None:
    """Money that is due is owed at the unit: by whom, less what he paid ahead (H08)."""
    said = [_sentence(unit, debt) for debt in debts.debts(session, unit.id)]
    return " ".join(one for one in said if one) or None


def customer_has_arrears(session: Session, customer: Any) -> str | None:
    """The customer owes money that is due, at units of his or that were his."""
    owned = select(Ownership.unit_id).where(Ownership.customer_id == customer.id)
    billed = select(Bill.unit_id).where(Bill.customer_id == customer.id)
    units = session.scalars(
        select(Unit).where(Unit.id.in_(owned) | Unit.id.in_(billed)).order_by(Unit.id)
    )
    said = [
        _sentence(unit, debt)
        for unit in units
        for debt in debts.debts(session, unit.id)
        if customer.id in debt.customer_ids
    ]
    return " ".join(one for one in said if one) or None


def _sentence(unit: Unit, debt: debts.Debt) -> str:
    """What is asked for; nothing where the debtor's purse covers what is due."""
    late = debt.late(clock.today())
    if not late:
        return ""
    names = debt.names or str(NOBODY)
    if debt.former:
        names = _("%(names)s (former owner)", names=names)
    return _(
        "%(names)s owes %(amount)s yuan for %(unit)s (%(count)s bills due).",
        names=names,
        unit=unit.code,
        amount=filters.money(sum(late, ZERO)),
        count=len(late),
    )


CHECKS: Mapping[str, Callable[[Session, Any], str | None]] = {
    check.__name__: check for check in (unit_has_arrears, customer_has_arrears)
}
"""Name → check; registers call them by name in their files."""
