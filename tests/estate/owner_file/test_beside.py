"""Owner lists side by side and below one another: each with its own people, or a refusal."""

from __future__ import annotations

import pytest

from app.core.sheets.account import Fate
from app.core.sheets.questions import Answers
from app.estate.owner_file.parse import parse_owner_file
from tests.workbooks import workbook


def people(owners):
    return {
        row.key.code: (row.owners[0].name, *row.owners[0].phones)
        for row in owners.rows
        if row.owners
    }


def block(titles, building, rows):
    """The columns of one list: titles, and one row for each (number, name, phone)."""
    named = ("栋号", "房号", "业主", "联系电话", "序号")
    cells = [
        [
            dict(zip(named, (building, number, name, phone, place), strict=True))[title]
            for title in titles
        ]
        for place, (number, name, phone) in enumerate(rows, 1)
    ]
    return [list(titles), *cells]


def beside(*blocks, gap=0):
    height = max(map(len, blocks))
    rows = [[] for _ in range(height)]
    for one in blocks:
        for place in range(height):
            cells = one[place] if place < len(one) else [""] * len(one[0])
            rows[place] += [*cells, *[""] * gap]
    return rows


FAMILIES = "赵钱孙李周吴"


def made(count, titles, *, gap=0, lengths=(3,)):
    blocks, wanted = [], {}
    for number in range(count):
        rows = [
            (
                f"{place + 1}01",
                f"{FAMILIES[number]}晓{'一二三四五'[place]}",
                f"139{number:04d}{place:04d}",
            )
            for place in range(lengths[number % len(lengths)])
        ]
        building = f"B{number + 1}"
        order = titles[number % len(titles)] if isinstance(titles[0], tuple) else titles
        blocks.append(block(order, building, rows))
        with_phone = "联系电话" in order
        for room, name, phone in rows:
            wanted[f"{building}-{room}"] = (name, phone) if with_phone else (name,)
    return beside(*blocks, gap=gap), wanted


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("gap", [0, 1])
@pytest.mark.parametrize(
    "titles",
    [
        ("序号", "栋号", "房号", "业主", "联系电话"), ("栋号", "房号", "联系电话", "业主"),
        ("联系电话", "栋号", "房号", "业主"), ("栋号", "房号", "业主"),
        ("业主", "栋号", "房号", "联系电话"), ("序号", "业主", "栋号", "房号"),
    ],
)  # fmt: skip
def test_any_number_of_lists_side_by_side_keep_their_own_people(count, gap, titles):
    rows, wanted = made(count, titles, gap=gap, lengths=(3, 5, 2))
    owners = parse_owner_file(workbook(rows))
    assert owners.errors == ()
    assert people(owners) == wanted


def test_lists_whose_titles_stand_in_another_order_are_told_apart():
    orders = (("栋号", "房号", "业主", "联系电话"), ("业主", "联系电话", "栋号", "房号"))
    rows, wanted = made(4, orders)
    owners = parse_owner_file(workbook(rows))
    assert owners.errors == ()
    assert people(owners) == wanted


BETWEEN = [
    ["栋号", "房号", "业主", "联系电话", "栋号", "房号", "业主"],
    ["B1", "101", "赵晓一", "13900000001", "B2", "101", "钱晓一"],
    ["B1", "102", "赵晓二", "13900000002", "B2", "102", "钱晓二"],
]


def test_a_phone_that_either_neighbour_may_own_keeps_both_out_and_names_the_column():
    owners = parse_owner_file(workbook(BETWEEN))
    assert owners.rows == ()
    (error,) = owners.errors
    assert (error.code, error.row) == ("UNTOLD", 1)
    assert "联系电话（D）" in error.message % error.params
    (question,) = owners.questions
    assert question.blocks
    assert owners.accounting.counts()[Fate.LOST] == 0


@pytest.mark.parametrize(("side", "left", "right"), [("left", 2, 1), ("right", 1, 2)])
def test_the_answer_says_whose_the_column_is(side, left, right):
    book = workbook(BETWEEN)
    (question,) = parse_owner_file(book).questions
    owners = parse_owner_file(book, answers=Answers().with_answer(question.key, side))
    assert owners.errors == ()
    found = people(owners)
    assert (len(found["B1-101"]), len(found["B2-101"])) == (left, right)


def test_lists_of_different_length_show_whose_the_column_is():
    rows = [*BETWEEN, ["", "", "", "", "B2", "103", "钱晓三"]]
    assert parse_owner_file(workbook(rows)).rows == ()
    rows = [*BETWEEN, ["B1", "103", "赵晓三", "13900000003"]]
    owners = parse_owner_file(workbook(rows))
    assert people(owners)["B1-103"] == ("赵晓三", "13900000003")
    assert people(owners)["B2-101"] == ("钱晓一",)


def test_rows_beside_a_list_without_a_title_are_an_error_and_never_dropped():
    rows = [
        ["栋号", "房号", "业主"],
        ["B1", "101", "赵晓一", "", "B2", "101", "钱晓一"],
        ["B1", "102", "赵晓二", "", "B2", "102", "钱晓二"],
    ]
    owners = parse_owner_file(workbook(rows))
    assert [(p.code, p.params["count"]) for p in owners.errors] == [("NO_HEADER", 6)]
    assert people(owners) == {"B1-101": ("赵晓一",), "B1-102": ("赵晓二",)}
    assert owners.accounting.counts()[Fate.REPORTED] == 6


def test_a_title_above_the_first_of_two_lists_says_nothing_of_the_other():
    rows = [
        ["1栋"],
        ["房号", "业主", "房号", "业主"],
        ["101", "赵晓一", "101", "钱晓一"],
        ["102", "赵晓二", "103", "钱晓三"],
    ]
    owners = parse_owner_file(workbook(rows))
    assert owners.rows == ()
    assert {error.code for error in owners.errors} == {"DUP_ROOM"}


def test_a_second_header_in_another_order_is_read_anew():
    rows = [
        ["1栋业主表"],
        ["房号", "业主姓名", "联系电话", "建筑面积"],
        ["101", "赵晓一", "13900000000", 80.0],
        [],
        ["2栋业主表"],
        ["业主", "建面㎡", "房间号", "手机"],
        ["钱晓一", 90.0, "101", "13900000010"],
    ]
    owners = parse_owner_file(workbook(rows))
    assert owners.problems == ()
    assert people(owners) == {
        "1-101": ("赵晓一", "13900000000"),
        "2-101": ("钱晓一", "13900000010"),
    }
    assert [row.gross_area for row in owners.rows] == [80, 90]


def test_rows_above_the_header_are_not_lost():
    rows = [
        ["1-1-101", "赵晓一", "13900000000"],
        ["房号", "业主", "电话"],
        ["1-1-102", "赵晓二", "13900000001"],
    ]
    owners = parse_owner_file(workbook(rows))
    assert [(error.row, error.code) for error in owners.errors] == [(1, "ABOVE_HEADER")]
    assert people(owners) == {"1-1-102": ("赵晓二", "13900000001")}


def test_a_first_list_under_unknown_titles_is_reported_and_not_taken_for_titles():
    rows = [
        ["1栋业主表"],
        ["制表人", "王文员"],
        ["甲", "乙"],
        ["严梅霞", "1号楼1单元101"],
        [],
        ["2号楼"],
        ["房间号", "业主姓名"],
        ["2-1-101", "彭梅"],
    ]
    owners = parse_owner_file(workbook(rows))
    assert {error.code for error in owners.errors} == {"ABOVE_HEADER"}
    assert {error.row for error in owners.errors} == {4}
    assert people(owners) == {"2-1-101": ("彭梅",)}
