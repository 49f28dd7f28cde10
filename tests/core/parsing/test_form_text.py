"""What is typed becomes a value or one sentence: texts."""

from __future__ import annotations

import pytest

from app.core.parsing import form_text
from app.core.values.errors import DomainError


@pytest.mark.parametrize("typed", ["", "  ", "\u3000", "\u200b", " \u2060\ufeff ", "\u200d\u202e"])
def test_what_nobody_can_see_says_nothing(typed):
    """It would pass for the name of a payer or for a reason, and show none."""
    assert form_text.words(typed) is None


@pytest.mark.parametrize("typed", ["张三", "a\u200db", "👨\u200d👩"])
def test_what_is_seen_stays_as_typed(typed):
    assert form_text.text(f" {typed} ") == typed
    assert form_text.words(f" {typed} ") == typed


@pytest.mark.parametrize("typed", ["a\0", "\ud800", "a\nb"])
def test_control_characters_are_refused(typed):
    with pytest.raises(DomainError):
        form_text.text(typed)
