"""Registers that owe a record each day, week, month, quarter: the home page says so (H03, L07)."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.screens.pending import first_day
from app.core.values import clock
from tests.registers.conftest import NOON, furnish
from tests.registers.shipped.walking import Walk

COUNTED = "钥匙卡证盘点表 <small>本月未登记</small>"


@pytest.mark.parametrize(
    ("every", "first"),
    [
        ("day", date(2026, 11, 25)),
        ("week", date(2026, 11, 23)),
        ("month", date(2026, 11, 1)),
        ("quarter", date(2026, 10, 1)),
    ],
)
def test_where_a_period_begins(every, first):
    assert first_day(every, date(2026, 11, 25)) == first
    assert first_day(every, first) == first


def test_of_two_communities_the_one_that_has_none_is_counted(session, login, place):
    with clock.fixed(NOON):
        walk = Walk(session, login, place)
        both = COUNTED.replace("</small>", " · 2 个小区</small>")
        furnish(session, "别处小区", "BC")
        assert both in login("front_desk").get("/home/").text
        walk.create("stock_taking")
        assert both.replace("2", "1") in login("front_desk").get("/home/").text


def test_nobody_counted_the_keys_this_month_until_somebody_does(session, login, place):
    with clock.fixed(NOON):
        walk = Walk(session, login, place)
        desk = login("front_desk")
        assert COUNTED in desk.get("/home/").text
        assert COUNTED not in login("manager").get("/home/").text, "who does not keep it"
        walk.create("stock_taking")
        assert COUNTED not in login("front_desk").get("/home/").text
    with clock.fixed(clock.datetime(2026, 11, 30, 23, 59)):
        assert COUNTED not in login("front_desk").get("/home/").text
    with clock.fixed(clock.datetime(2026, 12, 1, 0, 0)):
        assert COUNTED in login("front_desk").get("/home/").text
