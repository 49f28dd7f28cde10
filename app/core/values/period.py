"""Billing periods: whole months, quarters and years, and the share of a broken month."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from app.core.values.errors import N_, DomainError


class Cycle(StrEnum):
    """How often a standard is billed."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        return {Cycle.MONTH: 1, Cycle.QUARTER: 3, Cycle.YEAR: 12}[self]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole calendar months from `first` (the first of a month), `months` long."""

    first: date
    months: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2026-11`, `2026-Q4` or `2026` (also 2026年11月); DomainError otherwise."""
        plain = text.strip().upper().replace("年", "-").replace("月", "").strip("-")
        found = re.fullmatch(r"(\d{4})(?:[-/.]?(?:Q([1-4])|(?<=[-/.])(\d{1,2})))?", plain)
        year = int(found[1]) if found else 0
        if not found or not 1990 <= year <= 2100 or (found[3] and not 1 <= int(found[3]) <= 12):
            raise DomainError(
                N_("“%(text)s” is no period: write 2026-11, 2026-Q4 or 2026."),
                field="period",
                text=text[:40],
            )
        if found[2]:
            return cls(date(year, 3 * int(found[2]) - 2, 1), 3)
        if found[3]:
            return cls(date(year, int(found[3]), 1), 1)
        return cls(date(year, 1, 1), 12)

    @classmethod
    def containing(cls, day: date, cycle: Cycle = Cycle.MONTH) -> Period:
        """The month, quarter or year in which `day` lies."""
        months = cycle.months
        month = (day.month - 1) // months * months + 1
        return cls(date(day.year, month, 1), months)

    @classmethod
    def spanning(cls, first: date, last: date) -> Period:
        """The whole months from the first day to the last."""
        return cls(first, (last.year - first.year) * 12 + last.month - first.month + 1)

    @property
    def cycle(self) -> Cycle:
        return {1: Cycle.MONTH, 3: Cycle.QUARTER, 12: Cycle.YEAR}[self.months]

    @property
    def last(self) -> date:
        """The last day, inclusive."""
        return add_months(self.first, self.months) - timedelta(days=1)

    @property
    def previous(self) -> Period:
        return Period(add_months(self.first, -self.months), self.months)

    @property
    def next(self) -> Period:
        return Period(add_months(self.first, self.months), self.months)

    def each_month(self) -> list[date]:
        """The first days of its months."""
        return [add_months(self.first, index) for index in range(self.months)]

    def __str__(self) -> str:
        if self.months == 12:
            return f"{self.first.year}"
        if self.months == 3:
            return f"{self.first.year}-Q{(self.first.month + 2) // 3}"
        return f"{self.first:%Y-%m}"


def add_months(day: date, months: int) -> date:
    """The same day `months` later; the 31st becomes the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    length = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, length))


def share_of_month(month: date, start: date, end: date | None = None) -> Fraction:
    """The part of the month of `month` that lies in `start`..`end` (both inclusive).

    By days of that month (domain-rules 1, fractional month): from the 16th of November is
    15/30, the whole month is 1, outside is 0.
    """
    length = calendar.monthrange(month.year, month.month)[1]
    first = month.replace(day=1)
    last = month.replace(day=length)
    begins = max(first, start)
    ends = last if end is None else min(last, end)
    days = (ends - begins).days + 1
    return Fraction(max(days, 0), length)
