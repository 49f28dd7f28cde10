"""Any sequence of receiving and voiding agrees with a tiny model that knows only integers."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.cashier.payments.receive import PaymentLine, receive
from app.cashier.payments.voiding import void_payment
from app.charging.ledger import balances
from app.charging.ledger.checks import ledger_problems
from app.charging.ledger.settling import Given, TenderKind
from app.core.db import audit
from app.core.db.engine import prepare
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import DomainError
from app.core.values.money import from_fen
from tests.charging.books import Books

FEN = st.integers(1, 400_00)


class Till(RuleBasedStateMachine):
    """The model: bills and purses as plain whole fen, payments as what they moved."""

    payments = Bundle("payments")
    template = None
    folder = None
    numbers = count()

    @initialize()
    def open_shop(self):
        path = self.folder / f"till{next(self.numbers)}.db"
        shutil.copy(self.template, path)
        self.engine = create_engine(f"sqlite:///{path}")
        prepare(self.engine)
        self.exits = [
            clock.fixed(datetime(2026, 4, 10, 10, 0)),
            data_scope.use(data_scope.EVERYTHING),
        ]
        for each in self.exits:
            each.__enter__()
        self.session = Session(self.engine, expire_on_commit=False)
        self.books = Books(self.session)
        self.units = [self.books.unit("1-1-101"), self.books.unit("1-1-102")]
        self.payer = self.books.customer(self.units[0], "李四").id
        self.owed = {}  # (unit index, bill id) → fen, in the order of being due
        self.purse = [0, 0]
        self.taken = 0  # money in the till, without what the purses paid
        self.receipts = 0
        self.month = count()

    def teardown(self):
        if hasattr(self, "session"):
            self.session.close()
            self.engine.dispose()
            for each in reversed(self.exits):
                each.__exit__(None, None, None)

    @rule(which=st.integers(0, 1), amount=FEN)
    def bill(self, which, amount):
        step = next(self.month)
        month = date(2020 + step // 12, step % 12 + 1, 1)
        row = self.books.bill(
            self.units[which], str(from_fen(amount)), month=month, posted_on=date(2020, 1, 1)
        )
        self.owed[which, row.id] = amount

    @rule(
        target=payments,
        which=st.integers(0, 1),
        cash=st.none() | FEN,
        wechat=st.none() | FEN,
        spend=st.none() | FEN,
        keep=st.booleans(),
        every=st.integers(1, 3),
    )
    def receive(self, which, cash, wechat, spend, keep, every):
        open_ = [key for key, fen in self.owed.items() if key[0] == which and fen]
        chosen = open_[::every]
        total = sum(self.owed[key] for key in chosen)
        given = sum(part or 0 for part in (cash, wechat, spend))
        surplus = max(given - total, 0)
        kinds = (
            (TenderKind.CASH, cash),
            (TenderKind.WECHAT, wechat),
            (TenderKind.PREPAYMENT, spend),
        )
        tenders = [Given(kind, from_fen(part)) for kind, part in kinds if part]
        fine = (
            given > 0
            and (spend or 0) <= min(self.purse[which], total)
            and (keep or surplus == 0 or surplus < (cash or 0))
        )
        try:
            payment = receive(
                self.session,
                unit_id=self.units[which].id,
                payer="",
                payer_id=self.payer,
                tenders=tenders,
                key=f"k{next(self.numbers)}",
                keep_surplus=keep,
                lines=[
                    PaymentLine(bill_id, from_fen(self.owed[which, bill_id]))
                    for _, bill_id in chosen
                ],
            )
        except DomainError:
            self.session.rollback()
            assert not fine
            return multiple()
        self.session.commit()
        assert fine
        money = given - surplus
        moved = {}
        for key in chosen:
            moved[key] = min(self.owed[key], money)
            money -= moved[key]
            self.owed[key] -= moved[key]
        into = (surplus if keep else 0) - (spend or 0)
        self.purse[which] += into
        cash_in = given - (0 if keep else surplus) - (spend or 0)
        self.taken += cash_in
        self.receipts += 1
        assert payment.receipt.serial == self.receipts
        assert payment.receipt.prepayment_after == from_fen(self.purse[which])
        return (payment.id, which, moved, into, cash_in)

    @rule(payment=consumes(payments))
    def void(self, payment):
        payment_id, which, moved, into, cash_in = payment
        try:
            with audit.acting(self.books.supervisor):
                void_payment(self.session, payment_id, "收错了")
        except DomainError:
            self.session.rollback()
            assert self.purse[which] < into
            return
        self.session.commit()
        assert self.purse[which] >= into
        for key, fen in moved.items():
            self.owed[key] += fen
        self.purse[which] -= into
        self.taken -= cash_in

    @invariant()
    def the_books_agree_with_the_model(self):
        if not hasattr(self, "session"):
            return
        for which, unit in enumerate(self.units):
            model = {key[1]: fen for key, fen in self.owed.items() if key[0] == which and fen}
            stored = {b.id: b.balance for b in balances.open_bills(self.session, unit.id)}
            assert stored == {bill_id: from_fen(fen) for bill_id, fen in model.items()}
            assert balances.owed(self.session, [unit.id]).get(unit.id, 0) == from_fen(
                sum(model.values())
            )
            assert balances.purse(self.session, unit.id, self.payer) == from_fen(self.purse[which])
        in_till = self.session.scalar(
            text(
                "SELECT coalesce(sum(t.amount), 0) FROM tender t"
                " JOIN payment p ON p.id = t.payment_id WHERE p.state = 'posted'"
                " AND t.kind <> 'prepayment'"
            )
        )
        assert in_till == self.taken
        assert ledger_problems(self.session) == []
        self.session.rollback()


@pytest.mark.slow
def test_any_sequence_of_payments_and_voids_ties(sqlite_template, tmp_path):
    Till.template, Till.folder = sqlite_template, tmp_path
    run_state_machine_as_test(
        Till,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
