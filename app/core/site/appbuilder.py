"""Flask-AppBuilder's builder without the views that we do not want in the house."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask_appbuilder import AppBuilder

from app import roles

if TYPE_CHECKING:
    from flask import Flask


class AnjuBuilder(AppBuilder):
    """Registers only what is asked for: no index, back, menu API or OpenAPI views."""

    def _add_admin_views(self) -> None:
        self.sm.register_views()


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the URL map: `verb` None means that strangers may call it."""

    rule: str
    methods: frozenset[str]
    endpoint: str
    screen: str | None
    verb: roles.Verb | None


@dataclass(slots=True)
class Registry:
    """What the house knows of itself: `app.core.db.extensions["anju"]`."""

    views: list[Any] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    lookups: dict[str, Any] = field(default_factory=dict)
    lookup_of: dict[Any, Any] = field(default_factory=dict)
    tabs: dict[str, list[str]] = field(default_factory=dict)

    def add(self, view: Any) -> None:
        """Know a view and the look-ups that it declares; two of one name are a mistake."""
        self.views.append(view)
        for screen in (*getattr(view, "tab_of", ()), *getattr(view, "part_of", ())):
            self.tabs.setdefault(screen, []).append(view.screen)
        for lookup in getattr(view, "lookups", ()):
            if lookup.name in self.lookups:
                raise RuntimeError(f"there are two look-ups called {lookup.name}")
            self.lookups[lookup.name] = lookup
            self.lookup_of.setdefault(lookup.model, lookup)


def list_routes(app: Flask) -> list[Route]:
    """Every route with its screen and verb; RuntimeError when one carries no check."""
    routes = []
    for rule in app.url_map.iter_rules():
        function = app.view_functions[rule.endpoint]
        methods = frozenset(rule.methods or ()) - {"HEAD", "OPTIONS"}
        verb = getattr(function, "_verb", None)
        owner = getattr(function, "__self__", None)
        screen = getattr(function, "_screen", None) or getattr(owner, "screen", None)
        open_to_all = (
            getattr(function, "_public", False)
            or rule.endpoint == "static"
            or rule.endpoint.endswith(".static")
        )
        if verb is None and not open_to_all:
            raise RuntimeError(f"the route {rule.rule} says neither needs(...) nor public")
        routes.append(Route(rule.rule, methods, rule.endpoint, screen if verb else None, verb))
    return routes


def check_screens(registry: Registry) -> None:
    """RuntimeError when a view has a screen without a row in the role table."""
    known = roles.default_rights()
    for view in registry.views:
        if view.screen not in known:
            raise RuntimeError(f"the screen {view.screen} has no row in the role table")


def check_rights_table(app: Flask) -> None:
    """RuntimeError when a row of the role table has no screen: the other half of the check."""
    used = {route.screen for route in app.extensions["anju"].routes}
    if missing := set(roles.default_rights()) - used:
        raise RuntimeError(f"rows of the role table without a screen: {sorted(missing)}")
