"""Workbooks are read back with another library: types, exact text, totals and the red column."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from app.core.tables import excel_writer
from app.core.tables.excel_values import LARGEST_TEXT, safe_text, sheet_name
from app.core.tables.excel_writer import write_sheets, write_table
from app.core.tables.marked_workbook import Marked, annotated_copy
from app.core.tables.table import Chart, ColumnKind, ReportColumn, Table, ratio

COLUMNS = (
    ReportColumn("room", "房号"),
    ReportColumn("due", "应收", ColumnKind.MONEY, total=True),
    ReportColumn("paid", "实收", ColumnKind.MONEY, total=True),
    ReportColumn(
        "rate", "收缴率", ColumnKind.PERCENT, total=lambda sums: ratio(sums["paid"], sums["due"])
    ),
    ReportColumn("area", "面积", ColumnKind.AREA),
    ReportColumn("count", "户数", ColumnKind.INTEGER, total=True),
    ReportColumn("day", "日期", ColumnKind.DATE),
    ReportColumn("at", "时间", ColumnKind.MOMENT),
)


def row(room="1-1-101", due="250.60", paid="100.30", **more):
    values = {
        "room": room,
        "due": Decimal(due),
        "paid": Decimal(paid),
        "rate": ratio(Decimal(paid), Decimal(due)),
        "area": Decimal("89.500"),
        "count": 1,
        "day": date(2026, 5, 31),
        "at": datetime(2026, 5, 31, 17, 30),
    }
    return values | more


def written(rows, columns=COLUMNS, **options):
    target = io.BytesIO()
    count = write_table(target, "收费明细表", columns, rows, **options)
    target.seek(0)
    book = CalamineWorkbook.from_filelike(target)
    return count, book.get_sheet_by_index(0).to_python()


def test_numbers_dates_and_moments_are_real_ones_and_moments_are_office_time():
    count, lines = written([row()])
    assert count == 1
    assert lines[0][0] == "收费明细表"
    assert lines[1] == [column.label for column in COLUMNS]
    assert lines[2] == [
        "1-1-101",
        250.6,
        100.3,
        0.4002,
        89.5,
        1.0,
        date(2026, 5, 31),
        datetime(2026, 6, 1, 1, 30),
    ]


def test_totals_add_up_and_a_rate_is_made_from_the_sums():
    _count, lines = written(
        [row(), row("1-1-102", "749.40", "749.40"), row("1-1-103", "0.10", "0.00")]
    )
    assert lines[5][1:4] == [1000.1, 849.7, 0.8496]
    assert lines[5][5] == 3


def test_parameters_and_notes_stand_above_and_below():
    _count, lines = written(
        [row()], parameters=(("小区", "安居花园"), ("账期", "2026-05")), notes=("甲", "乙")
    )
    assert "安居花园" in lines[1][0]
    assert "2026-05" in lines[1][0]
    assert [line[0] for line in lines[-2:]] == ["甲", "乙"]


@pytest.mark.parametrize("streaming", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        '=HYPERLINK("http://x")',
        "http://example.com",
        "mailto:a@b",
        "internal:Sheet1!A1",
        "<r>x</r>",
        "<r><t>x</t></r>",
        "a&b<c>\"d'",
        "_x0041_",
        "a\x00\x01\x1fb",
        " lead and trail ",
        "00123",
        "13800000001",
        "3.0",
        "a\nb",
        "a\r\nb",
        "张三🏠𠮷",
        "1e400",
        "NaN",
    ],
)
def test_text_comes_back_exactly_and_never_runs(text, streaming):
    columns = (ReportColumn("room", "房号"), ReportColumn("n", "数", ColumnKind.INTEGER))
    chart = None if streaming else Chart("图", "room", bars=("n",))
    target = io.BytesIO()
    write_table(target, "表", columns, [{"room": text, "n": 1}], chart=chart)
    target.seek(0)
    line = CalamineWorkbook.from_filelike(target).get_sheet_by_index(0).to_python()[2]
    assert line == [text, 1.0]


def test_no_formula_and_no_link_is_in_the_file_for_hostile_text(tmp_path):
    target = tmp_path / "table.xlsx"
    write_table(
        target, "表", (ReportColumn("t", "t"),), [{"t": "=1+1"}, {"t": "http://example.com"}]
    )
    sheet = CalamineWorkbook.from_path(str(target)).get_sheet_by_index(0)
    assert [line[0] for line in sheet.to_python()[2:]] == ["=1+1", "http://example.com"]
    with zipfile.ZipFile(target) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert "hyperlink" not in xml


def test_half_characters_and_endless_texts_are_mended_with_a_mark():
    assert safe_text("a\ud800b") == "a\ufffdb"
    cut = safe_text("𠮷" * 20_000)
    assert len(cut.encode("utf-16-le")) // 2 <= LARGEST_TEXT
    assert cut.startswith("𠮷𠮷")
    assert cut.endswith(")")
    assert safe_text("x" * LARGEST_TEXT) == "x" * LARGEST_TEXT
    _count, lines = written([row("长" * 40_000)])
    assert len(lines[2][0]) == LARGEST_TEXT


def test_names_of_sheets_are_made_acceptable_and_single():
    assert sheet_name("1栋/[2]:*?") == "1栋  2"
    assert sheet_name("") == "Sheet"
    assert sheet_name("history") == "history (2)"
    assert sheet_name("A", ["a"]) == "A (2)"
    assert len(sheet_name("长" * 60, ["长" * 31])) == 31


def test_an_empty_table_is_still_a_workbook():
    count, lines = written([])
    assert count == 0
    assert lines[1][0] == "房号"


def test_empty_values_are_empty_cells():
    _count, lines = written([row(rate=None, day=None, area=None)])
    assert [lines[2][index] for index in (3, 4, 6)] == ["", "", ""]


def test_several_sheets_and_a_long_table_goes_on_in_the_next_one(monkeypatch):
    monkeypatch.setattr(excel_writer, "ROWS_OF_A_SHEET", 3)
    target = io.BytesIO()
    told = []
    rows = (row(f"1-1-{number}", "10.00", "10.00") for number in range(7))
    count = write_sheets(
        target,
        (Table("甲", COLUMNS, rows), Table("乙", COLUMNS, [row()])),
        progress=told.append,
    )
    target.seek(0)
    book = CalamineWorkbook.from_filelike(target)
    assert count == 8
    assert book.sheet_names == ["甲", "甲 (2)", "甲 (3)", "乙"]
    last = book.get_sheet_by_name("甲 (3)").to_python()
    assert last[2][0] == "1-1-6"
    assert last[3][1] == 70.0


def test_progress_is_told_every_thousand_rows():
    told = []
    written((row() for _ in range(2500)), progress=told.append)
    assert told == [1000, 2000]


def test_a_chart_is_part_of_the_workbook(tmp_path):
    target = tmp_path / "chart.xlsx"
    chart = Chart("趋势", "room", bars=("due", "paid"), lines=("rate",))
    write_table(target, "经营月报", COLUMNS, [row(), row("1-1-102")], chart=chart)
    with zipfile.ZipFile(target) as archive:
        xml = archive.read("xl/charts/chart1.xml").decode()
    assert "c:barChart" in xml
    assert "c:lineChart" in xml
    assert "趋势" in xml


def test_after_an_error_in_the_rows_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def torn():
        yield row()
        raise RuntimeError("connection lost")

    with pytest.raises(RuntimeError):
        write_table(tmp_path / "x.xlsx", "表", COLUMNS, torn())
    assert os.listdir(tmp_path) == []


def test_the_offices_rows_come_back_with_a_red_column(tmp_path: Path):
    target = tmp_path / "problems.xlsx"
    rows = [
        Marked(["房号", "姓名", "电话"]),
        Marked(["1-1-101", "张三", 13800000001]),
        Marked(["", "=cmd", "1380000"], ["没有房号", "电话少了4位"], {0, 2}),
        Marked([True, date(2026, 5, 1), 89.5, Decimal("1.25"), None]),
    ]
    annotated_copy(target, [("1栋", rows), ("1栋", [])], "问题")
    book = CalamineWorkbook.from_path(str(target))
    assert book.sheet_names == ["1栋", "1栋 (2)"]
    lines = book.get_sheet_by_index(0).to_python()
    assert lines[0][:3] == ["房号", "姓名", "电话"]
    assert lines[1][5] == "问题"
    assert lines[1][2] == 13800000001
    assert lines[2][1:3] == ["=cmd", "1380000"]
    assert lines[2][5] == "没有房号\n电话少了4位"
    assert lines[3][:4] == [True, date(2026, 5, 1), 89.5, 1.25]
