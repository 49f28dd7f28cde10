"""A clerk brings in the office's own messy file, posts its good rows and takes them back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from app.core.db.models import ImportBatch
from app.estate.base.models import Building, Community, Customer, CustomerPhone, Ownership, Unit
from tests.browser.hands import agree, follow

pytestmark = pytest.mark.browser

FILE = "9栋业主资料（最新）.xlsx"
ROWS = (
    (1, "101", "89.5㎡", "自住", "张三丰", "13800138001", "", date(2019, 5, 1), ""),
    ("", "102", 126.4, "自住", "李四海、王小红", "13800138002/13800138003", "", "2019.6.1", ""),
    ("", "201", "九十平", "空置", "赵五", "13800138004", "", "", "面积待核"),
    ("", "202", 98.33, "出租", "", "13800138005", "", "", "业主未登记"),
    (2, "101", 89.5, "自住", "孙六", "1380013", "", "2019年5月", ""),
    ("", "102", 126.4, "已入住", "钱七", "13800138007", "330102199002300011", "", ""),
    ("", "201", 89.5, "自住", "周八", "13800138008", "", "", ""),
    ("", "201", 98.33, "自住", "吴九", "13800138009", "", "", ""),
    ("小计", "", 716.4, "", "", "", "", "", ""),
    ("说明：本表由前台登记，带 * 者待核实", "", "", "", "", "", "", "", ""),
)
GOOD = ["9-1-101", "9-1-102", "9-2-101", "9-2-102"]


def messy() -> bytes:
    """One sheet per building, title rows, a header on two levels, a column with a strange name."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target)
    day = book.add_format({"num_format": "yyyy/m/d"})
    head = book.add_format({"bold": True, "align": "center", "border": 1})
    sheet = book.add_worksheet("9栋")
    sheet.merge_range("A1:I1", "安居花园 9 栋业主资料登记表", head)
    sheet.write("A2", "制表：客服部　　2026年")
    sheet.merge_range("A3:D3", "房屋情况", head)
    sheet.merge_range("E3:G3", "业主情况", head)
    sheet.merge_range("H3:H4", "收房日期", head)
    sheet.merge_range("I3:I4", "备注", head)
    labels = ("单元", "房号", "建筑面积(㎡)", "状态", "户主", "打得通的号码", "身份证号码")
    sheet.write_row("A4", labels, head)
    for number, row in enumerate(ROWS, start=4):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, column, value, day)
            elif value != "":
                sheet.write(number, column, value)
    hidden = book.add_worksheet("旧数据")
    hidden.write_row("A1", ("房号", "户主"))
    hidden.hide()
    book.close()
    return target.getvalue()


def counts(session) -> dict[str, int]:
    return {
        model.__name__: session.scalar(select(func.count()).select_from(model))
        for model in (Building, Unit, Customer, CustomerPhone, Ownership)
    }


def upload(page) -> None:
    page.goto("/owner-import/")
    page.select_option("#community", label="安居花园")
    page.set_input_files("#file", {"name": FILE, "mimeType": "", "buffer": messy()})
    follow(page, ".import-form button[type=submit]")
    assert "/owner-import/" in page.url


def cells(table) -> list[list[str]]:
    """The texts of a table; of a cell that can be corrected what stands in its field."""
    return table.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => {"
        " const field = cell.querySelector('input.form-control');"
        " return field ? field.value : cell.innerText.trim(); }))"
    )


