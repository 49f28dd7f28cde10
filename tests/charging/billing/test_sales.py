"""A unit sold inside the period: the plan says so, on the page and on the command line."""

from __future__ import annotations

import json
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from app.charging.billing import run as billing
from app.charging.billing.commands import bill
from app.charging.billing.plan_page import PlanPage
from app.charging.pricing.owning import Owned, changes
from app.core.values.period import Period
from app.estate.base.models import Ownership
from tests.charging.books import Books
from tests.charging.estate import Estate

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
A, B, C = 1, 2, 3


def d(number):
    return date(2026, 11, number)


@pytest.mark.parametrize(
    ("intervals", "found"),
    [
        # Nobody moved inside the period.
        ([(A, None, None)], []),
        ([(A, None, LAST)], []),
        ([(A, FIRST, None)], []),
        ([(A, None, date(2026, 10, 31)), (B, FIRST, None)], []),
        # A sold to B: the day of the sale is the buyer's.
        ([(A, None, d(14)), (B, d(15), None)], [(d(15), [A], [B])]),
        ([(A, None, FIRST), (B, d(2), None)], [(d(2), [A], [B])]),
        ([(A, None, d(29)), (B, LAST, None)], [(LAST, [A], [B])]),
        # The seller's last day is the buyer's first.
        ([(A, None, d(15)), (B, d(15), None)], [(d(15), [A], [B])]),
        ([(A, None, FIRST), (B, FIRST, None)], []),
        ([(A, None, LAST), (B, LAST, None)], [(LAST, [A], [B])]),
        (
            [(A, None, d(10)), (B, d(10), d(10)), (C, d(11), None)],
            [(d(10), [A], [B]), (d(11), [B], [C])],
        ),
        (
            [(A, None, d(10)), (B, d(10), d(20)), (C, d(20), None)],
            [(d(10), [A], [B]), (d(20), [B], [C])],
        ),
        # Sold twice; a gap; one who left and nobody came; one who came to nobody.
        (
            [(A, None, d(9)), (B, d(10), d(19)), (C, d(20), None)],
            [(d(10), [A], [B]), (d(20), [B], [C])],
        ),
        ([(A, None, d(9)), (B, d(15), None)], [(d(10), [A], []), (d(15), [], [B])]),
        ([(A, None, d(9))], [(d(10), [A], [])]),
        ([(B, d(15), None)], [(d(15), [], [B])]),
        # Of two owners one sells to a third, or to the other.
        ([(A, None, d(14)), (B, None, None), (C, d(15), None)], [(d(15), [A], [C])]),
        ([(A, None, d(14)), (B, None, None)], [(d(15), [A], [])]),
        # The same person with another share sold nothing.
        ([(A, None, d(14)), (A, d(15), None)], []),
    ],
)
def test_the_changes_inside_a_period(intervals, found):
    rows = [Owned(7, *one) for one in intervals]
    assert [
        (sale.day, list(sale.sellers), list(sale.buyers)) for sale in changes(0, rows, FIRST, LAST)
    ] == found


@pytest.fixture
def estate(session):
    estate = Estate(Books(session))
    estate.units = estate.ordinary("1-1-101", "1-1-102", "1-1-103")
    return estate


def sell(estate, unit, day, buyer="李四"):
    """The unit changes hands on a day."""
    owned = estate.session.query(Ownership).filter_by(unit_id=unit.id, ends_on=None).one()
    owned.ends_on = day - timedelta(days=1)
    estate.books.owner(unit, buyer, phone=None, starts_on=day)


def test_the_plan_lists_who_sold_to_whom_and_who_is_billed(estate, login):
    sell(estate, estate.units[1], d(15))
    made = billing.plan(estate.session, estate.request())
    page = PlanPage(estate.session, made)
    assert [(row.unit.code, row.day, row.sellers, row.buyers, row.debtor) for row in page.sold] == [
        ("1-1-102", d(15), "张三", "李四", "张三")
    ]
    assert (page.sold_units, page.sales_left) == (1, 0)
    text = (
        login("collector")
        .get(
            "/billing/plan",
            query_string={
                "community": estate.community.id,
                "period": "2026-11",
                "items": estate.items[0].id,
            },
        )
        .get_data(as_text=True)
    )
    sales = text[text.index('id="sales"') : text.index("</details>", text.index('id="sales"'))]
    for part in (
        "1 户",
        "账期内产权变更",
        f"/units/show/{estate.units[1].id}",
        "2026-11-15",
        "张三",
        "李四",
    ):
        assert part in sales


