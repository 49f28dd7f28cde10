"""What hostile, damaged and overlarge workbooks meet: one sentence, and no harm."""

from __future__ import annotations

import random
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from app.core.values.errors import DomainError
from app.core.workbook import reader as reading
from app.core.workbook.limits import Limits
from app.core.workbook.reader import SENTENCES, read_workbook
from tests.workbooks import rezip, xlsx

ROWS = [["房号", "业主", "面积", "交付"], ["1-1-101", "张三", 89.5, date(2019, 5, 1)]]
CSV = "房号,业主,电话\n1-1-101,张三,13800000001\n"


def refusal(path: Path, **limits: float) -> str:
    """The key of the sentence with which the file is refused."""
    with pytest.raises(DomainError) as caught:
        read_workbook(path, limits=Limits(**limits) if limits else None)
    return next(key for key, text in SENTENCES.items() if text == caught.value.message)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<html><table><tr><td>1</td></tr></table>", "web_page"),
        (b'<?xml version="1.0"?><Workbook/>', "web_page"),
        (b"%PDF-1.7 something", "unknown"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "unknown"),
        (b"PK\x03\x04 and nothing else", "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "broken"),
        (b"\xff\xfe\x00", "unknown"),
    ],
)
def test_what_is_no_workbook_gets_one_sentence(tmp_path, content, reason):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert refusal(path) == reason


def test_too_many_bytes_are_refused_before_anything_is_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * 101)
    assert refusal(path, upload=100) == "upload"


def test_a_cut_file_is_damaged(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", {"S": ROWS})
    path.write_bytes(path.read_bytes()[:-300])
    assert refusal(path) == "broken"


def test_a_zip_of_something_else_is_no_list(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert refusal(path) == "unknown"


def test_an_encrypted_package_asks_for_the_password_to_be_removed(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", {"S": ROWS})
    data = bytearray(path.read_bytes())
    place = data.rfind(b"PK\x01\x02")
    data[place + 8] |= 1
    path.write_bytes(data)
    assert refusal(path) == "encrypted"


def with_sheet(tmp_path: Path, cells: str, before: str = "") -> Path:
    """A workbook whose only sheet has these cells as XML."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    part = f'{before}<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'
    whole = xlsx(tmp_path / "whole.xlsx", {"S": ROWS})
    return rezip(whole, tmp_path / "changed.xlsx", {"xl/worksheets/sheet1.xml": part.encode()})


@pytest.mark.parametrize(("reference", "reason"), [("XFD9", "too_wide"), ("A1048576", "too_long")])
def test_one_far_cell_does_not_take_the_memory_of_the_rectangle(tmp_path, reference, reason):
    row = reference.lstrip("XFDA")
    cells = '<row r="1"><c r="A1"><v>1</v></c></row>'
    cells += f'<row r="{row}"><c r="{reference}"><v>1</v></c></row>'
    assert refusal(with_sheet(tmp_path, cells)) == reason


def test_a_far_cell_that_is_only_formatted_does_no_harm(tmp_path):
    cells = '<row r="1"><c r="A1"><v>7</v></c><c r="XFD1" s="1"/></row>'
    assert list(read_workbook(with_sheet(tmp_path, cells)).sheets[0].rows) == [[7.0]]


def test_a_rectangle_too_large_is_refused(tmp_path):
    rows = [["x"], *([[]] * 98), ["", "", "", "y"]]
    assert refusal(xlsx(tmp_path / "a.xlsx", {"S": rows}), cells=399) == "too_long"


@pytest.mark.parametrize("word", ["<!DOCTYPE a [<!ENTITY b 'c'>]>", "<!ENTITY b 'c'>"])
def test_document_types_and_entities_are_refused(tmp_path, word):
    assert refusal(with_sheet(tmp_path, "", before=word)) == "hostile"


def test_a_member_that_unpacks_too_far_is_refused(tmp_path):
    bombed = with_sheet(tmp_path, " " * 12_000_000)
    assert refusal(bombed) == "hostile"
    assert refusal(bombed, inflated=1_000_000) == "too_large"


def test_a_member_that_lies_about_its_size_is_refused(tmp_path):
    liar = with_sheet(tmp_path, "<!-- " + "x" * 50_000 + " -->")
    with zipfile.ZipFile(liar) as archive:
        real = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    data, size = liar.read_bytes(), real.to_bytes(4, "little")
    assert data.count(size) == 2
    liar.write_bytes(data.replace(size, (60).to_bytes(4, "little")))
    assert refusal(liar) == "hostile"


def test_too_many_members_are_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(30):
            archive.writestr(f"xl/{number}.xml", "")
        archive.writestr("xl/workbook.xml", "")
    assert refusal(path, members=20) == "hostile"


def test_what_takes_too_long_is_stopped(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", {"S": ROWS})
    assert refusal(path, seconds=0.01) == "too_slow"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_what_takes_too_much_memory_is_stopped(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" * 2_000_000, encoding="utf-8")
    assert refusal(path, memory=1 << 20) == "too_large"


def test_more_output_than_the_server_wants_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" * 5_000, encoding="utf-8")
    assert refusal(path, output=10_000) == "too_large"


@pytest.mark.parametrize(
    "text", ["a,b\n" * 30, "a" + ",b" * 30 + "\n", '"' + "a" * 70_000, "a,b\n\x00\n"]
)
def test_text_beyond_all_measure_is_refused(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    assert refusal(path, rows=20, columns=10) in ("too_long", "too_wide", "broken", "unknown")


def test_flipped_bytes_give_rows_or_one_sentence(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", {"S": ROWS * 20})
    whole = path.read_bytes()
    dice = random.Random(7)
    for _ in range(12):
        data = bytearray(whole)
        for _ in range(8):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path.write_bytes(data)
        outcome = "rows"
        try:
            read_workbook(path)
        except DomainError as error:
            outcome = error.message
        assert outcome in ("rows", *SENTENCES.values())


def test_a_dying_reader_is_one_sentence(tmp_path, monkeypatch):
    path = xlsx(tmp_path / "a.xlsx", {"S": ROWS})
    monkeypatch.setattr(reading, "_START", "import os; os.abort()")
    assert refusal(path) == "died"


def test_what_a_captured_reader_sends_is_only_rows_or_a_sentence(tmp_path, monkeypatch):
    path = xlsx(tmp_path / "a.xlsx", {"S": ROWS})
    refused = '{"refused": "new", "details": {}}'
    for sent in ("[[1]]", '{"sheet": 1}', '{"end": true}', "x", refused):
        monkeypatch.setattr(reading, "_START", f"print({sent!r})")
        assert refusal(path) == "died"


def test_the_reading_process_loads_no_application():
    code = reading._START.replace(
        "from app.core.workbook.sandbox import run; run()",
        "import app.core.workbook.sandbox; print(sorted(sys.modules))",
    )
    shown = subprocess.run(
        [sys.executable, "-I", "-c", code, reading._APP], capture_output=True, text=True, check=True
    ).stdout
    assert "python_calamine" in shown
    assert not any(f"'{name}'" in shown for name in ("flask", "sqlalchemy", "flask_appbuilder"))
