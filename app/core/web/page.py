"""The base of every view of our own: a screen name, checked rights and one way to render."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from flask import current_app, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_login import current_user
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.utils import redirect

from app.core.records import rights
from app.roles import Verb

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.core.web.menu import MenuEntry

__all__ = ["Page", "expose", "needs", "public", "wants_json"]


def wants_json() -> bool:
    """Does the client of this request read JSON rather than pages?"""
    best = request.accept_mimetypes.best_match(("text/html", "application/json"))
    return best == "application/json" or request.path.startswith("/api/") or request.is_json


def needs(verb: Verb, screen: str | None = None) -> Callable[[Any], Any]:
    """Let only users with `verb` on the view's screen (or on `screen`) pass.

    A stranger is sent to the login (JSON: 401), a user without the right gets 403. It
    stands under `@expose` on every route; `create_app` refuses a route without it.
    """

    def decorate(method: Any) -> Any:
        @functools.wraps(method)
        def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return login_first()
            if not rights.may(screen or self.screen, verb):
                raise Forbidden
            return method(self, *args, **kwargs)

        checked._verb = verb
        checked._screen = screen
        checked._permission_name = verb.value
        return checked

    return decorate


def public(method: Any) -> Any:
    """Mark a route that strangers may call: login, language, health."""
    method._public = True
    return method


def login_first() -> Any:
    """To the login, and from there to the page that was asked for."""
    if wants_json():
        raise Unauthorized
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    auth = current_app.appbuilder.sm.auth_view  # type: ignore[attr-defined]
    return redirect(url_for(f"{auth.endpoint}.login", next=target))


class Page(BaseView):
    """A custom view: `screen` names its row in the role table, `menu` its place in the menu."""

    screen: str = ""
    menu: MenuEntry | None = None
    default_view = "index"

    def __init__(self) -> None:
        if not self.screen:
            raise RuntimeError(f"{type(self).__name__} names no screen")
        self.class_permission_name = self.screen
        super().__init__()

    def may(self, verb: Verb | str, screen: str | None = None) -> bool:
        """May the present user do this on this screen, or on the one that is named?"""
        return rights.may(screen or self.screen, verb)

    def render(self, template: str, **context: Any) -> str:
        """Render a template that extends anju/base.html (or anju/print.html)."""
        return render_template(template, view=self, may=self.may, **context)
