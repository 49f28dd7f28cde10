"""The preview as a clerk corrects it: cells, words, columns, rows, sheets; nothing is stored."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest

from app.core.db.models import HeaderMapping
from app.estate.base.models import Unit
from app.estate.base.remembered import FileAnswer
from app.estate.owner_import import job
from tests.estate.conftest import HEADER, LI, ZHANG, stored
from tests.workbooks import xlsx

KIND_HEADER = ["房号", "业主姓名", "建筑面积", "房屋用途"]


def text(client, address, **ask):
    return client.get(address, query_string=ask).get_data(as_text=True)


def fields(page, start):
    """The names of a page's fields that begin so."""
    return list(dict.fromkeys(re.findall(f'name="({re.escape(start)}[^"]*)"', page)))


@pytest.fixture
def client(login):
    return login("clerk")


def test_a_wrong_cell_is_corrected_where_it_stands(session, client, write, upload, post):
    address = upload(client, write(ZHANG, ["1-1-102", "九十", "李四", "", ""])).location
    page = text(client, address, tab="error")
    assert fields(page, "cell.") == ["cell.0.3.1"]
    answer = client.post(
        f"{address}correct",
        data={
            "tab": "error",
            "was.0.3.1": "九十",
            "cell.0.3.1": "90.1234",
        },
    )
    assert answer.status_code == 302
    assert session.query(Unit).count() == 0
    assert "cell.0.3.1" not in text(client, address, tab="error")
    post(client, address, rows="all")
    session.rollback()
    areas = {unit.code: unit.gross_area for unit in session.query(Unit)}
    assert areas == {"1-1-101": Decimal("89.5"), "1-1-102": Decimal("90.1234")}


def test_a_cell_that_was_not_touched_is_no_correction(app, client, write, upload):
    address = upload(client, write(ZHANG)).location
    client.post(f"{address}correct", data={"was.0.2.0": "1-1-101", "cell.0.2.0": "1-1-101"})
    assert "在此修改了" not in text(client, address)


def test_a_correction_belongs_to_its_file_alone(session, client, write, upload, post):
    bad = write(["1-1-102", "九十", "李四", "", ""])
    address = upload(client, bad).location
    client.post(f"{address}correct", data={"cell.0.2.1": "90"})
    post(client, address, rows="all")
    again = upload(client, bad).location
    assert fields(text(client, again, tab="error"), "cell.") == ["cell.0.2.1"]


def test_a_word_is_asked_once_and_remembered_for_the_office(session, client, write, upload, post):
    rows = [
        ["1-1-101", "张三", 80, "厂房"],
        ["1-1-102", "李四", 80, "厂房"],
        ["1-1-103", "王五", 80, "会所"],
    ]
    address = upload(client, write(*rows, header=KIND_HEADER)).location
    page = text(client, address)
    assert fields(page, "said.") == ["said.word/kind/厂房", "said.word/kind/会所"]
    client.post(
        f"{address}correct",
        data={
            "said.word/kind/厂房": "shop",
            "said.word/kind/会所": "out",
        },
    )
    assert session.query(FileAnswer).count() == 0
    post(client, address, rows="all")
    session.rollback()
    assert {unit.code: unit.kind for unit in session.query(Unit)} == {
        "1-1-101": "shop",
        "1-1-102": "shop",
    }
    assert {one.key: one.value for one in session.query(FileAnswer)} == {
        "word/kind/厂房": "shop",
        "word/kind/会所": "out",
    }
    again = upload(
        client, write(["1-1-109", "赵六", 80, "厂房"], header=KIND_HEADER, name="b.xlsx")
    ).location
    post(client, again, rows="all")
    session.rollback()
    assert session.query(Unit).filter_by(code="1-1-109").one().kind == "shop"


