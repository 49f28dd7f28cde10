"""The page of a unit shows each row of a register with what it is about and its day."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from app.core.values import clock
from app.registers import elsewhere
from tests.registers.shipped.walking import Walk


@pytest.fixture
def walk(session, login, place):
    with clock.fixed(datetime(2026, 11, 20, 12, 0)):
        yield Walk(session, login, place)


def enter(walk, name, **changes):
    by = walk.keeper(name)
    fields = [field for field in walk.definition(name).fields if field.form]
    form = walk.typed(fields, by) | {"unit": str(walk.place.unit)} | changes
    answer = walk.login(by).post(f"/registers/{name}/add", data=form)
    assert answer.status_code == 302, answer.text
    return walk.rows(name)[-1]


def test_a_row_shows_its_subject_and_its_day(walk):
    enter(walk, "key_loan", key_name="地下室门", borrower="王师傅", lent_at="2026-11-18 08:30")
    enter(walk, "goods_release", applicant="李四", reason="repair", release_on="2026-11-25")
    page = walk.login("front_desk").get(f"/units/show/{walk.place.unit}").text
    rows = set(re.findall(r"<tr data-href=\"/registers.*?</tr>", page, re.DOTALL))
    assert len(rows) == 2
    loan = next(row for row in rows if "地下室门" in row)
    assert "王师傅" in loan
    assert "2026-11-18" in loan
    release = next(row for row in rows if "李四" in row)
    assert "送修" in release
    assert "2026-11-25" in release


def test_no_subject_tells_a_private_value_or_the_unit_again(walk):
    row = enter(walk, "key_loan", borrower="", phone="13800000001")
    said = elsewhere.subject(row)
    assert "138" not in said
    assert "1-1-101" not in said


def test_a_required_table_that_is_empty_is_one_red_line(walk):
    fields = [field for field in walk.definition("goods_release").fields if field.form]
    form = {
        name: value
        for name, value in walk.typed(fields, "front_desk").items()
        if not name.startswith("goods.")
    }
    answer = walk.login("front_desk").post("/registers/goods_release/add", data=form)
    assert answer.status_code == 422
    field = answer.text[answer.text.index("table-error") :]
    field = field[: field.index("data-add-line")]
    assert field.count("field-error") == 1
    assert "has-error" not in field
