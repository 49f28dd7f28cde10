"""A ledger that was tampered with is found out, each fault under its own name."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cashier.payments.receive import receive
from app.cashier.payments.voiding import void_payment
from app.charging.ledger.checks import ledger_problems
from app.charging.ledger.settling import Given, TenderKind
from app.core.db import audit
from app.core.records import data_scope
from app.core.values import clock
from app.estate.base.models import Community
from tests.charging.books import Books


@pytest.fixture
def ledger(books):
    """Two payments with prepayment put in and used, a void one, and a second community."""
    with clock.fixed(datetime(2026, 4, 10, 9, 30)):
        unit = books.owned()
        books.bills(unit, "100", "100", "100")
        given = (
            ("k1", TenderKind.WECHAT, "150", {"keep_surplus": True, "lines": []}),
            ("k2", TenderKind.PREPAYMENT, "120", {}),
            ("k3", TenderKind.CASH, "200", {}),
        )
        for key, kind, amount, more in given:
            with audit.acting(books.collector):
                payment = receive(
                    books.session,
                    unit_id=unit.id,
                    payer="张三",
                    key=key,
                    tenders=[Given(kind, Decimal(amount))],
                    **more,
                )
            books.session.commit()
        with audit.acting(books.supervisor):
            void_payment(books.session, payment.id, "收错了")
        books.session.commit()
        there = books.keep(Community(name="阳光里", short_code="YG"))
        books.bill(books.unit("9-1-101", there), "50")
        books.there = there
        yield books


def codes(ledger):
    return {problem.code for problem in ledger_problems(ledger.session)}


def test_an_honest_ledger_has_no_problem(ledger):
    assert ledger_problems(ledger.session) == []


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        ("UPDATE bill SET amount = 50 WHERE id = 1", "BILL_OVERPAID"),
        ("UPDATE allocation SET amount = -10 WHERE id = 1", "BILL_OVERPAID"),
        ("UPDATE bill SET state = 'void', voided_on = '2026-04-10' WHERE id = 1", "VOID_BILL_PAID"),
        ("UPDATE payment SET amount = amount + 1 WHERE id = 1", "PAYMENT_UNTIED"),
        ("UPDATE prepayment_entry SET amount = amount - 1 WHERE id = 1", "PAYMENT_UNTIED"),
        ("DELETE FROM allocation WHERE id = 2", "PAYMENT_UNTIED"),
        ("UPDATE tender SET amount = amount + 1, given = given + 1 WHERE id = 2", "TENDERS_UNTIED"),
        ("DELETE FROM tender WHERE id = 2", "TENDERS_UNTIED"),
        ("UPDATE tender SET given = given + 1 WHERE id = 3", "CHANGE_UNTIED"),
        ("DELETE FROM allocation WHERE payment_id = 3 AND amount < 0", "VOID_NOT_CANCELLED"),
        ("UPDATE payment SET state = 'posted', voided_on = NULL WHERE id = 3", "PAYMENT_UNTIED"),
        ("UPDATE payment SET voided_on = '2026-04-11' WHERE id = 3", "VOID_LATER"),
        ("UPDATE allocation SET allocated_on = '2026-04-11' WHERE id = 1", "ALLOCATION_ASTRAY"),
        ("UPDATE allocation SET bill_id = 4 WHERE id = 1", "ALLOCATION_ASTRAY"),
        ("UPDATE prepayment_entry SET community_id = 2 WHERE id = 1", "PREPAYMENT_ASTRAY"),
        ("UPDATE prepayment_entry SET entered_on = '2026-04-11' WHERE id = 1", "PREPAYMENT_ASTRAY"),
        ("UPDATE prepayment_entry SET amount = 1 WHERE id = 1", "PREPAYMENT_NEGATIVE"),
        ("DELETE FROM receipt WHERE id = 2", "RECEIPT_MISSING"),
        ("DELETE FROM receipt WHERE id = 2", "RECEIPT_GAPS"),
        ("DELETE FROM receipt WHERE id = 3", "RECEIPT_GAPS"),
        ("UPDATE counter SET last = last + 1", "RECEIPT_GAPS"),
        ("DELETE FROM counter", "RECEIPT_GAPS"),
        (
            "INSERT INTO counter (community_id, series, span, last)"
            " VALUES (2, 'receipt', '2026', 1)",
            "RECEIPT_GAPS",
        ),
        ("UPDATE receipt SET year = 2025 WHERE id = 3", "RECEIPT_ASTRAY"),
        ("UPDATE receipt SET community_id = 2 WHERE id = 3", "RECEIPT_ASTRAY"),
        ("UPDATE receipt SET issued_on = '2026-04-11' WHERE id = 3", "RECEIPT_ASTRAY"),
        ("UPDATE billing_run SET lines = lines + 1 WHERE id = 1", "RUN_UNTIED"),
        ("UPDATE bill SET amount = amount + 1 WHERE id = 4", "RUN_UNTIED"),
        ("UPDATE bill SET community_id = 1 WHERE id = 4", "BILL_ASTRAY"),
    ],
)
def test_each_fault_is_found(ledger, harm, code):
    ledger.session.execute(text(harm))
    assert code in codes(ledger)


def test_a_problem_says_how_many_and_which(ledger):
    ledger.session.execute(text("UPDATE payment SET amount = amount + 1"))
    problem = next(p for p in ledger_problems(ledger.session) if p.code == "TENDERS_UNTIED")
    assert (problem.count, problem.examples) == (3, ("1", "2", "3"))
    assert str(problem) == "3 payments do not equal their tenders: 1、2、3"


def test_rows_without_their_parent_are_found(sqlite_engine):
    with (
        data_scope.use(data_scope.EVERYTHING),
        Session(sqlite_engine, expire_on_commit=False) as session,
    ):
        books = Books(session)
        books.bill(books.unit())
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        session.execute(text("DELETE FROM unit"))
        problem = next(p for p in ledger_problems(session) if p.code == "ORPHAN")
        assert (problem.count, problem.examples) == (1, ("bill 1 → unit",))
        session.rollback()
