"""The desk and its pages over HTTP: the four actions, nothing twice, hostile forms, rights."""

from __future__ import annotations

import re
from contextlib import contextmanager
from decimal import Decimal

import pytest
from sqlalchemy import event, func, select

from app.access.models import Staff, UserCommunity
from app.charging import ledger
from app.charging.payment_models import Allocation, Payment, Receipt, Tender
from app.core import clock
from app.estate.models import Community
from app.extensions import db
from tests.charging.books import Books

JSON = {"Accept": "application/json"}


@pytest.fixture
def books(session):
    """张三 in 1-1-101 with three open bills of 250.60."""
    books = Books(session)
    books.flat = books.unit()
    books.zhang = books.owner(books.flat)
    today = clock.today().replace(day=1)
    books.open = [
        books.bill(books.flat, "250.60", month=today.replace(year=today.year - 1, month=month))
        for month in (1, 2, 3)
    ]
    books.keys = {
        "flat": books.flat.id, "zhang": books.zhang.id, "bills": [bill.id for bill in books.open]
    }
    session.commit()
    return books


@pytest.fixture
def collector(login, books):
    return login("collector")


def form(books, *tenders, **changes):
    """The form as the page sends it: every bill ticked, cash."""
    rows = tenders or (("cash", "751.80"),)
    return {
        "unit_id": books.keys["flat"],
        "payer": "张三",
        "payer_id": books.keys["zhang"],
        "bill": [f"{key}:250.60" for key in books.keys["bills"]],
        "tender_kind": [kind for kind, _ in rows],
        "tender_sum": [amount for _, amount in rows],
        "tender_reference": ["" for _ in rows],
        "form_key": "a-key",
        "remark": "",
        **changes,
    }


def receive(client, books, *tenders, **changes):
    return client.post("/desk/receive", data=form(books, *tenders, **changes), headers=JSON)


def rows(session, *models):
    session.expire_all()
    return [session.scalar(select(func.count()).select_from(model)) for model in models]


def test_from_search_to_receipt(collector, books, session):
    hits = collector.get("/desk/search?q=zs").get_json()["hits"]
    assert [(hit["code"], hit["owners"], hit["owed"]) for hit in hits] == [
        ("1-1-101", "张三", "751.80")]
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
    assert ledger.owed(session, [books.keys["flat"]]) == {}
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


@pytest.fixture
def counted(app):
    """`with counted() as queries`: the statements that ran inside."""

    @contextmanager
    def counting():
        queries = []

        def note(_connection, _cursor, statement, *_rest):
            if statement.startswith("SELECT"):
                queries.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield queries
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting


HOSTILE = ["NaN", "1e400", "-5", "12345678901234567890", "Infinity", "0", "0.001", "１e9", "abc",
           "<script>", "' OR 1=1 --", "\0", "99999999999", "1,2,3"]


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_sums_are_refused_with_a_sentence(collector, books, session, typed):
    answer = receive(collector, books, ("cash", typed))
    assert answer.status_code == 400
    assert answer.get_json()["error"]
    assert rows(session, Payment) == [0]


@pytest.mark.parametrize(
    "changes",
    [
        {"unit_id": "abc"},
        {"unit_id": "9" * 30},
        {"unit_id": ""},
        {"unit_id": "999999"},
        {"payer_id": "999999"},
        {"payer_id": "-1"},
        {"payer": "", "payer_id": ""},
        {"payer": "长" * 200},
        {"bill": ["abc"]},
        {"bill": ["1"]},
        {"bill": ["1:NaN"]},
        {"bill": ["999999:250.60"]},
        {"bill": ["1:0.01"]},
        {"bill": ["1:1e400"]},
        {"tender_kind": ["gold"]},
        {"tender_kind": []},
        {"tender_kind": ["cash", "cash"]},
        {"form_key": ""},
        {"form_key": "x" * 100},
        {"remark": "长" * 300},
        {"tender_reference": ["\0"]},
    ],
    ids=str,
)
def test_forms_that_no_honest_page_sends_are_refused(collector, books, session, changes):
    answer = receive(collector, books, **changes)
    assert answer.status_code in {400, 404, 409}
    assert answer.get_json()["error"]
    assert rows(session, Payment) == [0]


