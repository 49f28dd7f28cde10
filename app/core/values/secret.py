"""The two sorts of private values, each with a right of its own (E07)."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class Secret(StrEnum):
    """What is masked: phones (the right `phones`), and ID numbers and the like (`see_private`)."""

    PHONES = "phones"
    PRIVATE = "private"


MASKED: Collection[Secret] = frozenset()
"""Nothing is shown whole: what every list, page and file begins with."""
