"""A month of bills, payments and voids whose figures are known by hand."""

from __future__ import annotations

from datetime import date

import pytest

from app.charging.ledger.settling import TenderKind
from tests.charging.reports.reading import pay, void_bill


@pytest.fixture
def month(books):
    """May 2026: A pays all, B half, C nothing; B owes of April, which it pays in May; D is void.

    Bills of May: A 100.00, B 200.00, C 300.10, D 400.00 (void on 10 May); April: A 50.00
    (paid in April), B 60.00 (40.00 of it paid on 3 May).
    """
    units = {name: books.owned(f"1-1-10{number}") for number, name in enumerate("ABCD", start=1)}
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
