"""How estate shows its values: shares, the two sides of a change, and the unit's sections."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from app.core.db.extensions import db
from app.core.values import clock
from app.estate.base.labels import KINDS, OCCUPANCIES
from app.estate.base.occupancy import of_units
from app.estate.owner_import.preview import masked
from app.estate.screens import unit_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask

    from app.estate.base.codes import Occupancy
    from app.estate.base.models import Unit
    from app.estate.screens.unit_page import Section


def share(value: Decimal | None) -> str:
    """A share of ownership as percent: 50%, 33.3333%."""
    return "" if value is None else f"{(value * 100).normalize():f}%"


def import_value(value: str, field: str, stored: bool) -> str:
    """One side of a change in the preview; what is stored of phones and cards is masked."""
    if stored:
        value = masked(field, value)
    words = {"kind": KINDS, "occupancy": OCCUPANCIES}.get(field)
    if words is not None:
        return str(words.get(value, value))
    return value


def occupancy_now(unit: Unit) -> Occupancy:
    """Who is in the unit today."""
    return of_units(db.session(), [unit.id], clock.today())[unit.id]


def install(app: Flask, sections: Sequence[Section]) -> None:
    """Give the templates of `app` these filters, and its unit page its sections."""
    app.jinja_env.filters.update(share=share, import_value=import_value)
    app.jinja_env.globals.update(phone_url=unit_page.phone_url, occupancy_now=occupancy_now)
    unit_page.install(app, sections)
