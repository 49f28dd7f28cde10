"""Checks identity cards, credit codes, phones and plates (domain rules 11).

Every function takes a cell and returns the number in its normal form, None when the cell says
nothing, or a `Doubt`. Digits that a spreadsheet destroyed are reported, never rebuilt.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from app.core.parsing.cells import Doubt, folded, plain, says_nothing, without_dot_zero
from app.core.parsing.sheet_rows_packed import Cell
from app.core.values.errors import N_

_ID_FAULTS = {
    "ID_LENGTH": N_("%(value)s is no ID number of 18 (or formerly 15) digits."),
    "ID_DATE": N_("The birthday in the ID number %(value)s does not exist."),
    "ID_CHECKSUM": N_("The ID number %(value)s does not fit its last digit; check it for a slip."),
    "ID_LOSSY": N_(
        "Excel has destroyed the last digits of the ID number %(value)s. "
        "Format the column as text and type the number again."
    ),
}
_CREDIT_CHECKSUM = N_(
    "The check digit of the credit code %(value)s does not fit. It was kept, as some early "
    "codes are like that; compare it with the licence."
)

_SCIENTIFIC = re.compile(r"[\d.]+e\+?\d+", re.IGNORECASE)
_SEPARATORS = str.maketrans("", "", " -'’‘`·.")
_CREDIT_CODE = re.compile(r"[1-9A-GY][0-9A-HJ-NP-RTUW-Y]{17}")
_CARD = re.compile(r"\d{17}[\dX]", re.ASCII)
_EARLIEST_BIRTH = date(1880, 1, 1)


def identity(cell: Cell) -> str | Doubt | None:
    """An ID card (15 or 18 digits) or a unified social credit code.

    Codes: ID_LOSSY (a number cell beyond 15 digits, scientific notation, ``…000``), ID_LENGTH,
    ID_DATE, ID_CHECKSUM. A credit code with a wrong check digit is kept with a warning; an ID
    number is not. What has only digits is a card, unless it is no card and a code of the 9…
    that companies have.
    """
    if isinstance(cell, str) and _CARD.fullmatch(cell) and not cell.endswith("000"):
        written = number = cell  # as nearly all are written
    else:
        written = without_dot_zero(folded(cell))
        if says_nothing(written):
            return None
        number = written.upper().translate(_SEPARATORS)
    fault = "ID_LOSSY" if _is_lossy(cell, written) else id_fault(number)
    if fault is None:
        return number
    if fault != "ID_LOSSY" and _CREDIT_CODE.fullmatch(number):
        looks_like_a_card = bool(_CARD.fullmatch(number))
        if _is_credit_code(number) and (number.startswith("9") or not looks_like_a_card):
            return number
        if not looks_like_a_card:
            params = {"value": plain(cell)}
            return Doubt("ID_CHECKSUM", _CREDIT_CHECKSUM, params, value=number)
    return Doubt(fault, _ID_FAULTS[fault], {"value": plain(cell)})


def is_credit_code(number: str) -> bool:
    """Whether `identity` took the number for a company's code, not for a person's card."""
    return id_fault(number) is not None


@lru_cache(maxsize=256)  # asked again at once whether it was a card or a code
def id_fault(number: str) -> str | None:
    """What is wrong with an ID number in capital letters, None when nothing is."""
    if len(number) == 18 and number[:17].isdecimal() and (number[17] in "0123456789X"):
        year, month, day = number[6:10], number[10:12], number[12:14]
    elif len(number) == 15 and number.isdecimal():
        year, month, day = "19" + number[6:8], number[8:10], number[10:12]
    else:
        return "ID_LENGTH"
    try:
        born = date(int(year), int(month), int(day))
    except ValueError:
        return "ID_DATE"
    if not _EARLIEST_BIRTH <= born <= date.max or born.year > 2100:
        return "ID_DATE"
    if len(number) == 18 and ric.calc_check_digit(number) != number[17]:
        return "ID_CHECKSUM"
    return None


def _is_lossy(cell: Cell, written: str) -> bool:
    """Whether a spreadsheet kept only the first 15 digits."""
    if isinstance(cell, int | float):
        return abs(cell) >= 10**15
    if _SCIENTIFIC.fullmatch(written):
        return True
    return len(written) == 18 and written.isdecimal() and written.endswith("000")


def _is_credit_code(number: str) -> bool:
    try:
        return bool(uscc.validate(number))
    except ValidationError:
        return False


_PHONE_INVALID = N_("%(bad)s is no phone number; write landlines with the area code.")
_PHONE_LOSSY = N_(
    "Excel has changed the phone number %(value)s. "
    "Format the column as text and type the number again."
)
_BETWEEN_PHONES = re.compile(r"[、，,;；/／\n]+")
_JUNK = str.maketrans("", "", " ()-–—－_.'’`")
_MOBILE = re.compile(r"(?:\+?86|0086|0)?(1[3-9]\d{9})")
_PLAIN_MOBILE = re.compile(r"1[3-9]\d{9}")
_AREA = r"(0(?:10|2\d|[3-9]\d{2}))"
_LANDLINE = re.compile(
    r"(?:\+?86)?" + _AREA + r"(\d{7,8})(?:(?:转|ext|x|#)(\d{1,6}))?", re.IGNORECASE
)
_EXTENDED = re.compile(_AREA + r"-?(\d{7,8})-(\d{1,6})")
_SERVICE = re.compile(r"[48]00\d{7}")
_WORDS = re.compile(r"[^\W\d_]")
_NO_WORD = re.compile(r"[\s()\[\]{}<>【】〔〕:,.*#=~-]+")
_IN_WORDS = re.compile(
    r"(?<!\d)(?:(?:\+?86|0086)[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)"
    r"|(?<!\d)(?:\+?86)?\(?0(?:10|2\d|[3-9]\d{2})\)?[ -]?\d{3,4}[ -]?\d{4}(?:转\d{1,6})?(?!\d)"
    r"|(?<!\d)[48]00-?\d{3}-?\d{4}(?!\d)"
)


def phones(cell: Cell) -> tuple[str, ...] | Doubt | None:
    """All phones of a cell: mobiles (11 digits), landlines ``0571-88888888``, 400 numbers.

    They may be parted by ``/ 、 ; ,``, a line break or a space, and words may stand beside them
    (``温先生139…``, see `phone_remarks`). PHONE_INVALID names the bad ones and keeps the good
    ones; PHONE_LOSSY is a number that lost digits or its first zero.
    """
    if isinstance(cell, str) and len(cell) == 11 and _PLAIN_MOBILE.fullmatch(cell):
        return (cell,)
    if isinstance(cell, int | float):
        return _number_phone(cell)
    written = plain(cell)
    if says_nothing(written):
        return None
    found = _several(written)
    if found is None:
        return Doubt("PHONE_LOSSY", _PHONE_LOSSY, {"value": written})
    good = tuple(dict.fromkeys(number for number, _ in found if number))
    bad = [said for number, said in found if not number]
    if bad:
        params = {"value": written, "bad": "、".join(bad)}
        return Doubt("PHONE_INVALID", _PHONE_INVALID, params, value=good or None)
    return good or None


def phone_remarks(cell: Cell) -> str:
    """The numbers of a cell that words stand beside, with these words; empty without any."""
    if not isinstance(cell, str) or not _WORDS.search(cell):
        return ""
    found = _several(plain(cell)) or []
    return "；".join(f"{number} {said}" for number, said in found if number and said)


@lru_cache(maxsize=1024)
def _several(written: str) -> list[tuple[str, str]] | None:
    """The numbers of a cell with the words beside each; (``""``, text) for what is none.

    None when a spreadsheet destroyed one of them.
    """
    found: list[tuple[str, str]] = []
    for piece in _BETWEEN_PHONES.split(written):
        if not piece.strip():
            continue
        if _SCIENTIFIC.fullmatch(folded(piece)):
            return None
        if number := phone(piece):
            found.append((number, ""))
        elif all(phone(part) for part in piece.split()):
            found += [(phone(part) or "", "") for part in piece.split()]
        elif said := _beside_words(piece):
            found += said
        else:
            found += [
                (number or "", "" if number else part)
                for part in piece.split()
                for number in (phone(part),)
            ]
    return found


def _beside_words(piece: str) -> list[tuple[str, str]]:
    """The numbers between words; none when a digit would be left over."""
    text = unicodedata.normalize("NFKC", piece)
    places = list(_IN_WORDS.finditer(text))
    if not places or any(sign.isdigit() for sign in _IN_WORDS.sub("", text)):
        return []
    numbers = [phone(place[0]) for place in places]
    edges = [0, *(edge for place in places for edge in place.span()), len(text)]
    words = [_only_words(text[start:end]) for start, end in _stretches(edges)]
    # 妻139… 子138…: words stand before their numbers; 139…(妻) 138…(子): behind them.
    if words[0] and words[-1] and len(places) > 1:
        words = [_only_words(text), *[""] * len(places)]
    said = words[:-1] if words[0] or not words[-1] else words[1:]
    if len(places) == 1:
        said = [" ".join(filter(None, words))]
    if None in numbers:
        return []
    return list(zip([number or "" for number in numbers], said, strict=True))


def _stretches(edges: list[int]) -> list[tuple[int, int]]:
    """The stretches between the numbers: from each even edge to the next odd one."""
    return list(zip(edges[::2], edges[1::2], strict=True))


def _only_words(text: str) -> str:
    return " ".join(_NO_WORD.sub(" ", text).split())


def phone(written: str) -> str | None:
    """One phone in its normal form, None when it is none."""
    whole = without_dot_zero(folded(written))
    if match := _EXTENDED.fullmatch(whole):
        return "-".join(match.groups())
    digits = whole.translate(_JUNK)
    if match := _MOBILE.fullmatch(digits):
        return match[1]
    if match := _LANDLINE.fullmatch(digits):
        return "-".join(part for part in match.groups() if part)
    return digits if _SERVICE.fullmatch(digits) else None


def _number_phone(cell: float) -> tuple[str, ...] | Doubt:
    """A phone in a number cell: mobiles survive it, landlines lose their first zero."""
    shown = {"value": plain(cell), "bad": plain(cell)}
    if not 0 < cell < 10**15 or cell != int(cell):
        return Doubt("PHONE_LOSSY", _PHONE_LOSSY, shown)
    digits = str(int(cell))
    number = phone(digits)
    if number:
        return (number,)
    if phone("0" + digits):
        return Doubt("PHONE_LOSSY", _PHONE_LOSSY, shown)
    return Doubt("PHONE_INVALID", _PHONE_INVALID, shown)


_PLATE_INVALID = N_("%(bad)s is no number plate.")
_BETWEEN_PLATES = re.compile(r"[、，,;；/／\s]+")
_PLATE_JUNK = str.maketrans("", "", "·•.-—－ ")
_LETTERS = "A-HJ-NP-Z"
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]"
    rf"[{_LETTERS}]"
    rf"(?:[{_LETTERS}0-9]{{4}}[{_LETTERS}0-9挂学警港澳领使]"
    rf"|[{_LETTERS}][{_LETTERS}0-9]\d{{4}}|\d{{5}}[{_LETTERS}])"
)


def plates(cell: Cell) -> tuple[str, ...] | Doubt | None:
    """All number plates of a cell, without dots: ``浙A12345``, ``浙AD12345``.

    A plate that cannot be is VALUE_INVALID; the good ones of the cell are kept.
    """
    written = plain(cell)
    if says_nothing(written):
        return None
    if _PLATE.fullmatch(written):
        return (written,)
    good: list[str] = []
    bad: list[str] = []
    pieces = [piece for piece in _BETWEEN_PLATES.split(written) if piece]
    whole = plate(written)
    for piece in [written] if whole else pieces:
        number = plate(piece)
        if number is None:
            bad.append(piece)
        elif number not in good:
            good.append(number)
    if bad:
        params = {"value": written, "bad": "、".join(bad)}
        return Doubt("VALUE_INVALID", _PLATE_INVALID, params, value=tuple(good) or None)
    return tuple(good) or None


def plate(written: str) -> str | None:
    """One number plate in its normal form, None when it is none."""
    number = folded(written).upper().translate(_PLATE_JUNK)
    return number if _PLATE.fullmatch(number) else None
