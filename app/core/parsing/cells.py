"""Reads one cell at a time: text, numbers, shares; what cannot be read for sure is a `Doubt`.

A parser takes a cell and returns the value, None for "nothing said", or a `Doubt`. Parsers
keep no state, so that their answers can be remembered for equal cells.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeAlias

from app.core.parsing.sheet_rows_packed import Cell
from app.core.values.errors import N_


class Severity(StrEnum):
    """An error keeps the row out; a warning lets it in without the doubtful value."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a cell was not taken as it stands.

    `code` is the stable word for programs, `message` the source text of a sentence with
    ``%(name)s`` places for `params`. `value` is the part that is beyond doubt (the good ones
    of several phones). Without a `severity` the column decides. `readings` are texts that the
    cell may mean: the office is asked, and the chosen one is read in its place.
    """

    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    value: Any = None
    severity: Severity | None = None
    readings: tuple[str, ...] = ()
    question: str = ""  # key of the question that asks for it


Parser: TypeAlias = Callable[[Cell], Any]

# What people write into a cell to say that there is nothing.
_NOTHING = frozenset(
    ("", "-", "--", "---", "/", "\\", "—", "——", "无", "暂无", "没有", "nil", "none")
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufffe]")
_ODD_SPACE = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000\t\r\x0b\x0c]")
_SPACE = re.compile(r"\s+")


def text(cell: Cell) -> str | None:
    """The text as typed, without invisible signs and outer spaces; None when blank.

    A number loses Excel's ``.0``; a date is written ``2019-05-01``.
    """
    return plain(cell) or None


def plain(cell: Cell) -> str:
    """Like `text`, the empty string when blank."""
    if isinstance(cell, str):
        if cell.isascii() and cell.isprintable():
            return cell.strip()
        return _ODD_SPACE.sub(" ", _INVISIBLE.sub("", cell)).strip()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def folded(cell: Cell) -> str:
    """Text in half width without any space, for what is compared and not shown."""
    value = plain(cell)
    if not value.isascii():
        value = unicodedata.normalize("NFKC", value)
    return _SPACE.sub("", value) if " " in value or "\n" in value else value


_DOT_ZERO = re.compile(r"(?<=\d)\.0{1,2}(?=\s*$)")


def without_dot_zero(written: str) -> str:
    """A number that a program wrote as text, ``13900000001.0``: every digit is there."""
    return _DOT_ZERO.sub("", written) if written.count(".") == 1 else written


def says_nothing(value: str) -> bool:
    """Whether a text is one of the signs for "nothing" (``/``, ``无``, a dash)."""
    return value.casefold() in _NOTHING


def word(cell: Cell) -> str | None:
    """A short text where ``/`` or ``无`` means nothing."""
    value = plain(cell)
    return None if says_nothing(value) else value


_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_AREA_UNIT = re.compile(r"(m2|m²|平方米|平米|平方|平|方)$", re.IGNORECASE)

_NOISE = Decimal("1e-9")  # of binary fractions

_NOT_A_NUMBER = N_("%(value)s is not a number that can be used here.")
_NOT_POSITIVE = N_("%(value)s must be greater than zero.")
_TOO_LARGE = N_("%(value)s is larger than %(limit)s.")
_TOO_FINE = N_(
    "%(value)s has more than %(places)s decimal places; round it in the file, it was left out."
)


def number(
    code: str,
    *,
    places: int,
    usual: int | None = None,
    unit: re.Pattern[str] | None = None,
    maximum: int = 10**9,
    zero: bool = False,
) -> Parser:
    """Make a parser of exact numbers with at most `places` decimals, above zero or from it.

    The answer has `places` decimals, or the `usual` ones where no more were written.

    Excel's own noise (``89.53000000001``) is taken off; real further decimals are a warning,
    because rounding them would change what the office wrote.
    """
    step = Decimal(1).scaleb(-places)
    shorter = step if usual is None else Decimal(1).scaleb(-usual)

    def parse(cell: Cell) -> Decimal | Doubt | None:
        if isinstance(cell, str) and says_nothing(folded(cell)):
            return None
        value = _exact(cell, unit)
        shown: dict[str, object] = {"value": plain(cell)}
        severity = None
        if value is None:
            message = _NOT_A_NUMBER
        elif value < 0 or (value < step / 2 and not (zero and value == 0)):
            message = _NOT_POSITIVE
        elif value > maximum:
            message, shown["limit"] = _TOO_LARGE, maximum
        elif abs(value - (rounded := value.quantize(shorter))) <= _NOISE:
            return rounded
        elif abs(value - (rounded := value.quantize(step))) > _NOISE:
            message, shown["places"], severity = _TOO_FINE, places, Severity.WARNING
        else:
            return rounded
        return Doubt(code, message, shown, severity=severity)

    return parse


def _exact(cell: Cell, unit: re.Pattern[str] | None) -> Decimal | None:
    """The number that a cell shows; None when it shows none."""
    if isinstance(cell, int | float):
        return Decimal(repr(cell)) if math.isfinite(cell) else None
    written = folded(cell)
    return _decimal(unit.sub("", written) if unit else written)


area = number("AREA_INVALID", places=4, usual=3, unit=_AREA_UNIT, maximum=1_000_000)
"""Square metres with three places, or four where the office wrote four."""


def _decimal(written: str) -> Decimal | None:
    """The number in a text, thousands apart or not; None for anything else."""
    if "," in written:
        if not _GROUPED.fullmatch(written):
            return None
        written = written.replace(",", "")
    if len(written) > 30 or not _PLAIN_NUMBER.fullmatch(written):
        return None
    try:
        return Decimal(written)
    except InvalidOperation:
        return None


_BAD_SHARE = N_("%(value)s is no share; write 50%% or 1/2.")


def share(cell: Cell) -> Decimal | Doubt | None:
    """A share of ownership as a part of one, six places: ``50%``, ``1/2``, ``0.5``.

    A bare ``50`` or ``100`` means percent; 1 is the whole.
    """
    written = folded(cell)
    if says_nothing(written):
        return None
    if isinstance(cell, str) and (match := re.fullmatch(r"(\d{1,6})/(\d{1,6})", written)):
        above, below = int(match[1]), int(match[2])
        value = Decimal(above) / Decimal(below) if below else None
    elif written.endswith("%"):
        value = _decimal(written[:-1])
        value = value / 100 if value is not None else None
    else:
        value = _decimal(written)
        if value is not None and value > 1:
            value /= 100
    if value is None or not 0 < value <= 1:
        return Doubt("VALUE_INVALID", _BAD_SHARE, {"value": plain(cell)})
    return value.quantize(Decimal("0.000001"))


def choice(words: Mapping[str, tuple[str, ...]], message: str) -> Parser:
    """Make a parser that brings synonyms to the value they stand for (VALUE_INVALID if none)."""
    known = {folded(name).casefold(): value for value, names in words.items() for name in names}

    def parse(cell: Cell) -> str | Doubt | None:
        written = folded(cell).casefold()
        if says_nothing(written):
            return None
        return known.get(written) or Doubt("VALUE_INVALID", message, {"value": plain(cell)})

    return parse


_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(\.[\w-]{1,63})+", re.ASCII)
_BAD_EMAIL = N_("%(value)s is no e-mail address.")


def email(cell: Cell) -> str | Doubt | None:
    """An e-mail address in small letters."""
    written = folded(cell)
    if says_nothing(written):
        return None
    if not _EMAIL.fullmatch(written):
        return Doubt("VALUE_INVALID", _BAD_EMAIL, {"value": plain(cell)})
    return written.lower()
