"""What the files know to warn of when a unit, customer or plate is chosen; it never forbids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.core.values import clock
from app.estate.base.models import Ownership, Tenancy, Unit, UnitNote, Vehicle
from app.estate.base.occupants import valid_on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session


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
        session.scalar(
            select(func.count()).where(model.customer_id == customer.id, valid_on(model, today))
        )
        for model in (Ownership, Tenancy)
    ]
    if any(holds):
        return None
    return _("%(name)s neither owns nor rents anything here any more.", name=customer.name)


def plate_is_unknown(session: Session, plate: str) -> str | None:
    """No vehicle with this plate is known."""
    if session.scalar(select(func.count()).where(Vehicle.plate == plate)):
        return None
    return _("No vehicle %(plate)s is registered.", plate=plate)


def of_vehicle(session: Session, vehicle: Vehicle) -> list[str]:
    """The same plate on another unit, and the same parking space for another unit's vehicle."""
    others = (
        select(Unit.code)
        .join(Vehicle, Vehicle.unit_id == Unit.id)
        .where(Vehicle.community_id == vehicle.community_id, Vehicle.unit_id != vehicle.unit_id)
        .distinct()
        .order_by(Unit.code)
    )
    said = []
    if codes := session.scalars(others.where(Vehicle.plate == vehicle.plate)).all():
        said.append(
            _(
                "The plate %(plate)s stands on %(units)s too.",
                plate=vehicle.plate,
                units="、".join(codes),
            )
        )
    space = vehicle.space
    if space and (codes := session.scalars(others.where(Vehicle.space == space)).all()):
        said.append(
            _(
                "The parking space %(space)s is used by a vehicle of %(units)s too.",
                space=space,
                units="、".join(codes),
            )
        )
    return said


CHECKS: Mapping[str, Callable[[Session, Any], str | None]] = {
    check.__name__: check for check in (unit_has_notes, customer_left, plate_is_unknown)
}
"""Name → check; registers call them by name in their files."""
