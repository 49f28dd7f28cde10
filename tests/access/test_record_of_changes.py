"""The record of changes tells of every screen in words, also of pages without records."""

from __future__ import annotations

import ast
from pathlib import Path

from app.access.labels import DETAILS
from app.core.db.models import AuditEntry
from config import ROOT
from tests.browsing import post


def test_every_screen_with_details_is_listed_and_exported(app, session, login):
    for screen in ("owner_import", "billing", "desk", "payments", "rights", "units"):
        session.add(
            AuditEntry(
                user_name="王五",
                act="import",
                screen=screen,
                title=f"{screen} 1",
                details={"rows": 12, "remark": {"old": "", "new": "新"}},
            )
        )
    session.commit()
    client = login("administrator")
    page = client.get("/audit/")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert text.count("王五") >= 6
    assert "12" in text
    assert client.get("/audit/export").status_code == 200


def test_every_detail_that_an_act_records_has_its_word():
    """The keys of `details={…}` in the code; columns of record screens have their own labels."""
    hidden = {"digest", "seen", "old", "new"}
    nameless = {}
    for path in sorted(Path(ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "details":
                for inner in ast.walk(node.value):
                    keys = inner.keys if isinstance(inner, ast.Dict) else ()
                    for key in keys:
                        if isinstance(key, ast.Constant) and key.value not in {*DETAILS, *hidden}:
                            nameless.setdefault(path.name, set()).add(key.value)
    assert nameless == {}


def test_the_first_own_name_of_a_post_replaces_the_one_it_came_with(session, login):
    client = login("administrator")
    post(client, "/rights/rename", {"role": "front_desk", "label": "大堂管家"})
    post(client, "/rights/rename", {"role": "front_desk", "label": "大堂管家"})
    page = client.get("/audit/").get_data(as_text=True)
    assert page.count("前台接待 → 大堂管家") == 1
    assert "大堂管家 → 大堂管家" not in page
