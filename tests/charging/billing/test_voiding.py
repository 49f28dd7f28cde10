"""Bills taken back: with a reason, by somebody else, never under a payment."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.cashier.payments import receive
from app.charging.billing import run
from app.charging.billing.voiding import void_bill, void_run
from app.charging.ledger.bill_models import Bill
from app.charging.ledger.settling import Given, TenderKind
from app.core.db import audit
from app.core.db.models import AuditEntry
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import AlreadyDone, DomainError, NotFound
from app.estate.base.models import Unit
from tests.charging.estate import Estate


@pytest.fixture
def estate(books):
    with clock.fixed(datetime(2026, 11, 5, 9, 0)):
        estate = Estate(books)
        estate.ordinary()
        with audit.acting(books.collector):
            estate.run_id = run.post(estate.session, estate.request()).run_id
            estate.session.commit()
        yield estate


def bills(estate):
    return estate.session.scalars(select(Bill).order_by(Bill.id)).all()


def pay(estate, bill):
    receive.receive(
        estate.session,
        unit_id=bill.unit_id,
        payer="张三",
        key="K",
        tenders=[Given(TenderKind.CASH, Decimal("100"))],
        lines=[receive.PaymentLine(bill.id)],
    )
    estate.session.commit()


def test_a_bill_is_voided_with_reason_day_and_name(estate):
    bill = bills(estate)[0]
    with audit.acting(estate.books.supervisor):
        void_bill(estate.session, bill.id, " 面积登记有误 ")
        estate.session.commit()
    assert (bill.state, bill.voided_on) == ("void", date(2026, 11, 5))
    assert bill.void_reason == "面积登记有误"
    assert bill.voided_by_id == estate.books.supervisor.user_id
    entry = estate.session.scalars(select(AuditEntry).filter_by(act="void")).one()
    assert entry.title == f"{entry.details['unit']} 物业服务费 2026-11"
    assert entry.details == {
        "unit": estate.session.get(Unit, bill.unit_id).code,
        "item": "物业服务费",
        "period": "2026-11",
        "amount": "250.60",
        "sentence": bill.sentence,
        "reason": "面积登记有误",
    }


def test_who_posted_the_run_cannot_void_its_bills(estate):
    bill = bills(estate)[0]
    with audit.acting(estate.books.collector), pytest.raises(DomainError, match="yourself"):
        void_bill(estate.session, bill.id, "收错了")
    with audit.acting(estate.books.collector), pytest.raises(DomainError, match="yourself"):
        void_run(estate.session, estate.run_id, "收错了")


@pytest.mark.parametrize("reason", ["", "  ", "错", "长" * 201, "坏\x00字"])
def test_a_void_needs_a_readable_reason(estate, reason):
    bill = bills(estate)[0]
    with pytest.raises(DomainError):
        void_bill(estate.session, bill.id, reason)
    assert bill.state == "posted"


def test_a_bill_that_somebody_paid_stays(estate):
    bill = bills(estate)[0]
    pay(estate, bill)
    with pytest.raises(DomainError, match="Void the payment first"):
        void_bill(estate.session, bill.id, "面积有误")
    assert bill.state == "posted"


def test_a_void_bill_is_not_voided_again(estate):
    bill = bills(estate)[0]
    void_bill(estate.session, bill.id, "面积有误")
    with pytest.raises(AlreadyDone):
        void_bill(estate.session, bill.id, "面积有误")


def test_a_bill_outside_the_scope_does_not_exist(estate):
    bill = bills(estate)[0]
    with data_scope.use(data_scope.NOTHING), pytest.raises(NotFound):
        void_bill(estate.session, bill.id, "面积有误")


def test_a_run_is_voided_but_for_what_was_paid(estate):
    first, second = bills(estate)
    pay(estate, first)
    answer = void_run(estate.session, estate.run_id, "单价录错")
    estate.session.commit()
    assert (answer.voided, answer.kept) == (1, 1)
    assert [bill.state for bill in bills(estate)] == ["posted", "void"]
    assert second.void_reason == "单价录错"
    with pytest.raises(DomainError, match="No bill of this run"):
        void_run(estate.session, estate.run_id, "单价录错")
