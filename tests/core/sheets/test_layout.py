"""Headers found and matched, rows told from titles, totals and notes, every problem at once."""

from __future__ import annotations

import pytest

from app.core.parsing.cells import Severity, area, word
from app.core.parsing.identity import phones
from app.core.parsing.sheet_rows_packed import CellError
from app.core.sheets.header import find_header, guess_header
from app.core.sheets.labels import label_key
from app.core.sheets.layout import Layout, ParsedRow, SheetColumn, Title
from app.core.sheets.reader import SheetReader
from tests.workbooks import workbook

LAYOUT = Layout(
    (
        SheetColumn(
            "room", "Room", ("房号", "房间号"), missing="ROOM_MISSING", severity=Severity.ERROR
        ),
        SheetColumn("name", "Name", ("业主姓名", "业主", "姓名"), word),
        SheetColumn("phone", "Phone", ("联系电话", "电话"), phones, several=True),
        SheetColumn("tenant", "Tenant", ("租户姓名", "租户")),
        SheetColumn("tenant_phone", "Tenant's phone", ("租户电话",), phones),
        SheetColumn(
            "area", "Area", ("建筑面积", "面积"), area, severity=Severity.ERROR, fills=False
        ),
    ),
    keys=frozenset(("room",)),
    besides=frozenset(("name", "area")),
    groups=("房屋", "业主"),
    speaks=lambda text: text.endswith("栋"),
)
HEADER = ["房号", "业主", "电话", "面积"]
GOOD = ["1-1-101", "张三", "13800000001", 89.5]


def header_of(rows, **more):
    return find_header(workbook(rows, **more).sheets[0], LAYOUT)


def read(rows, **more):
    """The rows of the list, the titles, and what was skipped."""
    book = workbook(rows, **more)
    reader = SheetReader(LAYOUT)
    items = list(reader.rows(book.sheets[0], find_header(book.sheets[0], LAYOUT)))
    parsed = [item for item in items if isinstance(item, ParsedRow)]
    titles = [item.text for item in items if isinstance(item, Title)]
    return parsed, titles, dict(reader.skipped)


@pytest.mark.parametrize(
    "label",
    [
        "建筑面积",
        "建筑面积(㎡)",
        "建筑面积（平方米）",
        "*建筑面积",
        " 建 筑\n面 积 ",
        "建筑面积：",
        "建筑面积【必填】",
        "★建筑面积",
    ],
)
def test_a_header_is_known_with_units_marks_and_spaces(label):
    assert label_key(label) == "建筑面积"
    assert header_of([["房号", label]]).fields == {0: "room", 1: "area"}


@pytest.mark.parametrize("above", [0, 1, 5, 19])
def test_the_header_may_stand_in_any_of_the_first_twenty_rows(above):
    rows = [["阳光小区业主信息表"]] * above + [HEADER, GOOD]
    assert header_of(rows).first == above


def test_a_header_below_the_twentieth_row_is_not_looked_for():
    assert header_of([["标题"]] * 20 + [HEADER, GOOD]) is None


def test_a_list_of_something_else_is_not_taken():
    assert header_of([["日期", "姓名", "面积"], ["1-1-101", "张三", 5]]) is None
    assert header_of([["房号", "收费项目", "金额"], GOOD]) is None
    assert header_of([]) is None


def test_two_levels_are_read_together():
    rows = [
        ["房号", "业主信息", "", "租户信息", "", "面积"],
        ["", "姓名", "电话", "姓名", "电话", ""],
        ["1-1-101", "张三", "13800000001", "李四", "13900000001", 89.5],
    ]
    merged = [(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 0, 4), (0, 5, 1, 5)]
    for header in (header_of(rows, merged=merged), header_of(rows)):
        assert list(header.fields.values()) == [
            "room",
            "name",
            "phone",
            "tenant",
            "tenant_phone",
            "area",
        ]
        assert (header.first, header.last) == (0, 1)
        assert header.title(4) == "租户信息/电话"


def test_a_name_under_an_unknown_caption_is_nobodys():
    rows = [["房号", "业主", "", "紧急联系人", ""], ["", "姓名", "电话", "姓名", "电话"], GOOD]
    header = header_of(rows)
    assert header.fields == {0: "room", 1: "name", 2: "phone"}
    assert header.unmatched == ("紧急联系人/姓名", "紧急联系人/电话")


def test_the_more_telling_of_two_headers_wins_and_the_other_stays_open():
    header = header_of([["房号", "面积", "建筑面积", "业主"], GOOD])
    assert header.fields == {0: "room", 2: "area", 3: "name"}
    assert header.unmatched == ("面积",)


