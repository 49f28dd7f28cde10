"""What is ticked at the desk follows who owes: co-owners together, and never who left."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from app.cashier.desk import account as desk
from app.core.values import clock
from app.estate.base.models import Ownership, Tenancy

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
SOLD = date(2026, 3, 15)
"""The last day of the one who sells."""
BOUGHT = date(2026, 3, 16)


@pytest.fixture(autouse=True)
def day():
    with clock.fixed(datetime(2026, 5, 10, 9, 30)):
        yield


@pytest.fixture
def flat(books):
    return books.unit()


def own(books, flat, customer, **interval):
    books.keep(
        Ownership(
            community_id=flat.community_id, unit_id=flat.id, customer_id=customer.id, **interval
        )
    )


def account(books, flat):
    books.session.expire_all()
    return desk.account(books.session, flat.id)


def sums(bills):
    return [str(bill.balance) for bill in bills]


HALF = Decimal("0.5")


@pytest.mark.parametrize("after", ["the same row", "a further row"])
def test_one_who_buys_out_the_co_owner_finds_what_was_billed_to_both(books, flat, after):
    seller = books.owner(flat, "张三", share=HALF, starts_on=date(2020, 1, 1), ends_on=SOLD)
    stays = books.owner(
        flat,
        "王小五",
        share=HALF,
        position=1,
        starts_on=date(2020, 1, 1),
        ends_on=None if after == "the same row" else SOLD,
    )
    if after == "a further row":
        own(books, flat, stays, starts_on=BOUGHT)
    bill = books.bill(flat, "100", month=MARCH, customer_id=seller.id)
    shown = account(books, flat)
    assert sums(shown.ticked) == ["100.00"]
    assert shown.debtors.left == {}
    assert shown.debtors.joint == {bill.id: "张三"}


def test_a_buyer_finds_the_sellers_debts_named_and_not_ticked(books, flat):
    seller = books.owner(flat, "张三", starts_on=date(2020, 1, 1), ends_on=SOLD)
    buyer = books.owner(flat, "孙八", starts_on=BOUGHT)
    old = books.bill(flat, "100", month=MARCH, customer_id=seller.id)
    books.bill(flat, "80", month=APRIL, customer_id=buyer.id)
    shown = account(books, flat)
    assert sums(shown.ticked) == ["80.00"]
    assert shown.debtors.left == {old.id: "张三"}
    assert (shown.owed, sums(shown.bills)) == (Decimal(180), ["100.00", "80.00"])


@pytest.mark.parametrize("bought", [SOLD, date(2026, 3, 1), None])
def test_who_bought_within_the_period_or_on_the_day_of_handing_over_was_no_co_owner(
    books, flat, bought
):
    """Only who owned at the beginning of the period together with the debtor owes with him."""
    ends = bought or date(2026, 3, 1)
    seller = books.owner(flat, "张三", starts_on=date(2020, 1, 1), ends_on=ends)
    books.owner(flat, "孙八", starts_on=bought or date(2026, 3, 2))
    books.bill(flat, "100", month=MARCH, customer_id=seller.id)
    assert sums(account(books, flat).ticked) == []


def test_a_third_co_owner_who_is_still_there_keeps_the_bill_ticked(books, flat):
    first = books.owner(flat, "张三", share=HALF, ends_on=SOLD)
    books.owner(flat, "孙八", share=HALF, starts_on=BOUGHT)
    books.owner(flat, "王小五", share=HALF, position=1, starts_on=date(2019, 1, 1))
    books.bill(flat, "100", month=MARCH, customer_id=first.id)
    assert sums(account(books, flat).ticked) == ["100.00"]


def test_a_tenants_debt_stays_his_when_he_leaves(books, flat):
    books.owner(flat, "张三")
    tenant = books.tenant(flat, "李四", starts_on=date(2026, 1, 1))
    books.bill(flat, "100", month=MARCH, customer_id=tenant.id)
    assert sums(account(books, flat).ticked) == ["100.00"], "he is here"
    books.session.query(Tenancy).update({"ends_on": SOLD})
    books.session.commit()
    assert sums(account(books, flat).ticked) == []


def test_a_bill_without_a_debtor_is_anybodys(books, flat):
    books.owner(flat, "张三")
    books.bill(flat, "100", month=MARCH)
    assert sums(account(books, flat).ticked) == ["100.00"]


@pytest.mark.parametrize(("due", "ticked"), [(9, True), (10, True), (11, False)])
def test_only_what_is_due_today_or_before_is_ticked(books, flat, due, ticked):
    owner = books.owner(flat)
    books.bill(flat, "100", month=APRIL, due_on=date(2026, 5, due), customer_id=owner.id)
    shown = account(books, flat)
    assert (bool(shown.ticked), bool(shown.early)) == (ticked, not ticked)


def test_what_somebody_who_left_owes_later_is_not_offered_as_early(books, flat):
    seller = books.owner(flat, "张三", starts_on=date(2020, 1, 1), ends_on=SOLD)
    books.owner(flat, "孙八", starts_on=BOUGHT)
    books.bill(flat, "100", month=MARCH, due_on=date(2026, 6, 1), customer_id=seller.id)
    shown = account(books, flat)
    assert (shown.ticked, shown.early, len(shown.bills)) == ([], [], 1)
