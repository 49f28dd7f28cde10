"""Workbooks as offices write them, made on the spot for the tests of reading."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from app.core.parsing.sheet_rows_packed import PackedRows
from app.core.workbook.reader import SheetData, Workbook


def xlsx(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    *,
    merged: Mapping[str, Sequence[tuple[int, int, int, int]]] | None = None,
    hidden: Sequence[str] = (),
    date1904: bool = False,
) -> Path:
    """Write the rows of each sheet as they are; a text beginning with ``=`` is a formula."""
    book = xlsxwriter.Workbook(path, {"date_1904": date1904, "strings_to_numbers": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                elif isinstance(value, str) and value.startswith("#"):
                    sheet.write_formula(number, column, "=NA()", None, value)
                elif value != "":
                    sheet.write(number, column, value)
        for area in (merged or {}).get(name, ()):
            first = sheets[name][area[0]][area[1]]
            sheet.merge_range(*area, first)
        if name in hidden:
            sheet.hide()
    book.close()
    return path


def workbook(
    rows: Sequence[Sequence[Any]],
    *,
    name: str = "Sheet1",
    merged: Sequence[tuple[int, int, int, int]] = (),
    date1904: bool = False,
    **more: Sequence[Sequence[Any]],
) -> Workbook:
    """A workbook that was never a file, for the tests of what comes after reading."""
    sheets = [SheetData(name, False, PackedRows.of(rows), tuple(merged))]
    sheets += [SheetData(title, False, PackedRows.of(cells)) for title, cells in more.items()]
    return Workbook(tuple(sheets), "package", None, date1904)


def rezip(source: Path, target: Path, changed: Mapping[str, bytes]) -> Path:
    """Copy a package with other contents for some members."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, changed.get(info.filename, old.read(info)))
    return target
