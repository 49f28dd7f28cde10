"""Rooms get other numbers: one, a list, exchanged; bills stay, former numbers are found."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import or_, select

from app.core.db.models import AuditEntry
from app.core.values import clock
from app.core.values.errors import DomainError
from app.estate.base.models import Building, Unit
from app.estate.base.remembered import FormerRoom
from app.estate.rooms import renumbering
from app.estate.rooms.search import unit_conditions
from tests.workbooks import xlsx

DAY = date(2026, 3, 1)


@pytest.fixture
def rooms(session, community, unit):
    """1-1-101 of 张三, 1-1-102, 1-1-103, and building 2 without a room."""
    made = [
        Unit(
            community_id=community.id,
            building_id=unit.building_id,
            entrance="1",
            number=number,
            code=f"1-1-{number}",
            sort_key=f"000001-000001-000{number}",
        )
        for number in ("102", "103")
    ]
    session.add_all([*made, Building(community_id=community.id, name="2", sort_key="000002")])
    session.commit()
    return {one.code: one.id for one in session.query(Unit)}


@pytest.fixture
def change(session, community):
    """`change(text)` does what the lines say, on 2026-03-01."""

    def run(text):
        moves = renumbering.plan(session(), community.id, renumbering.read_pairs(text))
        count = renumbering.carry_out(session(), community.id, moves, DAY, "重新编号")
        session.commit()
        return count

    return run


def codes(session):
    session.expire_all()
    return {unit.code: unit.id for unit in session.query(Unit)}


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("1-1-101 → 101A", "1-1-101A"),
        ("1栋1单元101室\t1-1-104", "1-1-104"),
        ("101, 12A04", "1-1-12A04"),
        ("101 2-1-101", "2-1-101"),
        ("101 -> 2-101", "2-101"),
    ],
)
def test_a_room_gets_another_number_and_stays_the_same_unit(session, rooms, change, text, new):
    assert change(text) == 1
    assert codes(session)[new] == rooms["1-1-101"]
    assert "1-1-101" not in codes(session)
    former = session.query(FormerRoom).one()
    assert (former.code, former.changed_on, former.reason) == ("1-1-101", DAY, "重新编号")
    entry = session.query(AuditEntry).filter_by(act="renumber").one()
    assert entry.record_id == str(rooms["1-1-101"])
    assert entry.details["number"] == {"old": "1-1-101", "new": new}


def test_two_rooms_are_exchanged_and_a_chain_moves_on(session, rooms, change):
    change("101 → 102\n102 → 101")
    assert codes(session) == {
        "1-1-101": rooms["1-1-102"],
        "1-1-102": rooms["1-1-101"],
        "1-1-103": rooms["1-1-103"],
    }
    change("101 → 102\n102 → 103\n103 → 104")
    assert codes(session) == {
        "1-1-102": rooms["1-1-102"],
        "1-1-103": rooms["1-1-101"],
        "1-1-104": rooms["1-1-103"],
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("101 → 102", "1-1-102"),
        ("101 → 109\n102 → 109", "1-1-109"),
        ("101 → 101", "1-1-101"),
        ("101 → 104\n101 → 105", "1-1-101"),
        ("999 → 104", "999"),
        ("101 → 9-1-101", "9"),
        ("101 → 甲乙丙丁戊己庚辛壬癸", "甲乙"),
        ("101", "101"),
        ("101 → 102 → 103", "101"),
        ("", ""),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(session, rooms, change, text, told):
    with pytest.raises(DomainError) as refused:
        change(text)
    session.rollback()
    assert told in str(refused.value.params if hasattr(refused.value, "params") else refused.value)
    assert codes(session) == rooms
    assert session.query(FormerRoom).count() == 0


def test_nothing_is_changed_from_a_day_to_come(session, community, rooms):
    moves = renumbering.plan(session(), community.id, renumbering.read_pairs("101 → 104"))
    with pytest.raises(DomainError):
        renumbering.carry_out(
            session(), community.id, moves, clock.today() + timedelta(days=1), "早了"
        )


def test_the_former_number_is_found_and_today_s_room_comes_with_it(session, rooms, change):
    change("101 → 104")
    found = session.scalars(select(Unit.code).where(or_(*unit_conditions("1-1-101")))).all()
    assert found == ["1-1-104"]
    assert session.scalars(select(Unit.code).where(or_(*unit_conditions("101")))).all() == [
        "1-1-104"
    ]


def press(client, text, **more):
    """Look at the list, then carry it out; the last answer."""
    form = {"pairs": text, "day": "2026-03-01", "reason": "编号有误", **more}
    page = client.post("/renumbering/check", data=form)
    if page.status_code != 200:
        return page
    key = re.search('name="form_key" value="([^"]+)"', page.get_data(as_text=True))[1]
    return client.post("/renumbering/carry-out", data=form | {"form_key": key})


def test_the_page_shows_old_and_new_and_then_does_it(session, rooms, login, community):
    client = login("clerk")
    page = client.get(f"/renumbering/?unit={rooms['1-1-101']}").get_data(as_text=True)
    assert "1-1-101 → " in page
    answer = press(client, "101 → 104A", community=str(community.id))
    assert answer.status_code == 302
    assert "1-1-104A" in codes(session)
    shown = client.get(answer.location).get_data(as_text=True)
    assert "1-1-101" in shown
    assert "编号有误" in shown


def test_the_page_keeps_what_was_typed_when_it_refuses(session, rooms, login, community):
    client = login("clerk")
    for form in (
        {"pairs": "101 → 102"},
        {"pairs": "101 → 104", "day": "明天"},
        {"pairs": "101 → 104", "reason": ""},
        {"pairs": "101 → 104", "day": "2199-01-01"},
        {"pairs": "101 → 104", "community": ""},
    ):
        typed = {"community": str(community.id), "day": "2026-03-01", "reason": "改", **form}
        answer = client.post("/renumbering/check", data=typed)
        page = answer.get_data(as_text=True)
        assert (answer.status_code, page.count('role="alert"')) == (422, 1), form
        assert form["pairs"] in page
        assert client.post("/renumbering/carry-out", data=typed).status_code == 422
    assert codes(session) == rooms


def test_a_workbook_of_two_columns_is_a_list(session, rooms, login, community, tmp_path):
    rows = [["原房号", "新房号"], ["101", "102"], ["102", "101"]]
    path = xlsx(tmp_path / "变更.xlsx", {"变更": rows})
    with path.open("rb") as file:
        answer = login("clerk").post(
            "/renumbering/check",
            data={
                "community": str(community.id),
                "day": "2026-03-01",
                "reason": "互换",
                "pairs": "",
                "file": (file, "变更.xlsx"),
            },
            content_type="multipart/form-data",
        )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "101 → 102\n102 → 101" in page.replace("\r", "")


@pytest.mark.parametrize("post_name", ["front_desk", "collector", "administrator"])
def test_only_those_with_the_right_renumber(rooms, login, post_name):
    assert login(post_name).post("/renumbering/check", data={}).status_code == 403


def test_a_building_that_is_renamed_keeps_the_former_numbers(session, rooms, login, unit):
    client = login("supervisor")
    building = session.get(Building, unit.building_id)
    form = client.get(f"/buildings/edit/{building.id}").get_data(as_text=True)
    fields = dict(re.findall('name="(version|form_key|seen)" value="([^"]*)"', form))
    answer = client.post(f"/buildings/edit/{building.id}", data={**fields, "name": "6"})
    assert answer.status_code == 302
    assert set(codes(session)) == {"6-1-101", "6-1-102", "6-1-103"}
    assert {one.code for one in session.query(FormerRoom)} == set(rooms)
