"""The icons that can be drawn, and those that the pages and files name."""

from __future__ import annotations

import re

from app.core.toml.icons import icon_faults, names
from config import ROOT

USED = re.compile(r"""["' ](fa-[a-z0-9-]+)["' ]""")
NO_ICON = {"fa-fw", "fa-spin", "fa-lg", "fa-2x", "fa-solid"}


def test_names_of_the_fourth_edition_are_known_marks_of_companies_are_not():
    assert {"fa-key", "fa-clock-o", "fa-trash-o", "fa-id-badge", "fa-building-o"} <= names()
    assert not {"fa-weixin", "fa-github", "fa-fw", "fa-spin", "fa"} & names()


def test_every_icon_of_pages_and_registers_can_be_drawn():
    found = set()
    for path in (ROOT / "app").rglob("*"):
        if path.suffix in {".py", ".html", ".toml", ".js"}:
            found |= set(USED.findall(path.read_text("utf-8")))
    assert len(found) > 80
    assert found - names() - NO_ICON == set()


def test_a_slip_of_the_pen_is_told_with_what_was_meant():
    ((path, _said, params),) = icon_faults(("register", "icon"), "fa-clok-o")
    assert (path, params) == (("register", "icon"), {"value": "fa-clok-o", "near": "fa-clock-o"})
    assert list(icon_faults((), "")) == []
