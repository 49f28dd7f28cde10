"""What may be stored as text of a log: anything a person types, as it was typed."""

from __future__ import annotations

from app.core.values.errors import N_, DomainError


def checked(text: str, longest: int, field: str) -> str:
    """`text` with plain line ends, else unchanged; DomainError where it cannot be kept whole.

    PostgreSQL has no place for the character NUL, and half a surrogate pair is no text:
    both are refused, never dropped in silence. `field` is the form field to mark.
    """
    plain = text.replace("\r\n", "\n")
    if "\0" in plain or any("\ud800" <= character <= "\udfff" for character in plain):
        raise DomainError(
            N_("A text holds a character that cannot be stored: please type it again."),
            field=field,
        )
    if len(plain) > longest:
        raise DomainError(
            N_("“%(start)s…” is too long: %(length)s characters, at most %(longest)s."),
            field=field,
            start=plain[:20],
            length=len(plain),
            longest=longest,
        )
    return plain
