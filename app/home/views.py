"""The first page after the login: what this post has to do today, with live counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g
from flask_appbuilder.security.sqla.models import Role, assoc_user_role
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.access import labels
from app.access.models import RoleLabel
from app.core.db.extensions import db
from app.core.i18n.filters import register_labels
from app.core.screens.pending import waiting
from app.core.values import clock
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.duty.base.labels import WEEKDAYS
from app.estate.base.models import Community
from app.home import home_page
from app.home.duties import Rhythm
from app.home.viewer import Viewer
from app.registers import elsewhere
from app.roles import Verb

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

register_labels(
    "rhythm",
    {
        Rhythm.DAILY: _l("Every day"),
        Rhythm.WEEKLY: _l("Every week"),
        Rhythm.MONTHLY: _l("Every month"),
        Rhythm.QUARTERLY: _l("Every quarter"),
    },
)


def _roles(session: Session, user_id: int) -> dict[str, str]:
    """The roles that somebody holds, with what the office calls them."""
    rows = session.execute(
        select(Role.name, RoleLabel.label)
        .join(assoc_user_role, assoc_user_role.c.role_id == Role.id)
        .outerjoin(RoleLabel, RoleLabel.role_id == Role.id)
        .where(assoc_user_role.c.user_id == user_id)
        .order_by(Role.id)
    )
    return {name: label or _(labels.POSTS.get(name, name)) for name, label in rows}


class HomePage(Page):
    """Home: duties, to-dos and figures of one's post."""

    screen = "home"
    route_base = "/home"
    menu = MenuEntry("home", 10, _l("Home page"), icon="fa-home")

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        roles = _roles(db.session(), g.user.id)
        now = clock.local(clock.now())
        return self.render(
            "home/home.html",
            home=home_page.build(Viewer(db.session(), g.user.id), roles),
            person=g.user.get_full_name(),
            posts="、".join(roles.values()),
            waiting=waiting(db.session(), elsewhere.screens(), Community),
            now=now,
            weekday=WEEKDAYS[now.weekday()],
        )


SCREENS = (HomePage,)
