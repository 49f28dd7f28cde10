"""What the Python files beside registers add: stock, inspections, differences, a paper."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from app.core.db.one_time_keys import fresh
from app.core.values import clock
from app.registers import catalogue
from tests.registers.shipped.walking import CARD, Walk

MORNING = datetime(2026, 11, 5, 9, 30)


@pytest.fixture
def walk(session, login, place):
    with clock.fixed(MORNING):
        yield Walk(session, login, place)


def enter(walk, name, **changes):
    """A row whose form holds `changes` among right values."""
    by = walk.keeper(name)
    fields = [field for field in walk.definition(name).fields if field.form]
    form = walk.typed(fields, by) | changes
    answer = walk.login(by).post(f"/registers/{name}/add", data=form)
    assert answer.status_code == 302, answer.text
    return walk.rows(name)[-1]


def action(name, called):
    return next(one for one in catalogue.models()[name].definition.actions if one.name == called)


def stock(walk):
    item = walk.rows("supply_item")[0]
    return item.opening + (item.received or 0) - (item.issued or 0)


def move(walk, item, direction, count):
    row = enter(walk, "supply_movement", item=str(item), direction=direction, count=count)
    key = row.id
    by = walk.keeper("supply_movement")
    answer = walk.login(by).post(
        walk.address("supply_movement", action("supply_movement", "book"), key),
        data={"form_key": fresh()},
    )
    return next(one for one in walk.rows("supply_movement") if one.id == key), answer


def test_booked_movements_change_the_stock_and_a_cancelled_one_gives_it_back(walk):
    item = enter(walk, "supply_item", opening="5").id
    assert move(walk, item, "in", "2.5")[0].state == "booked"
    taken, _answer = move(walk, item, "out", "4")
    assert stock(walk) == Decimal("3.5")
    walk.take("supply_movement", taken, action("supply_movement", "cancel"))
    assert stock(walk) == Decimal("7.5")


def test_what_falls_below_its_least_stock_is_marked_until_it_is_refilled(walk):
    item = enter(walk, "supply_item", opening="5", minimum="3").id
    move(walk, item, "out", "2")
    assert (walk.rows("supply_item")[0].state, stock(walk)) == ("in_use", 3)
    taken, _answer = move(walk, item, "out", "1")
    low = walk.rows("supply_item")[0]
    assert (low.state, low.low_since) == ("low", date(2026, 11, 5))
    assert clock.local(low.due_at).strftime("%m-%d %H:%M") == "11-12 18:00"
    walk.take("supply_movement", taken, action("supply_movement", "cancel"))
    refilled = walk.rows("supply_item")[0]
    assert (refilled.state, refilled.low_since, refilled.due_at) == ("in_use", None, None)


def test_the_stock_of_what_is_no_longer_kept_is_not_marked(walk):
    row = enter(walk, "supply_item", opening="5", minimum="3")
    item = walk.take("supply_item", row, action("supply_item", "stop")).id
    assert move(walk, item, "out", "4")[0].state == "booked"
    assert walk.rows("supply_item")[0].state == "stopped"


def test_more_than_there_is_cannot_be_taken_out(walk):
    item = enter(walk, "supply_item", opening="2").id
    row, answer = move(walk, item, "out", "3")
    assert "库存只有 2" in answer.text
    assert row.state == "entered"
    assert stock(walk) == 2


def test_what_was_booked_is_no_longer_edited(walk):
    item = enter(walk, "supply_item", opening="5").id
    row, _answer = move(walk, item, "out", "1")
    key, by = row.id, walk.keeper("supply_movement")
    form = walk.typed([one for one in row.definition.fields if one.form], by)
    walk.login(by).post(f"/registers/supply_movement/edit/{key}", data=form | {"count": "9"})
    assert walk.rows("supply_movement")[-1].count == 1


def test_a_submitted_inspection_moves_the_unit_on_by_a_month(walk):
    vacant = enter(walk, "vacant_unit", inspected_on="2026-10-01").id
    row = enter(walk, "vacant_unit_inspection", vacant_unit=str(vacant), inspected_on="2026-11-05")
    assert walk.rows("vacant_unit")[0].inspected_on == date(2026, 10, 1)
    row = walk.rows("vacant_unit_inspection")[0]
    walk.take("vacant_unit_inspection", row, action("vacant_unit_inspection", "submit"))
    unit = walk.rows("vacant_unit")[0]
    assert unit.inspected_on == date(2026, 11, 5)
    assert clock.local(unit.due_at).strftime("%m-%d %H:%M") == "12-05 18:00"


@pytest.mark.parametrize(
    ("counted", "explanation", "state"),
    [
        ("9", "", "entered"),
        ("9", "已报失一把，待配", "confirmed"),
        ("10", "", "confirmed"),
    ],
)
def test_a_difference_is_confirmed_only_with_its_explanation(walk, counted, explanation, state):
    row = enter(walk, "stock_taking", booked="10", counted=counted, explanation=explanation)
    key, confirm = row.id, action("stock_taking", "confirm")
    by = walk.actor("stock_taking", confirm, row)
    walk.login(by).post(walk.address("stock_taking", confirm, key), data={"form_key": fresh()})
    assert walk.rows("stock_taking")[-1].state == state


def test_a_residence_certificate_says_who_lives_where_with_the_whole_number(walk):
    row = enter(walk, "residence_certificate", holder="张三", lives_since="2020-01-01")
    page = walk.login("front_desk").get(f"/registers/residence_certificate/slip/{row.id}").text
    words = ("兹证明张三", CARD, "2020年1月1日", "安居花园", "居住身份：业主", row_number(walk))
    for word in words:
        assert word in page


def test_who_has_no_id_card_gets_the_certificate_with_another_paper(walk):
    refused = {"paper": "other", "id_number": "", "other_paper": ""}
    by = walk.keeper("residence_certificate")
    fields = [one for one in walk.definition("residence_certificate").fields if one.form]
    answer = walk.login(by).post(
        "/registers/residence_certificate/add", data=walk.typed(fields, by) | refused
    )
    assert answer.status_code == 422
    assert walk.rows("residence_certificate") == []
    row = enter(walk, "residence_certificate", **refused | {"other_paper": "护照 E12345678"})
    page = walk.login("front_desk").get(f"/registers/residence_certificate/slip/{row.id}").text
    assert "护照 E12345678" in page
    assert "身份证号" not in page


def row_number(walk):
    return walk.rows("residence_certificate")[-1].number


def test_a_month_is_counted_from_the_attendance_of_its_days(walk):
    row = enter(walk, "attendance_summary", month="2026-11", due_days="", present_days="")
    key = row.id
    assert (row.due_days, row.present_days) == (None, None)
    for day, values in enumerate(
        (
            {},
            {"status": "late", "overtime": Decimal("1.5")},
            {"status": "early"},
            {"status": "duty_trip", "overtime": Decimal(2)},
            {"status": "leave"},
            {"status": "absent"},
            {"status": "off", "shift": "rest"},
        ),
        1,
    ):
        walk.attend(walk.row("attendance_summary", key), day=date(2026, 11, day), **values)
    walk.attend(walk.row("attendance_summary", key), day=date(2026, 12, 1))
    summed = sum_up(walk, key)
    assert summed.status_code == 302, summed.text
    row = walk.row("attendance_summary", key)
    assert (row.due_days, row.present_days, row.leave_days) == (6, 4, 1)
    assert (row.late, row.early, row.overtime) == (1, 1, Decimal("3.5"))
    assert row.state == "draft"


def test_a_month_without_attendance_is_not_counted_and_not_checked(walk):
    key = enter(walk, "attendance_summary", month="2026-11", due_days="", present_days="").id
    page = sum_up(walk, key)
    assert "考勤登记里没有此人本月的记录" in page.text
    row = walk.row("attendance_summary", key)
    assert (row.due_days, row.present_days) == (None, None)
    address = walk.address("attendance_summary", action("attendance_summary", "check"), key)
    walk.login("supervisor").post(address, data={"form_key": fresh()})
    assert walk.row("attendance_summary", key).state == "draft"


def test_a_team_is_counted_in_one_go_or_not_at_all(walk):
    keys = [
        enter(
            walk,
            "attendance_summary",
            month="2026-11",
            due_days="",
            present_days="",
            person=str(walk.person(post)),
        ).id
        for post in ("clerk", "collector")
    ]
    walk.attend(walk.row("attendance_summary", keys[0]), day=date(2026, 11, 2))
    address = "/registers/attendance_summary/step/many/sum_up"
    clerk = walk.login(walk.keeper("attendance_summary"))

    def counted():
        clerk.post(address, data={"id": keys})
        return [walk.row("attendance_summary", key).due_days for key in keys]

    assert counted() == [None, None], "nothing is known of the second"
    walk.attend(walk.row("attendance_summary", keys[1]), day=date(2026, 11, 2))
    assert counted() == [1, 1]


def sum_up(walk, key):
    by, act = walk.keeper("attendance_summary"), action("attendance_summary", "sum_up")
    return walk.login(by).post(
        walk.address("attendance_summary", act, key), data={"form_key": fresh()}
    )
