"""Home page, reports and lists on ten awkward days: today, this month, and the rates of both."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.access.accounts import create_user
from app.access.models import LoginEvent
from app.cashier.payments.receive import PaymentLine, receive
from app.charging.ledger.payment_models import Receipt
from app.charging.ledger.settling import Given, TenderKind
from app.core.db import audit
from app.core.db.models import AuditEntry, ImportBatch
from app.core.values import clock
from app.core.values.period import add_months
from app.duty.base import facts, people
from app.home.sources import SOURCES
from app.home.viewer import Viewer
from app.roles import POSTS
from tests import clock as suite
from tests.charging.books import Books
from tests.child.ticking import moment_of
from tests.days import DAYS

REPORTS = ("operations", "progress", "takings", "arrears", "charges", "occupancy", "files")


@pytest.fixture(params=list(DAYS), autouse=True)
def day(request):
    """The office's day, for every thread."""
    with suite.at(moment_of(request.param)):
        yield clock.today()


@pytest.fixture
def books(session, day):
    """Three bills of a flat: of last month, of this month, and of the next, posted ahead."""
    made = Books(session)
    first, flat = day.replace(day=1), made.unit()
    made.owner(flat)
    made.old, made.new, made.ahead = (
        made.bill(flat, amount, month=add_months(first, step), posted_on=min(day, on), due_on=due)
        for step, amount, on, due in (
            (-1, "100", first, first - timedelta(days=1)),
            (0, "250.60", first, day + timedelta(days=7)),
            (1, "80", day, add_months(first, 1)),
        )
    )
    made.flat = flat
    return made


def pay(books, bill):
    """The whole bill in cash, at this moment."""
    with audit.acting(books.collector):
        payment = receive(
            books.session,
            unit_id=books.flat.id,
            payer="张三",
            key=str(bill.id),
            tenders=[Given(TenderKind.CASH, bill.amount)],
            lines=[PaymentLine(bill.id, bill.amount)],
        )
    books.session.commit()
    return payment


def test_today_and_this_month_are_the_offices(session, books, day):
    payment = pay(books, books.old)
    count = lambda name: SOURCES[name](Viewer(session(), books.collector.user_id))  # noqa: E731
    assert payment.received_on == clock.local(payment.received_at).date() == day
    number = session.scalars(select(Receipt.number)).one()
    assert number == f"AJ-{day.year}-000001"
    assert count("takings_today").amount == count("takings_all").amount == Decimal("100.00")
    assert count("month_receivable").amount == Decimal("250.60")
    assert count("month_received").amount == Decimal("0.00")
    assert count("month_rate").percent == Decimal("0.0"), "last month's money is no rate of this"
    assert count("takings_trend").bars[-1] == (f"{day:%Y-%m}", Decimal("100.00"))
    assert len({month for month, _sum in count("takings_trend").bars}) == 6
    pay(books, books.new)
    assert count("month_rate").percent == Decimal("100.0")


def test_what_falls_due_within_a_week_is_told_across_the_end_of_the_month(session, books, day):
    due = SOURCES["bills_due"](Viewer(session(), books.collector.user_id))
    soon = add_months(day.replace(day=1), 1) - day <= timedelta(days=7)
    assert due.amount == Decimal("250.60") + (80 if soon else 0)


def test_what_was_done_just_now_is_work_of_today(session, books, day):
    who = books.collector.user_id
    with audit.acting(books.collector):
        audit.record(session, "write", "units", books.flat.id, title="1-1-101")
    session.add_all(
        [
            ImportBatch(
                community_id=books.community.id, file_name="a.xlsx", digest="a", user_id=who
            ),
            LoginEvent(user_id=who, username="wangwu", outcome="success"),
        ]
    )
    session.commit()
    found = {fact.source: fact.count for fact in facts.of_day(session, who, day)}
    assert (found["edits"], found["imports"]) == (1, 1)
    assert facts.of_day(session, who, day - timedelta(days=1)) == []
    viewer = Viewer(session(), who)
    assert SOURCES["imports_month"](viewer).number == SOURCES["people_today"](viewer).number == 1


def test_who_joined_today_owes_no_log_of_yesterday(session, day):
    user = create_user(
        session,
        username="new",
        family="新",
        given="人",
        roles=["clerk"],
        password="Plum-88-bloom",
        all_communities=True,
        must_change_password=False,
    )
    session.commit()
    assert clock.local(user.created_on).date() == day
    assert people.writers(session)[user.id].since == day


def test_a_list_of_moments_is_asked_by_the_offices_day(session, login, books, day):
    with audit.acting(books.collector):
        audit.record(session, "write", "units", books.flat.id, title="1-1-101")
    session.commit()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.title == "1-1-101")).one()
    row = f"{clock.local(entry.at):%Y-%m-%d %H:%M}"
    client = login("administrator")
    for first, last, seen in ((0, 0, True), (-1, -1, False), (1, 1, False)):
        span = {
            f"f.at.{name}": day + timedelta(days=step)
            for name, step in (("from", first), ("to", last))
        }
        page = client.get("/audit/", query_string=span).text
        assert (row in page and "1-1-101" in page) == seen, span


@pytest.mark.parametrize("post", POSTS)
def test_home_opens_for_every_post(login, books, post):
    page = login(post).get("/home/")
    assert page.status_code == 200
    assert not re.search(r"NaN|None|Infinity", page.text)


def test_every_report_opens_and_can_be_fetched(login, books, day):
    pay(books, books.old)
    client = login("manager")
    for name in REPORTS:
        page = client.get(f"/reports/{name}/")
        assert page.status_code == 200, name
        assert not re.search(r"NaN|\bNone\b|Infinity", page.text), name
    taken = client.get("/reports/takings/").text
    assert "100.00" in taken
    assert day.isoformat() in taken
