"""Pay, void, and read a report as its sheets."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from app.cashier.payments.receive import receive
from app.charging.ledger.bill_models import BillState
from app.charging.ledger.settling import Given, TenderKind
from app.core.db import audit
from app.core.reports.output import as_data
from app.core.values import clock
from app.core.values.period import Period

MAY = Period.parse("2026-05")
D = Decimal


def pay(books, unit, amount, on, tender=TenderKind.CASH, **more):
    """Receive money for a unit at ten in the morning of a day."""
    moment = datetime(on.year, on.month, on.day, 10, 0)
    with clock.fixed(moment), audit.acting(books.collector):
        payment = receive(
            books.session,
            unit_id=unit.id,
            payer="张三",
            tenders=[Given(tender, D(amount))],
            key=f"{unit.id}-{on}-{amount}-{tender}",
            **more,
        )
        books.session.commit()
    return payment


def void_bill(books, bill, on):
    bill.state, bill.voided_on, bill.void_reason = BillState.VOID, on, "面积有误"
    books.session.commit()


def everything(books, report, **parameters):
    """A report as plain data: what must not change later."""
    return as_data(report, books.session, parameters)


def rows_of(data, sheet):
    return next(one for one in data["sheets"] if one["name"] == sheet)["rows"]
