"""Around every request: whose data, who acts, reading or writing; afterwards forgotten."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import g, request
from werkzeug.routing import IntegerConverter

from app.core.db import audit, engine
from app.core.records import data_scope

if TYPE_CHECKING:
    from flask import Flask

STRANGER = audit.Actor(None, "")
LARGEST_KEY = 2**31 - 1
"""What a database takes as an ordinary key; a longer number in an address names no record."""


def begin() -> None:
    """Start from nothing: a thread of the server must not remember its last user."""
    g.anju_before = (data_scope.current(), audit.actor(), engine.is_reading())
    data_scope.enter(data_scope.NOTHING)
    audit.enter(STRANGER)
    # Where no page of ours is, nothing is written either.
    refused = request.routing_exception is not None
    engine.enter_reading(refused or request.method in {"GET", "HEAD", "OPTIONS"})


def end(_error: BaseException | None = None) -> None:
    """Give the context back as it was before the request."""
    if before := g.pop("anju_before", None):
        data_scope.enter(before[0])
        audit.enter(before[1])
        engine.enter_reading(before[2])


def install(app: Flask) -> None:
    """Install both ends on `app`, before every other hook and before the first route."""
    app.url_map.converters["int"] = partial(IntegerConverter, max=LARGEST_KEY)  # type: ignore[assignment]
    app.before_request(begin)
    app.teardown_request(end)
