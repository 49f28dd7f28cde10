"""Reads a tree of the program: its files, what each imports, and what breaks the plan."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture import plan

ROOT = Path(__file__).resolve().parents[2]


def python_files(root: Path = ROOT, top: str = "app") -> list[Path]:
    """Every Python file of a tree, without the written migrations."""
    found = (root / top).rglob("*.py")
    return sorted(p for p in found if not {"versions", "__pycache__"} & set(p.parts))


def name_of(path: Path, root: Path = ROOT) -> str:
    """A file as a reader of the tests knows it: app/core/values/money.py."""
    return path.relative_to(root).as_posix()


def module_of(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, root: Path = ROOT) -> set[str]:
    """Every module that the file names in an import, those for a type checker included."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                deeper = f"{node.module}.{alias.name}"
                place = root / Path(*deeper.split("."))
                inside = place.with_suffix(".py").is_file() or place.is_dir()
                found.add(deeper if inside else node.module)
    return found


def libraries(path: Path) -> set[str]:
    return {module.split(".")[0] for module in imports(path)}


def at_run_time(path: Path) -> set[str]:
    """The libraries that the file imports when it runs: not those that only a checker reads."""
    tree = tree_of(path)
    unread = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    return {
        name.split(".")[0]
        for node in ast.walk(tree)
        if node not in unread
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }


def room_of(module: str, root: Path = ROOT) -> str:
    """The room of a module of ours: core.values, access, or app for the front door itself."""
    parts = module.split(".")[1:]
    if len(parts) > 1 and (root / "app" / parts[0] / parts[1]).is_dir():
        return ".".join(parts[:2])
    return parts[0] if parts else "app"


def layer_of(room: str) -> int:
    """The place of a room's feature in the order; ValueError when it has none."""
    feature = room.split(".", maxsplit=1)[0]
    for place, features in enumerate(plan.LAYERS):
        if feature in features:
            return place
    raise ValueError(f"{room} stands in no layer")


def wrong_imports(root: Path = ROOT) -> Iterator[str]:
    """Imports against the plan: from below, or from a room that is not open to this one."""
    for path in python_files(root):
        mine = room_of(module_of(path, root), root)
        for module in sorted(imports(path, root)):
            if module.split(".")[0] != "app" or module == "app":
                continue
            other = room_of(module, root)
            if not is_open(mine, other):
                yield f"{name_of(path, root)} imports {module}"


def is_open(mine: str, other: str) -> bool:
    """May a file of the room `mine` import one of the room `other`?"""
    if mine == other:
        return True
    here, there = layer_of(mine), layer_of(other)
    if mine.split(".", maxsplit=1)[0] == other.split(".", maxsplit=1)[0]:
        return other.partition(".")[2] in plan.ROOMS.get(mine, "").split()
    return there < here or (there == here == len(plan.LAYERS) - 1)


def circles(root: Path = ROOT) -> list[list[str]]:
    """Groups of files that import one another in a circle."""
    files = {module_of(path, root): path for path in python_files(root)}
    ways = {name: {m for m in imports(path, root) if m in files} for name, path in files.items()}
    left = dict(ways)
    while True:
        ends = [name for name, others in left.items() if not (others - {name}) & set(left)]
        if not ends:
            break
        for name in ends:
            del left[name]
    # What is left leads into a circle or lies in one: those that are also led to lie in one.
    while True:
        starts = [n for n in left if not any(n in ways[m] for m in left if m != n)]
        if not starts:
            return [sorted(left)] if left else []
        for name in starts:
            del left[name]


def calls_itself_pure(path: Path) -> bool:
    """Does the docstring of the file say that it is pure?"""
    words = ast.get_docstring(tree_of(path)) or ""
    return re.search(r"\bpure\b", words, re.IGNORECASE) is not None


def wrongly_pure(root: Path = ROOT) -> Iterator[str]:
    """Files that call themselves pure and know the page or the database."""
    for path in python_files(root):
        if calls_itself_pure(path) and (known := libraries(path) & plan.IMPURE):
            yield f"{name_of(path, root)} imports {', '.join(sorted(known))}"


def through_the_wall(root: Path = ROOT) -> Iterator[str]:
    """Imports of a library elsewhere than at its door."""
    for library, doors in plan.DOORS.items():
        for path in python_files(root):
            if library in libraries(path) and name_of(path, root) not in doors:
                yield f"{name_of(path, root)} imports {library}"
