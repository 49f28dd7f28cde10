"""Money: exact decimals, one rounding, splits that add up, and amounts in Chinese capitals.

Amounts are `Decimal` yuan with two places in Python and whole fen in the database
(`core.db.types.Money`). Nothing here knows a database or a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum

ZERO = Decimal("0.00")
FEN = Decimal("0.01")
LARGEST = Decimal("9999999999.99")
"""The largest amount that a form accepts: below it, fen fit every database integer."""


class Rounding(StrEnum):
    """How a charge item rounds its line (domain-rules 1): half up is the usual one."""

    HALF_UP = "half_up"
    UP = "up"
    DOWN = "down"


_MODES = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.UP: ROUND_CEILING,
    Rounding.DOWN: ROUND_FLOOR,
}
_STEPS = {0: Decimal(1), 1: Decimal("0.1"), 2: FEN}


def rounded(value: Decimal, rounding: Rounding = Rounding.HALF_UP, places: int = 2) -> Decimal:
    """Round `value` once to `places` (0, 1 or 2) decimals of a yuan; the answer has two."""
    return value.quantize(_STEPS[places], rounding=_MODES[rounding]).quantize(FEN)


def rounded_fen(
    numerator: int, denominator: int, rounding: Rounding = Rounding.HALF_UP, places: int = 2
) -> int:
    """Round `numerator / denominator` yuan once, as `rounded` does; the answer in fen.

    For shares that no decimal holds exactly (15/31 of a month). `denominator` is positive.
    """
    step = (100, 10, 1)[places]
    top, bottom = numerator * 100, denominator * step
    if rounding == Rounding.UP:
        return -(-top // bottom) * step
    if rounding == Rounding.DOWN:
        return top // bottom * step
    half_up = (2 * abs(top) + bottom) // (2 * bottom) * step
    return half_up if top >= 0 else -half_up


def to_fen(amount: Decimal) -> int:
    """Whole fen of an amount that already has at most two places; ValueError otherwise."""
    fen = amount * 100
    whole = int(fen)
    if fen != whole:
        raise ValueError(f"{amount} has fractions of a fen")
    return whole


def from_fen(fen: int) -> Decimal:
    """The amount in yuan, always with two places."""
    return Decimal(fen).scaleb(-2)


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` fen by `weights` so that the parts add up to it (largest remainder).

    Weights are whole and not negative; with no weight at all there is nothing to share by,
    which is a ValueError. Ties go to the earlier part, so the answer never varies.
    """
    whole = sum(weights)
    if whole <= 0:
        raise ValueError("no weight to share by")
    sign = -1 if total < 0 else 1
    exact = [abs(total) * weight for weight in weights]
    parts = [value // whole for value in exact]
    missing = abs(total) - sum(parts)
    order = sorted(range(len(weights)), key=lambda i: (-(exact[i] % whole), i))
    for index in order[:missing]:
        parts[index] += 1
    return [sign * part for part in parts]


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def _four(group: int) -> str:
    """Up to four digits in words, with one 零 for each inner run of zeros."""
    words = ""
    gap = False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return words


def in_capitals(amount: Decimal) -> str:
    """The amount in Chinese capitals with 人民币 before it.

    The rules are the People's Bank's for bills and vouchers (domain-rules 6): an amount
    that ends at 元 or 角 is closed by 整, one with 分 is not; a run of zeros inside is one
    零; 10 to 19 begin with 壹拾. A negative amount (红冲) has 负 before it.
    """
    fen = to_fen(amount)
    sign = "负" if fen < 0 else ""
    yuan, cents = divmod(abs(fen), 100)
    words = ""
    gap = False
    for index in range(3, -1, -1):
        group = yuan // 10000**index % 10000
        if group:
            # A group below 1000 after a higher one has a zero in front of it.
            joint = "零" if words and (gap or group < 1000) else ""
            words += joint + _four(group) + _GROUPS[index]
        gap = bool(words) and (group == 0)
    if yuan:
        words += "元"
    jiao, fen_digit = divmod(cents, 10)
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif fen_digit and yuan:
        words += "零"
    words += _DIGITS[fen_digit] + "分" if fen_digit else "整"
    if not fen:
        words = "零元整"
    return f"人民币{sign}{words}"
