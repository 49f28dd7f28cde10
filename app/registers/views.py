"""The views of the registers: one screen for each file, and the administrator's page."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from flask import current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import MetaData, func, inspect, literal, select, union_all

from app.core.columns import example_record
from app.core.columns.form import Form
from app.core.db.extensions import db
from app.core.records import queries
from app.core.values.errors import N_, DomainError
from app.core.values.secret import Secret
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.core.web.uploads import clean_name
from app.duty.base import facts
from app.estate.base import office_hours
from app.estate.base.models import Community
from app.registers import catalogue, elsewhere, loading, tables
from app.roles import POSTS, Verb

if TYPE_CHECKING:
    from app.core.toml.faults import FileFault
    from app.core.toml.sources import Source

facts.FURTHER.append(elsewhere.for_log)
office_hours.FURTHER.append(elsewhere.renew_due)
# The tables of the shipped registers belong to the metadata like every other; whatever is
# wrong with a file is said when the house starts.
catalogue.build(loading.load(None, catalogue.CHECKS)[0])
LARGEST = 200_000  # bytes of a register file; the longest shipped one has 15,000


@dataclass(frozen=True, slots=True)
class Preview:
    """A register that is not installed: its screen, empty form, a made-up row, the slip of that."""

    screen: Any
    form: Form
    row: Any
    slip: Markup | None


def preview_of(source: Source) -> Preview:
    """How a register would look; its table is known to nobody and made nowhere."""
    model: Any = tables.make(source.name, source.definition, MetaData())
    screen = catalogue.screen(source, model)()
    row = model()
    example_record.fill(row, screen.columns)
    row.community = db.session.scalar(select(Community).order_by(Community.id).limit(1))
    page = screen.slip_page(screen.slip_of, row, whole=frozenset(Secret)) if screen.slip_of else ""
    sheet = page[
        page.find("<article") : page.rfind("</article>") + 10
    ]  # without the page around it
    known = current_app.extensions["anju"].lookup_of
    known[model] = screen.lookups[0]  # it may point to itself
    try:
        form = Form.show(model, screen.formed(adding=True))
    finally:
        del known[model]
    return Preview(screen, form, row, Markup(sheet) or None)  # noqa: S704 - a template escaped it


class RegistersPage(Page):
    """台账一览."""

    screen = "registers"
    route_base = "/registers"
    menu = MenuEntry("setup", 60, _l("Registers in the house"), icon="fa-book")
    sources: ClassVar[dict[str, Source]] = {}
    problems: ClassVar[list[FileFault]] = []

    @expose("/preview", methods=["POST"])
    @needs(Verb.WRITE)
    def preview(self) -> Any:
        """What an uploaded file would be, or everything that is wrong with it; installs nothing."""
        file = request.files.get("file")
        if file is None or not file.filename:
            raise DomainError(N_("Choose a file first."))
        path = Path(clean_name(file.filename).partition(".")[0] + ".toml")
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / path).write_bytes(file.stream.read(LARGEST))
            known, problems = catalogue.looked_at(Path(folder))
            # The file itself, or the shipped register that it extends.
            found = [
                preview_of(one)
                for one in known.values()
                if one.files[-1].name == path.name and one.files[-1].parent == Path(folder)
            ]
        return self.render(
            "registers/preview.html",
            name=path.stem,
            found=found,
            faults=[(one, _(one.message, **one.params)) for one in problems],
        )

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        made = set(inspect(db.session.connection()).get_table_names())
        rows = dict.fromkeys(self.sources, 0) | dict(
            db.session.execute(
                union_all(
                    *(
                        select(literal(name), func.count())
                        .select_from(model)
                        .where(queries.inside(model))
                        for name, model in catalogue.models().items()
                        if name in self.sources and model.__tablename__ in made
                    )
                )
            ).all()
        )
        return self.render(
            "registers/registers.html",
            sources=self.sources,
            rows=rows,
            posts=POSTS,
            faults=[(one, _(one.message, **one.params)) for one in self.problems],
            rights={
                name: catalogue.rights_of(one.definition) for name, one in self.sources.items()
            },
        )


def screens(instance: str) -> tuple[type, ...]:
    """The views of every register and the administrator's page, which tells of faulty files."""
    sources, problems = catalogue.read(instance)
    models = catalogue.build(sources)
    made = [catalogue.screen(source, models[name]) for name, source in sources.items()]
    return (
        *made,
        type(
            "RegistersPage",
            (RegistersPage,),
            {
                "sources": sources,
                "problems": problems,
            },
        ),
    )
