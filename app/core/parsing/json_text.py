"""JSON from outside: read up to a depth and a size; all else is a wrong text (pure)."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

DEEPEST = 20
"""So many brackets inside each other are enough for everything that people and pages write."""
LARGEST = 2_000_000
"""Characters of a text that a page sends."""


class WrongText(ValueError):
    """The text is no JSON that we read: torn, too deep, too long, or no text at all."""


def is_deeper(value: Any, deepest: int = DEEPEST) -> bool:
    """Do more than `deepest` lists and tables stand inside each other in this value?"""
    level = [value]
    for _ in range(deepest):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list | tuple)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return any(isinstance(one, dict | list | tuple) for one in level)


def from_json(text: str | bytes, *, deepest: int = DEEPEST, largest: int = LARGEST) -> Any:
    """The value of a JSON text; WrongText for everything that cannot be read, stored or shown."""
    try:
        if len(text) > largest:
            raise WrongText("too long")
        value = json.loads(
            text, parse_constant=_no_number, parse_float=_finite, object_pairs_hook=_table
        )
        if is_deeper(value, deepest):
            raise WrongText("too deep")
        # Half a surrogate pair can be neither stored nor shown.
        json.dumps(value, ensure_ascii=False).encode()
    except WrongText:
        raise
    except (ValueError, RecursionError) as error:
        raise WrongText(str(error)) from error
    return value


def _finite(word: str) -> float:
    """A number that is no larger than a number can be: 1e999 is not."""
    number = float(word)
    return number if math.isfinite(number) else _no_number(word)


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A table in which every name stands once: of two values nobody knows which was meant."""
    table = dict(pairs)
    if len(table) < len(pairs):
        raise WrongText("a name stands twice")
    return table


def _no_number(word: str) -> NoReturn:
    raise WrongText(f"{word} is no number")
