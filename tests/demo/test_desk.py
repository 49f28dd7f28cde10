"""The demo's desk: whatever time of the day or month it is loaded, nothing lies ahead of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.charging.ledger.payment_models import Payment
from app.core.values import clock
from app.demo import desk
from app.demo.habits import Visit, Wish
from tests import clock as suite
from tests.charging.books import Books


@pytest.mark.parametrize("moment", ["2027-01-01 00:05", "2028-02-29 09:00", "2027-04-01 20:30"])
def test_nobody_has_paid_later_than_now(session, moment):
    with suite.at(datetime.fromisoformat(moment)):
        books, today = Books(session), clock.today()
        units = [books.unit(f"1-1-{number}") for number in range(101, 109)]
        for unit in units:
            books.bill(unit, posted_on=today)
        books.owner(units[6], "张三", phone=None)  # whose prepayment the mistake would be
        days = [today - timedelta(days=1)] * 2 + [today] * 5
        visits = [Visit(day, unit.id, Wish.ALL) for day, unit in zip(days, units, strict=False)]
        assert desk.receive_all(session, visits, [books.collector], 5) == 5
        desk.a_mistake(session, visits[-1], books.collector, books.supervisor)
        rows = session.scalars(select(Payment).order_by(Payment.id)).all()
        times = [row.received_at for row in rows]
        assert times == sorted(times)
        assert all(row.received_on == clock.local(row.received_at).date() == today for row in rows)
        assert max(*times, rows[-1].voided_at) <= clock.now()
