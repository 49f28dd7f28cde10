"""The desk and its pages over HTTP: the four actions, nothing twice, voids, few queries."""

from __future__ import annotations

import re
from decimal import Decimal

from sqlalchemy import select

from app.charging.ledger import balances
from app.charging.ledger.payment_models import Allocation, Payment, Receipt, Tender
from app.core.values import clock
from app.core.values.period import add_months
from tests.cashier.desk.pages.forms import JSON, form, receive, rows


def test_from_search_to_receipt(collector, books, session):
    hits = collector.get("/desk/search?q=zs").get_json()["hits"]
    assert [(hit["code"], hit["owners"], hit["owed"]) for hit in hits] == [
        ("1-1-101", "张三", "751.80")
    ]
    page = collector.get(f"/desk/unit/{hits[0]['id']}").get_data(as_text=True)
    assert re.findall(r'value="(\d+:[\d.]+)"', page) == form(books)["bill"]
    key = re.search(r'name="form_key" value="([^"]+)"', page)[1]
    answer = receive(collector, books, ("cash", "800"), form_key=key)
    assert answer.status_code == 200
    told = answer.get_json()
    assert "48.20" in told["sentence"]
    year = clock.today().year
    assert f"AJ-{year}-000001" in told["sentence"]
    printed = collector.post(f"/desk/receipts/{told['payment']}/print", headers=JSON).get_json()
    assert printed["copy"] == 1
    assert "柒佰伍拾壹元捌角整" in printed["html"]
    assert rows(session, Payment, Tender, Allocation, Receipt) == [1, 1, 3, 1]
    assert balances.owed(session, [books.keys["flat"]]) == {}
    assert session.scalars(select(Receipt.prints)).one() == 1


def test_the_same_form_twice_shows_the_same_receipt(collector, books, session):
    first = receive(collector, books).get_json()
    again = receive(collector, books).get_json()
    assert (again["payment"], again["again"], first["again"]) == (first["payment"], True, False)
    assert rows(session, Payment, Receipt) == [1, 1]


def test_a_second_collector_is_told_what_changed_and_nothing_is_taken(
    login, collector, books, session
):
    assert receive(collector, books, ("wechat", "300")).status_code == 200
    answer = receive(login("supervisor"), books, form_key="other")
    assert answer.status_code == 409
    assert answer.get_json()["code"] == "stale"
    assert rows(session, Payment) == [1]


def test_the_second_copy_is_marked_as_a_reprint(collector, books):
    payment = receive(collector, books).get_json()["payment"]
    first = collector.post(f"/desk/receipts/{payment}/print", headers=JSON).get_json()["html"]
    second = collector.post(f"/payments/{payment}/print").get_data(as_text=True)
    assert "补打" not in first
    assert "补打（第1次）" in second
    assert "预览" in collector.get(f"/payments/show/{payment}").get_data(as_text=True)
    assert collector.get(f"/payments/{payment}/print").status_code == 405


def test_supervisor_voids_with_a_reason_and_the_collector_cannot(login, collector, books, session):
    payment = receive(collector, books).get_json()["payment"]
    assert collector.post(f"/payments/{payment}/void", data={"reason": "x"}).status_code == 403
    boss = login("supervisor")
    refused = boss.post(f"/payments/{payment}/void", data={"reason": " "})
    assert refused.status_code == 422
    assert "请填写作废原因" in refused.get_data(as_text=True)
    answer = boss.post(f"/payments/{payment}/void", data={"reason": "收错房号"})
    page = boss.get(answer.location).get_data(as_text=True)
    assert "receipt-stamp" in page
    assert "收错房号" in page
    session.expire_all()
    assert session.get(Payment, payment).state == "void"
    assert balances.owed(session, [books.keys["flat"]]) == {books.keys["flat"]: Decimal("751.80")}


def test_who_received_it_may_not_void_it(login, books, session):
    boss = login("supervisor")
    payment = receive(boss, books).get_json()["payment"]
    answer = boss.post(f"/payments/{payment}/void", data={"reason": "收错"})
    assert "须由他人作废" in answer.get_data(as_text=True)
    assert 'value="收错"' in answer.get_data(as_text=True), "what was typed is kept"
    assert session.get(Payment, payment).state == "posted"


def test_the_manager_looks_but_does_not_receive(login, books):
    manager = login("manager")
    page = manager.get(f"/desk/?unit={books.keys['flat']}").get_data(as_text=True)
    assert "1-1-101" in page
    assert 'id="desk-pay"' not in page
    assert receive(manager, books).status_code == 403


def test_phones_are_masked_at_the_desk(collector, books):
    page = collector.get(f"/desk/unit/{books.keys['flat']}").get_data(as_text=True)
    assert "138****1234" in page
    assert "13800001234" not in page
    arrears = collector.get("/arrears/").get_data(as_text=True)
    assert "138****1234" in arrears
    assert "13800001234" not in arrears


def test_a_payment_is_found_by_its_receipt(collector, books):
    receive(collector, books, ("wechat", "300"))
    number = f"AJ-{clock.today().year}-000001"
    for typed in (number, number.lower(), "1", "000001"):
        assert number in collector.get(f"/payments/?q={typed}").get_data(as_text=True)
    assert number not in collector.get("/payments/?q=2").get_data(as_text=True)


def test_empty_books_are_friendly(login):
    client = login("collector")
    assert "还没有收款" in client.get("/payments/").get_data(as_text=True)
    assert "没有人欠费" in client.get("/arrears/").get_data(as_text=True)
    assert "没有收款" in client.get("/payments/day").get_data(as_text=True)
    assert "例如" in client.get("/desk/").get_data(as_text=True)


def test_the_desk_page_needs_few_queries(collector, books, counted):
    with counted() as queries:
        assert collector.get(f"/desk/unit/{books.keys['flat']}").status_code == 200
    assert len(queries) <= 14, queries
    with counted() as queries:
        assert collector.get("/desk/search?q=1-1-101").status_code == 200
    assert len(queries) <= 8, queries


def test_what_a_former_owner_owes_is_shown_and_not_ticked(collector, books, session):
    former = books.customer(books.flat, "前业主")
    later = add_months(books.open[-1].period_start, 1)
    key = books.bill(books.flat, "60", month=later, customer_id=former.id).id
    session.commit()
    page = collector.get(f"/desk/unit/{books.keys['flat']}").text
    ticked = set(re.findall(r'name="bill" checked id="bill(\d+)"', page))
    assert ticked == {str(key) for key in books.keys["bills"]}
    assert f'id="bill{key}"' in page
    assert "前业主 所欠" in page
    assert "前业主的欠费没有勾选" in page
    assert '<strong id="desk-due">751.80</strong>' in page
