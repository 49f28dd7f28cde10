"""Sentences for people: a domain error or a marked text in the language of the reader."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from app.core.values.errors import DomainError


def word(text: Any) -> str:
    """A text of ours as the reader reads it: a marked source text, or one that is lazy already.

    A lazy text must not go through `gettext`: it is no key of the catalogue and comes back
    as it was, which no join or sort of texts takes.
    """
    return gettext(text) if isinstance(text, str) else str(text)


def sentence(error: DomainError) -> str:
    """The error as one sentence in the reader's language."""
    return gettext(error.message, **{name: str(value) for name, value in error.params.items()})
