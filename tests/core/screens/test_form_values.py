"""Values in forms: numbers and days that are none, strange text, what the address says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from markupsafe import escape
from sqlalchemy import func, select

from app.charging.ledger.bill_models import ChargeItem
from app.core.db import one_time_keys
from app.estate.base.models import Unit, Vehicle
from tests.core.screens.vehicles import vehicle_form, version_of


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("NaN", "不是数字"),
        ("Infinity", "不是数字"),
        ("1e400", "不是数字"),
        ("1e2", "不是数字"),
        ("-5", "不能是负数"),
        ("9" * 20, "数值太大"),
        ("1.23456", "小数超过 4 位"),
        ("1,23", "不是数字"),
        ("0x10", "不是数字"),
        ("٣", "不是数字"),
        ("1 2 3", "不是数字"),
        (" 123 ", None),
        ("１２３．５", None),
        ("1,234.5", None),
    ],
)
def test_areas_are_exact_numbers_or_refused(login, session, world, typed, sentence):
    client = login("supervisor")
    page = client.get(f"/units/edit/{world.one_101}").text
    answer = client.post(
        f"/units/edit/{world.one_101}",
        data={
            "version": version_of(page),
            "code": "1-1-101",
            "number": "101",
            "kind": "flat",
            "building": world.one_building,
            "gross_area": typed,
        },
    )
    stored = session.get(Unit, world.one_101).gross_area
    if sentence:
        assert answer.status_code == 422
        assert sentence in answer.text
        assert stored is None
    else:
        assert stored in {Decimal(123), Decimal("123.5"), Decimal("1234.5")}


@pytest.mark.parametrize("typed", ["367", "1.5", "-1", "9" * 30, "abc", "1e2"])
def test_whole_numbers_keep_their_limits(login, session, world, typed):
    answer = login("supervisor").post(
        "/items/add",
        data={
            "form_key": one_time_keys.fresh(),
            "code": "A",
            "name": "甲",
            "due_days": typed,
        },
    )
    assert answer.status_code == 422
    assert session.scalar(select(func.count(ChargeItem.id))) == 0


@pytest.mark.parametrize("typed", ["2026-02-30", "20-1-1", "0001-01-01", "9999-12-31", "abc", "1"])
def test_days_that_are_none_are_refused(login, session, world, typed):
    client = login("supervisor")
    page = client.get(f"/units/edit/{world.one_101}").text
    answer = client.post(
        f"/units/edit/{world.one_101}",
        data={
            "version": version_of(page),
            "code": "1-1-101",
            "number": "101",
            "kind": "flat",
            "building": world.one_building,
            "handover_date": typed,
        },
    )
    assert "不是日期" in answer.text
    assert session.get(Unit, world.one_101).handover_date is None


@pytest.mark.parametrize("typed", ["a\x00b", "a\ud800b", "a\x1bb", "a\nb", "长" * 21])
def test_text_that_no_database_keeps_is_refused(login, session, world, typed):
    form = vehicle_form(world, plate="x")
    form["plate"] = typed.encode("utf-8", "surrogatepass")
    answer = login("supervisor").post("/vehicles/add", data=form)
    if "\ud800" in typed:
        # Half a character cannot be sent as UTF-8: it arrives as the sign for "unreadable".
        assert answer.status_code in {302, 422}
    else:
        assert answer.status_code == 422
        assert session.scalar(select(func.count(Vehicle.id))) == 2


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "{{7*7}}",
        "'; DROP TABLE vehicle;--",
        "=1+1",
        "Ω≈ç√",
        "👨‍👩‍👧",
        "\u202eabc",
        "%s%n",
        "null",
        "\\",
        "\"'",
    ],
)
def test_strange_text_is_stored_exactly_and_shown_as_text(login, session, world, typed):
    client = login("supervisor")
    answer = client.post("/vehicles/add", data=vehicle_form(world, plate="P", colour=typed[:20]))
    made = session.scalars(select(Vehicle).filter_by(plate="P")).one()
    assert made.colour == typed[:20]
    page = client.get(answer.location).text
    assert "<script>alert" not in page
    assert f"<dd>{escape(typed[:20])}" in page


def test_an_add_form_starts_with_what_the_address_says(login, world):
    client = login("supervisor")
    page = client.get(f"/vehicles/add?unit={world.one_101}&plate=京C1").text
    assert 'value="1-1-101"' in page
    assert 'value="京C1"' in page
    assert client.get("/vehicles/add?unit=abc").status_code == 200
    assert client.get("/vehicles/add?unit=99999999999999999999").status_code == 200
