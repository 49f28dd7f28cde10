"""Screens of what hangs on a unit: vehicles (A24) and the notes that the desk must see (E08)."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_babel import lazy_gettext as _l

from app.core.columns import column as col
from app.core.columns.lookups import Lookup
from app.core.db import audit
from app.core.db.extensions import db
from app.core.screens.bulk_actions import act, done
from app.core.screens.screen import Screen
from app.core.values import clock
from app.core.web.menu import MenuEntry
from app.estate.base.models import UnitNote, Vehicle
from app.estate.rooms import form_checks
from app.estate.screens import warnings
from app.roles import Verb


class VehicleScreen(Screen):
    """车辆."""

    screen = "vehicles"
    route_base = "/vehicles"
    model = Vehicle
    title = _l("Vehicles")
    one = _l("Vehicle")
    menu = MenuEntry("estate", 70, title, icon="fa-car")
    lookups = (
        Lookup(
            "vehicles",
            Vehicle,
            ("plate",),
            label=lambda record: record.plate,
            hint=lambda record: record.unit.code,
            loads=("unit",),
        ),
    )
    columns = (
        col.text("plate", _l("Plate"), search=True, required=True, max_length=20),
        col.relation("unit", _l("Unit"), search=True, required=True),
        col.relation("customer", _l("Holder of the vehicle"), search=True),
        col.text("space", _l("Parking space used"), max_length=40, search=True),
        col.text("model", _l("Make and model"), max_length=60),
        col.text("colour", _l("Colour"), max_length=20),
    )

    def name_of(self, record: Vehicle) -> str:
        return record.plate

    def check(self, values: dict[str, Any], _record: Vehicle | None) -> None:
        form_checks.plate(values["plate"])
        form_checks.same_community(values)

    def pre_add(self, item: Vehicle) -> None:
        item.plate = form_checks.plate(item.plate)

    pre_update = pre_add

    def after(self, record: Vehicle, message: str) -> Any:
        """Stored all the same: a plate on two units is for somebody to look at, not a fault.

        The page of the record says it anyway; the next empty form would not.
        """
        if request.form.get("again"):
            for text in warnings.of_vehicle(db.session(), record):
                flash(text, "warning")
        return super().after(record, message)

    def beside(self, record: Vehicle) -> dict[str, Any]:
        return {"said": warnings.of_vehicle(db.session(), record)}


class UnitNoteScreen(Screen):
    """房屋备注."""

    screen = "unit_notes"
    route_base = "/unit-notes"
    model = UnitNote
    title = _l("Unit notes")
    one = _l("Unit note")
    menu = MenuEntry("estate", 80, title, icon="fa-sticky-note-o")
    order = ("-id",)
    columns = (
        col.relation("unit", _l("Unit"), search=True, required=True, form="add"),
        col.text("text", _l("Note"), search=True, required=True, max_length=500),
        col.moment("created_at", _l("Written"), form=False),
        col.date("closed_on", _l("Closed")),
    )

    def name_of(self, record: UnitNote) -> str:
        return f"{record.unit.code} {record.text[:40]}"

    def pre_add(self, item: UnitNote) -> None:
        item.created_by_id = audit.actor().user_id

    @act(
        _l("Close"),
        Verb.WRITE,
        icon="fa-check",
        confirm=_l("Close the chosen notes?"),
        fits=lambda note: note.closed_on is None,
    )
    def close(self, notes: list[UnitNote]) -> None:
        for note in notes:
            if note.closed_on is None:
                note.closed_on = clock.today()
                audit.record(
                    db.session,
                    "close",
                    self.screen,
                    note.id,
                    title=note.text,
                    community_id=note.community_id,
                )
        done(len(notes))
