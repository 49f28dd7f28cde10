"""Reading uploaded workbooks: what comes out of honest files."""

from __future__ import annotations

import zipfile
import zlib
from datetime import date, datetime

import pytest
import xlsxwriter

from app.core.parsing.sheet_rows_packed import CellError, PackedRows
from app.core.workbook.reader import read_workbook
from tests.workbooks import xlsx

ROWS = [["房号", "业主", "面积", "交付"], ["1-1-101", "张三", 89.5, date(2019, 5, 1)]]
CSV = "房号,业主,电话\n1-1-101,张三,13800000001\n"


def test_cells_come_with_their_kinds(tmp_path):
    rows = [*ROWS, [], [None, True, 101, "#N/A"]]
    book = read_workbook(xlsx(tmp_path / "a.xlsx", {"业主": rows}))
    (sheet,) = book.sheets
    assert sheet.name == "业主"
    assert list(sheet.rows) == [
        ROWS[0],
        ["1-1-101", "张三", 89.5, date(2019, 5, 1)],
        [],
        ["", "TRUE", 101.0, CellError("#N/A")],
    ]


def test_a_date_with_a_time_is_a_datetime(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", {"S": [[datetime(2019, 5, 1, 8, 30)]]})
    # the test's format hides the time, the value keeps it
    assert list(read_workbook(path).sheets[0].rows) == [[datetime(2019, 5, 1, 8, 30)]]


def test_every_kind_of_error_cell_is_told_from_a_blank_one(tmp_path):
    errors = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"]
    path = xlsx(tmp_path / "a.xlsx", {"S": [errors, [], ["x"]]})
    assert list(read_workbook(path).sheets[0].rows) == [[CellError(e) for e in errors], [], ["x"]]


def test_rows_keep_their_numbers_when_the_list_starts_far_from_the_corner(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", {"S": [[]] * 7 + [["", "", "x"], ["", "", "", "y"]]})
    assert list(read_workbook(path).sheets[0].rows)[7:] == [["", "", "x"], ["", "", "", "y"]]


def test_hidden_sheets_are_named_and_not_read(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", {"名单": ROWS, "旧": [["secret"]]}, hidden=["旧"])
    book = read_workbook(path)
    assert book.hidden == ("旧",)
    assert [sheet.name for sheet in book.visible] == ["名单"]
    assert len(book.sheets[1].rows) == 0


def test_merged_cells_are_told(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", {"S": [["1栋", "a"], ["", "b"]]}, merged={"S": [(0, 0, 1, 0)]})
    assert read_workbook(path).sheets[0].merged == ((0, 0, 1, 0),)


def test_the_first_day_of_1904_is_told(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", {"S": [[date(2019, 5, 1), 43586 - 1462]]}, date1904=True)
    book = read_workbook(path)
    assert book.date1904
    assert list(book.sheets[0].rows) == [[date(2019, 5, 1), 42124.0]]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk", "gb18030"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_text_is_read_in_every_encoding_and_with_every_separator(tmp_path, encoding, separator):
    path = tmp_path / "3号楼.csv"
    path.write_bytes(CSV.replace(",", separator).encode(encoding))
    book = read_workbook(path)
    assert book.kind == "text"
    assert list(book.sheets[0].rows) == [
        ["房号", "业主", "电话"],
        ["1-1-101", "张三", "13800000001"],
    ]


def test_a_text_file_gives_its_own_name_to_its_sheet(tmp_path):
    path = tmp_path / "upload-17.tmp"
    path.write_text(CSV, encoding="utf-8")
    assert read_workbook(path, title="3号楼.csv").sheets[0].name == "3号楼"


def test_quotes_line_breaks_and_protected_zeros_survive_in_text(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"x\ny, ""z""","=""0571"""\n', encoding="utf-8")
    assert list(read_workbook(path).sheets[0].rows)[1] == ['x\ny, "z"', '="0571"'[2:-1]]


def test_a_wrong_ending_does_not_matter(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", {"S": ROWS}).rename(tmp_path / "a.xls")
    assert read_workbook(path).sheets[0].name == "S"


def test_rows_are_walked_indexed_and_cut():
    cells = [[number, date(2026, 1, 1), CellError("#REF!")] for number in range(1_203)]
    rows = PackedRows.of(cells)
    assert len(rows) == 1_203
    assert list(rows) == cells
    assert rows[0] == cells[0]
    assert rows[-1] == cells[-1]
    assert rows[499:502] == cells[499:502]
    with pytest.raises(IndexError):
        rows[1_203]


def test_packed_rows_are_small():
    rows = PackedRows.of([["1-1-101", "张三", 89.5, "13800000001"]] * 2_000)
    assert sum(map(len, rows._blocks)) < 2_000 * 70
    assert zlib.crc32(rows._blocks[0]) == zlib.crc32(rows._blocks[1])


def test_hidden_rows_and_columns_are_told(tmp_path):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("空")
    sheet = book.add_worksheet("业主 & 住户")
    for row in range(5):
        sheet.write_row(row, 0, [row, "x", "y", "z"])
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.set_row(3, 0)
    sheet.set_column(1, 2, None, None, {"hidden": True})
    book.close()
    empty, found = read_workbook(path).sheets
    assert (found.hidden_rows, found.hidden_columns) == ({2, 3}, {1, 2})
    assert (empty.hidden_rows, empty.hidden_columns) == (frozenset(), frozenset())


def test_filtered_rows_of_an_open_document_are_told(tmp_path):
    path = tmp_path / "a.ods"
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        '<office:spreadsheet><table:table table:name="S"><table:table-column/>'
        '<table:table-column table:visibility="collapse"/>'
        f"<table:table-row>{cell}{cell}</table:table-row>"
        f'<table:table-row table:visibility="filter" table:number-rows-repeated="2">{cell}{cell}'
        f"</table:table-row><table:table-row>{cell}{cell}</table:table-row>"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", "<manifest/>")
    (sheet,) = read_workbook(path).sheets
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({1, 2}, {1})
