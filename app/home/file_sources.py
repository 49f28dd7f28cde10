"""Counts of units and owner files: vacant, arriving, noted, incomplete, imported."""

from __future__ import annotations

from sqlalchemy import exists, func, or_, select

from app.core.db.models import ImportBatch
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import N_
from app.core.values.period import add_months
from app.estate.base.codes import Occupancy
from app.estate.base.models import Customer, CustomerPhone, Ownership, Unit, UnitNote
from app.estate.base.occupancy import occupancy_on
from app.home.viewer import Count, Viewer, todo


def _units(viewer: Viewer, occupancy: Occupancy) -> Count:
    return Count(viewer.inside(Unit, occupancy_on(viewer.today) == occupancy.value))


def vacant_units(viewer: Viewer) -> Count:
    return _units(viewer, Occupancy.VACANT)


def undelivered_units(viewer: Viewer) -> Count:
    return _units(viewer, Occupancy.UNDELIVERED)


def arrivals(viewer: Viewer) -> Count:
    first = viewer.today.replace(day=1)
    return Count(
        viewer.inside(Unit, Unit.handover_date >= first, Unit.handover_date < add_months(first, 1))
    )


def open_notes(viewer: Viewer) -> Count:
    return todo(viewer.inside(UnitNote, UnitNote.closed_on.is_(None)))


def files_incomplete(viewer: Viewer) -> Count:
    """Owners of today without a phone, or without an identity number or credit code (E05)."""
    owns = exists().where(
        Ownership.customer_id == Customer.id,
        or_(Ownership.ends_on.is_(None), Ownership.ends_on >= viewer.today),
    )
    phone = exists().where(CustomerPhone.customer_id == Customer.id)
    nameless = Customer.id_number.is_(None) & Customer.credit_code.is_(None)
    number = viewer.inside(Customer, owns, or_(~phone, nameless))
    return Count(number, tone="warn" if number else "ok", note=N_("phone or ID number missing"))


def imports_month(viewer: Viewer) -> Count:
    begins, _ends = clock.span_of(viewer.today.replace(day=1))
    number, last = viewer.session.execute(
        select(func.count(), func.max(ImportBatch.posted_at)).where(
            data_scope.current().where(ImportBatch.community_id),
            ImportBatch.posted_at >= begins,
            ImportBatch.undone_at.is_(None),
        )
    ).one()
    note = N_("last on %(count)s") if last else None
    return Count(number, note=note, note_count=f"{clock.local(last):%m-%d %H:%M}" if last else "")
