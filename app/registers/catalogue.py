"""The registers of the house: read, checked, made into tables and rights, once for the process."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import roles
from app.access import labels
from app.access.log_views import AuditScreen
from app.core import formats
from app.core.errors import N_, DomainError
from app.registers import loading, tables
from app.registers.definition import Definition, Kind
from app.registers.words import lazy
from app.roles import LETTERS, POSTS, Verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.registers.loading import Source
    from app.registers.tables import Row

NO_ACT = N_("The Python file beside this register has no function “%(name)s”.")
_made: dict[str, tuple[Definition, type[Row]]] = {}


def build(sources: Mapping[str, Source]) -> dict[str, type[Row]]:
    """The mapped classes of the registers, made anew only where a definition changed."""
    while stale := [name for name in _made if _is_stale(name, sources)]:
        for name in stale:
            tables.forget(_made.pop(name)[1])
    for name in _ordered(sources):
        if name not in _made:
            others = {other: model for other, (_, model) in _made.items()}
            definition = sources[name].definition
            _made[name] = (definition, tables.make(name, definition, others))
    _declare(sources)
    return {name: _made[name][1] for name in sources}


def models() -> dict[str, type[Row]]:
    """The mapped classes of every register that was made."""
    return {name: model for name, (_, model) in _made.items()}


def _is_stale(name: str, sources: Mapping[str, Source]) -> bool:
    """Is a made register gone, declared otherwise, or does it point to one that is?"""
    definition = _made[name][0]
    gone = name not in sources or sources[name].definition != definition
    return gone or any(one.other not in _made for one in definition.of_kind(Kind.REGISTER))


def _ordered(sources: Mapping[str, Source]) -> Iterable[str]:
    """The registers, those that are pointed to first."""
    done: list[str] = []

    def visit(name: str, way: tuple[str, ...]) -> None:
        if name in way:
            circle = " → ".join((*way, name))
            raise DomainError(N_("Registers point to each other in a circle: %(way)s."), way=circle)
        for field in sources[name].definition.of_kind(Kind.REGISTER):
            if str(field.other) not in done:
                visit(str(field.other), (*way, name))
        if name not in done:
            done.append(name)

    for name in sorted(sources):
        visit(name, ())
    return done


def _declare(sources: Mapping[str, Source]) -> None:
    """Give the registers their rows in the role table and their names on the page of rights."""
    roles.declare({
        tables.kinds.table_name(name): rights_of(source.definition)
        for name, source in sources.items()
    })
    names = {
        tables.kinds.table_name(name): lazy(source.definition.head.title)
        for name, source in sources.items()
    }
    labels.name_screens("registers", names)
    formats.LABELS["screen"].update(names)
    for column in AuditScreen.columns:
        if column.name == "screen" and isinstance(column.choices, dict):
            column.choices.update(names)


def rights_of(definition: Definition) -> dict[str, frozenset[Verb]]:
    """post → verbs by default, as the file says."""
    head = definition.head
    letters: dict[str, str] = {"manager": "rx", "supervisor": "rxd", "administrator": "r"}
    private = "s" if definition.has_private else ""
    printed = "p" if definition.slip else ""
    for posts, more in (
        (head.keepers, f"rwxi{printed}{private}"),
        (head.readers, "rx"),
        (head.approvers, f"rxa{printed}{private}"),
    ):
        for post in posts:
            letters[post] = letters.get(post, "") + more
    for post, more in head.rights.items():
        letters[post] = letters.get(post, "") + "r" + more
    return {post: frozenset(LETTERS[one] for one in letters.get(post, "")) for post in POSTS}


def beside(source: Source) -> Any:
    """The Python file of the same name beside a register, as a module; None without one."""
    path = source.files[0].with_suffix(".py")
    if not path.exists():
        return None
    spec = importlib.util.spec_from_file_location(f"app_registers_{source.name}", path)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{path} cannot be read")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(own: Path | None, checks: Iterable[str]) -> dict[str, Source]:
    """Every register of the shipped folder and the office's own; BadRegisters names all faults."""
    sources, problems = loading.load(own, set(checks))
    if problems:
        raise loading.BadRegisters(problems)
    return sources
