"""Inspections of vacant units: a submitted one moves the unit's next inspection on (F08)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.registers import rules

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def note_inspection(session: Session, row: Any) -> None:
    """Write the day of the inspection into the register of vacant units."""
    ledger = type(row).vacant_unit.property.mapper.class_
    vacant = session.get_one(ledger, row.vacant_unit_id, with_for_update=True)
    if vacant.inspected_on < row.inspected_on:
        vacant.inspected_on = row.inspected_on
        rules.settle(vacant)
