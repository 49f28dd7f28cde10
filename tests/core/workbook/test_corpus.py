"""Every strange workbook of the corpus gives rows or one sentence, quickly and in little memory."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from app.core.parsing.sheet_rows_packed import CellError
from app.core.values.errors import DomainError
from app.core.workbook.reader import SENTENCES, read_workbook
from app.estate.owner_file.parse import parse_owner_file

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"
FOLDERS = (
    "templates",
    "xlsx_calamine",
    "xlsx_poi_hostile",
    "xlsx_poi_other",
    "xlsx_python_calamine",
    "xlsx_sheetjs",
    "blns",
)
MEMORY = 300 << 20
NO_LIST = ("No header", "looks like a list of something else")
"""How a file that is none of ours is refused."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def corpus():
    """The folder of strange workbooks; its absence is a failure where everything must be there."""
    if not CORPUS.is_dir():
        if os.environ.get("ANJU_TEST_STRICT"):
            pytest.fail(f"{CORPUS} is missing")
        pytest.skip(f"the corpus of workbooks is not at {CORPUS}")
    return CORPUS


def files(folder: str) -> list[Path]:
    return sorted(path for path in (CORPUS / folder).iterdir() if path.is_file())


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_gives_rows_or_one_sentence(folder):
    process = psutil.Process()
    before = process.memory_info().rss
    wrong = []
    for path in files(folder):
        outcome = "rows"
        try:
            book = read_workbook(path)
            cells = sum(len(row) for sheet in book.sheets for row in sheet.rows)
            assert cells >= 0
            owners = parse_owner_file(book)
            if folder != "templates":
                wrong.append(f"{path.name}: {len(owners.rows)} units in a file that has none")
        except DomainError as error:
            outcome = error.message
        known = outcome in ("rows", *SENTENCES.values())
        if not known and not any(words in outcome for words in NO_LIST):
            wrong.append(f"{path.name}: {outcome}")
    assert wrong == []
    assert process.memory_info().rss - before < MEMORY


@pytest.mark.parametrize(
    ("name", "errors"),
    [
        ("xlsx_calamine/tests__errors.xlsx", 7),
        ("xlsx_sheetjs/biff5__ErrorTypes.xls", 20),
        ("xlsx_poi_hostile/test-data__spreadsheet__bug66682.xlsb", 4),
    ],
)
def test_error_cells_of_other_programs_are_told_from_blanks(name, errors):
    book = read_workbook(CORPUS / name)
    cells = [cell for sheet in book.sheets for row in sheet.rows for cell in row]
    found = [cell for cell in cells if isinstance(cell, CellError)]
    assert len(found) == errors


@pytest.mark.parametrize(
    "name",
    [
        "xlsx_poi_hostile/test-data__spreadsheet__protected_passtika.xlsx",
        "xlsx_poi_hostile/test-data__spreadsheet__password.xls",
        "xlsx_poi_hostile/test-data__spreadsheet__xor-encryption-abc.xls",
        "xlsx_python_calamine/tests__data__password.ods",
        "xlsx_python_calamine/tests__data__password.xlsb",
    ],
)
def test_a_password_is_named_as_the_reason(name):
    with pytest.raises(DomainError) as caught:
        read_workbook(CORPUS / name)
    assert caught.value.message == SENTENCES["encrypted"]


def test_strict_open_xml_has_its_rows():
    book = read_workbook(CORPUS / "xlsx_poi_hostile/test-data__spreadsheet__sample.strict.xlsx")
    assert book.sheets[0].rows[0] == ["Lorem", 111.0]


@pytest.mark.parametrize("ending", ["xls", "xlsb", "xlsx"])
def test_days_from_1904_come_out_right(ending):
    book = read_workbook(CORPUS / f"xlsx_calamine/tests__date_1904.{ending}")
    assert book.date1904
    assert [str(row[0]) for row in book.sheets[0].rows[:2]] == ["2021-01-01", "2021-01-02"]
