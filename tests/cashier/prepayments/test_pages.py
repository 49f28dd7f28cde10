"""The pages of prepayments and arrears as the posts see them."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from app.cashier.payments.receive import receive
from app.charging.ledger import balances
from app.charging.ledger.payment_models import PrepaymentAssignment
from app.charging.ledger.settling import Given, TenderKind
from app.core.db import audit
from tests.charging.books import Books


@pytest.fixture
def books(session):
    """张三 sold 1-1-101 to 王五; both owe, and 300 were paid ahead by nobody known."""
    books = Books(session)
    unit = books.unit()
    seller = books.owner(unit, "张三", phone="13800001111", ends_on=date(2026, 2, 28))
    buyer = books.owner(unit, "王五", phone="13900002222", starts_on=date(2026, 3, 1))
    books.bill(unit, "5199.51", month=date(2025, 1, 1), customer_id=seller.id)
    books.bill(unit, "250.60", month=date(2026, 3, 1), customer_id=buyer.id)
    with audit.acting(books.collector):
        payment = receive(
            session,
            unit_id=unit.id,
            payer="",
            payer_id=buyer.id,
            key="old",
            lines=[],
            keep_surplus=True,
            tenders=[Given(TenderKind.CASH, Decimal(300))],
        )
    payment.entries[0].customer_id = payment.payer_id = None
    session.commit()
    books.keys = {"unit": unit.id, "seller": seller.id, "buyer": buyer.id}
    return books


def form(books, **change):
    return {
        "customer": str(books.keys["buyer"]),
        "amount": "300.00",
        "shown": "300.00",
        "reason": "收据存根上有签名",
        **change,
    }


def test_the_supervisor_finds_it_on_the_home_page_and_assigns_it_once(books, login, session):
    supervisor = login("supervisor")
    assert "未归属的预存款" in supervisor.get("/home/").text
    page = supervisor.get("/prepayments/?show=unassigned").text
    assert "1-1-101" in page
    assert "300.00" in page
    place = f"/prepayments/{books.keys['unit']}"
    page = supervisor.get(place).text
    assert "张三" in page
    assert "王五" in page
    answer = supervisor.post(f"{place}/assign", data=form(books), follow_redirects=True)
    assert "300.00 元已归属给 王五" in answer.text
    again = supervisor.post(f"{place}/assign", data=form(books))
    assert again.status_code == 422
    assert "可能刚有人处理过" in again.text
    assert session.query(PrepaymentAssignment).count() == 1
    assert balances.purse(session, books.keys["unit"], books.keys["buyer"]) == 300
    assert "没有未归属的预存款" in supervisor.get("/prepayments/?show=unassigned").text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"reason": ""}, "请填写归属依据"),
        ({"customer": ""}, "请选择这笔预存是谁的"),
        ({"amount": "abc"}, "不是金额"),
        ({"amount": "999"}, "归属金额应在"),
        ({"customer": "9" * 18}, "不存在"),
        ({"shown": "x"}, "可能刚有人处理过"),
    ],
)
def test_a_wrong_form_keeps_what_was_typed_and_assigns_nothing(books, login, session, change, says):
    typed = form(books, **change)
    place = f"/prepayments/{books.keys['unit']}/assign"
    answer = login("supervisor").post(place, data=typed)
    assert answer.status_code in {404, 422}
    assert says in answer.text
    if answer.status_code == 422:
        assert typed["reason"] in answer.text
    assert session.query(PrepaymentAssignment).count() == 0


@pytest.mark.parametrize("post", ["manager", "collector", "front_desk", "administrator"])
def test_the_other_posts_see_it_and_cannot_assign(books, login, session, post):
    client = login(post)
    place = f"/prepayments/{books.keys['unit']}"
    page = client.get(place)
    assert page.status_code == 200
    assert 'name="reason"' not in page.text
    assert client.post(f"{place}/assign", data=form(books)).status_code == 403
    assert session.query(PrepaymentAssignment).count() == 0


def test_each_debtor_has_a_row_with_his_own_phone_and_reminder(books, login):
    page = login("collector").get("/arrears/?day=2026-05-01").text
    assert page.count("1-1-101</a>") == 2
    assert "138****1111" in page
    assert "139****2222" in page
    assert "张三您好：截至 2026-05-01，您在 1-1-101 有逾期未交的费用 5,199.51 元" in page
    assert "王五您好：截至 2026-05-01，您在 1-1-101 有逾期未交的费用 250.60 元" in page
    assert "原业主" in page
    book = login("collector").get("/arrears/export?day=2026-05-01")
    with zipfile.ZipFile(io.BytesIO(book.data)) as parts:
        whole = "".join(
            parts.read(name).decode() for name in parts.namelist() if name.endswith((".xml",))
        )
    assert "张三" in whole
    assert "王五" in whole
    assert "<v>5199.51</v>" in whole


def test_a_purse_stands_on_the_arrears_page(books, login, session):
    with audit.acting(books.supervisor):
        receive(
            session,
            unit_id=books.keys["unit"],
            payer="",
            payer_id=books.keys["buyer"],
            key="k2",
            lines=[],
            keep_surplus=True,
            tenders=[Given(TenderKind.CASH, Decimal(1000))],
        )
    session.commit()
    page = login("collector").get("/arrears/").text
    assert "预存足够抵付，不用催缴" in page
    assert "1,000.00" in page
    assert "王五您好" not in page
    unit = login("collector").get(f"/units/show/{books.keys['unit']}").text
    assert "王五 的预存" in unit
    assert "未归属预存" in unit
