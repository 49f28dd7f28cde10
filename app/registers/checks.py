"""Named checks that warn when a unit or customer is chosen; they never forbid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.charging import ledger
from app.core import clock, formats
from app.core.money import ZERO
from app.estate.models import Ownership, Tenancy, Unit, UnitNote, Vehicle
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


def unit_has_notes(session: Session, unit: Unit) -> str | None:
    """There is a held note on the unit."""
    texts = session.scalars(
        select(UnitNote.text).where(UnitNote.unit_id == unit.id, UnitNote.closed_on.is_(None))
    ).all()
    if not texts:
        return None
    return _("Note on %(unit)s: %(text)s", unit=unit.code, text="；".join(texts))


def customer_left(session: Session, customer: Any) -> str | None:
    """The customer neither owns nor rents anything today."""
    today = clock.today()
    holds = [
        session.scalar(select(func.count()).where(
            model.customer_id == customer.id, valid_on(model, today)))
        for model in (Ownership, Tenancy)
    ]  # fmt: skip
    if any(holds):
        return None
    return _("%(name)s neither owns nor rents anything here any more.", name=customer.name)


def customer_has_arrears(session: Session, customer: Any) -> str | None:
    """One of the customer's own units owes money that is due."""
    today = clock.today()
    units = session.scalars(
        select(Unit).join(Ownership, Ownership.unit_id == Unit.id)
        .where(Ownership.customer_id == customer.id, valid_on(Ownership, today))
    )
    said = [text for unit in units if (text := unit_has_arrears(session, unit))]
    return " ".join(said) or None


def plate_is_unknown(session: Session, plate: str) -> str | None:
    """No vehicle with this plate is known."""
    if session.scalar(select(func.count()).where(Vehicle.plate == plate)):
        return None
    return _("No vehicle %(plate)s is registered.", plate=plate)


CHECKS: Mapping[str, Callable[[Session, Any], str | None]] = {
    check.__name__: check
    for check in (unit_has_arrears, unit_has_notes, customer_left, customer_has_arrears,
                  plate_is_unknown)
}  # fmt: skip
"""The name in a register file → the check."""
