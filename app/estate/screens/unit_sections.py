"""What estate itself shows on a unit's page: people, vehicles, notes and the history (E01, E08)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select

from app.access.models import Staff
from app.core.db import audit
from app.core.db.models import AuditEntry, ImportBatch, ImportChange
from app.core.values import clock
from app.estate.base.models import Customer, Ownership, Resident, Tenancy, Unit, UnitNote, Vehicle
from app.estate.base.occupants import occupants
from app.estate.screens.unit_page import Section

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_ENTRIES = 50


@dataclass(frozen=True, slots=True)
class Interval:
    """One ownership or tenancy of the past or present."""

    kind: str
    key: int
    customer_id: int
    name: str
    share: Any
    starts_on: date | None
    ends_on: date | None

    @property
    def running(self) -> bool:
        today = clock.today()
        return (self.starts_on is None or self.starts_on <= today) and (
            self.ends_on is None or self.ends_on >= today
        )


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the chronicle: when, who, what was done and to what."""

    at: datetime
    who: str
    act: str
    screen: str
    title: str
    batch_id: int | None = None


def people(session: Session, unit: Unit) -> dict[str, Any]:
    """Owners, tenants and residents of today."""
    return {"now": occupants(session, unit.id, clock.today())}


def vehicles(session: Session, unit: Unit) -> list[Vehicle]:
    """The cars of the unit by plate."""
    return list(
        session.scalars(select(Vehicle).where(Vehicle.unit_id == unit.id).order_by(Vehicle.plate))
    )


def notes(session: Session, unit: Unit) -> list[UnitNote]:
    """Open notes first, the newest on top; then the last closed ones."""
    return list(
        session.scalars(
            select(UnitNote)
            .where(UnitNote.unit_id == unit.id)
            .order_by(UnitNote.closed_on.is_not(None), UnitNote.id.desc())
            .limit(MOST_ENTRIES)
        )
    )


def history(session: Session, unit: Unit) -> dict[str, Any]:
    """Every interval of ownership and tenancy, and what was done to the unit's records."""
    return {"intervals": intervals(session, unit), "events": events(session, unit)}


def intervals(session: Session, unit: Unit) -> list[Interval]:
    """Ownerships, then tenancies, the latest first."""
    found = []
    owned = select(Ownership, Customer.name).join(Customer, Customer.id == Ownership.customer_id)
    for row, name in session.execute(owned.where(Ownership.unit_id == unit.id)):
        found.append(
            Interval(
                "ownership", row.id, row.customer_id, name, row.share, row.starts_on, row.ends_on
            )
        )
    rented = select(Tenancy, Customer.name).join(Customer, Customer.id == Tenancy.customer_id)
    for row, name in session.execute(rented.where(Tenancy.unit_id == unit.id)):
        found.append(
            Interval("tenancy", row.id, row.customer_id, name, None, row.starts_on, row.ends_on)
        )
    first = date.min
    found.sort(key=lambda one: (one.kind, one.starts_on or first), reverse=True)
    return sorted(found, key=lambda one: one.kind)


def events(session: Session, unit: Unit) -> list[Event]:
    """Edits of the unit and of what hangs on it, and the imports that made or changed it."""
    wanted = [and_(AuditEntry.screen == "units", AuditEntry.record_id == str(unit.id))]
    for screen, model in (
        ("ownerships", Ownership),
        ("tenancies", Tenancy),
        ("residents", Resident),
        ("vehicles", Vehicle),
        ("unit_notes", UnitNote),
    ):
        keys = session.scalars(select(model.id).where(model.unit_id == unit.id)).all()
        if keys:
            wanted.append(
                and_(
                    AuditEntry.screen == screen,
                    AuditEntry.record_id.in_([str(key) for key in keys[:500]]),
                )
            )
    entries = session.scalars(
        select(AuditEntry).where(or_(*wanted)).order_by(AuditEntry.id.desc()).limit(MOST_ENTRIES)
    )
    found = [
        Event(entry.at, who_of(entry.user_name), entry.act, entry.screen, entry.title)
        for entry in entries
    ]
    changed = select(ImportChange.batch_id).where(
        ImportChange.table == Unit.__tablename__, ImportChange.row_id == unit.id
    )
    batches = session.execute(
        select(ImportBatch, Staff)
        .outerjoin(Staff, Staff.id == ImportBatch.user_id)
        .where(or_(ImportBatch.id == unit.origin_batch_id, ImportBatch.id.in_(changed)))
    )
    for batch, author in batches:
        act = "import" if batch.state == "posted" else "undo"
        moment = batch.posted_at if act == "import" else batch.undone_at or batch.posted_at
        who = who_of(author.get_full_name() if author else "")
        found.append(Event(moment, who, act, "owner_import", batch.file_name, batch.id))
    return sorted(found, key=lambda event: event.at, reverse=True)[:MOST_ENTRIES]


def who_of(name: str) -> str:
    """Who did it; what nobody at a screen did came from the command line."""
    return _("the command line") if name in {"", audit.COMMAND_LINE.name} else name


SECTIONS = (
    Section("people", _l("People"), "estate/unit/people.html", people, "units"),
    Section("vehicles", _l("Vehicles"), "estate/unit/vehicles.html", vehicles, "vehicles"),
    Section("notes", _l("Notes"), "estate/unit/notes.html", notes, "unit_notes"),
)
"""What stands at the top of the page; other features follow, then the history."""

LAST = (Section("history", _l("History"), "estate/unit/history.html", history, "units", wide=True),)
