"""What every attack needs: who may take a route, and its addresses in both communities."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from app.core.extras.action_routes import ROUTES as STEPS
from app.registers.definition import RegisterKind
from app.roles import POSTS, default_rights
from tests.registers.shipped.covering import left_out

ORDER = ("supervisor", "manager", "clerk", "collector", "front_desk", "administrator")
"""Who tries a route: the first of these posts that has its right."""


def routes(app: Any, method: str, about: str | tuple[str, ...] = "") -> list[Any]:
    """The routes that take this method, files aside; of registers those that cover `about`."""
    others = left_out(app, about)
    return [
        route
        for route in app.extensions["anju"].routes
        if method in route.methods and "static" not in route.endpoint and route.screen not in others
    ]


def poster(route: Any) -> str:
    """Who tries this route; a route without a right is tried by the first."""
    if route.verb is None:
        return ORDER[0]
    cells = default_rights()[route.screen]
    return next(post for post in ORDER if route.verb in cells[post])


def everybody(route: Any) -> list[str]:
    """All posts that may take the route."""
    if route.verb is None:
        return list(POSTS)
    return [post for post in POSTS if route.verb in default_rights()[route.screen][post]]


def address(route: Any, **values: Any) -> str:
    """The route's rule with its variables filled in, each quoted as one part of a path."""

    def fill(found: re.Match[str]) -> str:
        return quote(str(values[found[1]]), safe="")

    return re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", fill, route.rule)


def variables(route: Any) -> list[str]:
    """The names of the variables in a route's rule."""
    return re.findall(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", route.rule)


TABLES = {
    "BatchPage": "import_batch",
    "JobsPage": "job",
    "UserPage": "ab_user",
    "NoticesPage": "billing_run",
    "DeskPage": "unit",
    "BillingPage": "billing_run",
    "ImportPage": "file_answer",
}
BY_NAME = {
    "payment_id": "payment",
    "unit_id": "unit",
    "run_id": "billing_run",
    "bill_id": "bill",
    "job_id": "job",
    "note": "unit_note",
}


def key_of(app: Any, route: Any, name: str, place: Any) -> Any:
    """A key that fits a variable of a route, of a record of `place`; None for other words."""
    if name in BY_NAME:
        return place.of[BY_NAME[name]]
    if name not in {"pk", "key"}:
        return None
    view = route.endpoint.partition(".")[0]
    if view in TABLES:
        return place.of[TABLES[view]]
    table = app.view_functions[route.endpoint].__self__.model.__tablename__
    parts = {("file", "key"): "file", ("detach", "key"): "file", ("undo_import", "pk"): "import"}
    if part := parts.get((route.endpoint.partition(".")[2], name)):
        return place.of[f"{table} {part}"]
    return place.of[table]


def known_words(app: Any, route: Any, name: str) -> list[str]:
    """What fits a variable that is no key: names of look-ups, columns, languages."""
    if name == "name" and route.endpoint.startswith("LookupPage"):
        return sorted(app.extensions["anju"].lookups)
    if name == "name" and route.endpoint.startswith("LanguageView"):
        return ["zh"]
    if name == "kind" and route.endpoint.startswith("ImportPage"):
        return ["answer"]
    owner = app.view_functions[route.endpoint].__self__
    if name == "field":
        return [one.name for one in owner.definition.of_kind(RegisterKind.ATTACHMENT)]
    if name == "name" and route.endpoint.partition(".")[2] in STEPS.values():
        return [one.name for one in owner.definition.actions if one.right == route.verb]
    if name == "name":
        return [column.name for column in owner.columns if column.private] or ["code"]
    return ["none"]


def fillings(app: Any, route: Any, place: Any) -> list[dict[str, Any]]:
    """Values for all variables of a route: the records of `place`, and every known word."""
    found: list[dict[str, Any]] = [{}]
    for name in variables(route):
        key = key_of(app, route, name, place)
        words = known_words(app, route, name) if key is None else [key]
        found = [{**values, name: word} for values in found for word in words]
    return found
