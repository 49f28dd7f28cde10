"""The screen of a register, as its file says: list with tabs, form, page, slip, archive, import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.access import audit_text
from app.core import columns as col
from app.core import records
from app.core import select as lookups
from app.core.attachment_routes import AttachmentRoutes
from app.core.import_routes import ImportRoutes
from app.core.menu import Entry
from app.core.monthly import MonthRoutes
from app.core.screen import Screen
from app.core.select import Lookup
from app.core.slips import SlipRoutes
from app.core.step_routes import StepRoutes
from app.core.warning_routes import WarningRoutes
from app.estate.models import Community
from app.extensions import db
from app.registers import rules
from app.registers.definition import Definition
from app.registers.kinds import RELATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.core.warning_routes import Check
    from app.registers.loading import Source

PLACED = ("unit", "customer", "register")
"""A field of these kinds says to which community a row belongs."""
BY_ITSELF = ("number", "state", "due_at", "community", "created_by", "created_at")


class RegisterScreen(
    StepRoutes, SlipRoutes, WarningRoutes, AttachmentRoutes, MonthRoutes, ImportRoutes, Screen
):
    """Made for each register by `screen_of`; the definition says all."""

    definition: Definition
    form_template = "registers/form.html"
    list_template = "registers/list.html"
    show_template = "registers/show.html"

    def pre_add(self, item: Any) -> None:
        rules.begin(db.session(), item)

    def pre_update(self, item: Any) -> None:
        rules.settle(item)

    def try_import(self, record: Any) -> None:
        rules.complete(db.session(), record)

    def beside(self, record: Any) -> dict[str, Any]:
        return {
            "steps": self.steps_of(record), "files": self.files_of(record),
            "history": audit_text.history(db.session(), self.screen, record.id),
            "printable": self.printable(record), "warnings": self.warnings_of(record),
        }  # fmt: skip


def only_community() -> Any:
    """The community where the user has just one; else it is asked for."""
    found = db.session.scalars(
        select(Community).where(records.inside(Community)).order_by(Community.id).limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def columns_of(model: Any) -> Iterator[col.Column]:
    """The columns of a register in the order of form, page and list."""
    definition: Definition = model.definition
    placed = any(one.required and one.form for one in definition.of_kind(*PLACED))
    if definition.head.number:
        yield col.text("number", _l("Number"), search="contains", form=False)
    else:  # what a sheet calls a stored row by
        yield col.integer("id", _l("Record number"), form=False, list=False, show=False,
                          filter=False)  # fmt: skip
    if not placed:
        yield col.relation("community", _l("Community"), form="add", required=True, list=False,
                           filter=True, default=only_community)  # fmt: skip
    yield from model.columns.values()
    if states := definition.states:
        yield col.choice(
            "state", _l("State"), {one.name: one.label.lazy for one in states},
            looks={one.name: one.look for one in states}, form=False, quick=False,
        )  # fmt: skip
    if definition.has_due:
        yield col.moment("due_at", _l("Due by"), form=False)
    if placed:
        yield col.relation("community", _l("Community"), form=False, list=False)
    yield col.relation("created_by", _l("Entered by"), form=False, list=False)
    yield col.moment("created_at", _l("Entered at"), form=False, list=False)


def screen_of(source: Source, model: Any, checks: Mapping[str, Check]) -> type[RegisterScreen]:
    """The screen of one register."""
    definition, head = source.definition, source.definition.head
    called = model.called_by()
    relations = tuple(one.name for one in definition.of_kind(*RELATIONS) if one.name in called)
    texts = tuple(one for one in called if one not in relations)
    return type(f"{source.name.title().replace('_', '')}Register", (RegisterScreen,), {
        "__doc__": head.title.zh, "definition": definition, "model": model,
        "warned": {one.name: tuple(checks[name] for name in one.warn)
                   for one in definition.fields if one.warn},
        "screen": model.__tablename__, "route_base": f"/registers/{source.name}",
        "title": head.title.lazy, "one": (head.one or head.title).lazy,
        "hint": head.hint.lazy if head.hint else "",
        "menu": Entry(head.menu, head.position, head.title.lazy, icon=head.icon),
        "columns": tuple(columns_of(model)), "order": head.order,
        "lookups": (Lookup(
            model.__tablename__, model, texts, order="id", loads=relations,
            also=lambda word: [
                getattr(model, one).has(lookups.matching(lookup, word)) for one in relations
                if (lookup := lookups.of_model(records.related_model(model, one)))
            ],
        ),),
        "tab_of": ("customers",) if definition.of_kind("customer") else (),
        "slip_of": definition.slip,
        "not_on_slip": frozenset({*BY_ITSELF, *(f.name for f in definition.fields if not f.slip)}),
    })  # fmt: skip
