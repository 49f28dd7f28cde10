"""The one spelling of what people write in many ways: phones, plates, ID numbers, times of day.

Each takes what was typed, not empty, and raises `DomainError` with a sentence where it is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from app.core.parsing import identity
from app.core.values.errors import N_, DomainError

_TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)", re.ASCII)


def phone(text: str, field: str | None = None) -> str:
    """One phone in its normal form; `field` is where a refusal is shown."""
    if (found := identity.phone(text)) is None:
        raise DomainError(N_("“%(text)s” is no phone number."), field=field, text=text[:30])
    return found


def plate(text: str, field: str | None = None) -> str:
    """A number plate in its normal form; `field` is where a refusal is shown."""
    if (found := identity.plate(text)) is None:
        raise DomainError(
            N_("“%(text)s” is no number plate; write it like 浙A12345."),
            field=field,
            text=text[:20],
        )
    return found


def id_number(text: str) -> str:
    """An ID-card number in capital letters with a check digit that is right."""
    written = text.strip().upper()
    if identity.id_fault(written):
        raise DomainError(N_("The ID number is not right: please compare it with the card."))
    return written


def time_of_day(text: str) -> str:
    """A time of day as 09:30."""
    if (found := _TIME.fullmatch(text.strip())) is None:
        raise DomainError(N_("“%(text)s” is no time of day; write it like 09:30."), text=text[:40])
    return f"{int(found[1]):02}:{found[2]}"


def like(pattern: str, before: Callable[[str], str] | None = None) -> Callable[[str], str]:
    """A speller that also holds the text against a regular expression."""
    fits = re.compile(pattern)

    def checked(text: str) -> str:
        spelt = before(text) if before else text
        if not fits.fullmatch(spelt):
            raise DomainError(N_("“%(text)s” is not written as it should be."), text=text[:40])
        return spelt

    return checked
