"""The sections of a unit's page: later features add theirs without estate knowing them.

`create_app` composes the list in the order of the page::

    unit_page.install(app, (*estate.unit_sections.SECTIONS, *charging.unit_sections.SECTIONS))

A section is shown to whoever may read its screen; `load` gets a session and the unit and
returns what its template sees as `data`, or None when there is nothing to show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app, url_for

from app.core.records import disclosure, rights
from app.core.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask
    from sqlalchemy.orm import Session

    from app.estate.base.models import Unit

KEY = "anju_unit_sections"


@dataclass(frozen=True, slots=True)
class Section:
    """One box of the page. `name` is its anchor, `wide` takes both columns."""

    name: str
    title: Any
    template: str
    load: Callable[[Session, Unit], Any]
    screen: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section with what its template shows."""

    section: Section
    data: Any


def install(app: Flask, sections: Sequence[Section]) -> None:
    """Make the sections of the unit page known to `app`."""
    names = [section.name for section in sections]
    if len(set(names)) != len(names):
        raise RuntimeError("two sections of the unit page have the same name")
    app.extensions[KEY] = tuple(sections)


def load(session: Session, unit: Unit) -> list[ShownSection]:
    """The sections that the present user may see, with their data."""
    shown = []
    for section in current_app.extensions[KEY]:
        if rights.may(section.screen):
            data = section.load(session, unit)
            if data is not None:
                shown.append(ShownSection(section, data))
    return shown


def phone_url(key: int | None, screen: str = "customers") -> str | None:
    """Where the full phones of a customer (or resident) are asked for; None where one may not."""
    if key is None or not rights.may(screen) or not disclosure.may_see(Secret.PHONES, screen):
        return None
    view, name = {
        "customers": ("CustomerScreen", "phone_lines"),
        "residents": ("ResidentScreen", "phone"),
    }[screen]
    return url_for(f"{view}.reveal", pk=key, name=name)
