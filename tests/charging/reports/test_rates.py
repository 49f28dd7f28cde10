"""Reports of money against sums made by hand, and the same figures for a past day for ever."""

from __future__ import annotations

from datetime import date

from app.cashier.payments import takings_report
from app.charging.ledger.bill_models import ChargeItem, StandardPrice
from app.charging.ledger.settling import TenderKind
from app.charging.reports import charges, operations, rates
from app.collection import report
from app.core.records import data_scope
from app.core.values.period import add_months
from tests.charging.reports.reading import MAY, D, everything, pay, rows_of, void_bill


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
    data = everything(
        books, operations.operations, community=None, month=MAY, day=date(2026, 5, 31)
    )
    assert [row["item"] for row in rows_of(data, "items")] == ["物业服务费"]
    assert rows_of(data, "items")[0]["due"] == "600.10"
    remark = [row for row in rows_of(data, "summary") if row["receivable"] == "77.00"]
    assert len(remark) == 1


def test_the_trend_has_twelve_months_and_the_money_of_each(books, month):
    data = everything(
        books, operations.operations, community=None, month=MAY, day=date(2026, 5, 31)
    )
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
        everything(books, operations.operations, community=None, month=MAY, day=day),
        everything(books, takings_report.takings, community=None, collector=None, day=day),
        everything(
            books,
            charges.charges,
            community=None,
            building=None,
            item=None,
            first=date(2026, 4, 1),
            last=day,
        ),
        everything(books, report.arrears, community=None, building=None, day=day),
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


def test_arrears_by_age_are_those_of_a_hand_calculation(books):
    unit = books.unit("1-1-101")
    owner = books.owner(unit, "张三")
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
            customer_id=owner.id,
        )
    data = everything(books, report.arrears, community=None, building=None, day=day)
    (row,) = rows_of(data, "units")
    assert [row[name] for name in ("days_30", "days_90", "days_180", "days_365", "longer")] == [
        "4.00",
        "8.00",
        "16.00",
        "32.00",
        "64.00",
    ]
    assert (row["total"], row["bills"], row["oldest"]) == ("124.00", 5, "2025-11-29")
    assert row["debtor"] == "张三"
    (place,) = rows_of(data, "buildings")
    assert (place["units"], place["total"], place["not_due"]) == (1, "124.00", "3.00")


def test_other_communities_are_in_no_figure(books, month):
    data = {}
    for name, seen in {
        "mine": data_scope.Scope(frozenset({books.community.id})),
        "other": data_scope.Scope(frozenset({books.community.id + 1})),
    }.items():
        with data_scope.use(seen):
            data[name] = [
                sum(len(sheet["rows"]) for sheet in one["sheets"] if sheet["name"] != "trend")
                for one in past_reports(books)
            ]
    # Nothing was received on that very day; all else is there.
    assert data["mine"] == [6, 0, 10, 2]
    # The table of the rates itself always has its four lines, all empty here.
    assert data["other"] == [4, 0, 0, 0]
