"""The Python file beside a declaration: looked into, every fault told with its line."""

from __future__ import annotations

import ast
import contextlib
import functools
import gc
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Collection, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Column, event
from sqlalchemy.orm import Mapper

from app.core.db import engine
from app.core.toml.faults import BadFiles, FileFault
from app.core.toml.listing import UNREADABLE
from app.core.values.errors import N_

CANNOT_RUN = N_("This Python file cannot be loaded: %(said)s.")
NO_MODULE = N_(
    "This Python file cannot be loaded: there is no module “%(said)s”. From where to "
    "import what: app/registers/FORMAT.md."
)
NO_SYNTAX = N_(
    "This is no Python: look for a missing bracket, quote, colon or wrong indentation "
    "near this line."
)
NO_FUNCTION = N_(
    "There is no function “%(name)s” here: the step “%(step)s” calls it. Write "
    "def %(name)s(session, row): …"
)
NO_CALL = N_("“%(name)s” cannot be called with (session, row): write def %(name)s(session, row): …")
NO_CHECK = N_(
    "The check “%(name)s” cannot be called with (session, value): write "
    "def %(name)s(session, value): …"
)
NO_CHECKS = N_('CHECKS must be a table of names and functions: CHECKS = { "name": function }.')
NO_TABLES = N_(
    "A Python file beside a register may make or change no tables: take the class or "
    "the column out. What is stored is declared in the .toml file."
)
ALONE = N_("There is no file %(toml)s beside this one: give both the same name.")


class _Table(Exception):
    """A Python file is about to make a table, or to add to one of the house."""


class _Torn(Exception):
    """A Python file cannot be loaded; the problem says why."""

    def __init__(self, problem: FileFault) -> None:
        self.problem = problem
        super().__init__(problem.message)


def python_beside(path: Path) -> ModuleType | None:
    """The Python file of the same name beside a declaration, as a module; None without one."""
    try:
        return _loaded(path)
    except _Torn as torn:
        raise BadFiles([torn.problem]) from torn


def checks_of(path: Path) -> dict[str, Any]:
    """The named checks that the file beside a declaration brings; none of a faulty one."""
    try:
        module = _loaded(path)
    except _Torn:
        return {}
    found = _part(module, "CHECKS", {})
    return found if isinstance(found, dict) else {}


def faults_beside(path: Path, calls: Collection[tuple[str, str]]) -> list[FileFault]:
    """What is wrong with the Python file beside `path`; calls: the functions and their steps."""
    try:
        module = _loaded(path)
    except _Torn as torn:
        return [torn.problem]
    return [] if module is None else list(_faults(module, path.with_suffix(".py"), calls))


def _loaded(path: Path) -> ModuleType | None:
    beside = path.with_suffix(".py")
    if not beside.exists():
        return None
    try:
        text = beside.read_bytes()
    except OSError as error:
        raise _Torn(FileFault(beside.name, 1, UNREADABLE)) from error
    found = _run_once(path, text)
    if isinstance(found, FileFault):
        raise _Torn(found)
    return found


@functools.lru_cache(maxsize=256)
def _run_once(path: Path, text: bytes) -> ModuleType | FileFault:
    """The module of a file with this text, or why there is none; a text is run a single time."""
    beside = path.with_suffix(".py")
    try:
        ast.parse(text, str(beside))
        return _run(beside)
    except SyntaxError as error:
        # Of a module that it imports, the line there says nothing here.
        line = error.lineno if error.filename == str(beside) else _line_in(beside, error)
        return FileFault(beside.name, line or 1, NO_SYNTAX)
    except BaseException as error:
        line = _line_in(beside, error, 0)
        if isinstance(error, KeyboardInterrupt) and not line:
            raise  # Ctrl+C while we look
        if isinstance(error, ModuleNotFoundError):
            return FileFault(beside.name, line or 1, NO_MODULE, {"said": error.name})
        if isinstance(error, _Table):
            error.__traceback__ = None
            gc.collect()  # the half-made class would answer to its name
            return FileFault(beside.name, line or 1, NO_TABLES)
        said = " ".join("".join(traceback.format_exception_only(error)).split()).rstrip(":")
        return FileFault(beside.name, line or 1, CANNOT_RUN, {"said": said[:200]})


