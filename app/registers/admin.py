"""The administrator's page: every register with its fields, states, rights, rows and file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.access.models import Staff
from app.core.menu import Entry
from app.core.page import Page, expose, needs
from app.core.select import Lookup
from app.extensions import db
from app.registers import catalogue
from app.registers.words import lazy
from app.roles import POSTS, Verb

if TYPE_CHECKING:
    from app.registers.loading import Source


class RegistersPage(Page):
    """台账设置."""

    screen = "registers"
    route_base = "/registers"
    menu = Entry("setup", 60, _l("Registers"), icon="fa-book")
    sources: ClassVar[dict[str, Source]] = {}
    lookups = (
        Lookup("staff", Staff, ("username", "first_name", "last_name"), screen="home",
               label=lambda user: user.get_full_name(), order="id",
               only=lambda: Staff.active.is_(True)),
    )  # fmt: skip

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        rows = {
            name: db.session.scalar(select(func.count()).select_from(model))
            for name, model in catalogue.models().items() if name in self.sources
        }
        return self.render(
            "registers/registers.html", sources=self.sources, rows=rows, lazy=lazy, posts=POSTS,
            rights={name: catalogue.rights_of(one.definition)
                    for name, one in self.sources.items()},
        )  # fmt: skip
