"""What the pages themselves offer: their links with parameters and their forms, by route."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.hostile.attack import address, fillings, poster, routes
from tests.hostile.pages import HtmlForm, forms

LINK = re.compile(r"\bhref=\"(/[^\"#]*)")


@dataclass(slots=True)
class Offer:
    """What was found for one endpoint: its addresses with parameters, its forms."""

    queries: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    forms: list[HtmlForm] = field(default_factory=list)


KNOWN: dict[Any, dict[str, Offer]] = {}


def endpoint_of(app: Any, path: str, method: str) -> str | None:
    """The endpoint that answers this path."""
    try:
        return app.url_map.bind("localhost").match(path, method=method)[0]
    except RequestRedirect:
        return None
    except HTTPException:
        return None


def offers(app: Any, clients: dict[str, Any], world: Any) -> dict[str, Offer]:
    """Open every page of the world as the post that may most; collect links and forms.

    An application is looked through once: its forms do not change from test to test.
    """
    if app in KNOWN:
        return KNOWN[app]
    found = KNOWN[app] = {}
    seen: set[str] = set()
    todo = [
        (poster(route), address(route, **values))
        for route in routes(app, "GET")
        for values in fillings(app, route, world.near)
    ]
    for post, where in todo:
        answer = clients[post].get(where)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            page = answer.get_data(as_text=True)
            _collect(app, found, seen, page, where)
        answer.close()
    return found


def _collect(app: Any, found: dict[str, Offer], seen: set[str], page: str, where: str) -> None:
    for link in LINK.findall(page):
        parts = urlsplit(unescape(link))
        name = endpoint_of(app, parts.path, "GET")
        if name and parts.query and (name, str(sorted(dict(parse_qsl(parts.query))))) not in seen:
            seen.add((name, str(sorted(dict(parse_qsl(parts.query))))))
            found.setdefault(name, Offer()).queries.append((parts.path, _lists(parts.query)))
    for form in forms(page, where):
        path = urlsplit(form.action).path
        name = endpoint_of(app, path, form.method)
        key = (name, form.method, str(sorted({one.name for one in form.fields})))
        if name is None or key in seen:
            continue
        seen.add(key)
        offer = found.setdefault(name, Offer())
        if form.method == "GET":
            offer.queries.append((path, form.data()))
        else:
            offer.forms.append(form)


def _lists(query: str) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        made.setdefault(name, []).append(value)
    return made


class Recorder(ImmutableMultiDict):
    """Remembers which parameters a view asked for, so that each of them can be attacked."""

    asked: ClassVar[set[str]] = set()

    def get(self, key, *args, **kwargs):
        Recorder.asked.add(key)
        return super().get(key, *args, **kwargs)

    def getlist(self, key, *args, **kwargs):
        Recorder.asked.add(key)
        return super().getlist(key, *args, **kwargs)

    def __getitem__(self, key):
        Recorder.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key):
        Recorder.asked.add(key)
        return super().__contains__(key)
