"""Columns under titles that nobody foresaw are known by what stands below them, or stay out."""

from __future__ import annotations

import pytest

from app.core.parsing.sheet_rows_packed import PackedRows
from app.core.sheets.account import Fate
from app.core.values.errors import DomainError
from app.core.workbook.reader import SheetData, Workbook
from app.estate.owner_file.parse import parse_owner_file
from tests.workbooks import workbook

CARDS = ("110199198001010016", "110199198202020026", "110199200503030033")
PEOPLE = ("赵晓一", "钱晓二", "孙晓三")


def read(titles, rows):
    return parse_owner_file(workbook([titles, *rows]))


@pytest.mark.parametrize("title", ["梯", "单元名", "入户单元", "单元序号", "单元（门）", "位置"])
def test_flats_of_two_entrances_never_become_one(title):
    rows = [["1栋", f"{door}单元", room, "赵晓一", 80.0] for door in (1, 2) for room in (101, 102)]
    owners = read(["楼栋", title, "房号", "业主", "面积"], rows)
    codes = [row.key.code for row in owners.rows]
    assert codes == ["1-1-101", "1-1-102", "1-2-101", "1-2-102"]


@pytest.mark.parametrize("title", ["入户单元", "梯", "单元门"])
def test_bare_numbers_below_a_word_for_the_entrance_are_the_entrance(title):
    rows = [["1栋", door, room, "赵晓一", 80.0] for door in ("1", "2") for room in (101, 102)]
    owners = read(["楼栋", title, "房号", "业主", "面积"], rows)
    assert [row.key.entrance for row in owners.rows] == ["1", "1", "2", "2"]


@pytest.mark.parametrize("title", ["楼座号", "座别", "所属栋", "楼盘栋号", "位置"])
def test_the_building_is_known_by_its_mark_or_its_title(title):
    mark = "栋" if title == "位置" else ""
    rows = [[f"{name}{mark}", 101.0, "赵晓一", 80.0] for name in ("1", "1", "3")]
    rows[1][1] = 102.0
    owners = read([title, "房号", "业主", "面积"], rows)
    assert [row.key.code for row in owners.rows] == ["1-101", "1-102", "3-101"]


@pytest.mark.parametrize(
    ("titles", "phones"),
    [
        (
            ("合同买受人", "TEL", "有效证件号码", "房本面积"),
            ("13900000001", "+8613900000002", "010-88881111"),
        ),
        (
            ("业主/单位名称", "通讯方式", "身份证/信用代码", "平米数"),
            ("139 0000 0001", "13900000002.0", 13900000003.0),
        ),
        (
            ("购房人", "常用电话", "公民身份证", "产权证面积(㎡)"),
            ("139-0000-0001", "13900000002（妻）", "86-13900000003"),
        ),
    ],
)
def test_owner_phone_card_and_area_are_known_by_their_values(titles, phones):
    rows = [[f"1-1-10{at}", PEOPLE[at], phones[at], CARDS[at], 80.5 + at] for at in range(3)]
    owners = read(["房号", *titles], rows)
    for at, row in enumerate(owners.rows):
        (owner,) = row.owners
        assert (owner.name, owner.id_number, float(row.gross_area)) == (
            PEOPLE[at],
            CARDS[at],
            80.5 + at,
        )
        assert len(owner.phones) == 1
    assert owners.accounting.counts()[Fate.COLUMN] == 0


@pytest.mark.parametrize(
    "titles",
    [("配偶证件号码", "配偶联络"), ("法人证照", "法人TEL"), ("原业主证件", "原业主联络")],
)
def test_what_is_somebody_elses_is_left_out(titles):
    rows = [[f"1-1-10{at}", PEOPLE[at], 80.0, CARDS[at], "13900000001"] for at in range(3)]
    owners = read(["房号", "业主", "面积", *titles], rows)
    assert all(
        not owner.phones and not owner.id_number for row in owners.rows for owner in row.owners
    )


def test_the_phone_behind_another_person_is_not_the_owners():
    rows = [[f"1-1-10{at}", PEOPLE[at], 80.0, "周急急", "13900000001"] for at in range(3)]
    owners = read(["房号", "业主", "面积", "紧急联系人", "TEL"], rows)
    assert all(not owner.phones for row in owners.rows for owner in row.owners)