def test_the_first_day_and_the_next_period_are_no_sale_inside(estate):
    sell(estate, estate.units[0], FIRST)
    sell(estate, estate.units[1], date(2026, 12, 1))
    made = billing.plan(estate.session, estate.request())
    assert PlanPage(estate.session, made).sold == []
    owners = dict(zip(made.facts.units.ids, made.facts.units.owners, strict=True))
    buyer = estate.session.query(Ownership).filter_by(starts_on=FIRST).one().customer_id
    assert owners[estate.units[0].id] == buyer


@pytest.mark.parametrize(
    ("day", "sold", "billed"),
    [
        (FIRST, [], "李四"),
        (d(2), [d(2)], "张三"),
        (LAST, [LAST], "张三"),
        (date(2026, 12, 1), [], "张三"),
    ],
)
def test_one_day_on_file_for_both_is_the_buyers(estate, day, sold, billed):
    owned = estate.session.query(Ownership).filter_by(unit_id=estate.units[1].id).one()
    owned.ends_on = day
    estate.books.owner(estate.units[1], "李四", phone=None, starts_on=day)
    made = billing.plan(estate.session, estate.request())
    page = PlanPage(estate.session, made)
    assert [(row.day, row.sellers, row.buyers, row.debtor) for row in page.sold] == [
        (one, "张三", "李四", billed) for one in sold
    ]
    place = made.facts.units.ids.index(estate.units[1].id)
    assert page._named([place])[place].owner == billed


def test_only_units_that_are_billed_are_warned_of(estate):
    sell(estate, estate.units[0], d(15))
    estate.units[0].billing_start = date(2027, 1, 1)
    estate.session.commit()
    made = billing.plan(estate.session, estate.request())
    assert len(made.facts.sales) == 0
    # One that is billed from the day of the sale on belongs to the buyer from the beginning.
    estate.units[0].billing_start = d(15)
    estate.session.commit()
    assert PlanPage(estate.session, billing.plan(estate.session, estate.request())).sold == []
    estate.units[0].billing_start = None
    estate.session.commit()
    billing.post(estate.session, estate.request())
    estate.session.commit()
    again = billing.plan(estate.session, estate.request())
    assert PlanPage(estate.session, again).sold == []


def test_a_sale_changes_nothing_that_is_posted(estate):
    before = billing.plan(estate.session, estate.request()).digest
    sell(estate, estate.units[1], d(15))
    assert billing.plan(estate.session, estate.request()).digest == before


def test_a_long_period_lists_every_sale_of_it(estate):
    yearly = estate.item("垃圾费")
    estate.assign(estate.standard(yearly, "按年", cycle="year", basis="unit"), unit_kind="flat")
    sell(estate, estate.units[0], date(2026, 3, 1), "李四")
    sell(estate, estate.units[0], date(2026, 9, 1), "王五")
    made = billing.plan(estate.session, estate.request(Period.parse("2026"), yearly))
    page = PlanPage(estate.session, made)
    assert [(row.sellers, row.buyers, row.debtor) for row in page.sold] == [
        ("张三", "李四", "张三"),
        ("李四", "王五", "张三"),
    ]
    assert page.sold_units == 1


def test_the_command_line_says_it_too(app, estate):
    sell(estate, estate.units[1], d(15))
    run = app.test_cli_runner().invoke
    words = ["--community", "安居花园", "--period", "2026-11", "--plan"]
    said = "产权变更，整张账单归变更前的业主：1 户　1-1-102 2026-11-15 张三→李四"
    assert said in run(bill, words).stdout
    found = SimpleNamespace(**json.loads(run(bill, [*words, "--json"]).stdout))
    assert (found.sold_units, found.posted) == (1, False)
    assert found.sold == [
        {"unit": "1-1-102", "on": "2026-11-15", "from": "张三", "to": "李四", "billed": "张三"}
    ]
