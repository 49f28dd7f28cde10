"""A debtor at the desk, a collector behind it, and a count of the questions to the database."""

from __future__ import annotations

import pytest

from app.core.values import clock
from tests.charging.books import Books
from tests.statements import statements


@pytest.fixture
def books(session):
    """张三 in 1-1-101 with three open bills of 250.60."""
    books = Books(session)
    books.flat = books.unit()
    books.zhang = books.owner(books.flat)
    today = clock.today().replace(day=1)
    books.open = [
        books.bill(books.flat, "250.60", month=today.replace(year=today.year - 1, month=month))
        for month in (1, 2, 3)
    ]
    books.keys = {
        "flat": books.flat.id,
        "zhang": books.zhang.id,
        "bills": [bill.id for bill in books.open],
    }
    session.commit()
    return books


@pytest.fixture
def collector(login, books):
    return login("collector")


@pytest.fixture
def counted(app):
    """`with counted() as queries`: the statements that ran inside."""
    return lambda: statements(app, "SELECT")