@pytest.mark.parametrize("unit", ["abc", "999999", "9" * 40, "-1"])
def test_units_that_do_not_exist_are_not_found(collector, unit):
    assert collector.get(f"/desk/unit/{unit}", headers=JSON).status_code == 404
    assert collector.get(f"/desk/?unit={unit}").status_code in {400, 404}


def test_a_collector_of_another_community_sees_and_takes_nothing(login, books, session):
    receive(login("supervisor"), books, ("wechat", "1"))
    there = books.keep(Community(name="阳光里", short_code="YG"))
    person = session.scalars(select(Staff).filter_by(username="collector")).one()
    person.all_communities = False
    person.communities = [UserCommunity(community_id=there.id)]
    session.commit()
    stranger = login("collector")
    payment = session.scalars(select(Payment.id)).one()
    assert stranger.get("/desk/search?q=zs").get_json()["hits"] == []
    assert stranger.get(f"/desk/unit/{books.keys['flat']}", headers=JSON).status_code == 404
    assert receive(stranger, books, form_key="k2").status_code == 404
    for address in (f"/desk/receipts/{payment}/print", f"/payments/{payment}/print"):
        assert stranger.post(address, headers=JSON).status_code == 404
    assert stranger.get(f"/payments/show/{payment}").status_code == 404
    assert "1-1-101" not in stranger.get("/payments/").get_data(as_text=True)
    assert "1-1-101" not in stranger.get("/arrears/").get_data(as_text=True)
    assert rows(session, Payment) == [1]


def test_supervisor_voids_with_a_reason_and_the_collector_cannot(
    login, collector, books, session
):
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
    assert ledger.owed(session, [books.keys["flat"]]) == {books.keys["flat"]: Decimal("751.80")}


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


def test_names_are_text_and_never_markup(collector, books, session):
    books.tenant(books.flat, "<script>alert(1)</script>", "x", None)
    session.commit()
    page = collector.get(f"/desk/unit/{books.keys['flat']}").get_data(as_text=True)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    payment = receive(collector, books, payer="<b>张三</b>", payer_id="").get_json()["payment"]
    html = collector.post(f"/desk/receipts/{payment}/print", headers=JSON).get_json()["html"]
    assert "&lt;b&gt;张三" in html


@pytest.mark.parametrize(
    "address",
    ["/payments/", "/payments/?q=AJ-2026-000001", "/payments/?q=1", "/payments/?page=abc",
     "/payments/day", "/payments/day?first=abc&last=2026-13-45", "/payments/export", "/arrears/",
     "/arrears/?community=abc&building=9&bucket=x&least=NaN&day=nonsense&page=abc",
     "/arrears/?least=100&bucket=31-90&day=2026-01-01", "/arrears/export",
     "/arrears/?community=" + "9" * 30, "/arrears/?page=" + "9" * 30, "/desk/"],
)
def test_pages_answer_whatever_the_address_asks(collector, books, address):
    receive(collector, books, ("wechat", "300"))
    assert collector.get(address).status_code == 200


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
    key = books.bill(books.flat, "60", customer_id=former.id).id
    session.commit()
    page = collector.get(f"/desk/unit/{books.keys['flat']}").text
    ticked = set(re.findall(r'name="bill" checked id="bill(\d+)"', page))
    assert ticked == {str(key) for key in books.keys["bills"]}
    assert f'id="bill{key}"' in page
    assert "前业主 所欠" in page
    assert "前业主的欠费没有勾选" in page
    assert '<strong id="desk-due">751.80</strong>' in page