def _run(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"beside_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{file} cannot be read")
    module = importlib.util.module_from_spec(spec)
    # What it prints must not stand among the answers of a command; and what is only looked into
    # changes nothing in the database, nor what the house knows of it.
    with contextlib.redirect_stdout(sys.stderr), engine.reading(), _without_tables(file):
        spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def _without_tables(file: Path) -> Iterator[None]:
    """Refuse, before anything happens, whatever this file would make or change of tables."""

    def refuse(*_told: Any) -> None:
        # A module of the house may be imported here for the first time, and make its own.
        frame = sys._getframe()
        while frame and frame.f_code.co_name != "<module>":
            frame = frame.f_back  # type: ignore[assignment]
        if frame and frame.f_code.co_filename == str(file):
            raise _Table

    guarded: tuple[Any, ...] = ((Column, "before_parent_attach"), (Mapper, "instrument_class"))
    for target, name in guarded:
        event.listen(target, name, refuse)
    try:
        yield
    finally:
        for target, name in guarded:
            event.remove(target, name, refuse)


def _line_in(file: Path, error: BaseException, otherwise: int = 1) -> int:
    """The last line of this file through which the error came."""
    frames = traceback.extract_tb(error.__traceback__)
    found = (one.lineno or 1 for one in reversed(frames) if one.filename == str(file))
    return next(found, otherwise)


def _part(module: ModuleType | None, name: str, otherwise: Any = None) -> Any:
    """What stands in the file under this name; nothing of the file is run for the answer."""
    return otherwise if module is None else vars(module).get(name, otherwise)


def _faults(
    module: ModuleType, file: Path, calls: Collection[tuple[str, str]]
) -> Iterator[FileFault]:
    lines = _lines(file)
    for name, step in calls:
        function, said = _part(module, name), {"name": name, "step": step}
        if function is None:
            yield FileFault(file.name, 1, NO_FUNCTION, said)
        elif not _takes_two(function):
            yield FileFault(file.name, lines.get(name, 1), NO_CALL, said)
    checks = _part(module, "CHECKS", {})
    if not isinstance(checks, dict):
        yield FileFault(file.name, lines.get("CHECKS", 1), NO_CHECKS)
        return
    for name, function in checks.items():
        if not isinstance(name, str) or not _takes_two(function):
            line = lines.get(getattr(function, "__name__", ""), lines.get("CHECKS", 1))
            yield FileFault(file.name, line, NO_CHECK, {"name": name})


def _lines(file: Path) -> dict[str, int]:
    """Where the functions and values of the file are made."""
    found = {}
    for node in ast.parse(file.read_bytes()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] = node.lineno
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.update({one.id: node.lineno for one in targets if isinstance(one, ast.Name)})
    return found


def _takes_two(function: Any) -> bool:
    """Can it be called with two values, and does it do its work at once?"""
    if (
        not callable(function)
        or inspect.iscoroutinefunction(function)
        or (inspect.isgeneratorfunction(function))
    ):
        return False
    try:
        inspect.signature(function).bind(None, None)
    except (TypeError, ValueError):
        return False
    return True


def alone(folder: Path, declared: Collection[str]) -> list[FileFault]:
    """The Python files of an office's folder that stand beside no declaration of theirs."""
    return [
        FileFault(one.name, 1, ALONE, {"toml": f"{one.stem}.toml"})
        for one in sorted(folder.glob("*.py"))
        if one.stem not in declared and ".toml" not in one.name.casefold()  # told as misnamed
    ]
