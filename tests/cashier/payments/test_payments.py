"""Money received: stored rows that tie, nothing twice, numbers without gaps."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.cashier.payments.receive import PaymentLine, receive
from app.charging.ledger import balances
from app.charging.ledger.payment_models import Allocation, Payment, PrepaymentEntry, Receipt, Tender
from app.charging.ledger.settling import Given, TenderKind
from app.core.db import audit
from app.core.records import data_scope
from app.core.records.data_scope import Scope
from app.core.values import clock
from app.core.values.errors import AlreadyDone, DomainError, NotFound, Stale
from app.core.values.money import ZERO
from app.estate.base.models import Community

CASH, WECHAT, PREPAID = TenderKind.CASH, TenderKind.WECHAT, TenderKind.PREPAYMENT


@pytest.fixture(autouse=True)
def day():
    """Everything here happens on 10 April 2026 unless the test says otherwise."""
    with clock.fixed(datetime(2026, 4, 10, 9, 30)):
        yield


def pay(books, unit, *tenders, key="k1", who=None, **more):
    """Receive and commit as the collector 王五."""
    with audit.acting(who or books.collector):
        payment = receive(
            books.session,
            unit_id=unit.id,
            payer=more.pop("payer", "张三"),
            tenders=[Given(kind, Decimal(amount)) for kind, amount in tenders],
            key=key,
            **more,
        )
        books.session.commit()
    return payment


def held(books, unit):
    """All that was paid ahead at the unit, whosever it is."""
    return sum(balances.purses_of_unit(books.session, unit.id).values(), ZERO)


def count(books, model):
    return len(books.session.scalars(select(model)).all())


def allocated(books):
    rows = books.session.execute(select(Allocation.bill_id, Allocation.amount))
    return sorted((bill_id, str(amount)) for bill_id, amount in rows)


def test_a_payment_stores_its_tender_allocations_and_receipt(books):
    unit = books.unit()
    first, second = books.bills(unit, "250.60", "250.60")
    payment = pay(books, unit, (CASH, "600"))
    assert (payment.amount, payment.collector_name) == (Decimal("501.20"), "王五")
    assert payment.receipt.number == "AJ-2026-000001"
    assert allocated(books) == [(first.id, "250.60"), (second.id, "250.60")]
    tender = books.session.scalars(select(Tender)).one()
    assert (tender.given, tender.change) == (Decimal("600.00"), Decimal("98.80"))
    assert count(books, PrepaymentEntry) == 0
    assert balances.open_bills(books.session, unit.id) == []


def test_too_little_pays_the_oldest_due_first(books):
    unit = books.unit()
    later = books.bill(unit, "100", month=date(2026, 1, 1), due_on=date(2026, 5, 1))
    older = books.bill(unit, "80", month=date(2026, 2, 1), due_on=date(2026, 2, 28))
    pay(books, unit, (WECHAT, "100"))
    assert allocated(books) == sorted([(older.id, "80.00"), (later.id, "20.00")])
    rest = balances.open_bills(books.session, unit.id)
    assert [(bill.id, bill.paid, bill.balance) for bill in rest] == [
        (later.id, Decimal("20.00"), Decimal("80.00"))
    ]


def test_only_the_chosen_bills_are_paid(books):
    unit = books.unit()
    bills = books.bills(unit, "100", "200", "300")
    lines = [
        PaymentLine(bills[2].id, Decimal("300.00")),
        PaymentLine(bills[1].id, Decimal("200.00")),
    ]
    pay(books, unit, (WECHAT, "450"), lines=lines)
    assert allocated(books) == [(bills[1].id, "200.00"), (bills[2].id, "250.00")]


def test_a_kept_surplus_is_paid_ahead_and_pays_the_next_bill(books):
    unit = books.owned()
    books.bill(unit, "100")
    first = pay(books, unit, (WECHAT, "180"), keep_surplus=True)
    assert first.receipt.prepayment_after == Decimal("80.00")
    books.bill(unit, "100", month=date(2026, 2, 1))
    second = pay(books, unit, (PREPAID, "80"), (CASH, "20"), key="k2")
    assert second.amount == Decimal("100.00")
    assert second.receipt.prepayment_after == ZERO
    assert held(books, unit) == ZERO
    moved = select(PrepaymentEntry.amount).order_by(PrepaymentEntry.id)
    entries = books.session.scalars(moved).all()
    assert entries == [Decimal("80.00"), Decimal("-80.00")]


def test_more_than_the_prepayment_holds_cannot_be_taken_from_it(books):
    unit = books.owned()
    books.bill(unit, "100")
    pay(books, unit, (WECHAT, "30"), lines=[], keep_surplus=True)
    with pytest.raises(DomainError, match=r"Only 30\.00 is left"):
        pay(books, unit, (PREPAID, "30.01"), key="k2")
    books.session.rollback()
    assert count(books, Payment) == 1


def test_the_same_key_again_gives_the_same_payment(books):
    unit = books.unit()
    books.bills(unit, "100", "100")
    first = pay(books, unit, (WECHAT, "100"), key="once")
    again = pay(books, unit, (WECHAT, "100"), key="once")
    assert again.id == first.id
    assert again.receipt.number == "AJ-2026-000001"
    assert [count(books, model) for model in (Payment, Tender, Allocation, Receipt)] == [1] * 4


def test_a_key_of_another_unit_is_refused(books):
    mine, other = books.unit("1-1-101"), books.unit("1-1-102")
    books.bill(mine)
    books.bill(other)
    pay(books, mine, (WECHAT, "10"), key="once")
    with pytest.raises(AlreadyDone):
        pay(books, other, (WECHAT, "10"), key="once")
    books.session.rollback()
    for key in ("", "x" * 65):
        with pytest.raises(AlreadyDone):
            pay(books, other, (WECHAT, "10"), key=key)
        books.session.rollback()
    assert count(books, Payment) == 1


def test_a_bill_that_somebody_else_has_paid_meanwhile_is_not_paid_twice(books):
    unit = books.unit()
    first, second = books.bills(unit, "100", "200")
    shown = [PaymentLine(first.id, Decimal("100.00")), PaymentLine(second.id, Decimal("200.00"))]
    pay(books, unit, (WECHAT, "150"))
    with pytest.raises(Stale, match="1 of the chosen bills"):
        pay(books, unit, (CASH, "300"), key="k2", lines=shown)
    books.session.rollback()
    with pytest.raises(Stale, match=r"150\.00 is owed now, the page showed 200\.00"):
        pay(books, unit, (CASH, "200"), key="k2", lines=shown[1:])
    books.session.rollback()
    assert count(books, Payment) == 1


def test_bills_of_other_units_and_unknown_bills_cannot_be_chosen(books):
    mine, other = books.unit("1-1-101"), books.unit("1-1-102")
    foreign = books.bill(other, "100")
    for bill_id in (foreign.id, 987654321):
        with pytest.raises(Stale):
            pay(books, mine, (WECHAT, "100"), lines=[PaymentLine(bill_id)])
        books.session.rollback()
    assert count(books, Payment) == 0


def test_units_and_payers_outside_the_scope_do_not_exist(books):
    unit = books.unit()
    books.bill(unit)
    elsewhere = books.keep(Community(name="阳光里", short_code="YG"))
    stranger = books.customer(books.unit("9-1-101", elsewhere), "钱七")
    with data_scope.use(Scope(frozenset({elsewhere.id}))), pytest.raises(NotFound):
        pay(books, unit, (WECHAT, "10"))
    books.session.rollback()
    with pytest.raises(NotFound, match="another community"):
        pay(books, unit, (WECHAT, "10"), payer_id=stranger.id)
    books.session.rollback()
    with pytest.raises(NotFound):
        receive(
            books.session, unit_id=10**12, payer="张三", key="k9", tenders=[Given(CASH, Decimal(1))]
        )
    books.session.rollback()
    assert count(books, Payment) == 0


@pytest.mark.parametrize("payer", ["", "   ", "张" * 121, "张\0三"])
def test_a_payment_needs_a_payer_with_a_name(books, payer):
    unit = books.unit()
    books.bill(unit)
    with pytest.raises(DomainError):
        pay(books, unit, (WECHAT, "10"), payer=payer)


def test_a_bill_posted_later_is_not_paid_by_money_of_an_earlier_day(books):
    unit = books.owned()
    books.bill(unit, "100", month=date(2026, 3, 1))
    payment = pay(books, unit, (WECHAT, "50"), received_on=date(2026, 2, 1), keep_surplus=True)
    assert allocated(books) == []
    assert payment.entries[0].entered_on == date(2026, 2, 1)
    with pytest.raises(DomainError, match="day to come"):
        pay(books, unit, (WECHAT, "50"), key="k2", received_on=date(2026, 4, 11))


def test_numbers_go_up_by_one_and_start_anew_with_the_year_and_in_each_community(books):
    unit = books.owned()
    there = books.keep(Community(name="阳光里", short_code="YG"))
    other = books.owned("9-1-101", there)
    ahead = {"lines": [], "keep_surplus": True}
    numbers = [pay(books, unit, (CASH, "1"), key=f"a{n}", **ahead).receipt.number for n in range(3)]
    numbers.append(pay(books, other, (CASH, "1"), key="b", **ahead).receipt.number)
    with clock.fixed(datetime(2027, 1, 1, 0, 5)):
        numbers.append(pay(books, unit, (CASH, "1"), key="c", **ahead).receipt.number)
    assert numbers == [
        "AJ-2026-000001",
        "AJ-2026-000002",
        "AJ-2026-000003",
        "YG-2026-000001",
        "AJ-2027-000001",
    ]


def test_a_payment_that_fails_gives_its_number_back(books):
    unit = books.owned()
    ahead = {"lines": [], "keep_surplus": True}
    pay(books, unit, (CASH, "1"), key="a", **ahead)
    receive(
        books.session,
        unit_id=unit.id,
        payer="张三",
        key="b",
        tenders=[Given(CASH, Decimal(1))],
        **ahead,
    )
    books.session.rollback()
    assert pay(books, unit, (CASH, "1"), key="c", **ahead).receipt.number == "AJ-2026-000002"


def test_a_past_day_is_answered_as_it_was(books):
    unit = books.unit()
    books.bills(unit, "100", "200")
    pay(books, unit, (WECHAT, "120"))
    before, after = date(2026, 4, 9), date(2026, 4, 10)
    assert balances.owed(books.session, [unit.id], before) == {unit.id: Decimal("300.00")}
    assert balances.owed(books.session, [unit.id], after) == {unit.id: Decimal("180.00")}
    assert balances.owed(books.session, [unit.id], date(2026, 1, 31)) == {
        unit.id: Decimal("100.00")
    }
    assert balances.owed(books.session, [unit.id], date(2025, 12, 31)) == {}
