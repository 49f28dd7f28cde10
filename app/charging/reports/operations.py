"""Reports of charging for the manager and the cashier: the month's business, the day's takings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.charging.reports import rates
from app.charging.reports.rates import Figures, MonthLine, RateLine
from app.core.reports.declaration import Report, declare
from app.core.reports.parameters import day as day_parameter
from app.core.reports.parameters import month as month_parameter
from app.core.tables.table import Chart, ColumnKind, ReportColumn, ratio
from app.core.values import clock
from app.core.values.money import ZERO
from app.core.values.period import Period
from app.estate.reports.choices import COMMUNITY

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def end_of_month(values: Mapping[str, Any]) -> date:
    """The month's last day, or today while it runs: the usual day of a monthly report."""
    last: date = values["month"].last
    return min(last, clock.today())


AS_OF = day_parameter(default=end_of_month)

DEFINITIONS = (
    _l(
        "Receivable of the period: bills whose period begins in the month, as they stood on the "
        "day (voided bills left out). Received: what was paid of them until the day, prepayments "
        "used included. Current rate = received ÷ receivable."
    ),
    _l(
        "Old arrears: bills of earlier periods less what was paid of them before the month. "
        "Recovered: what was paid of them from the first of the month until the day. "
        "Recovery rate = recovered ÷ old arrears."
    ),
    _l("Overall rate = (received + recovered) ÷ (receivable + old arrears)."),
    _l(
        "Household rate = units that paid all bills of the month ÷ units billed in the month; "
        "shops, spaces and others count as units."
    ),
    _l(
        "Money collected for third parties and prepayments not yet used are in no rate; they "
        "are shown apart."
    ),
)


def current_columns() -> tuple[ReportColumn, ...]:
    """Receivable, received of it, and the current rate."""
    return (
        ReportColumn("due", _l("Amount receivable"), ColumnKind.MONEY, 15, total=True),
        ReportColumn("paid", _l("Amount received"), ColumnKind.MONEY, 15, total=True),
        ReportColumn(
            "rate",
            _l("Current rate"),
            ColumnKind.PERCENT,
            11,
            total=lambda sums: ratio(sums["paid"], sums["due"]),
        ),
    )


def rate_columns() -> tuple[ReportColumn, ...]:
    """Receivable, received and the rates, as every table of rates shows them."""
    return (
        *current_columns(),
        ReportColumn("old", _l("Old arrears"), ColumnKind.MONEY, 15, total=True),
        ReportColumn("recovered", _l("Recovered"), ColumnKind.MONEY, 15, total=True),
        ReportColumn(
            "recovery",
            _l("Recovery rate"),
            ColumnKind.PERCENT,
            11,
            total=lambda sums: ratio(sums["recovered"], sums["old"]),
        ),
        ReportColumn(
            "overall",
            _l("Overall rate"),
            ColumnKind.PERCENT,
            11,
            total=lambda sums: ratio(sums["paid"] + sums["recovered"], sums["due"] + sums["old"]),
        ),
    )


def rate_values(figures: Figures) -> dict[str, Any]:
    """The values of `rate_columns` and of the households."""
    return {
        "due": figures.due,
        "paid": figures.paid,
        "rate": figures.rate,
        "old": figures.old,
        "recovered": figures.recovered,
        "recovery": figures.recovery,
        "overall": figures.overall,
        "households": figures.households,
        "settled": figures.settled,
        "household_rate": figures.household_rate,
    }


HOUSEHOLDS = (
    ReportColumn("households", _l("Units billed"), ColumnKind.INTEGER, 10, total=True),
    ReportColumn("settled", _l("Paid in full"), ColumnKind.INTEGER, 10, total=True),
    ReportColumn(
        "household_rate",
        _l("Household rate"),
        ColumnKind.PERCENT,
        11,
        total=lambda sums: ratio(sums["settled"], sums["households"]),
    ),
)


@dataclass(frozen=True, slots=True)
class Business:
    """What the tables of a month's business are made from."""

    own: list[RateLine]
    agency: list[RateLine]
    households: dict[int, tuple[int, int]]
    trend: list[MonthLine]
    ahead: Decimal

    def by_building(self) -> list[dict[str, Any]]:
        """The rates of each building with its households."""
        found: list[dict[str, Any]] = []
        sums = rates.summed(
            self.own, lambda line: (line.building_id, line.community, line.building)
        )
        for (building_id, community, building), figures in sums.items():
            figures.households, figures.settled = self.households.get(building_id, (0, 0))
            found.append({"community": community, "building": building, **rate_values(figures)})
        return found

    def whole(self) -> Figures:
        """Everything together, households included."""
        figures = rates.total_of(self.own)
        for count, settled in self.households.values():
            figures.households += count
            figures.settled += settled
        return figures


