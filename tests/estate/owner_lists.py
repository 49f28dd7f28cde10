"""Owner files in memory for the tests of their reading: a good row, and what was found."""

from __future__ import annotations

from datetime import date

from app.core.sheets.questions import Answers
from app.estate.owner_file.parse import parse_owner_file
from tests.workbooks import workbook

NONE = Answers()
HEADER = ["房号", "业主姓名", "联系电话", "建筑面积(㎡)", "身份证号", "交付日期"]
CARD, OTHER_CARD = "360426199101010071", "11010119900307803X"
GOOD = ["1-1-101", "张三", "13800000001", 89.5, CARD, date(2019, 5, 1)]


def parse(*rows, header=HEADER, answers=NONE, **more):
    return parse_owner_file(workbook([header, *rows], **more), answers=answers)


def found(owners):
    """(row, code, severity) of every problem."""
    return [(p.row, p.code, p.severity.value) for p in owners.problems]


def codes(owners):
    return [row.key.code for row in owners.rows]
