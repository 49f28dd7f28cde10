"""Reads dates out of cells: real dates, Excel's day numbers, and text in many spellings."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta

from app.core.parsing.cells import Doubt, Parser, folded, plain, says_nothing
from app.core.parsing.sheet_rows_packed import Cell
from app.core.values.errors import N_

FIRST_YEAR, LAST_YEAR = 1900, 2100
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
# 1 January 1950 to 31 December 2100 as Excel counts days; smaller numbers are something else.
_SERIALS = range(18264, 73416)

_INVALID = N_("%(value)s is no date; write it like 2019-05-01.")
_PARTIAL = N_("%(value)s names no day; write it like 2019-05-01.")
_AMBIGUOUS = N_("%(value)s can be read in more than one way; write it like 2019-05-01.")

_TIME = re.compile(r"(T|\s+|(?<=日))\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.年、](\d{1,2})[-/.月、](\d{1,2})[日号]?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?")
_NO_DAY = re.compile(r"\d{4}[-/.年]\d{1,2}月?|\d{4}年?|\d{1,2}月\d{1,2}[日号]?|\d{2}年\d{1,2}月")
_CHINESE = str.maketrans("〇零一二三四五六七八九", "00123456789")
_CHINESE_DATE = re.compile(
    "([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月"
    "(?:([一二三四五六七八九十]{1,3})[日号])?"
)


def dates(*, date1904: bool = False) -> Parser:
    """Make a parser of dates; `date1904` says how the workbook counts bare day numbers.

    Codes: DATE_INVALID (no such day), DATE_PARTIAL (``2019年5月``), DATE_AMBIGUOUS
    (``03/04/2019``, ``19-5-1``). The day is never guessed.
    """
    epoch = _EPOCH_1904 if date1904 else _EPOCH

    def parse(cell: Cell) -> date | Doubt | None:
        found: date | str | None
        if isinstance(cell, date):
            found = cell.date() if isinstance(cell, datetime) else cell
        elif isinstance(cell, int | float):
            found = _number(cell, epoch)
        else:
            written = folded(_TIME.sub("", plain(cell)))
            if says_nothing(written):
                return None
            found = _read(written, epoch)
        if isinstance(found, date) and FIRST_YEAR <= found.year <= LAST_YEAR:
            return found
        shown = {"value": plain(cell)}
        if found == "DATE_PARTIAL":
            return Doubt("DATE_PARTIAL", _PARTIAL, shown)
        if found == "DATE_AMBIGUOUS":
            return Doubt("DATE_AMBIGUOUS", _AMBIGUOUS, shown)
        return Doubt("DATE_INVALID", _INVALID, shown)

    return parse


def _number(cell: float, epoch: date) -> date | str | None:
    """A number without a date format: Excel's days, 20190501, or a year that lost its rest."""
    if not math.isfinite(cell) or not 0 < cell < 10**8:
        return None
    if FIRST_YEAR <= cell <= LAST_YEAR:  # 2019.1 may have been typed as 2019.10
        return "DATE_PARTIAL"
    return _read(str(int(cell)), epoch)


def _serial(days: int, epoch: date) -> date | None:
    """The day that Excel stores as a number."""
    if epoch is _EPOCH_1904:
        days += (_EPOCH_1904 - _EPOCH).days
    return _EPOCH + timedelta(days) if days in _SERIALS else None


def _read(written: str, epoch: date) -> date | str | None:
    """The date in a text, or the code of what is wrong with it; None for no date at all."""
    if len(written) == 5 and written.isdecimal():
        return _serial(int(written), epoch)
    match = _YEAR_FIRST.fullmatch(written) or _DIGITS.fullmatch(written)
    if match:
        return _day(match[1], match[2], match[3])
    if match := _YEAR_LAST.fullmatch(written):
        return _year_last(int(match[1]), int(match[2]), match[3])
    if match := _CHINESE_DATE.fullmatch(written):
        month, day = _chinese(match[2]), _chinese(match[3] or "")
        return _day(match[1].translate(_CHINESE), month, day) if match[3] else "DATE_PARTIAL"
    if _SHORT_YEAR.fullmatch(written):
        return "DATE_AMBIGUOUS"
    return "DATE_PARTIAL" if _NO_DAY.fullmatch(written) else None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _year_last(first: int, second: int, year: str) -> date | str | None:
    """``13/04/2019`` has one reading, ``03/04/2019`` two, ``05/05/2019`` two that agree."""
    readings = {
        found
        for month, day in ((first, second), (second, first))
        if (found := _day(year, str(month), str(day)))
    }
    if len(readings) > 1:
        return "DATE_AMBIGUOUS"
    return readings.pop() if readings else None


def _chinese(numeral: str) -> str:
    """``十二`` → 12, ``三十`` → 30, up to 39."""
    if "十" not in numeral:
        return numeral.translate(_CHINESE)
    tens, _, ones = numeral.partition("十")
    return (tens.translate(_CHINESE) or "1") + (ones.translate(_CHINESE) or "0")
