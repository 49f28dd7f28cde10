"""Plan, question, run, list and command line count the same things by the same words."""

from __future__ import annotations

import html
import json
import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.cashier.payments import receive
from app.charging.billing.commands import bill
from app.charging.billing.run_page import skipped
from app.charging.ledger.bill_models import Bill, BillingRun, StandardPrice
from app.charging.ledger.settling import Given, TenderKind
from app.core.db.models import Job
from app.core.jobs import worker
from app.core.values import clock
from app.home.sources import SOURCES
from app.home.viewer import Viewer
from tests.charging.billing.test_pages import form_of, token
from tests.charging.books import Books
from tests.charging.estate import Estate

TAGS = re.compile(r"<(?:script|style)[^>]*>.*?</(?:script|style)>|<[^>]+>", re.DOTALL)


@pytest.fixture(autouse=True)
def now():
    with clock.fixed(datetime(2026, 11, 20, 9, 0)):
        yield


@pytest.fixture
def estate(session):
    """Two items: 3 flats pay both, one has no owner, 2 are not handed over, one pays nothing."""
    estate = Estate(Books(session))
    estate.ordinary("1-1-101", "1-1-102")
    estate.books.item = estate.items[0]
    estate.unit("1-1-103", owner=None)
    lift = estate.item("电梯费")
    standard = estate.standard(lift, "电梯费", "20", basis="unit")
    estate.assign(standard, unit_kind="flat")
    given = estate.unit("1-1-104")
    free = estate.standard(estate.items[0], "免费户", "0", basis="unit")
    estate.assign(free, unit_id=given.id)
    estate.assign(standard, unit_id=given.id, exempt=True)
    for code in ("1-1-201", "1-1-202"):
        estate.unit(code, occupancy="undelivered")
    return estate


def said(answer):
    """The words of a page, without its marks."""
    text = answer.get_data(as_text=True)
    return re.sub(r"\s+", " ", html.unescape(TAGS.sub(" ", text.split('id="content"')[-1])))


def asked(estate, **more):
    return {
        "community": estate.community.id,
        "period": "2026-11",
        "items": [item.id for item in estate.items],
        **more,
    }


def test_six_bills_of_three_flats_are_that_everywhere(app, estate, login):
    client = login("collector")
    page = client.get("/billing/plan", query_string=asked(estate))
    plan = said(page)
    assert "账单 6 笔（3 户），尚未保存" in plan
    assert "未出账房屋 2 户，原因见下" in plan
    assert "1 户 没有登记业主" in plan
    assert "3 户、6 笔" in html.unescape(page.get_data(as_text=True))
    client.post("/billing/post", data={**form_of(page), **asked(estate)})
    assert worker.run_pending(app) == 1
    stored = estate.session.scalars(select(BillingRun)).one()
    assert (stored.units, stored.lines) == (3, 6)
    job = estate.session.scalars(select(Job)).one()
    assert job.result["sentence"] == "2026年11月：已过账 3 户、6 笔，共 811.80 元。"
    run = said(client.get(f"/billing/runs/{stored.id}"))
    assert "账单 6 笔（3 户），过账时" in run
    assert "未交付 物业服务费、电梯费 2" in run
    assert "免收 物业服务费 1" in run
    assert "户数 笔数" in run
    for path in ("/billing/", "/notices/"):
        assert re.search(r"安居花园 2026年11月 3 6 811\.80", said(client.get(path)))


def test_the_command_line_counts_alike(app, estate):
    run = app.test_cli_runner().invoke
    words = ["--community", "安居花园", "--period", "2026-11"]
    text = run(bill, [*words, "--plan"]).stdout
    assert "试算 6 笔，共 811.80 元（3 户），未保存。" in text
    assert "物业服务费、电梯费 未交付：2 户" in text
    assert "物业服务费 免收：1 户" in text
    found = json.loads(run(bill, [*words, "--json", "--due", "2026-12-24"]).stdout)
    assert (found["units"], found["bills"], found["skipped_units"]) == (3, 6, 2)
    assert {row["due"] for row in found["items"]} == {"2026-12-24"}
    assert {one.due_on for one in estate.session.scalars(select(Bill))} == {date(2026, 12, 24)}
    refused = run(bill, [*words, "--due", "2016-12-24"])
    assert refused.exit_code == 1
    assert "离账期太远" in refused.stderr


