"""The screen of a register, as its file says: list with tabs, form, page, slip, archive, import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import has_request_context

from app.access import audit_text
from app.core.columns import column as col
from app.core.columns import lookups
from app.core.columns.lookups import Lookup
from app.core.db.extensions import db
from app.core.declared.screen_columns import whole_columns
from app.core.extras.action_routes import StepRoutes
from app.core.extras.attachment_routes import AttachmentRoutes
from app.core.extras.month_archive import MonthRoutes
from app.core.extras.print_slips import SlipRoutes
from app.core.extras.warnings import WarningRoutes
from app.core.imports.routes import ImportRoutes
from app.core.records import queries
from app.core.screens.screen import Screen
from app.core.web.menu import MenuEntry
from app.estate.base.communities import only_community
from app.registers import rules
from app.registers.definition import Definition
from app.registers.people_routes import PeopleRoutes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.core.extras.warnings import Check
    from app.core.toml.sources import Source

PLACED = ("unit", "customer", "register")
"""A field of these kinds says to which community a row belongs."""


class RegisterScreen(
    StepRoutes,
    SlipRoutes,
    WarningRoutes,
    PeopleRoutes,
    AttachmentRoutes,
    MonthRoutes,
    ImportRoutes,
    Screen,
):
    """Made for each register by `screen_of`; the definition says all."""

    definition: Definition
    form_template = "registers/form.html"
    list_template = "registers/list.html"
    show_template = "registers/show.html"

    def listed(self) -> list[col.Field]:
        """With the community for whoever sees several: numbers are counted in each."""
        found = super().listed()
        if has_request_context() and only_community() is None:
            found += [one for one in self.columns if one.name == "community"]
        return found

    def pre_add(self, item: Any) -> None:
        rules.begin(db.session(), item)

    def pre_update(self, item: Any) -> None:
        rules.settle(item)

    def try_import(self, record: Any) -> None:
        rules.complete(db.session(), record)

    def beside(self, record: Any) -> dict[str, Any]:
        return {
            "steps": self.steps_of(record),
            "files": self.files_of(record),
            "history": audit_text.history(db.session(), self.screen, record.id),
            "printable": self.printable(record),
            "warnings": self.warnings_of(record),
        }


def screen_of(source: Source, model: Any, checks: Mapping[str, Check]) -> type[RegisterScreen]:
    """The screen of one register."""
    definition, head = source.definition, source.definition.head
    placed = any(one.required and one.form for one in definition.of_kind(*PLACED))
    relations = model.called_relations
    written = {"number", *(one.name for one in definition.of_kind("text", "plate"))}
    texts = tuple(one for one in model.called_by() if one in written)
    return type(
        f"{source.name.title().replace('_', '')}Register",
        (RegisterScreen,),
        {
            "__doc__": head.title.zh,
            "definition": definition,
            "model": model,
            "warned": {
                one.name: tuple(checks[name] for name in one.warn)
                for one in definition.fields
                if one.warn
            },
            "screen": model.__tablename__,
            "route_base": f"/registers/{source.name}",
            "title": head.title.lazy,
            "one": (head.one or head.title).lazy,
            "hint": head.hint.lazy if head.hint else "",
            "every": head.every,
            "menu": MenuEntry(head.menu, head.position, head.title.lazy, icon=head.icon),
            "columns": tuple(whole_columns(model, placed, only_community)),
            "order": head.order,
            "lookups": (
                Lookup(
                    model.__tablename__,
                    model,
                    texts,
                    order="id",
                    loads=relations,
                    also=lambda word: [
                        getattr(model, one).has(lookups.matching(lookup, word))
                        for one in relations
                        if (lookup := lookups.of_model(queries.related_model(model, one)))
                    ],
                ),
            ),
            "tab_of": ("customers",) if definition.of_kind("customer") else (),
            "part_of": tuple(f"register_{one.other}" for one in definition.of_kind("register")),
            "slip_of": definition.slip,
            "not_on_slip": frozenset(one.name for one in definition.fields if not one.slip),
        },
    )
