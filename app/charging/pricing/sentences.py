"""The sentence of a bill: `89.50㎡ × 2.80元/㎡·月 × 1个月 = 250.60`; it is stored with the bill.

The sentence belongs to the bill as a Chinese document (price disclosure, domain-rules 1),
so it is not translated. Pure text; the numbers are those of `charging.pricing.price`.
"""

from __future__ import annotations

import calendar
from datetime import date

from app.core.values.money import Rounding

_PER = {"gross_area": "㎡", "net_area": "㎡", "charged_area": "㎡", "unit": "户", "space": "车位"}
_HOW = {Rounding.HALF_UP: "四舍五入", Rounding.UP: "进位", Rounding.DOWN: "舍去尾数"}
_TO = ("元", "角", "分")


def days_in_month(month: date) -> int:
    """The length of the month of that day."""
    return calendar.monthrange(month.year, month.month)[1]


def decimals(value: int, places: int) -> str:
    """A whole number of the last place as a decimal with two places, more where it has more."""
    whole, rest = divmod(value, 10**places)
    digits = f"{rest:0{places}d}"
    return f"{whole}.{digits[:2]}{digits[2:].rstrip('0')}"


def yuan(fen: int) -> str:
    """An amount in yuan with two places, without separators."""
    return f"{fen // 100}.{fen % 100:02d}"


def months(whole: int, parts: tuple[tuple[int, int], ...]) -> str:
    """`1个月`, `15/30个月` or `(2+15/30)个月`."""
    terms = ([str(whole)] if whole or not parts else []) + [f"{a}/{b}" for a, b in parts]
    joined = "+".join(terms)
    return f"({joined})个月" if len(terms) > 1 else f"{joined}个月"


def rate(basis: str, unit_price: int, whole: int, parts: tuple[tuple[int, int], ...]) -> str:
    """The price and the time of a product, e.g. `2.80元/㎡·月 × 1个月`."""
    return f"{decimals(unit_price, 4)}元/{_PER[basis]}·月 × {months(whole, parts)}"


def gross_area(area: int) -> str:
    """The factor before the rate, e.g. `89.50㎡ × `; `area` in ten-thousandths."""
    return f"{decimals(area, 4)}㎡ × "


def net_area(area: int) -> str:
    """The same for a net area, which is named: `套内75.20㎡ × `."""
    return f"套内{decimals(area, 4)}㎡ × "


def charged_area(area: int) -> str:
    """The same for the area that is charged by contract: `计费面积95.50㎡ × `."""
    return f"计费面积{decimals(area, 4)}㎡ × "


def rounding_note(rounding: Rounding, places: int) -> str:
    """What was done to the last place where it is not the usual half-up to the fen."""
    if rounding == Rounding.HALF_UP and places == 2:
        return ""
    return f"（{_HOW[rounding]}到{_TO[places]}）"