def test_numbered_columns_of_one_kind_are_read_together():
    rows = [["房号", "业主", "电话1", "电话2"], ["1", "张三", "13800000001", "13900000002"]]
    assert read(rows)[0][0].values["phone"] == ("13800000001", "13900000002")


def test_a_corrected_matching_is_used_for_every_file_with_the_same_header():
    rows = [["房号", "主人", "电话", "面积"], GOOD]
    first = header_of(rows)
    assert first.fields == {0: "room", 2: "phone", 3: "area"}
    corrections = {first.fingerprint: {0: "room", 1: "name", 9: "area", 3: "nonsense"}}
    again = find_header(workbook([["标题"], *rows]).sheets[0], LAYOUT, corrections)
    assert again.first == 1
    assert again.fields == {0: "room", 1: "name"}


def test_headers_with_other_columns_have_other_fingerprints():
    prints = {
        header_of([labels, GOOD]).fingerprint
        for labels in (HEADER, ["房号", "业主", "面积"], ["业主", "房号", "电话", "面积"])
    }
    assert len(prints) == 3


def test_without_a_header_the_likeliest_row_is_offered():
    rows = [["名单"], ["门牌", "主人", "电话"], ["1-1-101", "张三", "13800000001"]]
    sheet = workbook(rows).sheets[0]
    assert guess_header(sheet, LAYOUT).first == 1
    assert guess_header(workbook([["1", "2"]]).sheets[0], LAYOUT) is None


def test_what_is_no_row_of_the_list_is_skipped_and_counted():
    rows = [
        ["阳光小区"],
        HEADER,
        GOOD,
        [],
        ["  ", ""],
        ["1栋小计", "", "", 89.5],
        ["合计", "", "", 89.5],
        ["", "合计：1户", "", ""],
        HEADER,
        ["2栋"],
        ["2-1-101", "李四"],
        ["注：面积以房产证为准"],
        ["制表人：王五", "", "审核："],
        ["以上信息请各位业主核对后签字确认，如有错误请联系前台"],
        ["", "", "", "", "", "说明", "房号照写"],
        ["第1页 共3页"],
        ["以下空白"],
    ]
    parsed, titles, skipped = read(rows)
    assert [row.number for row in parsed] == [3, 11]
    assert titles == ["2栋"]
    assert skipped == {"blank": 2, "total": 3, "header": 1, "title": 1, "note": 5, "legend": 1}


def test_a_room_alone_in_its_row_is_a_row():
    parsed, _, skipped = read([HEADER, ["1-1-102"]])
    assert [row.values for row in parsed] == [{"room": "1-1-102"}]
    assert skipped == {}


def test_every_problem_of_every_row_is_reported_at_once():
    rows = [
        HEADER,
        ["1-1-101", "张三", "138", -5],
        ["", "李四", "13900000001", 60],
        ["1-1-103", CellError("#N/A"), "13900000001", CellError("#REF!")],
    ]
    parsed = read(rows)[0]
    problems = [problem for row in parsed for problem in row.problems]
    found = [(p.row, p.index, p.column, p.value, p.code, p.severity) for p in problems]
    error, warning = Severity.ERROR, Severity.WARNING
    assert found == [
        (2, 2, "电话", "138", "PHONE_INVALID", warning),
        (2, 3, "面积", "-5", "AREA_INVALID", error),
        (3, 0, "房号", "", "ROOM_MISSING", error),
        (4, 1, "业主", "#N/A", "CELL_ERROR", warning),
        (4, 3, "面积", "#REF!", "CELL_ERROR", error),
    ]
    assert [row.is_good for row in parsed] == [False, False, False]
    assert parsed[0].values == {"room": "1-1-101", "name": "张三"}


def test_a_merged_cell_speaks_for_all_its_rows_but_an_area_for_none():
    rows = [HEADER, ["1-1-101", "张三", "", 89.5], ["1-1-102", "", "", ""], ["1-1-103", "", "", 60]]
    parsed = read(rows, merged=[(1, 1, 3, 1), (1, 3, 2, 3)])[0]
    assert [row.values.get("name") for row in parsed] == ["张三"] * 3
    assert [str(row.values.get("area")) for row in parsed] == ["89.500", "None", "60.000"]


def test_a_merged_room_makes_its_rows_continuations():
    rows = [HEADER, ["1-1-101", "张三", "", 89.5], ["", "李四", "", ""]]
    parsed = read(rows, merged=[(1, 0, 2, 0)])[0]
    assert [(row.values["room"], row.continued) for row in parsed] == [
        ("1-1-101", False),
        ("1-1-101", True),
    ]
