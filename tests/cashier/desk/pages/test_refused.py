"""What the desk refuses: sums and forms that no honest page sends, other communities, markup."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.access.models import Staff, UserCommunity
from app.charging.ledger.payment_models import Payment
from app.estate.base.models import Community
from tests.cashier.desk.pages.forms import JSON, receive, rows

HOSTILE = [
    "NaN",
    "1e400",
    "-5",
    "12345678901234567890",
    "Infinity",
    "0",
    "0.001",
    "１e9",
    "abc",
    "<script>",
    "' OR 1=1 --",
    "\0",
    "99999999999",
    "1,2,3",
]


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


@pytest.mark.parametrize("payer", ["", "\u200b", "长" * 200])
def test_a_wrong_payer_is_said_of_the_field_of_the_payer(collector, books, session, payer):
    answer = receive(collector, books, payer=payer, payer_id="")
    assert (answer.status_code, answer.get_json()["field"]) == (400, "payer")
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
    [
        "/payments/",
        "/payments/?q=AJ-2026-000001",
        "/payments/?q=1",
        "/payments/?page=abc",
        "/payments/day",
        "/payments/day?first=abc&last=2026-13-45",
        "/payments/export",
        "/arrears/",
        "/arrears/?community=abc&building=9&bucket=x&least=NaN&day=nonsense&page=abc",
        "/arrears/?least=100&bucket=31-90&day=2026-01-01",
        "/arrears/export",
        "/arrears/?community=" + "9" * 30,
        "/arrears/?page=" + "9" * 30,
        "/desk/",
    ],
)
def test_pages_answer_whatever_the_address_asks(collector, books, address):
    receive(collector, books, ("wechat", "300"))
    assert collector.get(address).status_code == 200
