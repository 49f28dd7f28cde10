"""收款日报: a day's takings by collector and tender, receipt by receipt, to hand over (C02)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select, true

from app.access.models import Staff
from app.cashier.payments import receipt_runs
from app.cashier.payments.takings import takings as takings_of
from app.charging.ledger.balances import fen
from app.charging.ledger.labels import PAYMENT_STATES, TENDERS
from app.charging.ledger.payment_models import Payment, PaymentState, Receipt, Tender
from app.charging.ledger.settling import TenderKind
from app.core.records import data_scope
from app.core.reports.declaration import Report, declare
from app.core.reports.parameters import Option, Parameter, choice
from app.core.reports.parameters import day as day_parameter
from app.core.tables.table import ColumnKind, ReportColumn
from app.core.values.money import ZERO, from_fen
from app.estate.base.models import Unit
from app.estate.reports.choices import COMMUNITY

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def collectors(session: Session, _values: Mapping[str, Any]) -> list[Option]:
    """Everybody who ever received money in the reader's communities."""
    received = (
        select(Payment.id)
        .where(Payment.collector_id == Staff.id, data_scope.current().where(Payment.community_id))
        .exists()
    )
    people = session.scalars(select(Staff).where(received).order_by(Staff.id))
    return [(one.id, one.get_full_name()) for one in people]


COLLECTOR: Parameter = choice(
    "collector", _l("Collector"), collectors, everything=_l("All collectors")
)

takings = declare(
    Report(
        "report_takings",
        _l("Takings of the day"),
        about=_l("What was received by whom and how, to hand over with the receipts."),
        parameters=(COMMUNITY, COLLECTOR, day_parameter(label=_l("Day"))),
        notes=(
            _l("Receipts voided by the end of the day are listed and in no sum."),
            _l(
                "The total is the money that came in: prepayments used came in earlier and "
                "stand apart."
            ),
        ),
        foot=_l("Handed over by: ____________   Received by: ____________   Date: ____________"),
        position=40,
        icon="fa-money",
    )
)

_TENDER_COLUMNS = tuple(
    ReportColumn(kind.value, TENDERS[kind], ColumnKind.MONEY, 13, total=True)
    for kind in TenderKind
    if kind is not TenderKind.PREPAYMENT
)
_PREPAID = ReportColumn(
    TenderKind.PREPAYMENT.value, TENDERS[TenderKind.PREPAYMENT], ColumnKind.MONEY, 13, total=True
)


@takings.sheet(
    "collectors",
    _l("By collector"),
    (
        ReportColumn("collector", _l("Collector"), width=14),
        ReportColumn("receipts", _l("Number of receipts"), ColumnKind.INTEGER, 9, total=True),
        ReportColumn("numbers", _l("Receipts from – to"), width=44),
        *_TENDER_COLUMNS,
        ReportColumn("total", _l("Total received"), ColumnKind.MONEY, 15, total=True),
        _PREPAID,
        ReportColumn("voids", _l("Void"), ColumnKind.INTEGER, 8, total=True),
        ReportColumn("void_amount", _l("Void amount"), ColumnKind.MONEY, 13, total=True),
    ),
)
def by_collector(
    session: Session, *, community: int | None, collector: int | None, day: date
) -> list[dict[str, Any]]:
    """One line for each collector: the runs of receipts, money by tender, voids."""
    numbers = receipt_runs.by_collector(session, *_chosen(community, collector, day))
    found = []
    for line in takings_of(session, day, community_id=community):
        if collector in {None, line.collector_id}:
            found.append(
                {
                    "collector": line.name,
                    "receipts": line.payments,
                    "numbers": numbers.get((line.collector_id, line.name), ""),
                    **{kind.value: line.amounts[kind] for kind in TenderKind},
                    "total": line.total,
                    "voids": line.voids,
                    "void_amount": line.void_amount,
                }
            )
    return found


def _chosen(community: int | None, collector: int | None, day: date) -> list[ColumnElement[bool]]:
    return [
        Payment.received_on == day,
        data_scope.current().where(Payment.community_id),
        Payment.community_id == community if community is not None else true(),
        Payment.collector_id == collector if collector is not None else true(),
    ]


@takings.sheet(
    "receipts",
    _l("Receipts one by one"),
    (
        ReportColumn("number", _l("Receipt"), width=18),
        ReportColumn("at", _l("Time"), ColumnKind.MOMENT, 17),
        ReportColumn("code", _l("Unit"), width=14),
        ReportColumn("payer", _l("Payer"), width=16),
        ReportColumn("collector", _l("Collector"), width=12),
        *_TENDER_COLUMNS,
        ReportColumn("total", _l("Total received"), ColumnKind.MONEY, 15, total=True),
        _PREPAID,
        ReportColumn("state", _l("State"), width=8),
        ReportColumn("remark", _l("Remark"), width=24),
    ),
)
def receipts(
    session: Session, *, community: int | None, collector: int | None, day: date
) -> list[dict[str, Any]]:
    """Every receipt of the day in the order of its number; a void one shows no money."""
    chosen = _chosen(community, collector, day)
    money: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for payment_id, kind, amount in session.execute(
        select(Tender.payment_id, Tender.kind, func.sum(fen(Tender.amount)))
        .join(Payment, Payment.id == Tender.payment_id)
        .where(*chosen, Payment.state == PaymentState.POSTED)
        .group_by(Tender.payment_id, Tender.kind)
    ):
        money[payment_id][kind] = from_fen(int(amount))
    rows = session.execute(
        select(
            Payment.id,
            Receipt.number,
            Payment.received_at,
            Unit.code,
            Payment.payer_name,
            Payment.collector_name,
            Payment.state,
            Payment.void_reason,
            Payment.remark,
        )
        .join(Unit, Unit.id == Payment.unit_id)
        .outerjoin(Receipt, Receipt.payment_id == Payment.id)
        .where(*chosen)
        .order_by(Receipt.number, Payment.id)
    )
    return [_receipt(row, money[row.id]) for row in rows]


def _receipt(row: Any, money: Mapping[str, Decimal]) -> dict[str, Any]:
    came_in = [amount for kind, amount in money.items() if kind != TenderKind.PREPAYMENT]
    return {
        "number": row.number,
        "at": row.received_at,
        "code": row.code,
        "payer": row.payer_name,
        "collector": row.collector_name,
        **{kind.value: money.get(kind) for kind in TenderKind},
        "total": sum(came_in, ZERO) if money else None,
        "state": PAYMENT_STATES[row.state],
        "remark": row.void_reason or row.remark,
    }
