"""Two people of one name at one unit: told apart at the desk, in the purses and on the pages."""

from __future__ import annotations

import html
import json
import re
from decimal import Decimal

import pytest

from app.charging.ledger import balances, namesakes
from app.charging.ledger.payment_models import Payment
from tests.cashier.desk.pages.forms import form, receive


@pytest.fixture
def other(books):
    """A tenant who is called like the owner 张三."""
    return books.tenant(books.flat, "张三", phone="13900005678")


def offered(client, books):
    """The payers that the desk offers: label → key and purse."""
    page = client.get(f"/desk/unit/{books.keys['flat']}").get_data(as_text=True)
    found = json.loads(html.unescape(re.search(r"data-payers='([^']*)'", page)[1]))
    assert sorted(re.findall(r'<option value="([^"]+)">', page)) == sorted(found)
    return page, {label: (int(one["id"]), one["purse"]) for label, one in found.items()}


def test_a_name_of_one_person_stays_bare(collector, books):
    page, found = offered(collector, books)
    assert found == {"张三": (books.zhang.id, "0.00")}
    assert "手机尾号" not in page


def test_each_of_the_two_pays_into_his_own_purse(collector, books, session, other):
    for who, amount in ((books.zhang, "30"), (other, "70")):
        answer = receive(
            collector,
            books,
            ("cash", amount),
            bill=[],
            keep="1",
            payer="",
            payer_id=who.id,
            form_key=f"k{who.id}",
        )
        assert answer.status_code == 200, answer.get_json()
    page, found = offered(collector, books)
    assert found == {
        "张三（手机尾号 1234）": (books.zhang.id, "30.00"),
        "张三（手机尾号 5678）": (other.id, "70.00"),
    }
    assert 'name="payer" class="form-control" value="张三（手机尾号 1234）"' in page
    assert {one.payer_name for one in session.query(Payment)} == {"张三"}
    flat = books.keys["flat"]
    assert balances.purse(session, flat, other.id, balances.EVER) == Decimal(70)
    # The tenant spends his own.
    paid = form(books, ("prepayment", "70"), payer="", payer_id=other.id, form_key="spend")
    assert collector.post("/desk/receive", data=paid).status_code == 200
    session.expire_all()
    assert balances.purses_of_unit(session, flat) == {books.zhang.id: Decimal(30)}


@pytest.mark.parametrize("address", ["/prepayments/", "/prepayments/{flat}", "/units/show/{flat}"])
def test_the_lists_of_purses_tell_them_apart(login, books, session, other, address):
    client = login("supervisor")
    for who in (books.zhang, other):
        receive(
            client,
            books,
            ("cash", "30"),
            bill=[],
            keep="1",
            payer="",
            payer_id=who.id,
            form_key=f"k{who.id}",
        )
    page = client.get(address.format(**books.keys)).get_data(as_text=True)
    for tail in ("1234", "5678"):
        assert f"张三（手机尾号 {tail}）" in page


def test_without_a_phone_of_ones_own_the_number_tells(books, session):
    """Father and son with one phone, or with none."""
    flat = books.flat
    son = books.tenant(flat, "张三", phone="13800001234")
    bare = books.owner(flat, "张三", phone=None)
    found = namesakes.labels(session, [flat.id])
    assert len(set(found.values())) == 3
    assert set(found) == {(flat.id, one.id) for one in (books.zhang, son, bare)}
    for (_unit, who), label in found.items():
        assert str(who) in label


def test_a_namesake_elsewhere_is_nobodys_business(books, session):
    books.owner(books.unit("1-1-102"), "张三", phone="13700001111")
    assert namesakes.labels(session, [books.flat.id]) == {}
