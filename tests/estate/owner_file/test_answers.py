"""What an owner file asks, what the answers do, and columns known by their values."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.core.parsing.sheet_rows_packed import PackedRows
from app.core.sheets.account import Fate
from app.core.sheets.questions import Answers, Asks
from app.core.values.errors import DomainError
from app.core.workbook.reader import SheetData, Workbook
from app.estate.owner_file.names import Member
from app.estate.owner_file.parse import owner_headers, parse_owner_file
from tests.estate.owner_lists import codes, found, parse
from tests.workbooks import workbook

KINDS = [
    ["房号", "业主", "面积", "房屋类型", "房屋状态"],
    ["1-1-101", "张三", 80, "厂房", "正常"],
    ["1-1-102", "李四", 80, "厂房", "自住"],
    ["1-1-103", "王五", 80, "住宅", "自住"],
]


def test_an_unknown_use_is_asked_once_and_its_rows_stay_out():
    owners = parse_owner_file(workbook(KINDS))
    assert codes(owners) == ["1-1-103"]
    use, state = owners.questions
    assert (use.key, use.count, use.blocks, use.lasting) == ("word/kind/厂房", 2, True, True)
    assert (state.key, state.count, state.blocks) == ("word/occupancy/正常", 1, False)
    assert "厂房" in owners.errors[0].message % owners.errors[0].params


@pytest.mark.parametrize(("said", "rooms", "kind"), [("shop", 3, "shop"), ("out", 1, "flat")])
def test_the_answer_for_a_word_holds_for_all_its_rows(said, rooms, kind):
    answers = Answers().with_answer("word/kind/厂房", said)
    answers = answers.with_answer("word/occupancy/正常", "")
    owners = parse_owner_file(workbook(KINDS), answers=Answers.from_facts(answers.as_facts()))
    assert owners.problems == ()
    assert (len(owners.rows), owners.rows[0].kind) == (rooms, kind)
    assert [question.answer for question in owners.questions] == [said, ""]
    assert owners.accounting.counts()[Fate.CHOSEN] == (10 if said == "out" else 0)


def test_a_cell_a_row_and_a_sheet_can_be_corrected_or_left_out():
    header = ["房号", "业主", "面积"]
    book = workbook(
        [header, ["101", "张三", 80], ["1-1-102", "李四", 80]],
        更多=[header, ["1-1-103", "王五", 80]],
    )
    answers = Answers(
        cells={("Sheet1", 2, 0): "1-1-101"},
        rows_left_out=frozenset((("Sheet1", 3),)),
        sheets_left_out=frozenset(("更多",)),
    )
    owners = parse_owner_file(book, answers=Answers.from_facts(answers.as_facts()))
    assert owners.problems == ()
    assert codes(owners) == ["1-1-101"]
    assert owners.left_out == ("更多",)
    assert owners.accounting.counts()[Fate.CHOSEN] == 9
    assert next(owners.accounting["Sheet1"].walk(1)).cells[0] == "1-1-101"


@pytest.mark.parametrize(("said", "rooms"), [(None, 3), ("take", 3), ("leave", 2)])
def test_hidden_rows_are_told_and_taken_or_left_out_as_chosen(said, rooms):
    cells = [
        ["房号", "业主", "面积"],
        ["1-1-101", "张三", 80],
        ["1-1-102", "李四", 80],
        ["1-1-103", "王五", 80],
    ]
    sheet = SheetData("S", False, PackedRows.of(cells), (), frozenset((2,)))
    answers = Answers().with_answer("hidden_rows/S", said) if said else Answers()
    owners = parse_owner_file(Workbook((sheet,), "package"), answers=answers)
    assert len(owners.rows) == rooms
    assert owners.questions[0].count == 1
    assert found(owners) == ([] if said else [(3, "HIDDEN_ROWS", "warning")])
    assert owners.accounting.counts()[Fate.HIDDEN] == (3 if said == "leave" else 0)


def test_hidden_columns_are_told_and_left_out_as_chosen():
    cells = [["房号", "业主", "面积", "电话"], ["1-1-101", "张三", 80, "13900000001"]]
    sheet = SheetData("S", False, PackedRows.of(cells), (), frozenset(), frozenset((3,)))
    book = Workbook((sheet,), "package")
    assert found(parse_owner_file(book)) == [(1, "HIDDEN_COLUMNS", "warning")]
    owners = parse_owner_file(book, answers=Answers().with_answer("hidden_columns/S", "leave"))
    assert (owners.problems, owners.rows[0].owners[0].phones) == ((), ())


def test_a_name_that_may_be_two_is_asked_and_read_as_said():
    row = ["1-1-101", "张 三 李 四", "", 80]
    owners = parse(row)
    (question,) = owners.questions
    assert (question.asks, owners.rows[0].owners) == (Asks.NAME, ())
    for said, names in (("张三、李四", ["张三", "李四"]), ("=张三李四", ["张三李四"]), ("", [])):
        answers = Answers().with_answer(question.key, said)
        again = parse(row, answers=answers)
        assert [owner.name for owner in again.rows[0].owners] == names
        assert again.problems == ()


def test_two_columns_of_one_title_keep_the_list_out_until_one_is_chosen():
    rows = [["房号", "业主", "面积", "面积"], ["1-1-101", "张三", 80, 90]]
    book = workbook(rows)
    owners = parse_owner_file(book)
    assert (owners.rows, [error.code for error in owners.errors]) == ((), ["TWO_COLUMNS"])
    answers = Answers().with_answer(owners.questions[0].key, "3")
    assert parse_owner_file(book, answers=answers).rows[0].gross_area == 90


@pytest.mark.parametrize(
    "title",
    [
        "建筑面积㎡",
        "建筑面积m²",
        "面积/㎡",
        "建面㎡",
        "建筑面积：㎡",
        "建筑面积 平方米",
        "建筑面积（㎡）",
        "建筑面积\n(以房产证为准)",
        "*建筑面积(必填)\n单位平方米",
        "1.建筑面积",
        "建筑面积M2",
    ],
)
def test_an_area_is_an_area_with_its_unit_and_notes(title):
    owners = parse(["1-1-101", "张三", 80], header=["房号", "业主", title])
    assert owners.problems == ()
    assert owners.rows[0].gross_area == 80


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        (["单元号", "产权人", "身份证号码", "联系电话", "建筑面积"],
         [["1#1单元101室", "张三", "", "", 80], ["1#1单元102室", "李四", "", "", 80]],
         ["1-1-101", "1-1-102"]),
        (["幢号", "单元", "室", "户主", "联系方式"],
         [["1", "1", "101", "张三", ""], ["", "", "102", "李四", ""], ["", "2", "101", "王五", ""],
          ["2", "1", "101", "赵六", ""]],
         ["1-1-101", "1-1-102", "1-2-101", "2-1-101"]),
        (["栋", "编码", "业主", "面积"], [["1", "101", "张三", 80], ["1", "203", "李四", 80]],
         ["1-101", "1-203"]),
        (["楼阁名称", "房间号码", "业主", "面积"], [["B1", "708", "张三", 80]], ["B1-708"]),
        (["期", "幢", "房号", "业主"], [["一期", "1", "101", "张三"], ["二期", "1", "101", "李四"]],
         ["1期1-101", "2期1-101"]),
        (["苑", "幢", "房号", "业主"], [["3", "1", "101", "张三"], ["", "商铺", "101", "李四"],
                                  ["3", "2", "101", "王五"]],
         ["3苑1-101", "商铺-101", "3苑2-101"]),
        (["楼栋", "房号", "业主"], [["3栋2单元", "101", "张三"]], ["3-2-101"]),
    ],
)  # fmt: skip
def test_the_place_of_a_room_is_found_by_titles_and_values(header, rows, expected):
    owners = parse(*rows, header=header)
    assert owners.errors == ()
    assert codes(owners) == expected


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (["日期", "房号", "名称", "联系电话", "数量", "归还"],
         ["2026-01-02", "1-1-101", "入户门钥匙", "13900000001", 1, ""]),
        (["房号", "借用人", "电话", "借用日期"], ["1-1-101", "张三", "13900000001", "2026-01-01"]),
        (["日期", "房号", "姓名", "来访事由"], ["2026-01-02", "1-1-101", "张三", "送货"]),
        (["房号", "名称", "联系电话"], ["1-1-101", "信箱钥匙", "13900000001"]),
    ],
)  # fmt: skip
def test_a_list_of_something_else_is_refused_by_its_name(header, row):
    book = workbook([header, row], name="登记")
    with pytest.raises(DomainError) as refusal:
        parse_owner_file(book)
    assert refusal.value.params["sheet"] == "登记"
    (guessed,) = owner_headers(book)
    chosen = {guessed.fingerprint: {header.index("房号"): "room"}}
    assert codes(parse_owner_file(book, chosen)) == ["1-1-101"]


def test_a_list_of_spaces_gives_spaces_with_their_owners():
    owners = parse(["B1-001", "地下", "自用", "张三"], header=["车位编号", "类型", "状态", "业主"])
    assert owners.problems == ()
    (space,) = owners.rows
    assert (space.kind, space.occupancy, space.owners[0].name) == ("parking", "owner", "张三")


def test_one_row_for_each_person_makes_one_unit():
    header = ["楼栋", "房号", "面积", "姓名", "手机", "身份证号", "与户主关系"]
    owners = parse(
        ["1", "101", 80, "张三", "13900000001", "110199198001010016", "本人"],
        ["1", "101", 80, "李四", "13900000002", "110199198202020026", "配偶"],
        ["1", "101", 80, "王五", "13900000003", "", "租客"],
        ["1", "102", 80, "赵六", "", "", "子女"],
        header=header,
    )
    (unit,) = owners.rows
    assert [owner.name for owner in unit.owners] == ["张三"]
    assert unit.family == (Member("李四", "配偶", "13900000002", "110199198202020026"),)
    assert (unit.tenant.name, unit.tenant.phones) == ("王五", ("13900000003",))
    assert found(owners) == [(5, "DUP_ROOM", "error")]


def test_the_charged_area_is_an_area_of_its_own_and_four_decimals_are_kept():
    header = ["房号", "业主", "建筑面积", "计费面积"]
    (unit,) = parse(["1-1-101", "张三", "48.8379", 45.5], header=header).rows
    assert (unit.gross_area, unit.charged_area) == (Decimal("48.8379"), Decimal("45.5"))
    (unit,) = parse(["1-1-101", "张三", 45.5], header=["房号", "业主", "计费面积"]).rows
    assert (unit.gross_area, unit.charged_area) == (Decimal("45.5"), None)


def test_words_beside_a_phone_go_into_the_remark():
    (unit,) = parse(["1-1-101", "张三", "温先生13900000001、13900000002", 80]).rows
    assert unit.owners[0].phones == ("13900000001", "13900000002")
    assert unit.remark == "电话备注：13900000001 温先生"
