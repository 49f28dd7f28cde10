"""The one table of what the desk makes of sums: the server's rules and the script's agree on it."""

from __future__ import annotations

import json
from pathlib import Path

RULES = json.loads(Path(__file__).with_name("rules.json").read_text("utf-8"))
"""name, due, tenders [[kind, what was typed]], purse, keep → says: sums, or why it is refused."""


def named(rule: dict) -> str:
    return rule["name"]
