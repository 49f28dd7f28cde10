"""A purse belongs to a customer at a unit; what belongs to nobody known is assigned, once."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app.cashier.payments.receive import receive
from app.cashier.prepayments.assigning import assign, candidates
from app.charging.ledger import balances, purses
from app.charging.ledger.checks import ledger_problems
from app.charging.ledger.settling import Given, TenderKind
from app.charging.ledger.warnings import customer_has_arrears, unit_has_arrears
from app.collection.owing import arrears
from app.core.db import audit
from app.core.db.models import AuditEntry
from app.core.records import data_scope
from app.core.records.data_scope import Scope
from app.core.values import clock
from app.core.values.errors import DomainError, NotFound, Stale
from app.estate.base.models import Community

TODAY = date(2026, 4, 10)


@pytest.fixture(autouse=True)
def day():
    with clock.fixed(datetime(2026, 4, 10, 9, 30)):
        yield


def prepay(books, unit, amount, key="k1", **more):
    with audit.acting(books.collector):
        payment = receive(
            books.session,
            unit_id=unit.id,
            key=key,
            lines=[],
            keep_surplus=True,
            tenders=[Given(TenderKind.CASH, Decimal(amount))],
            **{"payer": "", **more},
        )
    books.session.commit()
    return payment


def unknown(books, unit, amount, key="old"):
    """Money paid ahead by a name that was only typed, as it was once stored."""
    payer = books.customer(unit, "过路人")
    payment = prepay(books, unit, amount, key, payer_id=payer.id)
    payment.entries[0].customer_id = payment.payer_id = None
    books.session.commit()
    return payment


def give(books, unit, customer, amount, shown, reason="收据存根上有签名"):
    with audit.acting(books.supervisor):
        row = assign(
            books.session,
            unit_id=unit.id,
            customer_id=customer and customer.id,
            amount=Decimal(amount),
            shown=Decimal(shown),
            reason=reason,
        )
    books.session.commit()
    return row


def test_a_sale_moves_no_prepayment_to_the_buyer(books):
    unit = books.unit()
    seller = books.owner(unit, "张三", ends_on=date(2026, 3, 31))
    buyer = books.owner(unit, "王五", starts_on=date(2026, 4, 1))
    prepay(books, unit, "1000", payer_id=seller.id)
    assert balances.purse(books.session, unit.id, seller.id) == Decimal("1000")
    assert balances.purse(books.session, unit.id, buyer.id) == 0
    books.bill(unit, "250.60", month=date(2026, 4, 1), customer_id=buyer.id)
    for who in (buyer.id, None):
        with pytest.raises(DomainError), audit.acting(books.collector):
            receive(
                books.session,
                unit_id=unit.id,
                payer="某人",
                payer_id=who,
                key="k2",
                tenders=[Given(TenderKind.PREPAYMENT, Decimal(100))],
            )
        books.session.rollback()
    assert [(one.name, one.amount) for one in purses.of_unit(books.session, unit.id)] == [
        ("张三", Decimal("1000"))
    ]


def test_who_has_paid_ahead_enough_is_not_in_arrears(books):
    unit = books.unit()
    owner = books.owner(unit)
    books.bill(unit, "250.60", month=date(2026, 1, 1), customer_id=owner.id)
    assert [row.total for row in arrears(books.session)] == [Decimal("250.60")]
    assert "250.60" in unit_has_arrears(books.session, unit)
    prepay(books, unit, "1000", payer_id=owner.id)
    assert arrears(books.session) == []
    assert unit_has_arrears(books.session, unit) is None
    yesterday = arrears(books.session, as_of=TODAY - timedelta(days=1))
    assert [row.total for row in yesterday] == [Decimal("250.60")]


def test_a_warning_names_the_debtor_not_the_buyer(books):
    unit = books.unit()
    seller = books.owner(unit, "张三", ends_on=date(2026, 3, 31))
    buyer = books.owner(unit, "王五", starts_on=date(2026, 4, 1))
    books.bill(unit, "250.60", month=date(2026, 1, 1), customer_id=seller.id)
    said = unit_has_arrears(books.session, unit)
    assert "张三" in said
    assert "王五" not in said
    assert customer_has_arrears(books.session, buyer) is None
    assert customer_has_arrears(books.session, seller) == said


def test_a_typed_name_is_the_one_customer_of_the_unit_who_is_called_so(books):
    unit = books.owned()
    payment = prepay(books, unit, "10", payer="张三")
    assert payment.entries[0].customer_id == payment.payer_id is not None
    books.owner(unit, "张三", phone=None)
    for name in ("张三", "某人"):
        with pytest.raises(DomainError, match="Choose as payer") as refused:
            prepay(books, unit, "10", key="k2", payer=name)
        assert refused.value.field == "payer"
        books.session.rollback()
    assert len(purses.of_unit(books.session, unit.id)) == 1


def test_what_belongs_to_nobody_counts_for_nobody_until_it_is_assigned(books):
    unit = books.unit()
    owner = books.owner(unit)
    books.bill(unit, "100", month=date(2026, 1, 1), customer_id=owner.id)
    unknown(books, unit, "300")
    assert [row.total for row in arrears(books.session)] == [Decimal("100")]
    with clock.fixed(datetime(2026, 4, 12, 9, 0)):
        row = give(books, unit, owner, "120", shown="300")
        assert arrears(books.session) == []
        assert balances.purses_of_unit(books.session, unit.id) == {
            None: Decimal("180.00"),
            owner.id: Decimal("120.00"),
        }
        # The days before stay as they were.
        assert balances.purses_of_unit(books.session, unit.id, TODAY) == {None: Decimal("300.00")}
    assert [r.total for r in arrears(books.session, as_of=TODAY)] == [Decimal("100")]
    assert (row.reason, row.user_name) == ("收据存根上有签名", "赵六")
    entry = books.session.query(AuditEntry).filter_by(act="assign").one()
    assert entry.details == {"amount": "120", "customer": "张三", "reason": "收据存根上有签名"}
    assert ledger_problems(books.session) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"amount": "300.01"}, "Between 0.01"),
        ({"amount": "0"}, "Between 0.01"),
        ({"reason": " "}, "Write down"),
        ({"shown": "299"}, "somebody was"),
        ({"customer": None}, "Choose whose"),
    ],
)
def test_an_assignment_that_is_wrong_changes_nothing(books, change, says):
    unit = books.unit()
    owner = books.owner(unit)
    unknown(books, unit, "300")
    with pytest.raises(DomainError, match=says):
        give(books, unit, **{"customer": owner, "amount": "300", "shown": "300", **change})
    books.session.rollback()
    assert balances.purses_of_unit(books.session, unit.id) == {None: Decimal("300.00")}


def test_nothing_is_assigned_outside_the_scope_or_to_another_community(books):
    unit, there = books.unit(), books.keep(Community(name="阳光里", short_code="YG"))
    stranger = books.owner(books.unit("9-1-101", there))
    unknown(books, unit, "300")
    with pytest.raises(NotFound):
        give(books, unit, stranger, "300", shown="300")
    books.session.rollback()
    with data_scope.use(Scope(frozenset({there.id}))), pytest.raises(NotFound):
        give(books, unit, stranger, "300", shown="300")
    books.session.rollback()


def test_two_who_assign_at_once_do_it_once(books, engine):
    unit = books.unit()
    owner = books.owner(unit)
    unknown(books, unit, "300")
    ready, answers = threading.Barrier(4), []

    def one():
        with (
            data_scope.use(data_scope.EVERYTHING),
            Session(engine) as session,
            clock.fixed(datetime(2026, 4, 10, 9, 30)),
        ):
            ready.wait()
            try:
                assign(
                    session,
                    unit_id=unit.id,
                    customer_id=owner.id,
                    amount=Decimal(300),
                    shown=Decimal(300),
                    reason="收据存根上有签名",
                )
                session.commit()
                answers.append("done")
            except Stale:
                session.rollback()
                answers.append("stale")

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["done", "stale", "stale", "stale"]
    assert balances.purses_of_unit(books.session, unit.id) == {owner.id: Decimal("300.00")}


def test_candidates_are_the_payer_by_name_then_the_people_of_the_unit(books):
    unit = books.unit()
    books.owner(unit, "张三")
    books.owner(unit, "李四", ends_on=date(2025, 12, 31))
    books.tenant(unit, "王五")
    books.customer(unit, "赵六", "zl")
    unknown(books, unit, "300")
    found = [(one.name, one.why) for one in candidates(books.session, unit, "赵六")]
    assert found == [
        ("张三", "owner"),
        ("王五", "tenant"),
        ("李四", "former"),
        ("过路人", "payer"),
        ("赵六", "found"),
    ]
