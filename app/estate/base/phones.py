"""The phones of a customer as people edit them: one in a line (mixin of the model)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect

from app.core.parsing.identity import phone
from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from collections.abc import Iterable

TAIL = 4
"""Digits at the end of a phone by which the desk searches."""
INVALID = N_(
    "“%(number)s” is no phone number; write mobiles with 11 digits, landlines with the area code."
)


def tail(number: str) -> str:
    """The last four digits of a number, without an extension's dash."""
    last = number[-TAIL:]
    return last if last.isdigit() else "".join(sign for sign in number if sign.isdigit())[-TAIL:]


def read_lines(text: str) -> list[str]:
    """The phones of a text, one in a line, in their normal form and each once.

    :raises DomainError: a line is no phone number.
    """
    numbers: dict[str, None] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        number = phone(line)
        if number is None:
            raise DomainError(INVALID, field="phone_lines", number=line.strip()[:40])
        numbers[number] = None
    return list(numbers)


class PhoneLines:
    """Gives a model with a relationship `phones` the text `phone_lines`."""

    phones: Any
    community_id: Any

    @property
    def phone_lines(self) -> str:
        return "\n".join(one.number for one in self.phones)

    @phone_lines.setter
    def phone_lines(self, text: str | None) -> None:
        self.set_phones(read_lines(text or ""))

    def set_phones(self, numbers: Iterable[str]) -> None:
        """Keep the rows of numbers that stay, add the new ones, drop the others."""
        make = inspect(type(self)).relationships["phones"].mapper.class_
        known = {one.number: one for one in self.phones}
        kept = [known.get(number) or make(number=number) for number in numbers]
        for position, one in enumerate(kept):
            one.position, one.tail = position, tail(one.number)
            one.community_id = self.community_id
        if kept != list(self.phones):
            self.phones = kept
