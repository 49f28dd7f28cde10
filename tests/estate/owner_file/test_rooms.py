"""Rooms of an owner file: where each of them is, and those that stand there twice."""

from __future__ import annotations

import pytest

from app.estate.owner_file.parse import parse_owner_file
from tests.estate.owner_lists import GOOD, codes, found, parse
from tests.workbooks import workbook


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        (["楼栋", "单元", "房号"], [["1栋", "1单元", "101"], ["01", "02", "0101"]],
         "1-1-101 1-2-101"),
        (["楼栋", "单元", "房号"], [[1.0, 1.0, 101.0], ["", "", 102.0]], "1-1-101 1-1-102"),
        (["楼栋", "单元", "房号"], [[1, 2, 101], [2, "", 101]], "1-2-101 2-101"),
        (["楼栋", "房号"], [["3", "1-101"], ["3", "3-101"]], "3-1-101 3-3-101"),
        (["楼栋", "房号"], [["1", "1-101"], ["2", "1-101"]], "1-1-101 2-1-101"),
        (["楼栋", "房号"], [["1", "1-101"], ["2", "2-101"]], "1-101 2-101"),
        (["楼栋", "房号"], [["1", "1-1-101"], ["", "2-1-101"]], "1-1-101 2-1-101"),
        (["楼栋", "房号"], [["3", "301"], ["", "商铺5"], ["", "302"]], "3-301 商铺-05 3-302"),
        (["楼号", "房间"], [["A座", "1203"], ["", "1204"]], "A-1203 A-1204"),
    ],
)  # fmt: skip
def test_buildings_and_entrances_from_their_own_columns(header, rows, expected):
    rows = [[*row, "张三"] for row in rows]
    owners = parse(*rows, header=[*header, "业主"])
    assert owners.errors == ()
    assert codes(owners) == expected.split()


def test_a_room_that_contradicts_its_building_column_is_no_room():
    owners = parse(["2", "3-1-101", "张三"], header=["楼栋", "房号", "业主"])
    assert found(owners)[-1] == (2, "ROOM_FORMAT", "error")


def test_the_building_may_stand_only_in_the_name_of_the_sheet():
    rows = [["房号", "业主", "面积"], ["101", "张三", 80]]
    book = workbook(rows, name="3号楼", **{"4栋业主表": rows, "说明": [["请勿修改"]]})
    owners = parse_owner_file(book)
    assert codes(owners) == ["3-101", "4-101"]
    assert owners.left_out == ("说明",)


def test_the_building_may_stand_in_a_title_row():
    rows = [["3栋"], ["101", "张三", 80], ["4栋"], ["101", "李四", 80]]
    owners = parse(*rows, header=["房号", "业主", "面积"])
    assert codes(owners) == ["3-101", "4-101"]
    assert owners.skipped == {"title": 2}


def test_a_title_may_name_building_and_entrance_or_the_entrance_alone():
    rows = [
        ["3栋1单元"],
        ["101", "张三", 80],
        ["二单元"],
        ["101", "李四", 80],
        ["4栋"],
        ["1", "王五", 9],
    ]
    owners = parse(*rows, header=["房号", "业主", "面积"])
    assert codes(owners) == ["3-1-101", "3-2-101", "4-01"]
    owners = parse(["101", "张三", 80], header=["房号", "业主", "面积"], name="3号楼2单元")
    assert codes(owners) == ["3-2-101"]


def test_the_building_may_stand_in_the_title_above_the_header():
    rows = [["阳光小区3号楼业主信息表"], ["房号", "业主", "面积"], ["101", "张三", 80]]
    assert codes(parse_owner_file(workbook(rows))) == ["3-101"]
    copied = parse_owner_file(workbook(rows, name="4号楼"))
    assert found(copied) == [(3, "ROOM_FORMAT", "error")]


def test_a_full_room_counts_more_than_the_name_of_the_sheet():
    owners = parse(["5-1-101", "张三", 80], header=["房号", "业主", "面积"], name="3号楼")
    assert codes(owners) == ["5-1-101"]


def test_a_room_twice_with_different_owners_keeps_both_rows_out():
    owners = parse(GOOD, ["1栋1单元101", "李四", "13900000002", 89.5])
    assert codes(owners) == []
    assert found(owners) == [(2, "DUP_ROOM", "error"), (3, "DUP_ROOM", "error")]
    assert owners.problems[0].params == {"room": "1-1-101", "others": "Sheet1!3"}


def test_a_row_that_repeats_another_is_dropped_with_a_warning():
    owners = parse(GOOD, ["1-1-102", *GOOD[1:]], GOOD)
    assert codes(owners) == ["1-1-101", "1-1-102"]
    assert found(owners) == [(4, "DUP_ROOM", "warning")]


def test_co_owners_on_rows_of_their_own_are_one_unit_if_their_shares_make_up_the_whole():
    header = ["房号", "业主", "面积", "产权份额"]
    owners = parse(["1-1-101", "张三", 80, "50%"], ["1-1-101", "李四", 80, "1/2"], header=header)
    assert owners.problems == ()
    assert [owner.name for owner in owners.rows[0].owners] == ["张三", "李四"]
    owners = parse(["1-1-101", "张三", 80, "50%"], ["1-1-101", "李四", 80, "40%"], header=header)
    assert [code for _, code, _ in found(owners)] == ["DUP_ROOM", "DUP_ROOM"]
    owners = parse(["1-1-101", "张三", 80, "50%"], ["1-1-101", "李四", 81, "50%"], header=header)
    assert [code for _, code, _ in found(owners)] == ["DUP_ROOM", "DUP_ROOM"]


def test_rows_under_one_merged_room_are_one_unit():
    rows = [
        ["1-1-101", "张三", "13800000001", 89.5],
        ["", "李四", "13900000002", ""],
        ["1-1-102", "王五", "", 60],
    ]
    owners = parse(*rows, merged=[(1, 0, 2, 0)])
    assert owners.problems == ()
    assert [(owner.name, owner.phones) for owner in owners.rows[0].owners] == [
        ("张三", ("13800000001",)),
        ("李四", ("13900000002",)),
    ]
    assert codes(owners) == ["1-1-101", "1-1-102"]
