"""Reports of money against sums made by hand, and the same figures for a past day for ever."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from app.charging import rates, report_arrears, report_charges, report_takings, reports
from app.charging.models import Bill, BillState, ChargeItem, StandardPrice
from app.charging.payments import receive
from app.charging.settling import Given, TenderKind
from app.charging.voiding import void_payment
from app.core import audit, clock, scope
from app.core.database import frugal
from app.core.period import Period, add_months
from app.core.report import Listing
from app.core.report_files import as_data, steady

MAY = Period.parse("2026-05")
D = Decimal


def pay(books, unit, amount, on, tender=TenderKind.CASH, **more):
    """Receive money for a unit at ten in the morning of a day."""
    moment = datetime(on.year, on.month, on.day, 10, 0)
    with clock.fixed(moment), audit.acting(books.collector):
        payment = receive(
            books.session,
            unit_id=unit.id,
            payer="张三",
            tenders=[Given(tender, D(amount))],
            key=f"{unit.id}-{on}-{amount}-{tender}",
            **more,
        )
        books.session.commit()
    return payment


def void_bill(books, bill, on):
    bill.state, bill.voided_on, bill.void_reason = BillState.VOID, on, "面积有误"
    books.session.commit()


def everything(books, report, **parameters):
    """A report as plain data: what must not change later."""
    return as_data(report, books.session, parameters)


def rows_of(data, sheet):
    return next(one for one in data["sheets"] if one["name"] == sheet)["rows"]


@pytest.fixture
def month(books):
    """May 2026: A pays all, B half, C nothing; B owes of April, which it pays in May; D is void.

    Bills of May: A 100.00, B 200.00, C 300.10, D 400.00 (void on 10 May); April: A 50.00
    (paid in April), B 60.00 (40.00 of it paid on 3 May).
    """
    units = {name: books.unit(f"1-1-10{number}") for number, name in enumerate("ABCD", start=1)}
    april, may = date(2026, 4, 1), date(2026, 5, 1)
    books.bill(units["A"], "50.00", month=april)
    books.bill(units["B"], "60.00", month=april)
    pay(books, units["A"], "50.00", date(2026, 4, 20))
    bills = {
        name: books.bill(units[name], amount, month=may)
        for name, amount in {"A": "100.00", "B": "200.00", "C": "300.10", "D": "400.00"}.items()
    }
    void_bill(books, bills["D"], date(2026, 5, 10))
    pay(books, units["B"], "40.00", date(2026, 5, 3))
    pay(books, units["A"], "100.00", date(2026, 5, 12), TenderKind.WECHAT)
    pay(books, units["B"], "120.00", date(2026, 5, 20), TenderKind.BANK)
    return units


def test_the_rates_of_a_month_are_those_of_a_hand_calculation(books, month):
    found = rates.lines(books.session, MAY, date(2026, 5, 31))
    figures = rates.total_of(found)
    # May without D: 100 + 200 + 300.10; paid: A 100, B 120 − 20 (rest of April) = 100.
    assert figures.due == D("600.10")
    assert figures.paid == D("200.00")
    assert figures.rate == D("0.3333")
    # Old: April's 50 was paid before; 60 of B was open, 40 + 20 came in May.
    assert (figures.old, figures.recovered) == (D("60.00"), D("60.00"))
    assert figures.recovery == D("1.0000")
    assert figures.overall == D("0.3939")
    counts = rates.households(books.session, MAY, date(2026, 5, 31))
    assert list(counts.values()) == [(3, 1)]


def test_a_day_inside_the_month_sees_only_what_had_happened(books, month):
    figures = rates.total_of(rates.lines(books.session, MAY, date(2026, 5, 5)))
    assert figures.due == D("1000.10")
    assert figures.paid == D("0.00")
    assert (figures.old, figures.recovered) == (D("60.00"), D("40.00"))


def test_third_parties_money_is_in_no_rate(books, month):
    water = books.keep(ChargeItem(code="SF", name="代收水费", agency=True))
    books.bill(month["C"], "77.00", month=date(2026, 5, 1), item_id=water.id)
    data = everything(books, reports.operations, community=None, month=MAY, day=date(2026, 5, 31))
    assert [row["item"] for row in rows_of(data, "items")] == ["物业服务费"]
    assert rows_of(data, "items")[0]["due"] == "600.10"
    remark = [row for row in rows_of(data, "summary") if row["receivable"] == "77.00"]
    assert len(remark) == 1


def test_the_trend_has_twelve_months_and_the_money_of_each(books, month):
    data = everything(books, reports.operations, community=None, month=MAY, day=date(2026, 5, 31))
    trend = rows_of(data, "trend")
    assert [trend[0]["month"], trend[-1]["month"]] == ["2025-06", "2026-05"]
    assert trend[-1] == {
        "month": "2026-05",
        "due": "600.10",
        "paid": "200.00",
        "rate": "0.3333",
        "taken": "260.00",
    }
    assert trend[-2]["taken"] == "50.00"


def past_reports(books):
    """Every report of money for 15 May."""
    day = date(2026, 5, 15)
    return [
        everything(books, reports.operations, community=None, month=MAY, day=day),
        everything(books, report_takings.takings, community=None, collector=None, day=day),
        everything(
            books,
            report_charges.charges,
            community=None,
            building=None,
            item=None,
            first=date(2026, 4, 1),
            last=day,
        ),
        everything(books, report_arrears.arrears, community=None, building=None, day=day),
    ]


def test_a_past_day_keeps_its_figures_whatever_happens_later(books, month):
    books.owner(month["C"], "张三", ends_on=date(2026, 5, 31))
    pay(books, month["C"], "10.00", date(2026, 5, 15), TenderKind.ALIPAY)
    before = past_reports(books)
    assert rows_of(before[0], "items")[0]["due"] == "600.10"

    # Later: more money, an overpayment, a void bill, a price change, late bills, a new owner.
    pay(books, month["B"], "500.00", date(2026, 6, 2), keep_surplus=True)
    pay(books, month["C"], "5.55", date(2026, 6, 3))
    late = books.bill(
        month["A"],
        "33.00",
        month=date(2026, 4, 1),
        posted_on=date(2026, 6, 4),
        item_id=books.keep(ChargeItem(code="X", name="垃圾费")).id,
    )
    void_bill(books, late, date(2026, 6, 5))
    price = books.price(books.community.id)
    books.keep(
        StandardPrice(
            community_id=books.community.id,
            standard_id=price.standard_id,
            effective_from=date(2026, 6, 1),
            unit_price=D("9.9"),
        )
    )
    books.bill(month["A"], "700.00", month=date(2026, 6, 1))
    books.owner(month["C"], "李四", starts_on=date(2026, 6, 1))

    assert past_reports(books) == before


def test_a_bill_voided_later_still_counts_on_the_day_before(books, month):
    open_ = books.bill(
        month["A"],
        "12.00",
        month=date(2026, 5, 1),
        item_id=books.keep(ChargeItem(code="X", name="垃圾费")).id,
    )
    before = past_reports(books)
    void_bill(books, open_, date(2026, 6, 1))
    assert past_reports(books) == before


def test_takings_by_tender_and_receipt_with_the_void_in_no_sum(books, month):
    day = date(2026, 5, 25)
    pay(books, month["C"], "100.00", day)
    pay(books, month["C"], "50.10", day, TenderKind.WECHAT)
    wrong = pay(books, month["C"], "20.00", day)
    with clock.fixed(datetime(2026, 5, 25, 11, 0)), audit.acting(books.supervisor):
        void_payment(books.session, wrong.id, "收错了")
        books.session.commit()
    data = everything(books, report_takings.takings, community=None, collector=None, day=day)
    (line,) = rows_of(data, "collectors")
    assert (line["cash"], line["wechat"], line["total"]) == ("100.00", "50.10", "150.10")
    assert (line["receipts"], line["voids"], line["void_amount"]) == (2, 1, "20.00")
    receipts = rows_of(data, "receipts")
    assert len(receipts) == 3
    assert line["numbers"] == f"{receipts[0]['number']} – {receipts[-1]['number']}"
    assert receipts[-1]["total"] is None
    assert data["sheets"][1]["totals"]["total"] == "150.10"


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
        books, report_takings.takings, community=None, collector=other.user_id, day=day
    )
    (line,) = rows_of(data, "collectors")
    assert line["total"] == "7.00"
    assert [row["total"] for row in rows_of(data, "receipts")] == ["7.00"]


def test_charge_details_list_every_line_and_its_opposite(books, month):
    pay(books, month["A"], "30.00", date(2026, 5, 28), keep_surplus=True)
    data = everything(
        books, report_charges.charges, community=None, building=None, item=None,
        first=date(2026, 5, 1), last=date(2026, 5, 31),
    )  # fmt: skip
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
        books, report_charges.charges, community=None, building=None, item=books.item.id,
        first=date(2026, 5, 1), last=date(2026, 5, 31),
    )  # fmt: skip
    sums = data["sheets"][0]["totals"]
    assert (sums["paid"], sums["ahead"]) == ("260.00", "0.00")


def test_arrears_by_age_are_those_of_a_hand_calculation(books):
    unit = books.unit("1-1-101")
    books.owner(unit, "张三")
    day = date(2026, 11, 30)
    dues = {
        date(2026, 12, 5): "1.00",
        date(2026, 11, 30): "2.00",
        date(2026, 10, 31): "4.00",
        date(2026, 10, 30): "8.00",
        date(2026, 7, 1): "16.00",
        date(2026, 1, 1): "32.00",
        date(2025, 11, 29): "64.00",
    }
    for index, (due_on, amount) in enumerate(dues.items()):
        books.bill(
            unit,
            amount,
            month=add_months(date(2025, 1, 1), index),
            due_on=due_on,
            posted_on=date(2025, 1, 1),
        )
    data = everything(books, report_arrears.arrears, community=None, building=None, day=day)
    (row,) = rows_of(data, "units")
    assert [row[name] for name in ("days_30", "days_90", "days_180", "days_365", "longer")] == [
        "6.00", "8.00", "16.00", "32.00", "64.00",
    ]  # fmt: skip
    assert (row["total"], row["bills"], row["oldest"]) == ("126.00", 6, "2025-11-29")
    assert row["owners"] == "张三"
    (place,) = rows_of(data, "buildings")
    assert (place["units"], place["total"], place["not_due"]) == (1, "126.00", "1.00")


def test_other_communities_are_in_no_figure(books, month):
    data = {}
    for name, seen in {
        "mine": scope.Scope(frozenset({books.community.id})),
        "other": scope.Scope(frozenset({books.community.id + 1})),
    }.items():
        with scope.use(seen):
            data[name] = [
                sum(len(sheet["rows"]) for sheet in one["sheets"] if sheet["name"] != "trend")
                for one in past_reports(books)
            ]
    # Nothing was received on that very day; all else is there.
    assert data["mine"] == [6, 0, 10, 2]
    # The table of the rates itself always has its four lines, all empty here.
    assert data["other"] == [4, 0, 0, 0]


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
    listing = report_charges.lines(
        books.session, community=None, building=None, item=None,
        first=date(2026, 4, 1), last=date(2026, 5, 31),
    )  # fmt: skip
    assert isinstance(listing, Listing)
    streamed = list(listing.stream(books.session))
    assert listing.count(books.session) == len(streamed)
    sums = listing.sums(books.session, ["due", "paid"])
    assert sums["due"] == sum(row["due"] for row in streamed if row["due"] is not None)
    paged = [
        row for start in range(0, len(streamed), 3) for row in listing.page(books.session, start, 3)
    ]
    assert paged == streamed
