"""Who may what in a register: read from its file once more, not by the program's own reading."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from app.registers import loading
from app.roles import POSTS, default_rights
from tests.registers.shipped.covering import registers

FILES = sorted(Path(loading.SHIPPED).glob("*.toml"))
BY_LETTER = {
    "r": "read",
    "w": "write",
    "d": "delete",
    "i": "import",
    "x": "export",
    "p": "print",
    "o": "post",
    "v": "void",
    "a": "approve",
    "s": "see_private",
    "e": "see_all",
}
ASKS = {
    "list": "read", "show": "read", "months": "read", "file": "read",
    "add": "write", "edit": "write", "step": "write", "attach": "write", "detach": "write",
    "warnings": "write", "people": "write", "delete": "delete", "approve": "approve",
    "post": "post", "void": "void",
    "export": "export", "archive": "export", "slip": "print", "reveal": "read",
    "import_": "import", "preview": "import", "template": "import", "undo_import": "import",
}  # fmt: skip
"""Route of a register → the right that it must ask for; `reveal` asks for more by the column."""


def said(content: dict) -> dict[str, set[str]]:
    """post → verbs, as FORMAT.md explains keepers, readers, approvers and rights."""
    head = content["register"]
    private = any(
        field.get("private", field["kind"] == "id_number") and field["kind"] != "phone"
        for field in content["fields"]
    )
    handed_out = ("p" if "slip" in content else "") + ("s" if private else "")
    letters = dict.fromkeys(POSTS, "")
    every = "e" if head.get("own") else ""
    letters |= {"manager": "rx" + every, "supervisor": "rxd" + every, "administrator": "r" + every}
    for key, more in (
        ("keepers", "rwix" + handed_out),
        ("readers", "rx" + every),
        ("approvers", "rxa" + every + handed_out),
    ):
        for post in head.get(key, ()):
            letters[post] += more
    for post, more in head.get("rights", {}).items():
        letters[post] += "r" + more
    return {post: {BY_LETTER[one] for one in has} for post, has in letters.items()}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_table_gives_each_post_what_the_file_says_and_no_more(file):
    declared = default_rights()[f"register_{file.stem}"]
    assert {post: {str(verb) for verb in verbs} for post, verbs in declared.items()} == said(
        tomllib.loads(file.read_text("utf-8"))
    )


def test_every_route_of_every_register_asks_for_its_right_on_its_own_screen(app):
    assert len(registers(app)) == len(FILES)
    wrong, asked = [], 0
    for route in app.extensions["anju"].routes:
        view = getattr(app.view_functions[route.endpoint], "__self__", None)
        if hasattr(view, "definition"):
            asked += 1
            if (route.screen, route.verb) != (view.screen, ASKS[route.endpoint.partition(".")[2]]):
                wrong.append(f"{route.rule} asks for {route.verb} on {route.screen}")
    assert wrong == []
    assert asked > 10 * len(FILES)
