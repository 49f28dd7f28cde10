"""The menu on the left: work areas and their entries, as far as the user's rights reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from app.core.records import rights
from app.roles import Verb

if TYPE_CHECKING:
    from collections.abc import Iterable

AREAS = {
    "home": (_l("Home"), "fa-home"),
    "charging": (_l("Charging"), "fa-money"),
    "estate": (_l("Estate"), "fa-building"),
    "front_desk": (_l("Front desk registers"), "fa-bell"),
    "site": (_l("Order and facilities"), "fa-shield"),
    "files": (_l("Documents and files"), "fa-folder-open"),
    "community_life": (_l("Notices and community"), "fa-bullhorn"),
    "office": (_l("Office and staff"), "fa-briefcase"),
    "duty": (_l("Duty"), "fa-calendar-check-o"),
    "reports": (_l("Reports"), "fa-bar-chart"),
    "setup": (_l("Settings"), "fa-sliders"),
    "system": (_l("System"), "fa-cogs"),
}
"""The work areas in the order in which the menu shows them: name → label and icon."""


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """Where a view stands in the menu: its area, place in it, label and icon."""

    area: str
    position: int
    label: Any
    icon: str = "fa-circle-o"
    verb: Verb = Verb.READ


@dataclass(frozen=True, slots=True)
class Item:
    label: Any
    url: str
    icon: str
    active: bool


FOLDED = frozenset({"front_desk", "site", "files", "community_life", "office"})
"""Areas with a dozen entries each: folded at first, and as each user left them afterwards."""


@dataclass(frozen=True, slots=True)
class Area:
    name: str
    label: Any
    icon: str
    items: tuple[Item, ...]
    active: bool

    @property
    def open(self) -> bool:
        """Does it stand open until somebody folds or unfolds it?"""
        return self.active or self.name not in FOLDED


def areas(views: Iterable[Any]) -> list[Area]:
    """The areas that hold at least one entry which the present user may open."""
    found: dict[str, list[tuple[int, Item]]] = {name: [] for name in AREAS}
    for view in views:
        entry = view.menu
        if entry is None or not rights.may(view.screen, entry.verb):
            continue
        url = url_for(f"{view.endpoint}.{view.default_view}")
        active = request.blueprint == view.endpoint
        found[entry.area].append((entry.position, Item(entry.label, url, entry.icon, active)))
    shown = []
    for name, entries in found.items():
        items = tuple(item for _, item in sorted(entries, key=lambda pair: pair[0]))
        if items:
            label, icon = AREAS[name]
            shown.append(Area(name, label, icon, items, any(item.active for item in items)))
    return shown