def test_what_is_remembered_is_listed_and_taken_back(session, client, write, upload, post):
    address = upload(client, write(["1-1-101", "张三", 80, "厂房"], header=KIND_HEADER)).location
    client.post(f"{address}correct", data={"said.word/kind/厂房": "shop"})
    post(client, address, rows="all")
    page = text(client, "/owner-import/remembered")
    assert "厂房" in page
    forget = re.search('action="(/owner-import/remembered/[^"]+)"', page)[1]
    for other in ("header", "nothing"):
        assert client.post(forget.replace("/answer/", f"/{other}/")).status_code == 302
    assert session.query(FileAnswer).count() == 1
    session.rollback()
    assert client.post(forget).status_code == 302
    assert session.query(FileAnswer).count() == 0
    assert client.post(forget).status_code == 302
    again = upload(
        client, write(["1-1-102", "张三", 80, "厂房"], header=KIND_HEADER, name="b.xlsx")
    ).location
    assert "said.word/kind/厂房" in text(client, again)


def test_a_column_gets_another_meaning_over_its_head(session, client, write, upload, post):
    header = ["房号", "建筑面积", "某人", "联系电话"]
    address = upload(
        client, write(["1-1-101", 89.5, "张三", "13800000001"], header=header)
    ).location
    page = text(client, address, tab="sheet")
    names = fields(page, "column.")
    assert len(names) == 4
    answer = client.post(f"{address}correct", data={names[2]: "owner_names", "tab": "sheet"})
    assert answer.status_code == 302
    post(client, address, rows="all")
    assert stored(session) == {"1-1-101": [("张三", "13800000001")]}
    assert session.query(HeaderMapping).one().labels == header


