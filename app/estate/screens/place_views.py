"""Screens of the places: communities and buildings, and a building's plan of units (E17, E18)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import flash
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect, select

from app.core.columns import column as col
from app.core.columns.lookups import Lookup
from app.core.db.extensions import db
from app.core.screens.screen import Screen
from app.core.values import clock
from app.core.web.menu import MenuEntry
from app.estate.base import office_hours
from app.estate.base.labels import OCCUPANCIES, OCCUPANCY_LOOKS
from app.estate.base.models import Building, Community, Unit
from app.estate.base.occupancy import of_units
from app.estate.base.occupants import owners_on
from app.estate.rooms import form_checks, renumbering


class CommunityScreen(Screen):
    """小区/项目."""

    screen = "communities"
    route_base = "/communities"
    model = Community
    title = _l("Communities")
    one = _l("Community")
    menu = MenuEntry("setup", 10, title, icon="fa-map-o")
    order = ("name",)
    related = ("buildings",)
    lookups = (Lookup("communities", Community, ("name", "short_code")),)
    columns = (
        col.text("name", _l("Community name"), search=True, required=True, max_length=80),
        col.text(
            "short_code",
            _l("Short code"),
            search=True,
            required=True,
            max_length=8,
            help=_l("A few letters that stand before receipt numbers, for example AJ."),
        ),
        col.text("address", _l("Address"), max_length=200),
        col.text("company", _l("Property company"), max_length=120),
        col.text("hotline", _l("Service phone"), max_length=40),
        col.text(
            "payment_hint",
            _l("How to pay"),
            max_length=200,
            list=False,
            help=_l("Printed on every notice."),
        ),
        col.text(
            "closing_time",
            _l("Closing time"),
            required=True,
            list=False,
            default="18:00",
            spell=office_hours.spelt,
            help=_l("What is due on a day is overdue from this time on; write it like 18:00."),
        ),
    )

    def pre_update(self, item: Community) -> None:
        """Where the office closes at another time, what is stored as due follows at once."""
        if not inspect(item).attrs.closing_time.history.has_changes():
            return
        if count := office_hours.changed(db.session(), item):
            flash(_("Due at another time now: %(count)s records.", count=count), "info")


class BuildingScreen(Screen):
    """楼栋: its page is the plan of its units."""

    screen = "buildings"
    route_base = "/buildings"
    model = Building
    title = _l("Buildings")
    one = _l("Building")
    menu = MenuEntry("estate", 20, title, icon="fa-building-o")
    order = ("community_id", "sort_key")
    show_template = "estate/building.html"
    lookups = (
        Lookup(
            "buildings",
            Building,
            ("name",),
            hint=lambda record: record.community.name,
            order="sort_key",
            loads=("community",),
        ),
    )
    columns = (
        col.text(
            "name",
            _l("Building"),
            search="prefix",
            required=True,
            max_length=40,
            sort=False,
            help=_l("The short name that room numbers begin with: 1, 12, S1."),
        ),
        col.relation("community", _l("Community"), form="add", required=True, filter=True),
        col.integer("floors", _l("Floors"), minimum=1, maximum=200),
    )

    def name_of(self, record: Building) -> str:
        name = _("Building %(name)s", name=record.name) if record.name.isdigit() else record.name
        return f"{record.community.name} {name}"

    def check(self, values: dict[str, Any], record: Building | None) -> None:
        values["name"] = form_checks.building_name(values["name"])
        if record is not None and record.id and values["name"] != record.name:
            record.name = values["name"]

    def pre_add(self, item: Building) -> None:
        item.name = form_checks.building_name(item.name)
        item.sort_key = form_checks.sort_key_of(item.name)

    def pre_update(self, item: Building) -> None:
        """A building's new name becomes part of the codes of its units."""
        self.pre_add(item)
        old = inspect(item).attrs.name.history.deleted
        if not old or old[0] == item.name:
            return
        why = _("Building renamed: %(old)s → %(new)s", old=old[0], new=item.name)
        count = renumbering.rename_building(db.session(), item, old[0], clock.today(), why)
        flash(
            _("%(count)s rooms have the building's new name; their bills stay.", count=count),
            "info",
        )

    def beside(self, record: Building) -> dict[str, Any]:
        return {"plan": floor_plan(record), "looks": OCCUPANCY_LOOKS, "words": OCCUPANCIES}


def floor_plan(building: Building) -> dict[str, Any]:
    """The units of a building by entrance and floor, the top floor first, with owners' names.

    `entrances`: name → rows of (floor, units); units without a floor stand in a last row.
    """
    units = list(
        db.session.scalars(
            select(Unit).where(Unit.building_id == building.id).order_by(Unit.sort_key)
        )
    )
    keys, today = [unit.id for unit in units], clock.today()
    owners = owners_on(db.session, keys, today)
    states = of_units(db.session, keys, today)
    entrances: dict[str, dict[int | None, list[Unit]]] = {}
    for unit in units:
        entrances.setdefault(unit.entrance, {}).setdefault(unit.floor, []).append(unit)
    return {
        "entrances": {
            name: sorted(floors.items(), key=lambda pair: (pair[0] is None, -(pair[0] or 0)))
            for name, floors in entrances.items()
        },
        "owners": {key: "、".join(one.name for one in found) for key, found in owners.items()},
        "states": states,
        "counts": Counter(states.values()),
        "total": len(units),
    }
