"""Reads what was typed into a form: text, numbers, days; refuses with a sentence what is none.

Every reader takes the raw text and returns the value, or None for nothing. It raises
`DomainError` with a sentence that says what would be right. Nothing is guessed or rounded.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

from app.core.values import clock
from app.core.values.errors import N_, DomainError

LONGEST_TEXT = 20_000
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
LARGEST_WHOLE = 2**31 - 1
LARGEST_SCALED = 10**15  # whole number of the last place: far below the 64 bits of the column

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d*)?|[+-]?\.\d+")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_MOMENT = re.compile(r"(.+?)[T ](\d{1,2}):(\d{2})(?::\d{2})?")


def text(raw: str, *, max_length: int | None = None, lines: bool = False) -> str | None:
    """The text without the spaces around it, otherwise exactly as typed.

    Control characters and halves of characters are refused: no database keeps them alike.
    With `lines` it may have several lines (CRLF becomes the one newline that was meant).
    """
    value = raw.replace("\r\n", "\n") if lines else raw
    value = value.strip()
    for sign in value:
        kind = unicodedata.category(sign)
        if kind == "Cs" or (kind == "Cc" and not (lines and sign in "\n\t")):
            raise DomainError(
                N_("The text holds an invisible control character; type it again, do not paste.")
            )
    longest = max_length or LONGEST_TEXT
    if len(value) > longest:
        raise DomainError(
            N_("At most %(limit)s characters; these are %(length)s."),
            limit=longest,
            length=len(value),
        )
    return value or None


def words(raw: str, *, max_length: int | None = None) -> str | None:
    """A text that must say something, as a name or a reason: None where nobody can see any.

    Signs without any width alone would pass for a name and show none.
    """
    value = text(raw, max_length=max_length)
    if value and all(sign.isspace() or unicodedata.category(sign) == "Cf" for sign in value):
        return None
    return value


def number(
    raw: str,
    *,
    places: int = 0,
    minimum: Decimal | int | None = None,
    maximum: Decimal | int | None = None,
) -> Decimal | None:
    """An exact decimal with at most `places` places; full-width digits and 1,234.50 are read.

    `NaN`, `Infinity`, `1e400` and the like are no numbers here.
    """
    shown = raw.strip()
    written = unicodedata.normalize("NFKC", shown).removeprefix("¥").strip()
    if not written:
        return None
    if len(written) > 40 or not written.isascii() or not _NUMBER.fullmatch(written):
        raise DomainError(N_("“%(text)s” is not a number."), text=shown[:40])
    value = Decimal(written.replace(",", ""))
    limit = LARGEST_WHOLE if places == 0 else Decimal(LARGEST_SCALED).scaleb(-places)
    if abs(value) > limit:
        raise DomainError(N_("“%(text)s” is too large."), text=shown[:40])
    if value != round(value, places):
        message = (
            N_("“%(text)s” must be a whole number.")
            if places == 0
            else N_("“%(text)s” has more than %(places)s decimal places.")
        )
        raise DomainError(message, text=shown[:40], places=places)
    if minimum is not None and value < minimum:
        if minimum == 0:
            raise DomainError(N_("“%(text)s” must not be negative."), text=shown[:40])
        raise DomainError(
            N_("“%(text)s” must be at least %(limit)s."), text=shown[:40], limit=minimum
        )
    if maximum is not None and value > maximum:
        raise DomainError(
            N_("“%(text)s” must be at most %(limit)s."), text=shown[:40], limit=maximum
        )
    return round(value, places) + Decimal(0)


def integer(
    raw: str, *, minimum: Decimal | int | None = None, maximum: Decimal | int | None = None
) -> int | None:
    """A whole number."""
    value = number(raw, minimum=minimum, maximum=maximum)
    return None if value is None else int(value)


def day(raw: str) -> date | None:
    """A day: 2026-11-22, 2026/11/22, 2026年11月22日 or 20261122, from 1900 to 2199."""
    written = unicodedata.normalize("NFKC", raw).strip().replace(" ", "")
    if not written:
        return None
    found = _DAY.fullmatch(written) if written.isascii() or "年" in written else None
    if found:
        parts = [int(part) for part in found.groups() if part is not None]
        try:
            value = date(*parts)
        except ValueError:
            value = None
        if value and FIRST_DAY <= value <= LAST_DAY:
            return value
    raise DomainError(N_("“%(text)s” is no day; write it like 2026-11-22."), text=raw.strip()[:40])


def moment(raw: str) -> datetime | None:
    """A moment of the office's clock (2026-11-22 09:30) as it is stored: in UTC."""
    written = unicodedata.normalize("NFKC", raw).strip()
    if not written:
        return None
    found = _MOMENT.fullmatch(written)
    if found and int(found[2]) < 24 and int(found[3]) < 60:
        whole = day(found[1])
        if whole is not None:
            return clock.stored(datetime.combine(whole, time(int(found[2]), int(found[3]))))
    raise DomainError(
        N_("“%(text)s” is no moment; write it like 2026-11-22 09:30."), text=raw.strip()[:40]
    )


def key(raw: str) -> int | None:
    """The id of a record that a look-up offered."""
    written = raw.strip()
    if not written:
        return None
    if not written.isascii() or not written.isdigit() or len(written) > 18:
        raise DomainError(N_("Choose one of the records that the list offers."))
    return int(written)
