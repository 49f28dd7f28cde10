"""Workbooks that go back to the office: the problem rows of its own file, and our template."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from app.core.tables.marked_workbook import Marked, annotated_copy
from app.core.workbook.reader import read_workbook
from app.estate.owner_import.preview import said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.core.sheets.layout import CellFault
    from app.core.workbook.reader import SheetData
    from app.estate.owner_file.rows import OwnerFile

TEMPLATE_COLUMNS = (
    ("楼栋", "1"), ("单元", "1"), ("房号", "101"), ("楼层", 1), ("房屋用途", "住宅"),
    ("建筑面积", 89.5), ("套内面积", 71.86), ("计费面积", ""),
    ("业主姓名", "张三、李四"), ("产权份额", "50%、50%"),
    ("联系电话", "13800000001、13800000002"), ("证件号码", ""), ("交房日期", "2019-05-01"),
    ("计费开始日期", "2019-05-01"), ("使用状态", "自住"), ("家庭成员", "王五(子)"),
    ("租户姓名", ""), ("租户电话", ""), ("租赁开始日期", ""), ("租赁结束日期", ""),
    ("车牌号", "浙A12345"), ("车位号", "B1-023"), ("通讯地址", ""), ("电子邮箱", ""), ("备注", ""),
)  # fmt: skip
TEMPLATE_ROWS = (
    (
        "1",
        "1",
        "102",
        1,
        "住宅",
        126.4,
        "",
        "",
        "赵六",
        "",
        "13800000003",
        "",
        "2019-05-01",
        "2019-05-01",
        "出租",
        "",
        "钱七",
        "13800000004",
        "2025-03-01",
        "2027-02-28",
    ),
    (
        "S1",
        "",
        "03",
        1,
        "商铺",
        56.2,
        "",
        "",
        "某某商贸有限公司",
        "",
        "0571-88888888",
        "",
        "2020-03-01",
        "2020-03-01",
        "自住",
    ),
    (
        "B1",
        "",
        "023",
        "",
        "车位",
        "",
        "",
        "",
        "张三",
        "",
        "13800000001",
        "",
        "2020-03-01",
        "2020-03-01",
        "自住",
    ),
)


def problem_rows(source: Path, title: str, file: OwnerFile) -> io.BytesIO:
    """The office's own sheets, only headers and rows with problems, and a red column.

    Original columns and values; the sentences stand right of them, the cells in red.
    """
    workbook = read_workbook(source, title=title)
    by_sheet: dict[str, dict[int, list[CellFault]]] = {}
    for problem in file.problems:
        by_sheet.setdefault(problem.sheet, {}).setdefault(problem.row, []).append(problem)
    first = {header.sheet: header.last for header in file.headers}
    sheets = [
        (sheet.name, _marked(sheet, first.get(sheet.name, -1), by_sheet[sheet.name]))
        for sheet in workbook.visible
        if sheet.name in by_sheet
    ]
    target = io.BytesIO()
    annotated_copy(target, sheets, _("What is wrong"))
    target.seek(0)
    return target


def _marked(sheet: SheetData, header: int, rows: dict[int, list[CellFault]]) -> Iterator[Marked]:
    for index, cells in enumerate(sheet.rows):
        problems = rows.get(index + 1, [])
        if index <= header or problems:
            wrong = {problem.index for problem in problems if problem.index is not None}
            yield Marked(
                [_plain(cell) for cell in cells],
                [_sentence(problem) for problem in problems],
                wrong,
            )


def _sentence(problem: CellFault) -> str:
    """What is wrong with which column, and whether it kept the row out."""
    kind = _("Error") if problem.is_error else _("Warning")
    return f"[{kind}] {problem.column}：{said(problem)}"


def _plain(cell: Any) -> Any:
    """A cell as the writer takes it: errors of formulas as their text."""
    return cell if isinstance(cell, str | int | float) or hasattr(cell, "year") else str(cell)


def template() -> io.BytesIO:
    """Our own workbook to fill in, with example rows and a sheet of notes."""
    target = io.BytesIO()
    header = [name for name, _example in TEMPLATE_COLUMNS]
    example = [value for _name, value in TEMPLATE_COLUMNS]
    notes = (
        _("One row for each unit. Only the room is needed; empty cells change nothing."),
        _("Several owners, phones or plates in one cell are parted by 、."),
        _("Your own file may be uploaded just as well: the columns are recognised by their names."),
        _("Format phones and ID numbers as text, or Excel destroys the last digits."),
        _("Delete the example rows before you upload."),
    )
    annotated_copy(
        target,
        [
            ("业主资料", [Marked(row) for row in (header, example, *TEMPLATE_ROWS)]),
            ("填表说明", [Marked([note]) for note in notes]),
        ],
        "",
    )
    target.seek(0)
    return target
