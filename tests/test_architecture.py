"""The plan of the house, held by tests: who may import whom, where what may stand."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app"
LAYERS = (
    ("app.roles",),
    ("app.core", "app.extensions"),
    ("app.access",),
    ("app.estate",),
    ("app.metering",),
    ("app.charging",),
    ("app.cashier",),
    ("app.collection",),
    ("app.service",),
    ("app.procedures",),
    ("app.duty",),
    ("app.registers",),
    ("app.home",),
    ("app", "app.install", "app.demo", "app.cli", "app.migrations"),
)
# Each of these libraries has one door.
DOORS = {
    "xlsxwriter": {"app/core/xlsx.py"},
    "python_calamine": {"app/core/workbook_child.py", "app/core/workbook.py"},
}
FORBIDDEN_NAMES = {"services.py", "utils.py", "helpers.py", "common.py", "util.py", "misc.py"}
FILES = sorted(path for path in APP.rglob("*.py") if "versions" not in path.parts)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer(module: str) -> int | None:
    """The rank of a module of ours: the longest prefix that is named in LAYERS."""
    best: tuple[int, int] | None = None
    for rank, names in enumerate(LAYERS):
        for name in names:
            inside = module == name or (name != "app" and module.startswith(name + "."))
            if inside and (best is None or len(name) > best[0]):
                best = (len(name), rank)
    return best[1] if best else None


def type_checking_only(tree: ast.Module) -> set[ast.AST]:
    """The imports that only a type checker reads."""
    return {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }


def imports(path: Path) -> list[str]:
    """Every module that the file imports when it runs."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed_over = type_checking_only(tree)
    found: list[str] = []
    for node in ast.walk(tree):
        if node in passed_over:
            continue
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def test_nothing_imports_what_stands_to_its_right() -> None:
    wrong = []
    for path in FILES:
        mine = layer(module_name(path))
        assert mine is not None, f"{path} stands in no layer"
        for name in imports(path):
            rank = layer(name)
            if rank is not None and name != "app" and rank > mine:
                wrong.append(f"{module_name(path)} imports {name}")
    assert wrong == []


@pytest.mark.parametrize("library", sorted(DOORS))
def test_each_file_library_has_one_door(library: str) -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for path in FILES
        if any(name.split(".")[0] == library for name in imports(path))
    }
    assert users
    assert users <= DOORS[library]


PURE = (
    "app/core/money.py",
    "app/core/period.py",
    "app/core/errors.py",
    "app/core/ids.py",
    "app/core/sheet.py",
    "app/charging/pricing.py",
    "app/estate/rooms.py",
    "app/roles.py",
)
IMPURE = {"flask", "sqlalchemy", "flask_appbuilder", "flask_babel", "flask_sqlalchemy"}


@pytest.mark.parametrize("name", PURE)
def test_pure_files_know_neither_page_nor_database(name: str) -> None:
    roots = {found.split(".")[0] for found in imports(ROOT / name)}
    assert roots & IMPURE == set()


FEATURES = ("access", "estate", "charging", "duty")
ENDS_OF_A_REQUEST = re.compile(r"(^|_)(views|commands|job)(_|\.py$)")
"""Views, commands and jobs: they alone know the request and end the transaction, once."""
OF_A_REQUEST = {
    "app/access/audit_text.py",  # words of a page, kept for the request
    "app/access/current.py",  # who is at the keyboard
    "app/access/security.py",  # Flask-AppBuilder's manager
    "app/estate/communities.py",  # whose communities, kept for the request
    "app/estate/unit_page.py",  # the sections of a page
}


def acts() -> list[str]:
    """Every file of a feature that is no end of a request."""
    return [
        path.relative_to(ROOT).as_posix()
        for path in FILES
        if path.parent.name in FEATURES and not ENDS_OF_A_REQUEST.search(path.name)
    ]


def test_business_acts_never_commit_and_never_see_flask() -> None:
    assert len(acts()) > 60
    wrong = []
    for name in acts():
        roots = {found.split(".")[0] for found in imports(ROOT / name)}
        if name not in OF_A_REQUEST and roots & {"flask", "flask_login"}:
            wrong.append(f"{name} knows the request")
        if ".commit()" in (ROOT / name).read_text(encoding="utf-8"):
            wrong.append(f"{name} commits")
    assert wrong == []


def test_no_import_inside_a_function() -> None:
    wrong = []
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                wrong += [
                    f"{path.relative_to(ROOT)}:{inner.lineno}"
                    for inner in ast.walk(node)
                    if isinstance(inner, (ast.Import, ast.ImportFrom))
                ]
    assert wrong == []


def test_every_file_opens_with_a_sentence_and_is_short() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(text)), f"{path} does not say what it holds"
        assert len(text.splitlines()) <= 300, f"{path} has two jobs"
        assert path.name not in FORBIDDEN_NAMES, path


def tracked() -> list[Path]:
    """Every text file of the project that git knows; the working tree's where there is no git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else []
    paths = [ROOT / name for name in names if name] or FILES
    binary = {".xlsx", ".xls", ".png", ".csv", ".mo", ".ico", ".woff", ".woff2"}
    return [path for path in paths if path.suffix not in binary and path.is_file()]


def test_the_project_speaks_of_itself_only() -> None:
    """No path of a machine, no host of a registry, nothing of the place where it was made."""
    words = ("/" + "work/", "/tmp/" + "anju", "index" + "-url", "goo" + "gleapis")
    foreign = re.compile("|".join(words))
    paths = tracked()
    assert len(paths) > 30
    for path in paths:
        found = foreign.search(path.read_text(encoding="utf-8", errors="replace"))
        assert found is None, f"{path.relative_to(ROOT)} speaks of {found and found[0]}"


OWN_TEXTS = {
    "core/deep.py",
    "core/workbook.py",
    "core/workbook_child.py",
    "core/workbook_rows.py",
    "core/uploads.py",
    "estate/import_preview.py",
    "estate/import_sheets.py",
}
"""Files that read JSON: the one door for what comes from outside, and readers of our own files."""


def test_json_from_outside_has_one_door():
    """`core.deep.from_json` knows how deep and how long a text may be; nothing else reads one."""
    readers = set()
    for path in sorted((ROOT / "app").rglob("*.py")):
        text = path.read_text("utf-8")
        if re.search(r"\bjson\.loads?\(|\bget_json\(|\brequest\.json\b", text):
            readers.add(path.relative_to(ROOT / "app").as_posix())
    assert readers == OWN_TEXTS