def test_two_columns_that_fit_are_left_to_people():
    rows = [["1栋", "1", "2", 101.0 + at, PEOPLE[at], 80.0] for at in range(3)]
    owners = read(["楼栋", "单元甲", "单元乙", "房号", "业主", "面积"], rows)
    assert {row.key.entrance for row in owners.rows} == {""}
    assert owners.accounting.counts()[Fate.COLUMN] == 6


def test_a_list_whose_titles_are_all_unknown_is_refused():
    rows = [["水浸", "墙裂", "门坏"], ["甲区", "乙区", "丙区"]]
    with pytest.raises(DomainError):
        parse_owner_file(workbook(rows))


def test_the_first_row_of_the_list_is_never_part_of_the_header():
    titles = ["住址", "业主全名", "建面", "手机", "用途"]
    rows = [[f"1#1单元10{at}室", PEOPLE[at], 80.0, "13900000001", "住宅"] for at in range(3)]
    owners = read(titles, rows)
    assert [row.key.code for row in owners.rows] == ["1-1-100", "1-1-101", "1-1-102"]
    assert [len(header.labels) for header in owners.headers] == [5]
    assert owners.headers[0].first == owners.headers[0].last == 0


def test_a_row_of_notes_in_brackets_below_the_titles_is_a_note():
    rows = [["", "(与产证一致)", "（㎡）"], ["1-1-101", "赵晓一", 80.0]]
    owners = read(["房号", "业主", "面积"], rows)
    assert not owners.problems
    assert owners.accounting.counts()[Fate.NOTE] == 2


def test_a_remark_that_counts_makes_no_total_of_a_flat():
    rows = [["1-1-101", "共2户", 80.0], ["1-1-102", "合计两套", 81.0], ["合计", "", 161.0]]
    owners = read(["房号", "备注", "面积"], rows)
    assert [(row.key.code, row.remark) for row in owners.rows] == [
        ("1-1-101", "共2户"),
        ("1-1-102", "合计两套"),
    ]
    assert owners.accounting.counts()[Fate.TOTAL] == 2


def test_a_short_list_with_a_total_below_is_still_a_list():
    """The total is no value of a column, however few rows stand above it."""
    rows = [["业主房号", "业主", "面积"], ["1-101", "赵晓一", 80.0], ["合  计", "", 80.0]]
    others = [["房号", "业主", "面积"], ["2-101", "钱晓二", 80.0]]
    sheets = (
        SheetData("甲", False, PackedRows.of(rows)),
        SheetData("乙", False, PackedRows.of(others)),
    )
    owners = parse_owner_file(Workbook(sheets, "package"))
    assert [row.key.code for row in owners.rows] == ["1-101", "2-101"]


@pytest.mark.parametrize(
    "text", ["本表由客服中心负责更新，如有变更请及时告知", "请各单位核对后交物业服务中心"]
)
def test_a_sentence_that_names_an_office_is_a_note(text):
    owners = read(["房号", "业主", "面积"], [["1-1-101", "赵晓一", 80.0], [text]])
    assert not owners.problems
    assert owners.accounting.counts()[Fate.NOTE] == 1


def test_who_made_the_list_is_said_above_it():
    rows = [
        ["填报单位：客服中心", "", "日期：2025年1月1日"],
        ["房号", "业主", "面积"],
        ["1-1-101", "赵晓一", 80.0],
    ]
    assert not parse_owner_file(workbook(rows)).problems


FLOORS = ["楼栋", "楼层", "房间", "业主", "面积"]


def test_doors_beside_their_floor_are_rooms_of_that_floor():
    rows = [
        ["1栋", 3.0, "01", "赵晓一", 80.0],
        ["", 3.0, "02", "钱晓二", 80.0],
        ["", 11.0, 1.0, "孙晓三", 80.0],
        ["", 11.0, "1103", "李晓四", 80.0],
    ]
    owners = read(FLOORS, rows)
    assert [row.key.code for row in owners.rows] == ["1-301", "1-302", "1-1101", "1-1103"]
    assert not owners.problems


