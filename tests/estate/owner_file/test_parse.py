"""The office's own owner files: what comes in, what stays out, and what is said about it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.parsing.sheet_rows_packed import CellError
from app.core.sheets.account import Fate
from app.core.values.errors import DomainError
from app.core.workbook.reader import read_workbook
from app.estate.base.codes import Occupancy, UnitKind
from app.estate.owner_file.cells import kinds, occupancies
from app.estate.owner_file.names import Member
from app.estate.owner_file.parse import owner_headers, parse_owner_file
from app.estate.owner_file.rows import FileOwner, FileTenant
from tests.estate.owner_lists import CARD, GOOD, HEADER, OTHER_CARD, codes, found, parse
from tests.workbooks import workbook, xlsx


def test_a_full_row_is_understood_completely():
    header = [
        "楼栋", "单元", "楼层", "房号", "房屋用途", "建筑面积", "套内面积", "使用状态", "交房日期",
        "计费开始日期", "业主姓名", "产权份额", "联系电话", "身份证号码", "家庭成员", "租户姓名",
        "租户电话", "起租日期", "到期日期", "车牌号", "车位号", "通讯地址", "电子邮箱", "备注",
    ]  # fmt: skip
    row = [
        "3栋",
        "2单元",
        "5层",
        "0501",
        "住宅",
        "89.5㎡",
        71.2,
        "出租",
        "2019年5月1日",
        43617.0,
        "张三、李四",
        "50%、50%",
        "13800000001/13900000002",
        f"{CARD}、{OTHER_CARD}",
        "王五(子) 13700000003",
        "赵六",
        "13600000004",
        "2024-01-01",
        "2026-12-31",
        "浙A12345",
        "B1-023",
        "文三路1号",
        "Z@example.com",
        "老客户",
    ]
    owners = parse(row, header=header)
    assert owners.problems == ()
    assert owners.headers[0].unmatched == ()
    (unit,) = owners.rows
    assert (unit.key.code, unit.kind, unit.floor, unit.occupancy) == ("3-2-501", "flat", 5, "let")
    assert (unit.gross_area, unit.net_area) == (Decimal("89.500"), Decimal("71.200"))
    assert (unit.handover_date, unit.billing_start) == (date(2019, 5, 1), date(2019, 6, 1))
    assert unit.owners == (
        FileOwner("张三", False, Decimal("0.5"), ("13800000001",), CARD, None),
        FileOwner("李四", False, Decimal("0.5"), ("13900000002",), OTHER_CARD, None),
    )
    assert unit.family == (Member("王五", "子", "13700000003"),)
    assert unit.tenant == FileTenant(
        "赵六", False, ("13600000004",), date(2024, 1, 1), date(2026, 12, 31)
    )
    assert (unit.plates, unit.space) == (("浙A12345",), "B1-023")
    assert (unit.address, unit.email, unit.remark) == ("文三路1号", "z@example.com", "老客户")


def test_the_kinds_and_states_are_those_of_the_estate():
    words = ("住宅", "商铺", "办公", "车位", "储藏室", "广告位")
    assert [kinds(word) for word in words] == [kind.value for kind in UnitKind]
    states = ("未交付", "空置", "自住", "出租")
    known = [state.value for state in Occupancy if state.value != "unknown"]
    assert [occupancies(word) for word in states] == known


@pytest.mark.parametrize(
    ("cells", "code", "severity"),
    [
        ({0: ""}, "ROOM_MISSING", "error"),
        ({0: "1-1-101/102"}, "ROOM_FORMAT", "error"),
        ({0: "101"}, "ROOM_FORMAT", "error"),
        ({0: date(2026, 1, 2)}, "ROOM_FORMAT", "error"),
        ({0: CellError("#REF!")}, "CELL_ERROR", "error"),
        ({1: ""}, "NAME_MISSING", "error"),
        ({1: "张三（已故）"}, "NAME_REMARK", "warning"),
        ({1: CellError("#N/A")}, "CELL_ERROR", "warning"),
        ({2: "138"}, "PHONE_INVALID", "warning"),
        ({2: "1.38E+10"}, "PHONE_LOSSY", "warning"),
        ({3: ""}, "AREA_MISSING", "error"),
        ({3: 0}, "AREA_INVALID", "error"),
        ({3: float("nan")}, "AREA_INVALID", "error"),
        ({3: "八十九"}, "AREA_INVALID", "error"),
        ({3: 89.53571}, "AREA_INVALID", "warning"),
        ({3: CellError("#VALUE!")}, "CELL_ERROR", "error"),
        ({4: "3604261991010100"}, "ID_LENGTH", "warning"),
        ({4: "360426199113010071"}, "ID_DATE", "warning"),
        ({4: "360426199101010072"}, "ID_CHECKSUM", "warning"),
        ({4: 3.60426199101010071e17}, "ID_LOSSY", "warning"),
        ({4: f"{CARD}、{OTHER_CARD}"}, "ID_LENGTH", "warning"),
        ({5: "2019-02-30"}, "DATE_INVALID", "warning"),
        ({5: "2019年5月"}, "DATE_PARTIAL", "warning"),
        ({5: "03/04/2019"}, "DATE_AMBIGUOUS", "warning"),
    ],
)
def test_each_problem_has_its_code_and_keeps_out_the_row_or_the_value(cells, code, severity):
    row = [cells.get(index, cell) for index, cell in enumerate(GOOD)]
    owners = parse(row, ["1-1-102", *GOOD[1:]])
    assert found(owners) == [(2, code, severity)]
    (problem,) = owners.problems
    (index,) = cells
    assert (problem.sheet, problem.index, problem.column) == ("Sheet1", index, HEADER[index])
    assert problem.message % problem.params
    assert owners.count == 2
    assert codes(owners) == (["1-1-102"] if severity == "error" else ["1-1-101", "1-1-102"])
    if severity == "warning":
        unit = owners.rows[0]
        said = (
            unit.owners,
            unit.owners and unit.owners[0].phones,
            unit.gross_area,
            unit.owners and unit.owners[0].id_number,
            unit.handover_date,
        )
        assert not said[index - 1]


def test_all_problems_of_a_row_come_at_once():
    owners = parse(["1栋", "张三(租)", "138", -1, "123", "昨天"])
    assert [p.code for p in owners.problems] == [
        "NAME_REMARK",
        "PHONE_INVALID",
        "AREA_INVALID",
        "ID_LENGTH",
        "DATE_INVALID",
        "ROOM_FORMAT",
    ]


def test_units_that_may_lack_an_owner_come_in_without_one():
    header = ["房号", "业主姓名", "联系电话", "建筑面积", "房屋类型", "使用状态"]
    owners = parse(
        ["1-1-101", "", "", 89.5, "住宅", "未交付"],
        ["1-1-102", "", "", 89.5, "住宅", "空置"],
        ["B1-01", "", "", "", "车位", ""],
        ["1-1-103", "", "", 89.5, "住宅", "自住"],
        ["1-1-104", "", "13800000001", 89.5, "住宅", "空置"],
        header=header,
    )
    assert codes(owners) == ["1-1-101", "1-1-102", "B1-01"]
    assert found(owners) == [(5, "NAME_MISSING", "error"), (6, "NAME_MISSING", "error")]


def test_a_list_without_areas_or_owners_says_so_once():
    owners = parse(["1-1-101", "张三"], ["1-1-102", "李四"], header=["房号", "业主"])
    assert found(owners) == [(1, "AREA_MISSING", "warning")]
    assert len(owners.rows) == 2
    owners = parse(["1-1-101", 89.5], header=["房号", "面积"])
    assert found(owners) == [(1, "NAME_MISSING", "warning")]


def test_a_net_area_above_the_gross_area_is_left_out():
    owners = parse(["1-1-101", "张三", 80, 90], header=["房号", "业主", "建筑面积", "套内面积"])
    assert found(owners) == [(2, "AREA_INVALID", "warning")]
    assert owners.rows[0].net_area is None


def test_a_file_that_is_no_list_says_what_was_looked_for():
    with pytest.raises(DomainError, match="房号"):
        parse_owner_file(workbook([["今天", "明天"], [1, 2]]))


def test_the_matching_can_be_corrected_by_hand():
    book = workbook([["名字", "号码", "大小"], ["张三", "1-1-101", 80]])
    with pytest.raises(DomainError):
        parse_owner_file(book)
    (header,) = owner_headers(book)
    chosen = {header.fingerprint: {0: "owner_names", 1: "room", 2: "gross_area"}}
    assert codes(parse_owner_file(book, chosen)) == ["1-1-101"]


def test_a_messy_workbook_from_file_to_rows(tmp_path):
    first = [
        ["阳光小区业主信息登记表"],
        ["制表日期：2026-01-01"],
        ["序号", "房号", "业主信息", "", "", "面积(㎡)", "备注"],
        ["", "", "姓名", "联系方式", "身份证号", "", ""],
        [1, "１栋1单元101室", "张 三", "13800000001 13900000002", CARD, "89.5㎡", ""],
        [2, "1#1单元102", "某某（上海）有限公司", "0571-88888888", "", "1,089.50", "大客户"],
        ["", "小计", "", "", "", 1179, ""],
        [3, "1-2-101", "李四", "#N/A", "", 60.12, ""],
        ["注：以房产证为准"],
    ]
    second = [["房间号", "户主", "手机", "建筑面积"], [101, "王五", 13700000003, 77.7]]
    path = xlsx(
        tmp_path / "a.xlsx",
        {"一期": first, "2号楼": second, "旧数据": second},
        merged={"一期": [(0, 0, 0, 6), (2, 1, 3, 1), (2, 2, 2, 4)]},
        hidden=["旧数据"],
    )
    owners = parse_owner_file(read_workbook(path))
    assert codes(owners) == ["1-1-101", "1-1-102", "1-2-101", "2-101"]
    assert found(owners) == [(8, "CELL_ERROR", "warning")]
    assert owners.rows[0].owners[0].phones == ("13800000001", "13900000002")
    assert owners.rows[1].gross_area == Decimal("1089.500")
    assert owners.skipped == {"total": 1, "note": 1}
    assert owners.hidden == ("旧数据",)
    assert owners.headers[0].unmatched == ("序号",)


cells = st.one_of(
    st.text(max_size=12),
    st.floats(),
    st.integers(),
    st.dates(),
    st.just(CellError("#REF!")),
    st.sampled_from(GOOD),
    st.just(""),
)


@given(st.lists(st.lists(cells, max_size=8), max_size=8))
def test_whatever_stands_in_the_cells_each_row_is_taken_reported_or_counted(rows):
    owners = parse(*rows)
    reported = {problem.row for problem in owners.errors if problem.row > 1}  # of the header: 1
    joined = sum(p.code == "DUP_ROOM" and not p.is_error for p in owners.problems)
    assert owners.count + sum(owners.skipped.values()) == len(rows)
    assert len(owners.rows) + len(reported) + joined == owners.count
    counts = owners.accounting.counts()
    assert counts[Fate.LOST] == 0
    assert sum(counts.values()) == sum(cell != "" for row in [HEADER, *rows] for cell in row)


def test_lists_side_by_side_are_read_apart_and_never_mixed():
    """The neighbour's phone must not become the owner's; a title speaks for both lists."""
    rows = [
        ["安居花园业主表", "", "", "", "", "", "", "", ""],
        ["房号", "姓名", "电话", "面积", "", "房号", "姓名", "电话", "面积"],
        ["1号楼", "", "", "", "", "", "", "", ""],
        ["101", "张三", "13800000001", 89.5, "", "201", "李四", "13800000002", 90],
        ["2号楼", "", "", "", "", "", "", "", ""],
        ["101", "王五", "13800000003", 89.5, "", "201", "赵六", "", 90],
        ["102", "钱七", "", 88, "", "", "", "", ""],
    ]
    owners = parse_owner_file(workbook(rows))
    assert owners.problems == ()
    read = {row.key.code: (row.owners[0].name, row.owners[0].phones) for row in owners.rows}
    assert read == {
        "1-101": ("张三", ("13800000001",)),
        "1-201": ("李四", ("13800000002",)),
        "2-101": ("王五", ("13800000003",)),
        "2-201": ("赵六", ()),
        "2-102": ("钱七", ()),
    }


def test_captions_above_lists_side_by_side_name_their_entrances():
    rows = [
        ["1单元", "", "", "2单元", "", ""],
        ["房号", "姓名", "面积", "房号", "姓名", "面积"],
        ["101", "张三", 89.5, "101", "李四", 90],
    ]
    merged = [(0, 0, 0, 2), (0, 3, 0, 5)]
    owners = parse_owner_file(workbook(rows, name="3号楼", merged=merged))
    assert owners.problems == ()
    assert codes(owners) == ["3-1-101", "3-2-101"]
    assert [row.owners[0].name for row in owners.rows] == ["张三", "李四"]


def test_areas_under_one_caption_are_told_apart_by_both_names():
    rows = [
        ["房号", "业主姓名", "面积", ""],
        ["", "", "建筑", "套内"],
        ["1-1-101", "张三", 89.5, 70],
    ]
    owners = parse_owner_file(workbook(rows, merged=[(0, 2, 0, 3), (0, 0, 1, 0), (0, 1, 1, 1)]))
    (unit,) = owners.rows
    assert (unit.gross_area, unit.net_area) == (Decimal("89.5"), Decimal("70"))


def test_a_sheet_of_spaces_gives_their_area_and_use():
    header = ["房号", "业主姓名", "面积"]
    owners = parse_owner_file(
        workbook(
            [header, ["012", "张三", ""], ["A-013", "李四", ""], ["B1-014", "王五", 12]],
            name="地下车位台账",
        )
    )
    assert owners.problems == ()
    assert codes(owners) == ["地下车位-12", "地下车位-A13", "地下车位-B1-14"]
    assert {row.kind for row in owners.rows} == {UnitKind.PARKING}


def test_shops_on_a_sheet_of_shops_keep_their_own_building():
    header = ["房号", "业主姓名", "面积"]
    rows = [header, ["S1-03", "张三", 50], ["7", "李四", 50]]
    owners = parse_owner_file(workbook(rows, name="商铺"))
    assert codes(owners) == ["S1-03", "商铺-07"]


def test_a_date_of_printing_below_the_list_is_a_note():
    owners = parse(GOOD, ["打印日期", "2026-11-20"], ["填表人", "王文员", "审核", "李经理"])
    assert (owners.problems, owners.skipped) == ((), {"note": 2})