def test_runs_of_old_say_what_they_know():
    assert skipped({"not_handed_over": 4}) == [
        {"reason": "Not handed over", "items": [], "items_known": False, "units": None, "bills": 4}
    ]
    assert skipped({}) == []


def test_a_period_long_past_is_said_to_be_late_before_it_is_posted(app, estate, login):
    client = login("collector")
    page = client.get("/billing/plan", query_string=asked(estate, period="2024-03"))
    assert "应缴日已过，过账后即为欠费。" in said(page)
    assert "2024-03-31 已过期" in said(page)
    named = client.get(
        "/billing/plan", query_string=asked(estate, period="2024-03", due="2024-12-20")
    )
    assert "应缴日已过" in said(named)
    # Another day to pay is another plan; the form keeps it until the bills are posted.
    named = client.get("/billing/plan", query_string=asked(estate, due="2026-12-20"))
    assert "应缴日已过" not in said(named)
    client.post("/billing/post", data={**form_of(named), **asked(estate)})
    worker.run_pending(app)
    assert {one.due_on for one in estate.session.scalars(select(Bill))} == {date(2026, 12, 20)}


@pytest.mark.parametrize("due", ["2026-02-31", "NaN", "1999-01-01", "<b>"])
def test_a_day_that_cannot_be_meant_keeps_what_was_typed(estate, login, due):
    answer = login("collector").get("/billing/plan", query_string=asked(estate, due=due))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'value="{html.escape(due)}"' in text
    assert '<option value="2026-11" selected' in text


def test_a_run_of_nothing_is_no_run(app, estate, login):
    """All prices 0: nothing to post, nothing to print, said in plain words."""
    for price in estate.session.query(StandardPrice):
        price.unit_price = Decimal(0)
    estate.session.commit()
    client = login("collector")
    page = client.get("/billing/plan", query_string=asked(estate))
    assert "单价为 0，免收，不出账单" in said(page)
    assert 'action="/billing/post"' not in page.get_data(as_text=True)
    run = app.test_cli_runner().invoke
    words = ["--community", "安居花园", "--period", "2026-11"]
    assert "没有需要出账的账单" in run(bill, words).stdout
    assert estate.session.query(BillingRun).count() == 0


def test_who_has_paid_is_not_told_of_zero_yuan(estate, login):
    book = estate.books
    paid = book.bill(book.unit("1-1-301"), "100", month=date(2026, 11, 1))
    receive.receive(
        estate.session,
        unit_id=paid.unit_id,
        payer="张三",
        key="k",
        tenders=[Given(TenderKind.CASH, paid.amount)],
    )
    estate.session.commit()
    client = login("collector")
    choice = client.get(f"/notices/{paid.run_id}").get_data(as_text=True)
    stack = client.post(f"/notices/{paid.run_id}/print", data={"batch": "1", **token(choice)})
    for page in (choice, stack.get_data(as_text=True)):
        assert "零元" not in page
        assert "已缴清" in page


@pytest.mark.parametrize(
    ("due", "posted", "counted"),
    [
        (date(2026, 11, 19), date(2026, 11, 1), 0),
        (date(2026, 11, 20), date(2026, 11, 1), 1),
        (date(2026, 11, 27), date(2025, 1, 1), 1),
        (date(2026, 11, 28), date(2026, 11, 1), 0),
    ],
)
def test_the_home_page_finds_what_falls_due_however_old_its_period(estate, due, posted, counted):
    book = estate.books
    owed = book.bill(
        book.unit("1-1-302"), "100", month=date(2025, 1, 1), due_on=due, posted_on=posted
    )
    book.session.get(BillingRun, owed.run_id).due_on = due
    book.session.commit()
    found = SOURCES["bills_due"](Viewer(estate.session(), 1))
    assert (found.note_count, found.amount) == (counted, Decimal(100 * counted))


def test_a_month_of_which_all_is_void_is_to_be_billed_again(estate):
    book = estate.books
    owed = book.bill(book.unit("1-1-303"), "100", month=date(2026, 11, 1))
    assert SOURCES["bill_runs"](Viewer(estate.session(), 1)).number == 0
    owed.state, owed.voided_on = "void", date(2026, 11, 20)
    book.session.commit()
    assert SOURCES["bill_runs"](Viewer(estate.session(), 1)).number == 1
