"""The whole of key loans is one file: without it nothing of them is left but their rows."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from app.core.values import clock
from app.registers import loading
from tests.clock import path_for_children
from tests.registers.conftest import NOON
from tests.registers.shipped.walking import Walk

ROOT = Path(__file__).resolve().parents[3]
LOOK = """
import json, sys
from app import create_app
from app.access import sessions
from app.access.models import Staff
from app.core.db.extensions import db

app = create_app(TESTING=True, SERVER_NAME="localhost")
seen = [[str(rule), 0, ""] for rule in app.url_map.iter_rules()]
for post in ("front_desk", "administrator"):
    with app.app_context():
        person = db.session.query(Staff).filter_by(username=post).one()
        cookie = sessions.begin(db.session, person)
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as values:
        values.update(cookie)
    for address in sys.argv[1:]:
        answer = client.get(address)
        seen.append([f"{post} at {address}", answer.status_code, answer.text])
print(json.dumps(seen))
"""
PAGES = ("/home/", "/units/show/1", "/daily-log/", "/registers/", "/rights/")


@pytest.fixture(scope="module")
def thinner(tmp_path_factory):
    """A copy of the program from which somebody deleted the file of key loans."""
    folder = tmp_path_factory.mktemp("thinner")
    shutil.copytree(ROOT / "app", folder / "app")
    shutil.copytree(ROOT / "translations", folder / "translations")
    shutil.copy(ROOT / "config.py", folder)
    (folder / "app" / "registers" / "key_loan.toml").unlink()
    return folder


def test_after_deleting_the_file_and_sync_nothing_is_left_in_menu_and_rights(
    session, house, login, place, thinner, tmp_path
):
    with clock.fixed(NOON):
        Walk(session, login, place).create("key_loan")
        assert "钥匙借用" in login("front_desk").get("/home/").text
    with (
        closing(sqlite3.connect(house[1] / "anju.db")) as whole,
        closing(sqlite3.connect(tmp_path / "anju.db")) as copy,
    ):
        whole.backup(copy)
    engine = create_engine(f"sqlite:///{tmp_path / 'anju.db'}")
    with engine.connect() as connection:
        assert _rights(connection) > 0
        everything = connection.scalar(text("SELECT count(*) FROM ab_permission_view"))
    done = _run(thinner, tmp_path, "-m", "app.cli", "registers", "sync")
    assert done.returncode == 0, done.stderr
    assert "register_key_loan" in done.stdout
    with engine.connect() as connection:
        assert _rights(connection) == 0
        left = connection.scalar(text("SELECT count(*) FROM ab_permission_view"))
        assert 0 < everything - left < 10
        assert inspect(connection).has_table("register_key_loan")
        assert connection.scalar(text("SELECT count(*) FROM register_key_loan")) == 1
    engine.dispose()
    seen = _run(thinner, tmp_path, "-c", LOOK, *PAGES)
    assert seen.returncode == 0, seen.stderr
    found = json.loads(seen.stdout)
    assert len(found) > 500
    for where, status, page in found:
        assert "key_loan" not in where + page, where
        assert "钥匙借用" not in page, where
        assert status != 500, where
    assert [where for where, status, _page in found if status == 200][:2] == [
        "front_desk at /home/",
        "front_desk at /units/show/1",
    ]


def _rights(connection):
    return connection.scalar(text("SELECT count(*) FROM ab_view_menu WHERE name LIKE '%key_loan%'"))


def _run(folder, instance, *words):
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        text=True,
        capture_output=True,
        check=False,
        env={**os.environ, "ANJU_INSTANCE": str(instance), "PYTHONPATH": path_for_children(folder)},
        timeout=120,
    )


NAMES = sorted(path.stem for path in loading.SHIPPED.glob("*.toml"))
CODE = [
    path
    for path in (ROOT / "app").rglob("*")
    if path.suffix in {".py", ".html", ".js", ".toml"} and "versions" not in path.parts
]


def test_no_code_knows_a_register_by_its_name():
    """Neither Python nor a page; migrations are history, a file may point to another register."""
    assert len(CODE) > 300
    words = re.compile(rf"register_({'|'.join(NAMES)})\b|\bkey_loan\b")
    found = []
    for path in CODE:
        if path.parent == loading.SHIPPED and path.suffix == ".toml":
            continue
        for line, words_of in enumerate(path.read_text("utf-8").splitlines(), 1):
            if words.search(words_of):
                found.append(f"{path.relative_to(ROOT)}:{line}: {words_of.strip()}")
    assert found == []


def test_no_other_register_points_to_key_loans():
    for path in loading.SHIPPED.glob("*.toml"):
        if path.stem != "key_loan":
            assert "key_loan" not in path.read_text("utf-8"), path.name
