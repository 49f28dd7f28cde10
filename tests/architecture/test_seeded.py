"""A fault that somebody brings in is found: each rule of the house is broken once on purpose."""

from __future__ import annotations

import pytest

from tests.architecture import reading

TREE = {
    "app/__init__.py": '"""The front door."""\n',
    "app/core/__init__.py": '"""Mechanisms."""\n',
    "app/core/values/__init__.py": '"""Plain values."""\n',
    "app/core/values/money.py": '"""Money (pure)."""\n',
    "app/core/db/__init__.py": '"""The database."""\n',
    "app/core/db/engine.py": '"""The engine."""\n\nfrom app.core.values import money\n',
    "app/estate/__init__.py": '"""Estate."""\n',
    "app/estate/base/__init__.py": '"""Base."""\n',
    "app/estate/base/models.py": '"""Tables."""\n\nfrom app.core.db.engine import prepare\n',
    "app/estate/rooms/__init__.py": '"""Rooms."""\n',
    "app/estate/rooms/room_key.py": '"""Keys."""\n\nfrom app.estate.base import models\n',
}
UPWARDS = "app/core/values/money.py", "from app.core.db import engine"
FEATURE = "app/core/db/engine.py", "from app.estate.base.models import Unit"
ROOM = "app/estate/base/models.py", "from app.estate.rooms import room_key"
TYPES = (
    "app/core/values/money.py",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.core.db import engine",
)
PURE = "app/core/values/money.py", "import flask"
WRITER = "app/core/db/engine.py", "import xlsxwriter"


@pytest.fixture
def tree(tmp_path):
    for name, text in TREE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def seed(tree, fault):
    name, line = fault
    path = tree / name
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")


def test_the_tree_without_a_fault_is_right(tree):
    assert list(reading.wrong_imports(tree)) == []
    assert reading.circles(tree) == []
    assert list(reading.wrongly_pure(tree)) == []
    assert list(reading.through_the_wall(tree)) == []


@pytest.mark.parametrize("fault", [UPWARDS, FEATURE, ROOM, TYPES])
def test_an_import_that_is_not_open_is_found(tree, fault):
    seed(tree, fault)
    assert [said.split(" ")[0] for said in reading.wrong_imports(tree)] == [fault[0]]


@pytest.mark.parametrize("fault", [UPWARDS, FEATURE, ROOM, TYPES])
def test_a_circle_is_found(tree, fault):
    seed(tree, fault)
    assert fault[0].removesuffix(".py").replace("/", ".") in reading.circles(tree)[0]


def test_a_pure_file_that_knows_the_page_is_found(tree):
    seed(tree, PURE)
    assert list(reading.wrongly_pure(tree)) == ["app/core/values/money.py imports flask"]


def test_a_library_beside_its_door_is_found(tree):
    seed(tree, WRITER)
    assert list(reading.through_the_wall(tree)) == ["app/core/db/engine.py imports xlsxwriter"]


def test_a_room_without_a_plan_is_found(tree):
    (tree / "app/garden").mkdir()
    (tree / "app/garden/tree.py").write_text('"""A tree."""\nfrom app.core.values import money\n')
    with pytest.raises(ValueError, match="garden stands in no layer"):
        list(reading.wrong_imports(tree))
