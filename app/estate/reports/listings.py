"""Reports of the estate: who lives where (front desk), and what owner files lack (clerk)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, func, select

from app.core.i18n import filters
from app.core.reports.declaration import Listing, Report, declare
from app.core.reports.parameters import day as day_parameter
from app.core.tables.table import ColumnKind, ReportColumn, ratio
from app.core.values.secret import Secret
from app.estate.base.codes import Occupancy
from app.estate.base.labels import KINDS, OCCUPANCIES
from app.estate.base.models import Building, Community, Customer, Resident, Tenancy, Unit
from app.estate.base.occupancy import occupancy_on
from app.estate.base.occupants import owners_on, phones_of, slices, valid_on
from app.estate.reports.choices import BUILDING, COMMUNITY, KIND, units_chosen

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

occupancy = declare(
    Report(
        "report_occupancy",
        _l("Occupancy and roster"),
        about=_l("Who owns, rents and lives where on a day, and how full each building is."),
        parameters=(COMMUNITY, BUILDING, KIND, day_parameter()),
        notes=(
            _l(
                "Owners, tenants and residents are those of the day, by their dates of beginning "
                "and end. A unit counts as let while a tenancy runs, as not handed over before "
                "its handover date, as vacant when it was recorded as let and the tenancy is "
                "over; otherwise the state on its file counts."
            ),
            _l("Occupied = (owner-occupied + let) ÷ (all units − not handed over)."),
            _l("Phones are masked on the page; every workbook taken away is recorded."),
        ),
        private="customers",
        position=30,
        icon="fa-users",
    )
)


def _full(sums: dict[str, Any]) -> Decimal | None:
    """The part of the units handed over in which somebody lives."""
    return ratio(
        sums[Occupancy.OWNER] + sums[Occupancy.LET], sums["units"] - sums[Occupancy.UNDELIVERED]
    )


@occupancy.sheet(
    "buildings",
    _l("By building"),
    (
        ReportColumn("community", _l("Community"), width=18, unless="community"),
        ReportColumn("building", _l("Building"), width=10, unless="building"),
        ReportColumn("units", _l("Number of units"), ColumnKind.INTEGER, 9, total=True),
        *(
            ReportColumn(state.value, OCCUPANCIES[state], ColumnKind.INTEGER, 12, total=True)
            for state in (
                Occupancy.OWNER,
                Occupancy.LET,
                Occupancy.VACANT,
                Occupancy.UNDELIVERED,
                Occupancy.UNKNOWN,
            )
        ),
        ReportColumn("full", _l("Occupied"), ColumnKind.PERCENT, 10, value=_full, total=_full),
        ReportColumn("area", _l("Gross area (㎡)"), ColumnKind.AREA, 14, total=True),
    ),
)
def by_building(
    session: Session, *, community: int | None, building: int | None, kind: str | None, day: date
) -> list[dict[str, Any]]:
    """Units of each building by their occupancy on the day."""
    state = occupancy_on(day).label("state")
    inner = (
        select(Unit.building_id, state, Unit.gross_area)
        .where(*units_chosen(community, building, kind))
        .subquery()
    )
    rows = session.execute(
        select(
            Community.name.label("community"),
            Building.name.label("building"),
            func.count().label("units"),
            func.sum(inner.c.gross_area).label("area"),
            *(
                func.sum(case((inner.c.state == one.value, 1), else_=0)).label(one.value)
                for one in Occupancy
            ),
        )
        .join(Building, Building.id == inner.c.building_id)
        .join(Community, Community.id == Building.community_id)
        .group_by(Community.id, Community.name, Building.id, Building.name, Building.sort_key)
        .order_by(Community.id, Building.sort_key, Building.id)
    )
    return [dict(row._mapping) for row in rows]


def _phones(text: str) -> str:
    return "、".join(filters.mask_phone(number) for number in text.split("、"))


@occupancy.sheet(
    "roster",
    _l("Roster"),
    (
        ReportColumn("community", _l("Community"), width=18, unless="community"),
        ReportColumn("code", _l("Unit"), width=14),
        ReportColumn("kind", _l("Use"), width=9, value=lambda row: KINDS[row["kind"]]),
        ReportColumn("area", _l("Gross area (㎡)"), ColumnKind.AREA, 12, total=True),
        ReportColumn(
            "state", _l("Occupancy"), width=11, value=lambda row: OCCUPANCIES[row["state"]]
        ),
        ReportColumn("handover_date", _l("Handover date"), ColumnKind.DATE, 12),
        ReportColumn("owners", _l("Owners"), width=20),
        ReportColumn(
            "phones", _l("Phone of the owners"), width=26, mask=_phones, secret=Secret.PHONES
        ),
        ReportColumn("tenants", _l("Tenants"), width=18),
        ReportColumn("residents", _l("Other residents"), width=22),
    ),
)
def roster(
    session: Session,  # noqa: ARG001 - every rows function takes the session
    *,
    community: int | None,
    building: int | None,
    kind: str | None,
    day: date,
) -> Listing:
    """Every unit with the people of the day."""
    statement = (
        select(
            Unit.id,
            Community.name.label("community"),
            Unit.code,
            Unit.kind,
            Unit.gross_area.label("area"),
            occupancy_on(day).label("state"),
            Unit.handover_date,
        )
        .join(Community, Community.id == Unit.community_id)
        .where(*units_chosen(community, building, kind))
        .order_by(Unit.community_id, Unit.sort_key, Unit.id)
    )
    return Listing(statement, lambda own, rows: _with_people(own, rows, day))


def _with_people(session: Session, rows: Sequence[Any], day: date) -> Iterator[dict[str, Any]]:
    """Add the names of the day to a batch of units, in four queries for all of them."""
    ids = [row.id for row in rows]
    owners = owners_on(session, ids, day)
    phones = phones_of(session, {one.customer_id for group in owners.values() for one in group})
    tenants = _names(session, ids, Tenancy, Customer.name, day)
    residents = _names(session, ids, Resident, Resident.name, day)
    for row in rows:
        group = owners.get(row.id, ())
        numbers = [number for one in group for number in phones.get(one.customer_id, ())]
        yield {
            **row._mapping,
            "owners": "、".join(one.name for one in group),
            "phones": "、".join(dict.fromkeys(numbers)) or None,
            "tenants": tenants.get(row.id, ""),
            "residents": residents.get(row.id, ""),
        }


def _names(session: Session, ids: Sequence[int], model: Any, name: Any, day: date) -> dict:
    """Names by unit on the day, joined in their order."""
    found: dict[int, list[str]] = {}
    for part in slices(ids):
        query = select(model.unit_id, name).where(model.unit_id.in_(part), valid_on(model, day))
        if model is Tenancy:
            query = query.join(Customer, Customer.id == Tenancy.customer_id)
        for unit_id, text in session.execute(query.order_by(model.unit_id, model.id)):
            found.setdefault(unit_id, []).append(text)
    return {unit_id: "、".join(names) for unit_id, names in found.items()}


SECRET_FAULTS = {
    "phone_wrong": Secret.PHONES,
    "id_wrong": Secret.PRIVATE,
    "credit_code_wrong": Secret.PRIVATE,
}
"""Faults that show a number of a person; areas and shares are nobody's secret."""
