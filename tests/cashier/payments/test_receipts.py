"""What a receipt says, that a reprint says the same, and that copies are counted."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from app.access.models import Staff
from app.cashier.payments.receipts import count_print, sheet
from app.cashier.payments.receive import receive
from app.cashier.payments.voiding import void_payment
from app.charging.ledger.bill_models import ChargeItem
from app.charging.ledger.payment_models import Receipt
from app.charging.ledger.settling import Given, TenderKind
from app.core.db import audit
from app.core.db.models import AuditEntry
from app.core.records import data_scope
from app.core.records.data_scope import Scope
from app.core.values import clock
from app.core.values.errors import NotFound
from app.estate.base.models import Customer
from app.install import MIGRATIONS

CASH, WECHAT, PREPAID = TenderKind.CASH, TenderKind.WECHAT, TenderKind.PREPAYMENT


@pytest.fixture(autouse=True)
def day():
    with clock.fixed(datetime(2026, 4, 10, 9, 30)):
        yield


def pay(books, unit, *tenders, key="k1", **more):
    with audit.acting(books.collector):
        payment = receive(
            books.session,
            unit_id=unit.id,
            payer="张三",
            key=key,
            tenders=[Given(kind, Decimal(amount)) for kind, amount in tenders],
            **more,
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
        ("物业服务费", 1),
        ("物业服务费", 1),
        ("电梯费", 1),
    ]


def test_it_says_sum_in_words_tenders_change_and_what_is_paid_ahead(books):
    unit = books.owned()
    books.bill(unit, "107.02")
    first = shown(books, pay(books, unit, (WECHAT, "100"), (CASH, "20")))
    assert first.capitals == "人民币壹佰零柒元零贰分"
    assert (first.amount, first.given, first.change) == (
        Decimal("107.02"),
        Decimal("120.00"),
        Decimal("12.98"),
    )
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
        before.number,
        before.lines,
        before.into_prepayment,
        before.amount,
    )


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
    with data_scope.use(Scope(frozenset())):
        for act in (sheet, count_print):
            with pytest.raises(NotFound):
                act(books.session, payment.id)
    assert books.session.scalars(select(Receipt.prints)).one() == 0


def rename_everything(books, unit):
    """What an office may rename in the years after a receipt was issued."""
    books.community.name, books.community.company = "新安居花园", "新物业有限公司"
    unit.code, unit.number = "9-9-999", "999"
    books.item.name, books.item.code, books.item.position = "综合服务费", "ZH", 99
    books.session.query(Staff).update({"last_name": "改", "first_name": "名"})
    books.session.query(Customer).update({"name": "改名后"})
    books.session.commit()


def test_a_reprint_says_what_was_said_then_whatever_was_renamed(books):
    unit = books.unit()
    owner = books.owner(unit)
    lift = books.keep(ChargeItem(code="DTF", name="电梯费", position=2))
    books.bills(unit, "250.60", "250.60")
    books.bill(unit, "40", month=date(2026, 3, 1), item_id=lift.id)
    payment = pay(
        books,
        unit,
        (WECHAT, "500"),
        (CASH, "100"),
        payer_id=owner.id,
        remark="代缴",
        keep_surplus=True,
    )
    before = shown(books, payment)
    assert (before.company, before.community, before.unit, before.payer, before.collector) == (
        "安居物业服务有限公司",
        "安居花园",
        "1-1-101",
        "张三",
        "王五",
    )
    rename_everything(books, unit)
    assert shown(books, payment) == before
    # A receipt issued now says what is so now.
    books.bill(unit, "100", month=date(2026, 4, 1))
    now = shown(books, pay(books, unit, (PREPAID, "58.80"), key="k2", payer_id=owner.id))
    assert (now.company, now.community, now.unit, now.collector) == (
        "新物业有限公司",
        "新安居花园",
        "9-9-999",
        "王五",
    )
    assert [line.item for line in now.lines] == ["综合服务费"]


def test_a_void_receipt_goes_on_saying_what_it_said(books):
    unit = books.owned()
    books.bill(unit, "100")
    payment = pay(books, unit, (WECHAT, "130"), keep_surplus=True)
    before = shown(books, payment)
    with audit.acting(books.supervisor):
        void_payment(books.session, payment.id, "收错了房号")
    books.session.commit()
    rename_everything(books, unit)
    after = shown(books, payment)
    assert (after.void, after.void_reason) == (True, "收错了房号")
    assert replace(after, void=False, voided_on=None, void_reason="") == before


def test_without_a_company_the_community_stands_at_the_head_and_stays_there(books):
    unit = books.owned()
    books.community.company = None
    payment = pay(books, unit, (CASH, "1"), lines=[], keep_surplus=True)
    books.community.company = "后来的公司"
    books.session.commit()
    assert shown(books, payment).company == "安居花园"


def test_the_upgrade_writes_down_what_old_receipts_say(books):
    """The same words that a receipt of today gets, for paid, part paid, prepaid and void ones."""
    unit = books.owned()
    books.bills(unit, "250.60", "250.60", "250.60")
    pay(books, unit, (WECHAT, "501.20"), (CASH, "100"), key="a", remark="备注")
    pay(books, unit, (WECHAT, "1000"), key="b", keep_surplus=True)
    books.bill(unit, "30", month=date(2026, 4, 1))
    pay(books, unit, (PREPAID, "30"), key="c")
    void = pay(books, unit, (CASH, "50"), key="d", lines=[], keep_surplus=True)
    with audit.acting(books.supervisor):
        void_payment(books.session, void.id, "多收")
    books.session.commit()
    words = dict(books.session.execute(select(Receipt.id, Receipt.said)).all())
    books.session.execute(update(Receipt).values(said={}))
    path = next(MIGRATIONS.glob("versions/*_what_receipts_said.py"))
    spec = importlib.util.spec_from_file_location("what_receipts_said", path)
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    migration.CHUNK = 3
    migration.write_down(books.session.connection())
    assert len(words) == 4
    assert dict(books.session.execute(select(Receipt.id, Receipt.said)).all()) == words
