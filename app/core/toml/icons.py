"""The icons that pages can draw: names of Font Awesome 4, read from the style sheets they load."""

from __future__ import annotations

import difflib
import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING

import flask_appbuilder

from app.core.values.errors import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.core.toml.vocabulary import FoundFault

FOLDER = Path(flask_appbuilder.__file__).parent / "static/appbuilder/css/fontawesome"
SHEETS = ("fontawesome.min.css", "v4-shims.min.css")
"""The sheets of anju/head.html that say which sign a name stands for."""
NAME = re.compile(r"\.(fa-[a-z0-9-]+)")
DRAWN = re.compile(r"\.(fa-[a-z0-9-]+):before")
BRANDS = re.compile(r'([^{}]+)\{font-family:"Font Awesome 6 Brands"')
"""The marks of companies stand in a font of their own, which no page loads."""


@functools.cache
def names() -> frozenset[str]:
    """The name of every icon that can be drawn."""
    styles = "".join((FOLDER / sheet).read_text("utf-8") for sheet in SHEETS)
    marks = {name for some in BRANDS.findall(styles) for name in NAME.findall(some)}
    return frozenset(DRAWN.findall(styles)) - marks


def icon_faults(path: tuple[str | int, ...], icon: str) -> Iterator[FoundFault]:
    """An icon that cannot be drawn, with the one that was probably meant; "" is none at all."""
    if not icon or icon in names():
        return
    bare = [name.removeprefix("fa-") for name in sorted(names())]
    if near := difflib.get_close_matches(icon.removeprefix("fa-"), bare, 1):
        yield (
            path,
            N_("There is no icon “%(value)s”; did you mean “%(near)s”?"),
            {"value": icon, "near": f"fa-{near[0]}"},
        )
    else:
        yield (
            path,
            N_("There is no icon “%(value)s”: choose a name of Font Awesome 4, like fa-key."),
            {"value": icon},
        )
