"""Many collectors at once: a bill is paid once, a form once, and no number is lost or doubled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cashier.payments.receive import PaymentLine, receive
from app.charging.ledger import balances
from app.charging.ledger.payment_models import Allocation, Payment, Receipt
from app.charging.ledger.settling import Given, TenderKind
from app.core.db import audit
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import DomainError

CROWD = 6


@pytest.fixture(autouse=True)
def day():
    with clock.fixed(datetime(2026, 4, 10, 9, 30)):
        yield


def together(engine, acts):
    """Run every act in a thread and a session of its own, all starting at once.

    An act returns what it made; a refused one its sentence. Each commits or rolls back.
    """
    books_open = Barrier(len(acts))

    def one(act):
        with data_scope.use(data_scope.EVERYTHING), Session(engine) as session:
            books_open.wait(20)
            try:
                answer = act(session)
                session.commit()
            except DomainError as error:
                session.rollback()
                return error
            return answer

    with ThreadPoolExecutor(len(acts)) as pool:
        return [
            future.result(60)
            for future in [pool.submit(copy_context().run, one, act) for act in acts]
        ]


def paying(unit, key, amount="100", **more):
    def act(session):
        return receive(
            session,
            unit_id=unit.id,
            payer="张三",
            key=key,
            tenders=[Given(TenderKind.WECHAT, Decimal(amount))],
            **more,
        ).id

    return act


def test_two_collectors_at_one_bill_receive_it_once(books, engine):
    unit = books.unit()
    bill = books.bill(unit, "100")
    shown = [PaymentLine(bill.id, Decimal("100.00"))]
    answers = together(engine, [paying(unit, f"k{n}", lines=shown) for n in range(CROWD)])
    assert len([answer for answer in answers if isinstance(answer, int)]) == 1
    assert balances.paid_amount(books.session, bill.id) == Decimal("100.00")
    assert books.session.scalar(select(func.count(Payment.id))) == 1


def test_a_form_sent_many_times_at_once_makes_one_payment(books, engine):
    unit = books.unit()
    books.bills(unit, *["100"] * CROWD)
    answers = together(engine, [paying(unit, "once")] * CROWD)
    assert len(set(answers)) == 1
    assert books.session.scalar(select(func.count(Payment.id))) == 1
    assert books.session.scalar(select(func.sum(Allocation.amount))) == Decimal("100.00")


def test_the_purse_is_spent_once(books, engine):
    unit = books.owned()
    books.bills(unit, *["100"] * CROWD)
    with audit.acting(books.collector):
        receive(
            books.session,
            unit_id=unit.id,
            payer="张三",
            key="in",
            lines=[],
            tenders=[Given(TenderKind.CASH, Decimal(150))],
            keep_surplus=True,
        )
        books.session.commit()

    def spending(key):
        def act(session):
            return receive(
                session,
                unit_id=unit.id,
                payer="张三",
                key=key,
                tenders=[Given(TenderKind.PREPAYMENT, Decimal(100))],
            ).id

        return act

    answers = together(engine, [spending(f"s{n}") for n in range(CROWD)])
    assert len([answer for answer in answers if isinstance(answer, int)]) == 1
    assert list(balances.purses(books.session, [unit.id]).values()) == [Decimal("50.00")]


def test_numbers_stay_gapless_when_many_pay_and_some_fail(books, engine):
    units = [books.owned(f"1-1-10{n}") for n in range(CROWD)]

    def failing(unit, key):
        def act(session):
            paying(unit, key, lines=[], keep_surplus=True)(session)
            raise DomainError("the printer is on fire")

        return act

    for turn in range(4):
        acts = [
            failing(unit, f"{turn}-{n}")
            if (n + turn) % 3 == 0
            else paying(unit, f"{turn}-{n}", lines=[], keep_surplus=True)
            for n, unit in enumerate(units)
        ]
        together(engine, acts)
    serials = sorted(books.session.scalars(select(Receipt.serial)))
    assert serials == list(range(1, 4 * CROWD * 2 // 3 + 1))
    assert books.session.scalar(select(func.count(Payment.id))) == len(serials)
