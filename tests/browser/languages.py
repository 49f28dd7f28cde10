"""Hears words of the wrong language: what may stand on a Chinese page, what on an English one."""

from __future__ import annotations

import re

PROPER = {
    "English", "Excel", "POS", "kWh", "Ctrl", "Enter", "Esc", "Alt",
    "xlsx", "xls", "ods", "csv", "png", "MB", "AJ", "zs", "zhangsan",
}  # fmt: skip
"""English words that a Chinese page may show: names of things and keys, and examples."""

WORD = re.compile(r"role_\w+|[A-Za-z][A-Za-z'’]+(?![\w-]*\d)")
"""A word, but no code with figures; the stored name of a role is never shown to anybody."""
PLACE = re.compile(r"\{\w+\}|\b\w+\.toml\b")
"""What is left out: places for a script to fill in, names of register files."""
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
OURS = {
    "nav.side",
    "th",
    "label",
    "button",
    "legend",
    "summary",
    "dt",
    "option",
    "@placeholder",
    "@title",
    "@aria-label",
    "@data-confirm",
}
"""Where the program itself speaks; everywhere else a page may show what people typed."""


class Listener:
    """Collects the words of the wrong language, each with the first address where it stood."""

    def __init__(self, wrong, allowed: set[str]) -> None:
        self.wrong = wrong
        self.allowed = allowed
        self.heard: dict[str, str] = {}

    def listen(self, address: str, texts) -> None:
        for text in texts:
            plain = PLACE.sub("", text)
            if words := set(self.wrong.findall(plain)) - self.allowed:
                self.heard.setdefault(f"{sorted(words)} in {text[:80]!r}", address)

    def must_have_heard_nothing(self) -> None:
        assert not self.heard, "\n".join(f"{at}: {what}" for what, at in self.heard.items())
