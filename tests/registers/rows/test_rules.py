"""What one field demands of another: refused by the form and by a sheet alike."""

from __future__ import annotations

import re

import pytest

from app.core.imports import compare
from app.core.values import clock
from tests.registers.conftest import NOON, furnish
from tests.registers.shipped.sheets import Desk
from tests.registers.shipped.walking import Walk

CATALOGUE, LEAVE, CARDS = "service_catalogue", "leave_request", "key_loan"


@pytest.fixture
def walk(session, login, place):
    with clock.fixed(NOON):
        yield Walk(session, login, place)


def enter(walk, name, **changes):
    """The answer to a form with right values but for `changes`."""
    by = walk.keeper(name)
    fields = [field for field in walk.definition(name).fields if field.form]
    return walk.login(by).post(f"/registers/{name}/add", data=walk.typed(fields, by) | changes)


def sheet(walk, name, tmp_path, *lines):
    """The preview of a sheet written by hand."""
    return Desk(walk, name, tmp_path).upload("\n".join(lines).encode(), "台账.csv")


@pytest.mark.parametrize(("charging", "price", "status"), [
    ("paid", "", 422), ("paid", "80", 302), ("free", "", 302), ("ask", "", 302),
])  # fmt: skip
def test_a_field_is_required_only_where_the_other_says_so(walk, charging, price, status):
    answer = enter(walk, CATALOGUE, charging=charging, price=price)
    assert answer.status_code == status
    assert len(walk.rows(CATALOGUE)) == (status == 302)
    if status == 422:
        place = answer.text.partition('name="price"')
        assert "请填写" in place[0][-300:] + place[2][:300], "it is said at the field"


def test_a_sheet_is_refused_where_the_form_would_be(walk, tmp_path):
    fields = {one.name: one for one in walk.definition(CATALOGUE).fields}
    names = [one.name for one in fields.values() if one.required or one.required_if]
    header = ",".join(fields[one].label.zh for one in names)

    def line(charging, price):
        given = {"charging": charging, "price": price, "valid_from": "2026-11-20"}
        kinds = {
            one: "文字" if not fields[one].choices else fields[one].choices[0].label.zh
            for one in names
        }
        return ",".join({**kinds, **given}[one] for one in names)

    preview = sheet(
        walk, CATALOGUE, tmp_path, header, line("有偿", ""), line("无偿", ""), line("有偿", "80")
    )
    assert [(number, label) for number, label, *_ in preview.wrong] == [(2, "价格")]
    assert preview.sizes["新增"] == 2


def test_an_end_before_its_beginning_is_refused_at_its_field(walk):
    answer = enter(walk, LEAVE, starts_at="2026-11-21 09:00", ends_at="2026-11-21 08:59")
    assert answer.status_code == 422
    assert "结束时间" in answer.text
    assert walk.rows(LEAVE) == []
    same = enter(walk, LEAVE, starts_at="2026-11-21 09:00", ends_at="2026-11-21 09:00")
    assert same.status_code == 302


def test_what_must_be_ticked_is_marked_in_the_form(walk):
    page = walk.login("front_desk").get("/registers/key_loan/add").text
    label = re.search(
        r"<label[^>]*>(?:(?!</label>).)*已核对业主身份(?:(?!</label>).)*</label>", page, re.DOTALL
    )
    assert "*" in label[0]


def test_a_row_of_another_community_is_not_found_by_its_record_number(walk, session, tmp_path):
    assert enter(walk, "visitor").status_code == 302
    (mine,) = walk.rows("visitor")
    mine_id, before = mine.id, mine.name
    elsewhere = furnish(session, name="乐居苑", short_code="LJ").community
    here, walk.place.community = walk.place.community, elsewhere
    preview = sheet(walk, "visitor", tmp_path, "记录号,访客姓名", f"{mine_id},李鬼")
    assert [number for number, *_ in preview.wrong] == [2]
    assert str(mine_id) in preview.wrong[0][3]
    walk.place.community = here
    preview = sheet(walk, "visitor", tmp_path, "记录号,访客姓名", f"{mine_id},李鬼")
    assert preview.wrong == []
    assert preview.sizes["修改"] == 1
    assert walk.rows("visitor")[0].name == before


def test_more_rows_than_a_sheet_may_have_are_refused_with_one_sentence(walk, monkeypatch, tmp_path):
    monkeypatch.setattr(compare, "MOST", 3)
    lines = [f"访客{n},2026-11-20 09:00,走亲访友,1" for n in range(4)]
    header = "访客姓名,来访时间,来访事由,来访人数"
    assert sheet(walk, "visitor", tmp_path, header, *lines[:3]).sizes["新增"] == 3
    with pytest.raises(AssertionError, match="3"):
        sheet(walk, "visitor", tmp_path, header, *lines)
    assert walk.rows("visitor") == []
