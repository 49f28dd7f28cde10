"""The first page after the login: what this post has to do today, with live counts."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import lazy_gettext as _l

from app.access.guards import roles_of
from app.access.naming import Names
from app.core import clock
from app.core.formats import language, register_labels
from app.core.menu import Entry
from app.core.page import Page, expose, needs
from app.duty.labels import WEEKDAYS
from app.extensions import db
from app.home import home_page
from app.home.duties import Rhythm
from app.home.sources import Viewer
from app.roles import Verb

register_labels(
    "rhythm",
    {
        Rhythm.DAILY: _l("Every day"),
        Rhythm.WEEKLY: _l("Every week"),
        Rhythm.MONTHLY: _l("Every month"),
        Rhythm.QUARTERLY: _l("Every quarter"),
    },
)


class HomePage(Page):
    """Home: duties, to-dos and figures of one's post."""

    screen = "home"
    route_base = "/home"
    menu = Entry("home", 10, _l("Home page"), icon="fa-home")

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        posts = roles_of(db.session, g.user.id)
        now = clock.local(clock.now())
        return self.render(
            "home/home.html",
            home=home_page.build(Viewer(db.session(), g.user.id), posts),
            person=g.user.get_full_name(),
            posts=Names(db.session).roles_text(sorted(posts)),
            now=now,
            weekday=WEEKDAYS[now.weekday()],
            language=language(),
        )


SCREENS = (HomePage,)