def gather(session: Session, *, community: int | None, month: Period, day: date) -> Business:
    """The figures of a month as of a day, once for all tables."""
    found = rates.lines(session, month, day, community=community)
    return Business(
        own=[line for line in found if not line.agency],
        agency=[line for line in found if line.agency],
        households=rates.households(session, month, day, community=community),
        trend=rates.trend(session, month, day, community=community),
        ahead=rates.paid_ahead(session, day, community),
    )


operations = declare(
    Report(
        "report_operations",
        _l("Monthly business report"),
        about=_l("Receivable, received and all rates of a month, with the trend of a year."),
        parameters=(COMMUNITY, month_parameter(), AS_OF),
        notes=DEFINITIONS,
        gather=gather,
        position=10,
        icon="fa-line-chart",
    )
)


@operations.sheet(
    "summary",
    _l("Rates at a glance"),
    (
        ReportColumn("name", _l("Indicator"), width=30),
        ReportColumn("received", _l("Amount received"), ColumnKind.MONEY, 16),
        ReportColumn("receivable", _l("Amount receivable"), ColumnKind.MONEY, 16),
        ReportColumn("open", _l("Not yet received"), ColumnKind.MONEY, 16),
        ReportColumn("rate", _l("Rate in %"), ColumnKind.PERCENT, 11),
        ReportColumn("remark", _l("Remark"), width=40),
    ),
    totals=False,
)
def summary(business: Business) -> list[dict[str, Any]]:
    """The four rates, then what is in none of them."""
    whole, agency = business.whole(), rates.total_of(business.agency)

    def line(name: Any, received: Any, receivable: Any, rate: Any, remark: str = "") -> dict:
        rest = None if receivable is None else receivable - received
        return {
            "name": name,
            "received": received,
            "receivable": receivable,
            "open": rest,
            "rate": rate,
            "remark": remark,
        }

    count = _(
        "%(settled)s of %(households)s units have paid in full",
        settled=f"{whole.settled:,}",
        households=f"{whole.households:,}",
    )
    found = [
        line(_l("Current rate"), whole.paid, whole.due, whole.rate),
        line(_l("Recovery rate"), whole.recovered, whole.old, whole.recovery),
        line(
            _l("Overall rate"),
            whole.paid + whole.recovered,
            whole.due + whole.old,
            whole.overall,
        ),
        line(_l("Household rate"), None, None, whole.household_rate, count),
    ]
    if business.agency:
        found.append(
            line(
                _l("For third parties (in no rate)"),
                agency.paid + agency.recovered,
                agency.due + agency.old,
                agency.overall,
            )
        )
    if business.ahead != ZERO:
        found.append(line(_l("Prepayments not yet used (in no rate)"), business.ahead, None, None))
    return found


@operations.sheet(
    "items",
    _l("By charge item"),
    (ReportColumn("item", _l("Charge item"), width=20), *rate_columns()),
)
def by_item(business: Business) -> list[dict[str, Any]]:
    """The rates of each charge item."""
    sums = rates.summed(business.own, lambda line: (line.item_id, line.item))
    return [{"item": item, **rate_values(figures)} for (_id, item), figures in sums.items()]


@operations.sheet(
    "buildings",
    _l("By building"),
    (
        ReportColumn("community", _l("Community"), width=18, unless="community"),
        ReportColumn("building", _l("Building"), width=10, unless="building"),
        *rate_columns(),
        *HOUSEHOLDS,
    ),
)
def by_building(business: Business) -> list[dict[str, Any]]:
    """The rates of each building."""
    return business.by_building()


@operations.sheet(
    "trend",
    _l("Trend of twelve months"),
    (
        ReportColumn("month", _l("Month"), width=11),
        *current_columns(),
        ReportColumn("taken", _l("Money credited in the month"), ColumnKind.MONEY, 20, total=True),
    ),
    chart=Chart(_l("Trend of twelve months"), "month", bars=("due", "paid"), lines=("rate",)),
)
def trend(business: Business) -> list[dict[str, Any]]:
    """Twelve months, each with its bills, what came in for them, and the money of the month."""
    return [
        {
            "month": f"{line.month:%Y-%m}",
            "due": line.due,
            "paid": line.paid,
            "rate": line.rate,
            "taken": line.taken,
        }
        for line in business.trend
    ]
