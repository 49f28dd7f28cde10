"""Every file opens with a sentence, is short, and speaks of the product only."""

from __future__ import annotations

import ast
import re
import subprocess

from tests.architecture import plan
from tests.architecture.reading import ROOT, name_of, python_files, tree_of


def test_no_import_inside_a_function():
    wrong = [
        f"{name_of(path)}:{inner.lineno}"
        for path in python_files()
        for node in ast.walk(tree_of(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for inner in ast.walk(node)
        if isinstance(inner, (ast.Import, ast.ImportFrom))
    ]
    assert wrong == []


def test_every_file_opens_with_a_sentence():
    silent = [name_of(path) for path in python_files() if not ast.get_docstring(tree_of(path))]
    assert silent == []


def test_no_file_has_two_jobs():
    files = python_files()
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: count for name, count in lines.items() if count > plan.LONGEST} == {}
    assert [name_of(path) for path in files if path.name in plan.FORBIDDEN_NAMES] == []


def tracked():
    """Every text file of the project that git knows; the working tree's where there is no git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else []
    paths = [ROOT / name for name in names if name] or python_files()
    binary = {".xlsx", ".xls", ".png", ".csv", ".mo", ".ico", ".woff", ".woff2"}
    return [path for path in paths if path.suffix not in binary and path.is_file()]


def test_the_project_speaks_of_itself_only():
    """No path of a machine, no host of a registry, nothing of the place where it was made."""
    words = ("/" + "work/", "/tmp/" + "anju", "index" + "-url", "goo" + "gleapis")
    foreign = re.compile("|".join(words))
    paths = tracked()
    assert len(paths) > 30
    for path in paths:
        found = foreign.search(path.read_text(encoding="utf-8", errors="replace"))
        assert found is None, f"{name_of(path)} speaks of {found and found[0]}"


def test_every_file_of_the_walks_is_there():
    """`docs/architecture.md` names files of `app/`: each is where it says."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+/[\w/]+\.(?:py|toml|md))`", text))
    assert len(named) > 30
    places = [ROOT / "app" / name for name in named if not name.startswith(("tests/", "app/"))]
    assert [str(path) for path in places if not path.is_file()] == []