def test_two_columns_of_one_meaning_are_refused_with_the_sheet_and_what_was_typed(
    client, write, upload
):
    address = upload(client, write(ZHANG)).location
    names = fields(text(client, address, tab="sheet"), "column.")
    answer = client.post(f"{address}correct", data={names[1]: "room", "tab": "sheet"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "“业主”" in page
    assert page.count('role="alert"') == 1
    chosen = page.split(f'name="{names[1]}"')[1].split("</select>")[0]
    assert '<option value="room" selected>' in chosen


@pytest.mark.parametrize(
    "data",
    [
        {"said.word/kind/厂房": "castle"},
        {"cell.0.2.0": "x" * 600},
    ],
)
def test_what_is_not_offered_or_too_long_is_one_sentence(client, write, upload, data):
    address = upload(client, write(["1-1-101", "张三", 80, "厂房"], header=KIND_HEADER)).location
    answer = client.post(f"{address}correct", data=data)
    assert (answer.status_code, answer.get_data(as_text=True).count('role="alert"')) == (422, 1)


@pytest.mark.parametrize(
    "name",
    [
        "cell.9.9.9",
        "cell.x",
        "cell.0.0",
        "row.5.5",
        "row.",
        "sheet.77",
        "column.zz.1",
        "said.zz",
        "cell.0.99999999999.1",
        "renumber",
    ],
)
def test_fields_that_mean_nothing_change_nothing(client, write, upload, name):
    address = upload(client, write(ZHANG, LI)).location
    assert client.post(f"{address}correct", data={name: "1"}).status_code == 302
    assert "1-1-102" in text(client, address, tab="new")


def test_a_sheet_and_a_row_are_left_out_by_one_tick(session, client, upload, post, tmp_path):
    path = xlsx(
        tmp_path / "a.xlsx",
        {
            "一": [HEADER, ZHANG, LI],
            "二": [HEADER, ["2-1-101", 80, "赵六", "", ""]],
        },
    )
    address = upload(client, path).location
    client.post(f"{address}correct", data={"sheet.1": ["take", "leave"], "row.0.3": "leave"})
    post(client, address, rows="all")
    assert list(stored(session)) == ["1-1-101"]


def test_without_any_sheet_the_answers_are_not_kept(client, write, upload):
    address = upload(client, write(ZHANG)).location
    answer = client.post(f"{address}correct", data={"sheet.0": "leave"})
    assert answer.status_code == 422
    assert "1-1-101" in text(client, address, tab="new")


def test_the_rows_are_shown_as_the_sheet_has_them(client, write, upload):
    header = [*HEADER, "物业管家"]
    rows = [[*ZHANG, "小刘"], ["合计", 89.5, "", "", "", ""]]
    address = upload(client, write(*rows, header=header)).location
    page = text(client, address, tab="sheet")
    assert "物业管家" in page
    assert "小刘" in page
    assert "合计行" in page
    assert page.count("left-out") >= 3
    odd = text(client, address, tab="sheet", rows="odd")
    assert "小刘" not in odd
    assert "合计" in odd


def test_a_long_sheet_is_shown_in_pages(app, client, write, upload):
    rows = [[f"1-1-{number}", 80, "张三", "", ""] for number in range(101, 301)]
    address = upload(client, write(*rows)).location
    first, last = text(client, address, tab="sheet"), text(client, address, tab="sheet", page=99)
    assert "1-1-101" in first
    assert "1-1-300" not in first
    assert "1-1-300" in last
    assert "1-1-101" not in last


def test_a_row_is_opened_for_correction_without_any_script(client, write, upload):
    address = upload(client, write(ZHANG, LI)).location
    page = text(client, address, tab="sheet", row=3)
    assert fields(page, "cell.") == [f"cell.0.3.{index}" for index in range(5)]


def test_a_list_beside_a_sheet_that_is_none_is_matched_by_hand(
    session, client, upload, post, tmp_path
):
    path = xlsx(
        tmp_path / "a.xlsx",
        {
            "住宅": [["甲列", "乙列", "丙列"], ["1-1-101", 89.5, "张三"]],
            "说明": [["联系电话", "备注说明", "负责人", "部门"], ["0571", "x", "y", "z"]],
        },
    )
    answer = upload(client, path)
    address = (
        f"{answer.location}columns"
        if answer.status_code == 302
        else re.search('href="(/owner-import/[^"]+/columns)"', answer.get_data(as_text=True))[1]
    )
    page = text(client, address)
    names = re.findall('<select[^>]*name="([0-9a-f]{32}[.][0-9]+)"', page)
    first = names[0].split(".")[0]
    form = dict.fromkeys(names, "")
    form |= {f"{first}.0": "room", f"{first}.1": "gross_area", f"{first}.2": "owner_names"}
    others = {name.split(".")[0] for name in names} - {first}
    if others:
        refused = client.post(address, data=form)
        assert refused.status_code == 422
        assert "“说明”" in refused.get_data(as_text=True)
    answer = client.post(address, data=form | {f"out.{mark}": "1" for mark in others})
    assert answer.status_code == 302
    post(client, answer.location, rows="all")
    assert stored(session) == {"1-1-101": [("张三",)]}


def test_new_buildings_and_rooms_with_another_number_stand_in_the_preview(
    session, unit, client, write, upload, post
):
    path = write(["1-1-101A", 89.5, "张三", "", ""], ["8-1-101", 70, "李四", "", ""])
    address = upload(client, path).location
    page = text(client, address)
    assert "将新建楼栋" in page
    assert 'name="renumber" value="1-1-101A"' in page
    client.post(
        f"{address}correct",
        data={
            "renumber_shown": "1-1-101A",
            "renumber": "1-1-101A",
        },
    )
    post(client, address, rows="all")
    session.rollback()
    assert {one.code for one in session.query(Unit)} == {"1-1-101A", "8-1-101"}
    assert session.get(Unit, unit.id).code == "1-1-101A"


def test_conflicts_are_taken_over_kind_by_kind(session, unit, client, write, upload, post):
    path = write(["1-1-101", 89.5, "张三、李四", "", ""])
    address = upload(client, path).location
    assert 'name="accept" value="co_owner"' in text(client, address)
    post(client, address, rows="all", accept=["co_owner", "nonsense"])
    assert [name for name, *_ in stored(session)["1-1-101"]] == ["张三", "李四"]


def test_the_answers_lie_beside_the_upload_in_plain_words(app, client, write, upload):
    address = upload(client, write(ZHANG)).location
    client.post(f"{address}correct", data={"cell.0.2.2": "章三"})
    token = address.strip("/").split("/")[-1]
    with app.app_context():
        facts = json.loads((job.folder() / token / "facts.json").read_text("utf-8"))
    assert facts["facts"]["answers"]["cells"] == [["业主", 2, 2, "章三"]]
