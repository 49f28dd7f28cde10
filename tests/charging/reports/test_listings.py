"""Takings and charge details: every line, in one moment, counted by the database."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select, text

from app.cashier.payments import takings_report
from app.cashier.payments.receive import receive
from app.cashier.payments.voiding import void_payment
from app.charging.ledger.bill_models import Bill
from app.charging.ledger.settling import Given, TenderKind
from app.charging.reports import charges
from app.core.db import audit
from app.core.db.engine import frugal
from app.core.reports.declaration import Listing
from app.core.reports.output import steady
from app.core.values import clock
from tests.charging.reports.reading import D, everything, pay, rows_of


def test_takings_by_tender_and_receipt_with_the_void_in_no_sum(books, month):
    day = date(2026, 5, 25)
    pay(books, month["C"], "100.00", day)
    pay(books, month["C"], "50.10", day, TenderKind.WECHAT)
    wrong = pay(books, month["C"], "20.00", day)
    with clock.fixed(datetime(2026, 5, 25, 11, 0)), audit.acting(books.supervisor):
        void_payment(books.session, wrong.id, "收错了")
        books.session.commit()
    data = everything(books, takings_report.takings, community=None, collector=None, day=day)
    (line,) = rows_of(data, "collectors")
    assert (line["cash"], line["wechat"], line["total"]) == ("100.00", "50.10", "150.10")
    assert (line["receipts"], line["voids"], line["void_amount"]) == (2, 1, "20.00")
    receipts = rows_of(data, "receipts")
    assert len(receipts) == 3
    assert line["numbers"] == "AJ-2026-000005–000007 (void: 000007)"
    assert receipts[-1]["total"] is None
    assert data["sheets"][1]["totals"]["total"] == "150.10"


def test_receipts_that_another_collector_issued_in_between_end_a_run(books, month):
    day = date(2026, 5, 27)
    mine, other = books.collector, books.supervisor
    for turn, who in enumerate((mine, mine, other, mine)):
        with clock.fixed(datetime(2026, 5, 27, 9, 0)), audit.acting(who):
            receive(
                books.session,
                unit_id=month["C"].id,
                payer="张三",
                lines=[],
                keep_surplus=True,
                tenders=[Given(TenderKind.CASH, D("1"))],
                key=f"run{turn}",
            )
            books.session.commit()
    data = everything(books, takings_report.takings, community=None, collector=None, day=day)
    numbers = {line["collector"]: line["numbers"] for line in rows_of(data, "collectors")}
    assert numbers == {"王五": "AJ-2026-000005–000006、000008", "赵六": "AJ-2026-000007"}


def test_the_takings_of_one_collector_alone(books, month):
    other = books.supervisor
    day = date(2026, 5, 26)
    pay(books, month["C"], "10.00", day)
    with clock.fixed(datetime(2026, 5, 26, 10, 0)), audit.acting(other):
        receive(
            books.session,
            unit_id=month["C"].id,
            payer="张三",
            tenders=[Given(TenderKind.CASH, D("7.00"))],
            key="other",
        )
        books.session.commit()
    data = everything(
        books, takings_report.takings, community=None, collector=other.user_id, day=day
    )
    (line,) = rows_of(data, "collectors")
    assert line["total"] == "7.00"
    assert [row["total"] for row in rows_of(data, "receipts")] == ["7.00"]


def test_charge_details_list_every_line_and_its_opposite(books, month):
    pay(books, month["A"], "30.00", date(2026, 5, 28), keep_surplus=True)
    data = everything(
        books,
        charges.charges,
        community=None,
        building=None,
        item=None,
        first=date(2026, 5, 1),
        last=date(2026, 5, 31),
    )
    rows = rows_of(data, "lines")
    sums = data["sheets"][0]["totals"]
    assert (sums["due"], sums["paid"], sums["ahead"]) == ("600.10", "260.00", "30.00")
    assert [row["day"] for row in rows] == sorted(row["day"] for row in rows)
    voided = [row for row in rows if row["due"] == "-400.00"]
    assert [row["day"] for row in voided] == ["2026-05-10"]
    paid = [row for row in rows if row["paid"] == "100.00"]
    assert paid[0]["receipt"]
    assert paid[0]["collector"] == "王五"
    bill = next(row for row in rows if row["due"] == "300.10")
    assert bill["sentence"].startswith("89.50㎡")


def test_charge_details_of_one_item_leave_prepayments_out(books, month):
    pay(books, month["A"], "30.00", date(2026, 5, 28), keep_surplus=True)
    data = everything(
        books,
        charges.charges,
        community=None,
        building=None,
        item=books.item.id,
        first=date(2026, 5, 1),
        last=date(2026, 5, 31),
    )
    sums = data["sheets"][0]["totals"]
    assert (sums["paid"], sums["ahead"]) == ("260.00", "0.00")


def test_all_tables_of_a_workbook_see_the_same_moment(books, engine, month):
    books.session.commit()
    steady(books.session)
    with frugal(books.session):
        assert books.session.scalar(select(func.count()).select_from(Bill)) == 6
    if engine.dialect.name == "postgresql":
        level = books.session.scalar(text("SHOW transaction_isolation"))
        assert level == "repeatable read"
    else:
        assert books.session.scalar(text("PRAGMA cache_size")) == -65536


def test_a_listing_counts_adds_and_pages_in_the_database(books, month):
    listing = charges.lines(
        books.session,
        community=None,
        building=None,
        item=None,
        first=date(2026, 4, 1),
        last=date(2026, 5, 31),
    )
    assert isinstance(listing, Listing)
    streamed = list(listing.stream(books.session))
    assert listing.count(books.session) == len(streamed)
    sums = listing.sums(books.session, ["due", "paid"])
    assert sums["due"] == sum(row["due"] for row in streamed if row["due"] is not None)
    paged = [
        row for start in range(0, len(streamed), 3) for row in listing.page(books.session, start, 3)
    ]
    assert paged == streamed
