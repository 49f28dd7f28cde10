"""What a receipt says, that a reprint says the same, and that copies are counted."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.charging.models import ChargeItem
from app.charging.payment_models import Receipt
from app.charging.payments import receive
from app.charging.receipts import count_print, sheet
from app.charging.settling import Given, TenderKind
from app.charging.voiding import void_payment
from app.core import audit, clock, scope
from app.core.errors import NotFound
from app.core.models import AuditEntry
from app.core.scope import Scope

CASH, WECHAT, PREPAID = TenderKind.CASH, TenderKind.WECHAT, TenderKind.PREPAYMENT


@pytest.fixture(autouse=True)
def day():
    with clock.fixed(datetime(2026, 4, 10, 9, 30)):
        yield


def pay(books, unit, *tenders, key="k1", **more):
    with audit.acting(books.collector):
        payment = receive(
            books.session, unit_id=unit.id, payer="张三", key=key,
            tenders=[Given(kind, Decimal(amount)) for kind, amount in tenders], **more,
        )
    books.session.commit()
    return payment


def shown(books, payment):
    books.session.expire_all()
    return sheet(books.session, payment.id)


def test_months_that_follow_each_other_are_one_line_and_a_part_stands_alone(books):
    unit = books.unit()
    books.bills(unit, "250.60", "250.60", "250.60", "250.60")
    receipt = shown(books, pay(books, unit, (WECHAT, "801.80")))
    assert [
        (line.item, line.period_start, line.period_end, line.bills, line.partial, line.amount)
        for line in receipt.lines
    ] == [
        ("物业服务费", date(2026, 1, 1), date(2026, 3, 31), 3, False, Decimal("751.80")),
        ("物业服务费", date(2026, 4, 1), date(2026, 4, 30), 1, True, Decimal("50.00")),
    ]
    assert receipt.lines[1].sentence.endswith("= 250.60")


def test_a_gap_between_months_and_another_item_make_new_lines(books):
    unit = books.unit()
    lift = books.keep(ChargeItem(code="DTF", name="电梯费", position=2))
    books.bill(unit, "100", month=date(2026, 1, 1))
    books.bill(unit, "100", month=date(2026, 3, 1))
    books.bill(unit, "40", month=date(2026, 2, 1), item_id=lift.id)
    receipt = shown(books, pay(books, unit, (WECHAT, "240")))
    assert [(line.item, line.bills) for line in receipt.lines] == [
        ("物业服务费", 1), ("物业服务费", 1), ("电梯费", 1)]


def test_it_says_sum_in_words_tenders_change_and_what_is_paid_ahead(books):
    unit = books.owned()
    books.bill(unit, "107.02")
    first = shown(books, pay(books, unit, (WECHAT, "100"), (CASH, "20")))
    assert first.capitals == "人民币壹佰零柒元零贰分"
    assert (first.amount, first.given, first.change) == (
        Decimal("107.02"), Decimal("120.00"), Decimal("12.98"))
    ahead = shown(books, pay(books, unit, (WECHAT, "80"), key="k2", keep_surplus=True))
    assert (ahead.into_prepayment, ahead.prepayment_after) == (Decimal("80"), Decimal("80"))
    books.bill(unit, "30", month=date(2026, 2, 1))
    spent = shown(books, pay(books, unit, (PREPAID, "30"), key="k3"))
    assert (spent.from_prepayment, spent.prepayment_after) == (Decimal("30"), Decimal("50"))
    # The first receipt goes on saying what it said when it was issued.
    assert sheet(books.session, ahead.payment_id).prepayment_after == Decimal("80")


def test_a_void_receipt_keeps_its_number_and_content_and_says_why(books):
    unit = books.owned()
    books.bill(unit, "100")
    payment = pay(books, unit, (WECHAT, "130"), keep_surplus=True)
    before = shown(books, payment)
    with audit.acting(books.supervisor):
        void_payment(books.session, payment.id, "收错了房号")
    books.session.commit()
    after = shown(books, payment)
    assert after.void
    assert after.void_reason == "收错了房号"
    assert (after.number, after.lines, after.into_prepayment, after.amount) == (
        before.number, before.lines, before.into_prepayment, before.amount)


def test_every_copy_after_the_first_is_a_reprint_and_is_recorded(books):
    unit = books.owned()
    payment = pay(books, unit, (CASH, "1"), lines=[], keep_surplus=True)
    with audit.acting(books.supervisor):
        copies = [count_print(books.session, payment.id) for _ in range(3)]
        books.session.commit()
    assert copies == [1, 2, 3]
    assert books.session.scalars(select(Receipt.prints)).one() == 3
    entries = books.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(e.act, e.title, e.user_name, e.details) for e in entries] == [
        ("reprint", "AJ-2026-000001", "赵六", {"copy": 2}),
        ("reprint", "AJ-2026-000001", "赵六", {"copy": 3}),
    ]


def test_a_receipt_outside_the_scope_does_not_exist(books):
    unit = books.owned()
    payment = pay(books, unit, (CASH, "1"), lines=[], keep_surplus=True)
    with scope.use(Scope(frozenset())):
        for act in (sheet, count_print):
            with pytest.raises(NotFound):
                act(books.session, payment.id)
    assert books.session.scalars(select(Receipt.prints)).one() == 0