def test_a_number_that_stands_on_one_floor_only_is_its_own_name():
    rows = [["1栋", 3.0, "01", "赵晓一", 80.0], ["2栋", 2.0, "01", "钱晓二", 80.0]]
    assert [row.key.code for row in read(FLOORS, rows).rows] == ["1-01", "2-01"]


def test_a_column_of_entrances_may_name_the_building_as_well():
    rows = [["1栋1单元", "101", "赵晓一", 80.0], ["1栋2单元", "101", "钱晓二", 80.0]]
    owners = read(["单元", "房号", "业主", "面积"], rows)
    assert [row.key.code for row in owners.rows] == ["1-1-101", "1-2-101"]


def test_the_parts_of_the_area_stand_below_a_word_that_says_no_more():
    rows = [
        ["房号", "业主", "建筑面积", "其中", ""],
        ["", "", "", "套内", "公摊"],
        ["1-1-101", "赵晓一", 100.0, 80.0, 20.0],
    ]
    owners = parse_owner_file(workbook(rows))
    (row,) = owners.rows
    assert (row.gross_area, row.net_area) == (100, 80)
    assert not owners.problems


@pytest.mark.parametrize("between", [[], [[]], [["2栋业主表"]]])
def test_a_second_header_of_unknown_words_is_read_anew(between):
    """Read on under the first header, a fee would become the area of a flat."""
    rows = [
        ["房号", "业主", "面积"],
        ["1-1-101", "赵晓一", 80.0],
        *between,
        ["Room No.", "产权所有者", "单价", "建筑平米数"],
        ["2-1-101", "钱晓二", 1.5, 90.0],
        ["2-1-102", "孙晓三", 1.5, 91.0],
    ]
    owners = parse_owner_file(workbook(rows))
    assert [(row.key.code, int(row.gross_area)) for row in owners.rows] == [
        ("1-1-101", 80),
        ("2-1-101", 90),
        ("2-1-102", 91),
    ]


def test_a_title_between_the_rooms_says_their_building_also_for_the_whole_file():
    """3-101 below 3栋 is no sign that the first part of a room is its entrance."""
    titles = ["房号", "业主", "面积"]
    rows = [
        ["1栋"],
        titles,
        ["1-1-101", "赵晓一", 80.0],
        [],
        ["3栋业主表"],
        titles,
        ["3-101", "钱晓二", 80.0],
        ["3-102", "孙晓三", 80.0],
    ]
    owners = parse_owner_file(workbook(rows))
    assert [row.key.code for row in owners.rows] == ["1-1-101", "3-101", "3-102"]


def test_rows_below_a_header_that_says_nothing_are_reported_and_not_read_on():
    rows = [
        ["房号", "业主", "面积"],
        ["1-1-101", "赵晓一", 80.0],
        ["2栋"],
        ["东西", "备忘", "杂项"],
        ["2-1-101", "钱晓二", 1.5],
        ["2-1-102", "孙晓三", 1.5],
    ]
    owners = parse_owner_file(workbook(rows))
    assert [row.key.code for row in owners.rows] == ["1-1-101"]
    assert [(error.row, error.code) for error in owners.errors] == [(4, "NO_HEADER")]
    counts = owners.accounting.counts()
    assert (counts[Fate.REPORTED], counts[Fate.LOST]) == (10, 0)


def test_two_entrances_in_merged_cells_are_no_order_of_rows():
    rows = [["楼幢", "入户单元", "房号", "业主"], ["1栋", "1", "101", "赵晓一"],
            ["", "", "102", "钱晓二"], ["", "2", "101", "孙晓三"],
            ["", "", "102", "李晓四"]]  # fmt: skip
    owners = parse_owner_file(workbook(rows, merged=[(1, 1, 2, 1), (3, 1, 4, 1)]))
    assert [row.key.code for row in owners.rows] == ["1-1-101", "1-1-102", "1-2-101", "1-2-102"]


def test_the_second_line_of_a_title_is_an_explanation():
    rows = [["1-1-101", "赵晓一", "13900000001"]]
    owners = read(["房号", "业主", "常用电话(选填)\n与产证一致"], rows)
    assert owners.rows[0].owners[0].phones == ("13900000001",)
