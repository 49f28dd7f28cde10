"""收费明细表: every line of the ledger in a span of days, each with its opposite (P04)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Date,
    Integer,
    Select,
    case,
    cast,
    literal,
    null,
    select,
    true,
    type_coerce,
    union_all,
)

from app.charging.ledger.balances import fen
from app.charging.ledger.bill_models import Bill, ChargeItem
from app.charging.ledger.payment_models import Allocation, Payment, PrepaymentEntry, Receipt
from app.core.db.types import Money
from app.core.i18n import filters
from app.core.reports.declaration import Listing, Report, declare
from app.core.reports.parameters import Option, Parameter, choice
from app.core.reports.parameters import day as day_parameter
from app.core.tables.table import ColumnKind, ReportColumn
from app.core.values import clock
from app.estate.base.models import Community, Customer, Unit
from app.estate.base.occupants import slices
from app.estate.reports.choices import BUILDING, COMMUNITY, units_chosen

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def items(session: Session, _values: Mapping[str, Any]) -> list[Option]:
    """All charge items, those no longer used included: old lines speak of them."""
    rows = session.execute(
        select(ChargeItem.id, ChargeItem.name).order_by(ChargeItem.position, ChargeItem.id)
    )
    return [(row.id, row.name) for row in rows]


ITEM: Parameter = choice("item", _l("Charge item"), items, everything=_l("All items"))

SORTS = {
    "bill": _l("Bill"),
    "bill_void": _l("Bill voided"),
    "paid": _l("Payment"),
    "paid_void": _l("Payment voided"),
    "ahead": _l("Prepayment in"),
    "ahead_used": _l("Prepayment out"),
}
"""What a line of the ledger is."""

charges = declare(
    Report(
        "report_charges",
        _l("Charge details"),
        about=_l("Every bill and every payment in a span of days, line by line."),
        parameters=(
            COMMUNITY,
            BUILDING,
            ITEM,
            day_parameter(
                "first", _l("From"), default=lambda _values: clock.today().replace(day=1)
            ),
            day_parameter("last", _l("To")),
        ),
        notes=(
            _l(
                "A voided bill or payment stays as it was on its day and has an opposite line on "
                "the day on which it was voided."
            ),
            _l("Money paid ahead is no charge: it stands in its own column, in (+) and used (−)."),
        ),
        position=45,
        icon="fa-list-alt",
    )
)


def _line(day: Any, sort: Any, **values: Any) -> Select[Any]:
    """One kind of ledger line; every kind has the same columns, empty ones with their type."""
    kinds = {
        "unit_id": BigInteger,
        "item_id": Integer,
        "period_start": Date,
        "period_end": Date,
        "due": BigInteger,
        "paid": BigInteger,
        "ahead": BigInteger,
        "bill_id": BigInteger,
        "payment_id": BigInteger,
    }
    return select(
        day.label("day"),
        (literal(sort) if isinstance(sort, str) else sort).label("sort"),
        *(values.get(name, cast(null(), kind)).label(name) for name, kind in kinds.items()),
    )


def _of_bill(**values: Any) -> dict[str, Any]:
    """What a line takes from its bill."""
    return {
        "unit_id": Bill.unit_id,
        "item_id": Bill.item_id,
        "period_start": Bill.period_start,
        "period_end": Bill.period_end,
        "bill_id": Bill.id,
        **values,
    }


def ledger_lines(first: date, last: date, item: int | None) -> CompoundSelect[Any]:
    """All lines from `first` to `last`: bills, payments and prepayments with their opposites."""
    wanted = Bill.item_id == item if item is not None else true()
    amount = fen(Allocation.amount)
    kinds = [
        _line(Bill.posted_on, "bill", **_of_bill(due=fen(Bill.amount))).where(
            wanted, Bill.posted_on.between(first, last)
        ),
        _line(Bill.voided_on, "bill_void", **_of_bill(due=-fen(Bill.amount))).where(
            wanted, Bill.voided_on.between(first, last)
        ),
        _line(
            Allocation.allocated_on,
            case((amount < 0, "paid_void"), else_="paid"),
            **_of_bill(paid=amount, payment_id=Allocation.payment_id),
        )
        .join(Bill, Bill.id == Allocation.bill_id)
        .where(wanted, Allocation.allocated_on.between(first, last)),
    ]
    if item is None:
        movement = fen(PrepaymentEntry.amount)
        kinds.append(
            _line(
                PrepaymentEntry.entered_on,
                case((movement < 0, "ahead_used"), else_="ahead"),
                unit_id=PrepaymentEntry.unit_id,
                ahead=movement,
                payment_id=PrepaymentEntry.payment_id,
            ).where(
                PrepaymentEntry.entered_on.between(first, last),
                # An assignment moves nothing in or out: it only says whose money it is.
                PrepaymentEntry.payment_id.is_not(None),
            )
        )
    return union_all(*kinds)


@charges.sheet(
    "lines",
    _l("Charge details"),
    (
        ReportColumn("day", _l("Day"), ColumnKind.DATE, 12),
        ReportColumn("community", _l("Community"), width=16, unless="community"),
        ReportColumn("code", _l("Unit"), width=13),
        ReportColumn("person", _l("Customer"), width=14),
        ReportColumn("sort", _l("Kind of line"), width=10, value=lambda row: SORTS[row["sort"]]),
        ReportColumn("item", _l("Charge item"), width=14),
        ReportColumn(
            "period",
            _l("Period"),
            width=18,
            value=lambda row: filters.period(row["period_start"], row["period_end"]),
        ),
        ReportColumn("due", _l("Amount receivable"), ColumnKind.MONEY, 13, total=True),
        ReportColumn("paid", _l("Amount received"), ColumnKind.MONEY, 13, total=True),
        ReportColumn("ahead", _l("Prepayment in and out"), ColumnKind.MONEY, 13, total=True),
        ReportColumn("receipt", _l("Receipt"), width=17),
        ReportColumn("collector", _l("Collector"), width=11),
        ReportColumn("sentence", _l("Calculation"), width=50),
    ),
)
def lines(
    session: Session,  # noqa: ARG001 - every rows function takes the session
    *,
    community: int | None,
    building: int | None,
    item: int | None,
    first: date,
    last: date,
) -> Listing:
    """Every line of the span in the order of days, then of the house."""
    each = ledger_lines(first, last, item).subquery()
    statement = (
        select(
            each.c.day,
            each.c.sort,
            each.c.period_start,
            each.c.period_end,
            *(type_coerce(each.c[name], Money()).label(name) for name in ("due", "paid", "ahead")),
            each.c.bill_id,
            each.c.payment_id,
            Community.name.label("community"),
            Unit.code,
            ChargeItem.name.label("item"),
        )
        .join(Unit, Unit.id == each.c.unit_id)
        .join(Community, Community.id == Unit.community_id)
        .outerjoin(ChargeItem, ChargeItem.id == each.c.item_id)
        .where(*units_chosen(community, building))
        .order_by(
            each.c.day,
            Unit.community_id,
            Unit.sort_key,
            Unit.id,
            each.c.sort,
            each.c.bill_id,
            each.c.payment_id,
            each.c.period_start,
        )
    )
    return Listing(statement, _with_texts)


def _with_texts(session: Session, rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Add sentences, names and receipts to a batch of lines, asked for by their keys."""
    bills: dict[int, tuple[str, str | None]] = {}
    for part in slices({row.bill_id for row in rows if row.bill_id}):
        for key, *texts in session.execute(
            select(Bill.id, Bill.sentence, Customer.name)
            .outerjoin(Customer, Customer.id == Bill.customer_id)
            .where(Bill.id.in_(part))
        ):
            bills[key] = tuple(texts)
    payments: dict[int, tuple[str, str, str | None]] = {}
    for part in slices({row.payment_id for row in rows if row.payment_id}):
        for key, *texts in session.execute(
            select(Payment.id, Payment.payer_name, Payment.collector_name, Receipt.number)
            .outerjoin(Receipt, Receipt.payment_id == Payment.id)
            .where(Payment.id.in_(part))
        ):
            payments[key] = tuple(texts)
    for row in rows:
        sentence, customer = bills.get(row.bill_id, ("", None))
        payer, collector, receipt = payments.get(row.payment_id, (None, "", None))
        yield {
            **row._mapping,
            "person": payer or customer,
            "collector": collector,
            "receipt": receipt,
            "sentence": sentence if row.due is not None else "",
        }
