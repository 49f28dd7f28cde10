"""The line of a fault: in tables, arrays of tables, inline tables and lists of them."""

from __future__ import annotations

import pytest

from app.core.toml.line_numbers import line_of

TEXT = """\
# a register with everything          1
[register]
title = { zh = "钥匙", en = "Key" }
duties = [
  "H01",
]

[[fields]]
name = "unit"
label = { zh = "name = 房号", en = "x" }

[[fields]] # the second one
name = "purpose"
choices = [
  { value = "a", label = { zh = "甲", en = "A" } },
  { value = "b", label = { zh = "乙", en = "B" }, look = "ok" },
]
default = "a"

[[fields]]
name = "goods"
columns = [{ name = "item", kind = "text" }]

[fields.label]
zh = "物品"

[slip]
note = { zh = "[[fields]]", en = "x" }
"""


@pytest.mark.parametrize(("path", "line"), [
    ((), 1),
    (("register",), 2),
    (("register", "title"), 3),
    (("register", "title", "en"), 3),
    (("register", "duties"), 4),
    (("register", "menu"), 2),
    (("fields", 0), 8),
    (("fields", 0, "name"), 9),
    (("fields", 0, "label", "zh"), 10),
    (("fields", 0, "default"), 8),
    (("fields", 1), 12),
    (("fields", 1, "name"), 13),
    (("fields", 1, "choices"), 14),
    (("fields", 1, "choices", 0, "value"), 15),
    (("fields", 1, "choices", 1), 16),
    (("fields", 1, "choices", 1, "look"), 16),
    (("fields", 1, "default"), 18),
    (("fields", 2, "columns", 0, "kind"), 22),
    (("fields", 2, "label"), 20),  # a table of its own: the line of its field
    (("fields", 2, "label", "zh"), 20),
    (("slip", "note", "zh"), 28),
    (("fields", 7), 1),
    (("states", 0, "due"), 1),
])  # fmt: skip
def test_a_path_leads_to_its_line(path, line):
    assert line_of(TEXT, path) == line


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "[[[",
        "a = '''\n[register]\n'''",
        "\r\n[register]\r\n",
    ],
)
def test_no_text_is_too_odd(text):
    assert 1 <= line_of(text, ("register", "title")) <= max(1, len(text.splitlines()))
