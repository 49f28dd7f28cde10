"""A payment taken back on its own day: opposite rows, by another person, and no later."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.cashier.payments.voiding import void_payment
from app.charging.ledger import balances
from app.charging.ledger.payment_models import Allocation, Payment, Receipt
from app.charging.ledger.settling import TenderKind
from app.core.db import audit
from app.core.db.models import AuditEntry
from app.core.records import data_scope
from app.core.records.data_scope import Scope
from app.core.values import clock
from app.core.values.errors import AlreadyDone, DomainError, NotFound
from app.core.values.money import ZERO
from tests.cashier.payments.test_payments import allocated, count, day, held, pay

__all__ = ["day"]  # the fixture: everything happens on 10 April 2026
CASH, WECHAT, PREPAID = TenderKind.CASH, TenderKind.WECHAT, TenderKind.PREPAYMENT


def void(books, payment, reason="收错了房号", who=None):
    with audit.acting(who or books.supervisor):
        void_payment(books.session, payment.id, reason)
        books.session.commit()


def test_a_void_adds_the_opposite_rows_and_keeps_the_receipt(books):
    unit = books.owned()
    bill = books.bill(unit, "100")
    payment = pay(books, unit, (WECHAT, "130"), keep_surplus=True)
    void(books, payment)
    assert allocated(books) == [(bill.id, "-100.00"), (bill.id, "100.00")]
    assert held(books, unit) == ZERO
    assert balances.owed(books.session, [unit.id]) == {unit.id: Decimal("100.00")}
    stored = books.session.get(Payment, payment.id)
    assert (stored.state, stored.voided_on, stored.void_reason, stored.voided_by_id) == (
        "void",
        date(2026, 4, 10),
        "收错了房号",
        books.supervisor.user_id,
    )
    assert books.session.scalars(select(Receipt.number)).all() == ["AJ-2026-000001"]
    entry = books.session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.title, entry.user_name) == ("void", "AJ-2026-000001", "赵六")
    assert entry.details["unit"] == unit.code


def test_void_refuses_the_own_payment_an_empty_reason_and_a_second_time(books):
    unit = books.unit()
    books.bill(unit)
    payment = pay(books, unit, (WECHAT, "10"))
    for who, reason, says in [
        (books.collector, "收错了", "yourself"),
        (None, " ", "reason"),
        (None, "长" * 201, "At most 200"),
    ]:
        with pytest.raises(DomainError, match=says):
            void(books, payment, reason, who)
        books.session.rollback()
    void(books, payment)
    with pytest.raises(AlreadyDone):
        void(books, payment)
    books.session.rollback()
    assert count(books, Allocation) == 2


def test_from_the_next_day_on_it_stands_and_the_sentence_names_what_there_is(books):
    unit = books.unit()
    books.bill(unit)
    payment = pay(books, unit, (WECHAT, "10"))
    late = clock.fixed(datetime(2026, 4, 11, 0, 1))
    with late, pytest.raises(DomainError, match=r"no longer be voided .* as a note") as told:
        void(books, payment)
    for nobody in ("reversal", "red receipt", "supervisor", "manager"):
        assert nobody not in str(told.value), "no person and no act that does not exist"


def test_a_prepayment_that_was_used_since_cannot_be_taken_back(books):
    unit = books.owned()
    books.bill(unit, "100")
    put_in = pay(books, unit, (WECHAT, "60"), lines=[], keep_surplus=True)
    used = pay(books, unit, (PREPAID, "60"), key="k2")
    with pytest.raises(DomainError, match="used since"):
        void(books, put_in)
    books.session.rollback()
    void(books, used)
    void(books, put_in)
    assert held(books, unit) == ZERO
    assert balances.owed(books.session, [unit.id]) == {unit.id: Decimal("100.00")}


def test_a_payment_outside_the_scope_cannot_be_voided(books):
    unit = books.unit()
    books.bill(unit)
    payment = pay(books, unit, (WECHAT, "10"))
    with data_scope.use(Scope(frozenset())), pytest.raises(NotFound):
        void(books, payment)
    assert books.session.get(Payment, payment.id).state == "posted"
