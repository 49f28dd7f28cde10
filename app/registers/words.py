"""Texts of register files in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel.speaklater import LazyString

from app.core.formats import language

if TYPE_CHECKING:
    from app.registers.definition import Words


def lazy(words: Words) -> LazyString:
    """The text that follows the language of whoever reads it."""
    return LazyString(lambda: words.zh if language() == "zh" else words.en)


def with_unit(label: Words, unit: Words | None) -> LazyString:
    """A label with its unit of measure: 数量（把）."""
    if unit is None:
        return lazy(label)
    return LazyString(lambda: f"{label.zh}（{unit.zh}）" if language() == "zh"
                      else f"{label.en} ({unit.en})")  # fmt: skip
