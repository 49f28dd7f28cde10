"""Acts on one or several chosen records: each has its own route, verb, question and label."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, request
from flask_babel import gettext
from werkzeug.utils import redirect

from app.core.db.extensions import db
from app.core.records import queries
from app.core.values.errors import N_, DomainError
from app.core.web.error_pages import back
from app.core.web.page import needs
from app.roles import Verb

MOST = 500


@dataclass(frozen=True, slots=True)
class Act:
    """A button: its label and icon, the question before it, whether several can be chosen.

    fits: for which record the button is shown on its page. url: where it leads (default: the
    route of its own name).
    """

    label: Any
    verb: Verb
    icon: str = ""
    confirm: Any = ""
    many: bool = True
    look: str = "default"
    fits: Callable[[Any], bool] | None = None
    url: str = ""


def act(label: Any, verb: Verb, **options: Any) -> Callable[[Any], Any]:
    """Make a method of a Screen an act: it gets the chosen records, all inside the scope.

    It runs in the request's transaction, which is committed when it returns; a DomainError
    undoes it all. What it returns is the answer; None goes back to the page before::

        @act(_l("Close"), Verb.WRITE, confirm=_l("Close the chosen notes?"))
        def close(self, notes): ...
    """
    made = Act(label, verb, **options)

    def decorate(method: Any) -> Any:
        @functools.wraps(method)
        def run(self: Any) -> Any:
            chosen = pick(self, request.form.getlist("id"))
            answer = method(self, chosen)
            db.session.commit()
            return answer or redirect(back())

        route = needs(verb)(run)
        route._act = made
        route._urls = [(f"/act/{method.__name__}", ("POST",))]
        return route

    return decorate


def pick(screen: Any, keys: list[str]) -> list[Any]:
    """The chosen records in the order of the list; each must lie inside the scope."""
    if not keys:
        raise DomainError(N_("Choose at least one record first."))
    if len(keys) > MOST:
        raise DomainError(N_("Choose at most %(limit)s records at a time."), limit=MOST)
    paths = screen.paths(screen.shown())
    return [
        queries.get(db.session, screen.model, key, *screen.only(), paths=paths)
        for key in dict.fromkeys(keys)
    ]


def done(count: int) -> None:
    """The message after an act on several records."""
    flash(gettext("Done: %(count)s records.", count=count), "success")
