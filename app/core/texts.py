"""Sentences for people: a domain error or a marked text in the language of the reader."""

from __future__ import annotations

from flask_babel import gettext

from app.core.errors import DomainError


def sentence(error: DomainError) -> str:
    """The error as one sentence in the reader's language."""
    return gettext(error.message, **{name: str(value) for name, value in error.params.items()})
