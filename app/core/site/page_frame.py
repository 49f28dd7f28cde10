"""What every page shows around its content: menu, user menu, the words of our scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, redirect, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_login import current_user

from app.core.columns import lookups
from app.core.columns.column import FieldKind
from app.core.columns.field_text import plain
from app.core.columns.line_tables import revived
from app.core.db import one_time_keys
from app.core.db.extensions import db
from app.core.records import queries, rights
from app.core.screens import cells
from app.core.values.errors import DomainError
from app.core.web import menu
from app.core.web.page import login_first, public

if TYPE_CHECKING:
    from flask import Flask

    from app.core.screens.list_query import Filter


def views() -> list[Any]:
    """Every view of the present application that has a screen."""
    found: list[Any] = current_app.extensions["anju"].views
    return found


def home_url() -> str:
    """The home page of the user's post; without one, the first page of the menu."""
    for view in views():
        if view.screen == "home" and rights.may("home"):
            return url_for(f"{view.endpoint}.{view.default_view}")
    for area in menu.areas(views()):
        return area.items[0].url
    return url_for("StartView.start")


def logout_url() -> str:
    auth = current_app.appbuilder.sm.auth_view  # type: ignore[attr-defined]
    return url_for(f"{auth.endpoint}.logout")


def user_menu() -> list[menu.Item]:
    """The entries behind the user's name: the own account and the own background work."""
    labels = {"profile": (_("My account"), "fa-user"), "jobs": (_("My tasks"), "fa-tasks")}
    return [
        menu.Item(
            labels[view.screen][0],
            url_for(f"{view.endpoint}.{view.default_view}"),
            labels[view.screen][1],
            False,
        )
        for view in views()
        if view.screen in labels and rights.may(view.screen)
    ]


def script_texts() -> dict[str, str]:
    """The words that our scripts put on the page."""
    return {
        "none": _("Nothing found"),
        "loading": _("Searching…"),
        "failed": _("The server does not answer; try again."),
        "leave": _("What you typed is not saved yet."),
        "picked": _("%(count)s chosen", count="{count}"),
        "remove": _("Remove this condition"),
        "choose": _("Please choose"),
        "yes": _("Yes"),
        "no": _("No"),
        "search": _("Type to search"),
        "sending": _("One moment…"),
    }


def filter_text(chosen: Filter) -> str:
    """The value of a filter as people know it: a relation by its label, not its number."""
    if chosen.column.kind is not FieldKind.RELATION or chosen.value is None:
        return chosen.text
    screens = [view for view in views() if hasattr(view, "model") and chosen.column in view.columns]
    for screen in screens:
        lookup = lookups.of_model(queries.related_model(screen.model, chosen.column.name))
        if lookup:
            try:
                return lookup.label(lookups.chosen(db.session, lookup, chosen.value))
            except DomainError:
                return chosen.text
    return chosen.text


class StartView(BaseView):
    """`/`: to the login, or to the home page of the user's post."""

    route_base = ""
    default_view = "start"

    @expose("/")
    @public
    def start(self) -> Any:
        return redirect(home_url()) if current_user.is_authenticated else login_first()


def install(app: Flask) -> None:
    """Make all of it known to the templates of `app`."""
    app.jinja_env.globals.update(
        menu_areas=lambda: menu.areas(views()),
        url_for_home=home_url,
        user_menu=user_menu,
        logout_url=logout_url,
        script_texts=script_texts,
        filter_text=filter_text,
        fresh_form_key=one_time_keys.fresh,
        key_of_record=queries.key_of,
        value_of=cells.value_of,
        screen_cell=cells.cell,
        line_text=lambda column, line: plain(column, revived(column, line.get(column.name))),
    )
