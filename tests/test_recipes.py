"""README's recipes as they are written: a screen and a report come from following them alone."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT

PIECE = re.compile(
    r"^( *)```(?:python|po)?\n\1# ([\w/]+\.\w+)(.*)\n((?:.*\n)*?)\1```$", re.MULTILINE
)
"""A piece of code whose first line names its file: indent, file, place in it, text."""
PAGES = """
import json
from sqlalchemy import select
from app import create_app
from app.access import sessions
from app.access.models import Staff
from app.core.db.extensions import db
from app.core.records import data_scope
from app.core.db.one_time_keys import fresh
from app.estate.base.models import Building, Community, Unit
from app.estate.base.pet_models import Pet
from flask_appbuilder.security.sqla.models import Role

app = create_app(WTF_CSRF_ENABLED=False, SERVER_NAME="localhost")
with app.app_context(), data_scope.use(data_scope.EVERYTHING):
    role = db.session.scalars(select(Role).filter_by(name="supervisor")).one()
    person = Staff(username="zhao", last_name="赵", first_name="六", email="zhao@example.test",
                   active=True, password="x", roles=[role], all_communities=True)
    community = Community(name="安居花园", short_code="AJ")
    db.session.add_all([person, community])
    db.session.flush()
    building = Building(community_id=community.id, name="1", sort_key="1")
    db.session.add(building)
    db.session.flush()
    unit = Unit(community_id=community.id, building_id=building.id, entrance="1", number="101",
                code="1-1-101", sort_key="1")
    db.session.add(unit)
    db.session.commit()
    key, values = unit.id, sessions.begin(db.session, person)
    db.session.commit()
client = app.test_client()
with client.session_transaction() as cookie:
    cookie.update(values)
added = client.post("/pets/add", data={"form_key": fresh(), "unit": str(key), "name": "旺财",
                                       "vaccinated_on": "2026-05-01"})
with app.app_context(), data_scope.use(data_scope.EVERYTHING):
    stored = [(pet.name, pet.community_id) for pet in db.session.scalars(select(Pet))]
page = client.get("/pets/").text
print(json.dumps({"added": added.status_code, "stored": stored,
                  "texts": [text for text in ("宠物登记", "宠物名", "疫苗接种日期", "旺财")
                            if text in page]}))
"""


def put(tree: Path, file: str, where: str, text: str) -> None:
    """Put a piece of the README where its first line says."""
    path = tree / file
    if not where:
        assert not path.exists(), f"{file} is there already"
        path.write_text(text, "utf-8")
        return
    old = path.read_text("utf-8")
    if where == ", at its end":
        path.write_text(f"{old.rstrip()}\n\n\n{text}", "utf-8")
        return
    assert where.startswith(", below: "), where
    begin = where.removeprefix(", below: ")
    lines = old.splitlines(keepends=True)
    places = [at for at, line in enumerate(lines) if line.strip().startswith(begin)]
    assert places, f"{file} has no line {begin}"
    at = places[0] + 1
    if lines[at - 1].rstrip().endswith("("):  # an import of several lines
        at += next(n for n, line in enumerate(lines[at:], 1) if line.startswith(")"))
    path.write_text("".join([*lines[:at], text, *lines[at:]]), "utf-8")


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the program, changed as README says."""
    tree = tmp_path_factory.mktemp("recipes")
    skip = shutil.ignore_patterns("__pycache__")
    for name in ("app", "translations"):
        shutil.copytree(ROOT / name, tree / name, ignore=skip)
    for name in ("config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tree / name)
    pieces = PIECE.findall((ROOT / "README.md").read_text("utf-8"))
    assert len(pieces) == 13
    for indent, file, where, text in pieces:
        plain = "".join(line.removeprefix(indent) for line in text.splitlines(keepends=True))
        put(tree, file, where, plain)
    return tree


def run(tree: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=tree,
        text=True,
        capture_output=True,
        timeout=300,
        check=False,
        env={**os.environ, "ANJU_INSTANCE": str(tree / "instance"), "PYTHONPATH": str(tree)},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
def test_the_recipes_of_a_screen_and_a_report_run_as_written(tree):
    (tree / "instance").mkdir()
    # An installation of before: the migration is written against it.
    shipped = {**os.environ, "ANJU_INSTANCE": str(tree / "instance")}
    subprocess.run(
        [sys.executable, "-m", "app.cli", "init"],
        cwd=ROOT,
        env=shipped,
        check=True,
        capture_output=True,
        timeout=300,
    )
    assert "pets" in run(tree, "-m", "app.cli", "migration", "pets")
    run(tree, "-m", "app.cli", "init")
    run(tree, "-m", "app.cli", "translations")
    found = json.loads(run(tree, "-c", PAGES).splitlines()[-1])
    assert found["added"] == 302
    assert found["stored"] == [["旺财", 1]]
    assert found["texts"] == ["宠物登记", "宠物名", "疫苗接种日期", "旺财"]
    table = json.loads(run(tree, "-m", "app.cli", "report", "pets", "--json"))
    assert "楼栋宠物统计" in json.dumps(table, ensure_ascii=False)
    assert '"1"' in json.dumps(table, ensure_ascii=False)


def test_the_words_of_the_recipe_for_a_role_stand_on_the_pages(login, session):
    page = login("administrator").get("/rights/").text
    for words in ("角色权限", "复制为新角色", "日志审核"):
        assert words in page
        assert words in (ROOT / "README.md").read_text("utf-8")


def test_the_recipes_keep_the_rules_of_the_house(tree):
    files = {file for _, file, _, _ in PIECE.findall((ROOT / "README.md").read_text("utf-8"))}
    for file in sorted(one for one in files if one.endswith(".py")):
        text = (tree / file).read_text("utf-8")
        assert ast.get_docstring(ast.parse(text)), file
        assert len(text.splitlines()) <= 300, file
