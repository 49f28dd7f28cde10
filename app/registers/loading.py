"""From TOML files to definitions: every fault of every file at once, with line and mend."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import N_
from app.core.toml_faults import PATTERNS, Problem, faults
from app.core.toml_folder import circle, drafts_of, without_end
from app.registers.checking import check
from app.registers.definition import DUTY, Definition, Extension

SHIPPED = Path(__file__).parent
CIRCLE = N_("Registers point to each other in a circle: %(way)s.")
SAID = {**PATTERNS, DUTY: N_("“%(value)s” is no duty: write it like H01.")}


@dataclass(frozen=True, slots=True)
class Source:
    """A register that was read; `own`: the office wrote it, or added to a shipped one."""

    name: str
    definition: Definition
    files: tuple[Path, ...]
    own: bool


def load(
    own: Path | None, checks: Collection[str], shipped: Path = SHIPPED
) -> tuple[dict[str, Source], list[Problem]]:
    """Every register of the two folders by name, and every fault; faulty ones are left out."""
    drafts, problems = drafts_of(shipped, own, Extension, "register", SAID)
    sources = {}
    for name, draft in drafts.items():
        file = draft.files[-1].name
        if found := faults(Definition, draft.content, file, draft.text, SAID):
            problems += found
            continue
        definition = Definition.model_validate(draft.content)
        cross = check(draft.files[0], definition, drafts, checks)
        if found := [draft.fault(*one) for one in cross]:
            problems += found
            continue
        sources[name] = Source(
            name, definition, draft.files, own=not draft.shipped or len(draft.files) > 1
        )
    links = {name: [one.other for one in source.definition.fields]
             for name, source in sources.items()}  # fmt: skip
    if way := circle(links):
        at = next(at for at, other in enumerate(links[way[0]]) if other in way)
        problems.append(drafts[way[0]].fault(("fields", at, "register"), CIRCLE, {
            "way": " → ".join(way)}))  # fmt: skip
    for name in without_end(links, way):
        del sources[name]  # it points, by way of others, to one that cannot be made
    return sources, problems