def test_a_messy_file_is_corrected_posted_and_undone(site, enter, shot):
    with site.stored() as session:
        before = counts(session)
    clerk = enter("clerk")
    upload(clerk)
    notes = clerk.locator(".import-notes").inner_text()
    assert "打得通的号码" in notes
    assert "旧数据" in notes
    shot(clerk, "import-first-preview")

    follow(clerk, ".actions a[href$=columns]")
    row = clerk.locator("table.matching tr", has_text="打得通的号码")
    assert "13800138001" in row.inner_text()
    assert row.locator("select").input_value() == ""
    row.locator("select").select_option("owner_phones")
    shot(clerk, "import-columns")
    follow(clerk, "main button[type=submit]")
    assert "打得通的号码" not in clerk.locator(".import-notes").inner_text()
    with site.stored() as session:
        assert counts(session) == before, "a preview stores nothing"

    wrong = cells(clerk.locator("table.wide"))
    assert {(line[1], line[2]) for line in wrong} == {
        ("7", "房屋情况/建筑面积(㎡)"),
        ("8", "业主情况/户主"),
        ("11", "房号"),
        ("12", "房号"),
    }
    assert any("九十平" in line[3] for line in wrong)
    shot(clerk, "import-errors")
    follow(clerk, ".import-tabs a[href*=warning]")
    doubtful = cells(clerk.locator("table.wide"))
    assert ("9", "业主情况/打得通的号码", "1380013") in {tuple(line[1:4]) for line in doubtful}
    assert any("330102199002300011" in line[3] for line in doubtful)
    follow(clerk, ".import-tabs a[href*=new]")
    assert [line[2] for line in cells(clerk.locator("table.wide"))] == GOOD
    shot(clerk, "import-new")

    with clerk.expect_download() as waiting:
        clerk.click(".actions a[href$=xlsx]")
    file = CalamineWorkbook.from_path(waiting.value.path())
    sheet = file.get_sheet_by_name("9栋").to_python()
    assert sheet[3][1] == "房号"
    problems = {row[1]: row[-1] for row in sheet[4:]}
    assert sorted(problems) == ["101", "102", "201", "202"]
    assert problems["202"].startswith("[错误] 业主情况/户主：")
    assert problems["101"].startswith("[提醒] 业主情况/打得通的号码：")

    follow(clerk, ".import-post button[type=submit]")
    clerk.wait_for_url("**/owner-import/batches/*")
    shot(clerk, "import-result")
    assert clerk.locator(".import-figures .figure b").all_inner_texts()[0] == "4"
    with site.stored() as session:
        community = session.scalars(select(Community).filter_by(name="安居花园")).one()
        units = session.scalars(
            select(Unit)
            .join(Building)
            .where(Unit.community_id == community.id, Building.name == "9")
            .order_by(Unit.sort_key)
        ).all()
        assert [unit.code for unit in units] == GOOD
        assert [unit.gross_area for unit in units] == [
            Decimal(area) for area in ("89.5", "126.4", "89.5", "126.4")
        ]
        assert units[0].handover_date == date(2019, 5, 1)
        owners = session.execute(
            select(Unit.code, Customer.name, CustomerPhone.number)
            .join(Ownership, Ownership.unit_id == Unit.id)
            .join(Customer, Customer.id == Ownership.customer_id)
            .outerjoin(CustomerPhone, CustomerPhone.customer_id == Customer.id)
            .where(Unit.id.in_([unit.id for unit in units]))
            .order_by(Unit.sort_key, Ownership.position)
        ).all()
        assert [tuple(owner) for owner in owners] == [
            ("9-1-101", "张三丰", "13800138001"),
            ("9-1-102", "李四海", "13800138002"),
            ("9-1-102", "王小红", "13800138003"),
            ("9-2-101", "孙六", None),
            ("9-2-102", "钱七", "13800138007"),
        ]
        number = session.scalars(
            select(Customer.id_number).where(
                Customer.name == "钱七", Customer.origin_batch_id == units[0].origin_batch_id
            )
        ).one()
        assert number is None, "a number whose date does not exist is not stored"

    clerk.click("main form[action$=undo] button")
    agree(clerk)
    assert clerk.locator(".alert-success").count() == 1
    shot(clerk, "import-undone")
    with site.stored() as session:
        assert counts(session) == before
        batch = session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).first()
        assert batch.state == "undone"

    upload(clerk)
    assert "打得通的号码" not in clerk.locator(".import-notes").inner_text(), "it was remembered"
    follow(clerk, ".actions form[action$=discard] button")
    assert clerk.locator(".alert-info").count() == 1
