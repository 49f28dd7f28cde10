"""From TOML files to definitions: the shipped registers are read once, an office's own with them.

Every fault of every file is told at once, with line and mend.
"""

from __future__ import annotations

import functools
from collections.abc import Collection
from pathlib import Path

from app.core.toml import sources as toml_sources
from app.core.toml.faults import PATTERNS
from app.core.toml.sources import Format, Loaded
from app.core.values.errors import N_
from app.registers.checking import beside, check
from app.registers.definition import DUTY, Definition, Extension

SHIPPED = Path(__file__).parent
CIRCLE = N_("Registers point to each other in a circle: %(way)s.")
SAID = {**PATTERNS, DUTY: N_("“%(value)s” is no duty: write it like H01.")}


def load(own: Path | None, checks: Collection[str], shipped: Path = SHIPPED) -> Loaded:
    """Every register of the two folders by name, and every fault; faulty ones are left out."""
    form, (sources, problems) = _shipped(shipped, frozenset(checks))
    if own is None:
        return dict(sources), list(problems)
    return toml_sources.load(form, shipped, own, sources)


@functools.lru_cache(maxsize=1)
def _shipped(folder: Path, checks: frozenset[str]) -> tuple[Format, Loaded]:
    form = Format(
        Definition,
        Extension,
        "register",
        SAID,
        lambda path, definition, names: check(path, definition, names, checks),
        ("register", "other"),
        CIRCLE,
        beside,
    )
    return form, toml_sources.load(form, folder, None, {})
