"""Declarations of one format, read from their folders and checked: what is good, every fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from app.core.toml.faults import FileFault, faults
from app.core.toml.folders import Draft, circle, drafts_of, without_end
from app.core.toml.python_beside import alone
from app.core.toml.vocabulary import FoundFault


@dataclass(frozen=True, slots=True)
class Source:
    """A declaration that was read; `own`: the office wrote it, or added to a shipped one."""

    name: str
    definition: Any
    files: tuple[Path, ...]
    own: bool


@dataclass(frozen=True, slots=True)
class Format:
    """What the files of a folder must be.

    model, extension: a whole file, and one that adds to a shipped one, to the lists of its
        table `head` among others; patterns: what is said of a text that does not match.
    check: what does not agree in a file (its path, what it declares, the names of all files).
    points: the key by which a field names another file, with the attribute that holds it;
        circle: what is said where files point to each other in a circle.
    beside: what is wrong with the Python file beside a file.
    """

    model: type[BaseModel]
    extension: type[BaseModel]
    head: str
    patterns: Mapping[str, str]
    check: Callable[[Path, Any, Mapping[str, Any]], Iterator[FoundFault]]
    points: tuple[str, str]
    circle: str
    beside: Callable[[Path, Any], Sequence[FileFault]] = lambda _path, _definition: ()


Loaded = tuple[dict[str, Source], list[FileFault]]
"""Sources by name and every fault.

A faulty one is left out; a shipped one to which somebody added faultily stays as it is shipped.
"""


def load(form: Format, shipped: Path, own: Path | None, known: Mapping[str, Source]) -> Loaded:
    """Every declaration of the two folders by name, and every fault.

    `known`: the shipped ones that were found good before; what nobody adds to is taken from it.
    """
    drafts, problems = drafts_of(shipped, own, form.extension, form.head, form.patterns)
    sources = {}
    for name, draft in drafts.items():
        if name in known and known[name].files == draft.files:
            sources[name] = known[name]
            continue
        file = draft.files[-1].name
        if found := faults(form.model, draft.content, file, draft.text, form.patterns):
            problems += found
            continue
        definition = form.model.model_validate(draft.content)
        found = [draft.fault(*one) for one in form.check(draft.files[0], definition, drafts)]
        if found := [*found, *form.beside(draft.files[0], definition)]:
            problems += found
            continue
        sources[name] = Source(
            name, definition, draft.files, own=not draft.shipped or len(draft.files) > 1
        )
    problems += _alone(drafts, own)
    key, attribute = form.points
    links: dict[str, list[str | None]] = {}
    for name, source in sources.items():  # to itself it may point
        others = [getattr(one, attribute) for one in source.definition.fields]
        links[name] = [None if other == name else other for other in others]
    if way := circle(links):
        at = next(at for at, other in enumerate(links[way[0]]) if other in way)
        problems.append(
            drafts[way[0]].fault(("fields", at, key), form.circle, {"way": " → ".join(way)})
        )
    for name in without_end(links, way):
        del sources[name]  # it points, by way of others, to one that cannot be made
    sources = {
        name: sources.get(name) or known[name]
        for name in drafts
        if name in sources or name in known
    }
    return sources, problems


def _alone(drafts: Mapping[str, Draft], own: Path | None) -> list[FileFault]:
    """Python files of an office's folder that stand beside no whole file of theirs."""
    if own is None or not own.is_dir():
        return []
    return alone(own, [name for name, draft in drafts.items() if not draft.shipped])
