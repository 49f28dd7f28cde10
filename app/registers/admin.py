"""The administrator's page: every register with its fields, states, rights, rows and file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.access.models import Staff
from app.core.errors import N_, DomainError
from app.core.menu import Entry
from app.core.page import Page, expose, needs
from app.core.select import Lookup
from app.core.uploads import clean_name
from app.extensions import db
from app.registers import catalogue, checks, loading
from app.registers.words import lazy
from app.roles import POSTS, Verb

if TYPE_CHECKING:
    from app.registers.loading import Source


LARGEST = 200_000
"""Bytes of a register file; the longest shipped one has 15,000."""


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

    @expose("/preview", methods=["POST"])
    @needs(Verb.WRITE)
    def preview(self) -> Any:
        """What an uploaded file would be, or everything that is wrong with it; installs nothing."""
        file = request.files.get("file")
        if file is None or not file.filename:
            raise DomainError(N_("Choose a file first."))
        name = clean_name(file.filename)
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / name).with_suffix(".toml").write_bytes(file.stream.read(LARGEST))
            known, problems = loading.load(Path(folder), checks.CHECKS)
        stem = Path(name).stem
        faults = [(one, _(one.message, **one.params)) for one in problems]
        found = [one for one in known.values() if not one.shipped or len(one.files) > 1]
        return self.render("registers/preview.html", name=stem, faults=faults, found=found,
                           lazy=lazy)  # fmt: skip

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
