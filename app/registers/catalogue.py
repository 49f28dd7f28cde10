"""The registers of the house: read, checked, made into tables, rights and screens."""

from __future__ import annotations

import graphlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import roles
from app.access.log_views import know_screens
from app.charging.ledger import warnings as charging_warnings
from app.core.db.types import metadata
from app.core.toml.faults import BadFiles
from app.core.toml.python_beside import python_beside
from app.duty.base import warnings as duty_warnings
from app.estate.screens import warnings as estate_warnings
from app.registers import loading, tables
from app.registers.definition import Definition
from app.registers.kinds import MADE
from app.registers.likeness import alike
from app.registers.screens import RegisterScreen, screen_of
from app.roles import LETTERS, POSTS, Verb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.core.toml.sources import Loaded, Source
    from app.registers.tables import RegisterRow

CHECKS = {**estate_warnings.CHECKS, **charging_warnings.CHECKS, **duty_warnings.CHECKS}
"""Name in a register file → the check that a feature offers."""


def read(instance: str) -> Loaded:
    """Every register of the shipped folder and the office's own, with the faults of its files.

    A faulty file of the office stops nobody's work: it is left out. A fault of a shipped one
    is ours: BadFiles.
    """
    if faults := loading.load(None, CHECKS)[1]:
        raise BadFiles(faults)
    return looked_at(Path(instance) / "registers")


def looked_at(folder: Path) -> Loaded:
    """The registers with those of an office's folder; every fault, and who looks like another."""
    sources, problems = loading.load(folder, CHECKS)
    return sources, [*problems, *alike(sources)]


def build(sources: Mapping[str, Source]) -> dict[str, type[RegisterRow]]:
    """The mapped classes of the registers, made anew only where a definition changed."""
    while stale := [name for name in MADE if _is_stale(name, sources)]:
        for name in stale:
            metadata.remove(MADE.pop(name).__table__)
    others = {
        name: {str(field.other) for field in source.definition.of_kind("register")} - {name}
        for name, source in sorted(sources.items())
    }
    for name in graphlib.TopologicalSorter(others).static_order():
        if name not in MADE:
            MADE[name] = tables.make(name, sources[name].definition)
    _declare(sources)
    return {name: MADE[name] for name in sources}


def models() -> dict[str, type[RegisterRow]]:
    """The mapped classes of every register that was made."""
    return dict(MADE)


def _is_stale(name: str, sources: Mapping[str, Source]) -> bool:
    """Is a made register gone, declared otherwise, or does it point to one that is?"""
    definition = MADE[name].definition
    gone = name not in sources or sources[name].definition != definition
    return gone or any(one.other not in MADE for one in definition.of_kind("register"))


def _declare(sources: Mapping[str, Source]) -> None:
    """Give the registers their rows in the role table and their names on the page of rights."""
    roles.declare(
        {tables.table_name(name): rights_of(source.definition) for name, source in sources.items()}
    )
    names = {
        tables.table_name(name): source.definition.head.title.lazy
        for name, source in sources.items()
    }
    know_screens("registers", names)


def rights_of(definition: Definition) -> dict[str, frozenset[Verb]]:
    """post → verbs by default, as the file says."""
    head = definition.head
    # Phones have a right of their own for all screens together.
    hidden = any(one.is_private and one.kind != "phone" for one in definition.fields)
    private = "s" if hidden else ""
    printed, every = "p" if definition.slip else "", "e" if head.own else ""
    letters = {"manager": f"rx{every}", "supervisor": f"rxd{every}", "administrator": f"r{every}"}
    for posts, more in (
        (head.keepers, f"rwxi{printed}{private}"),
        (head.readers, f"rx{every}"),
        (head.approvers, f"rxa{every}{printed}{private}"),
    ):
        for post in posts:
            letters[post] = letters.get(post, "") + more
    for post, more in head.rights.items():
        letters[post] = letters.get(post, "") + "r" + more
    return {post: frozenset(LETTERS[one] for one in letters.get(post, "")) for post in POSTS}


def screen(source: Source, model: Any) -> type[RegisterScreen]:
    """The screen of a register, with what the Python file of the same name beside it adds."""
    module = python_beside(source.files[0])
    beside = {} if module is None else vars(module)
    for action in source.definition.actions:
        if action.call:
            model.steps.calls[action.call] = beside[action.call]
    checks = {**CHECKS, **beside.get("CHECKS", {})}
    return screen_of(source, model, checks)
