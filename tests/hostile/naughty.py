"""The naughty strings of the corpus, and the hostile values that no honest page sends."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"

NUMBERS = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "-5",
    "9" * 20,
    "0.001",
    "1e2",
    "0x10",
    "--1",
    "1,23",
    "٣",
    "1 000",
    "½",
    "-0",
)
"""What a field of money, areas or whole numbers must survive."""

KEYS = (
    "0",
    "-1",
    str(2**31),
    str(2**63),
    str(10**30),
    "1.5",
    "abc",
    "1e3",
    "٣",
    "²",
    "1;2",
    "null",
    "1' OR '1'='1",
    "../1",
)
"""What a record's key must survive, in a form as in an address."""

DAYS = ("2026-02-30", "0001-01-01", "9999-12-31", "99999-01-01", "2026-13-01", "-1", "１", "now()")

WORDS = (
    "",
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "a\x00b",
    "a\x1bb",
    "%",
    "_",
    "\\",
    "'",
    "{{7*7}}",
    "${7*7}",
    "\ud800",
    "😀" * 30,
    "\u202e",
    "a" * 5000,
    "=1+1",
)

HOSTILE = (*NUMBERS, *KEYS, *DAYS, *WORDS)


def strings() -> list[str]:
    """The 515 naughty strings; without the corpus a named skip, or a failure where it must be."""
    file = CORPUS / "blns" / "blns.json"
    if not file.is_file():
        if os.environ.get("ANJU_TEST_STRICT") == "1":
            pytest.fail(f"{file} is missing")
        pytest.skip(f"the corpus of naughty strings is not at {file}")
    found: list[str] = json.loads(file.read_text(encoding="utf-8"))
    assert len(found) == 515
    return found


def unfit(text: str) -> bool:
    """Does it hold signs that are refused: control characters, halves of characters?"""
    signs = text.strip().replace("\r\n", "\n")
    return any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in signs)


TOO_LONG = 8
"""So many strings beyond a field's length are sent; they are all refused alike."""


def packs(texts: list[str], limit: int) -> list[str]:
    """The strings joined to texts of at most `limit` signs; unfit and too long ones stay alone."""
    made, alone, long = [""], [], []
    for text in texts:
        if len(text) > limit and not unfit(text):
            long.append(text)
        elif unfit(text) or not text.strip():
            alone.append(text)
        elif len(made[-1]) + len(text) + 1 <= limit:
            made[-1] += f"¦{text}" if made[-1] else text
        else:
            made.append(text)
    return [*made, *alone, *long[:TOO_LONG]]
