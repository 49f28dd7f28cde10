"""What belongs together in an owner file: garden and place, a company's form, people and room."""

from __future__ import annotations

import pytest

from app.estate.owner_file.parse import parse_owner_file
from tests.workbooks import workbook

CARDS = ("110199198001010016", "110199198202020026", "110199200503030033")
PEOPLE = ("赵晓一", "钱晓二", "孙晓三")


def read(titles, rows):
    return parse_owner_file(workbook([titles, *rows]))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("金桂苑一期3栋2单元1801", "金桂苑1期3-2-1801"),
        ("金桂苑二期3栋2单元1801室", "金桂苑2期3-2-1801"),
        ("金桂苑3栋2单元1801", "金桂苑3-2-1801"),
        ("翠竹园A区12号楼1单元301", "翠竹园A区12-1-301"),
    ],
)
def test_garden_and_phase_stay_part_of_the_place(written, code):
    owners = read(["房屋坐落", "业主", "面积"], [[written, "赵晓一", 80.0]])
    assert [row.key.code for row in owners.rows] == [code]


@pytest.mark.parametrize(
    "name", ["Acme Trading Co., Ltd.", "Acme, Inc.", "某某（上海）有限公司", "Sample Corp, Limited"]
)
def test_the_legal_form_behind_a_comma_is_no_second_owner(name):
    owners = read(["房号", "业主", "面积"], [["1-1-101", name, 80.0]])
    assert [owner.name for owner in owners.rows[0].owners] == [name]


PER_PERSON = ["楼栋", "单元", "房号", "姓名", "电话", "与户主关系", "面积"]


def test_people_below_their_owner_need_no_room_of_their_own():
    rows = [
        ["1栋", "1单元", "101", "赵晓一", "13900000001", "户主", 80.0],
        ["", "", "", "钱晓二", "13900000002", "配偶", ""],
        ["", "", "", "孙晓三", "13900000003", "租客", ""],
        ["1栋", "1单元", "102", "李晓四", "13900000004", "本人", 81.0],
    ]
    first, second = read(PER_PERSON, rows).rows
    assert [(one.name, one.relation, one.phone) for one in first.family] == [
        ("钱晓二", "配偶", "13900000002")
    ]
    assert first.tenant.name == "孙晓三"
    assert first.tenant.phones == ("13900000003",)
    assert not second.family


def test_a_blank_room_is_nobodys_where_others_state_theirs():
    """Then the room was forgotten, and nobody knows which it is."""
    rows = [
        ["1栋", "1单元", "101", "赵晓一", "13900000001", "户主", 80.0],
        ["1栋", "1单元", "101", "钱晓二", "13900000002", "配偶", 80.0],
        ["", "", "", "孙晓三", "13900000003", "子女", ""],
    ]
    owners = read(PER_PERSON, rows)
    assert [member.name for member in owners.rows[0].family] == ["钱晓二"]
    assert {error.row for error in owners.errors} == {4}


@pytest.mark.parametrize(
    "between", [[], ["合计"], ["1栋", "1单元", "", "王晓五", "", "户主", 80.0]]
)
def test_a_person_behind_a_gap_or_a_second_owner_joins_nobody(between):
    rows = [
        ["1栋", "1单元", "101", "赵晓一", "13900000001", "户主", 80.0],
        between,
        ["", "", "", "孙晓三", "13900000003", "子女", ""],
    ]
    owners = read(PER_PERSON, rows)
    assert not owners.rows[0].family
    assert 4 in {error.row for error in owners.errors}


def test_a_column_of_gardens_is_no_column_of_buildings():
    gardens = ("安居", "翠竹", "安居")
    rows = [[name, f"1-1-10{at}", PEOPLE[at], 80.0] for at, name in enumerate(gardens)]
    owners = read(["楼盘", "房号", "业主", "面积"], rows)
    assert {row.key.building for row in owners.rows} == {"1"}
    rows = [[garden, 101.0 + at, PEOPLE[at], 80.0] for at, (garden, *_) in enumerate(rows)]
    assert not read(["楼盘", "房号", "业主", "面积"], rows).rows


def test_a_room_of_two_parts_under_a_title_is_reported_where_others_name_their_building():
    """2-101 below 1栋 may be its second entrance or building 2: nobody can tell."""
    rows = [
        ["1栋业主表"],
        ["房号", "业主", "面积"],
        ["1-1-101", "赵晓一", 80.0],
        ["2-101", "钱晓二", 80.0],
        ["3-101", "孙晓三", 80.0],
    ]
    owners = parse_owner_file(workbook(rows))
    assert [row.key.code for row in owners.rows] == ["1-1-101"]
    assert [(error.row, error.code) for error in owners.errors] == [
        (4, "ROOM_FORMAT"),
        (5, "ROOM_FORMAT"),
    ]


def test_names_with_remarks_stay_names_beside_cards_and_areas():
    rows = [
        ["1-1-101", "待定", CARDS[0], 80.0],
        ["1-1-102", "钱晓二（已故）", CARDS[1], 81.0],
        ["1-1-103", "孙晓三", CARDS[2], 82.0],
    ]
    owners = read(["房号", "姓名", "身份证号", "面积"], rows)
    assert [one.name for row in owners.rows for one in row.owners] == ["孙晓三"]
    assert {problem.row for problem in owners.problems} == {2, 3}


@pytest.mark.parametrize("remark", ["（共有）", "(已故)", "（代）"])
def test_a_remark_on_the_ownership_is_no_part_of_a_company(remark):
    owners = read(["房号", "业主", "面积"], [["1-1-101", f"安居贸易有限公司{remark}", 80.0]])
    assert not owners.rows[0].owners
    assert [problem.code for problem in owners.problems] == ["NAME_REMARK"]
