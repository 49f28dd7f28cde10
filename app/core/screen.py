"""The base of every record screen: its routes for lists, pages, forms and downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, flash, request
from werkzeug.exceptions import Forbidden
from werkzeug.utils import redirect

from app.core import (
    audit,
    records,
    screen_cells,
    screen_edit,
    screen_export,
    screen_query,
    screen_related,
)
from app.core.columns import Kind
from app.core.errors import N_, DomainError, NotFound
from app.core.page import expose, needs
from app.core.screen_base import ScreenBase
from app.core.search_bar import OPERATORS, SIZES, WITHOUT_VALUE, ask, filterable, operators
from app.core.texts import sentence
from app.extensions import db
from app.roles import Verb

if TYPE_CHECKING:
    from app.core.screen_actions import Act


class Screen(ScreenBase):
    """A plain record screen; `ScreenBase` says what it declares, `columns` what it shows."""

    @expose("/")
    @needs(Verb.READ)
    def list(self) -> Any:
        question = ask(request.args, self.columns, self.sortable())
        rows = screen_query.page(db.session, self, question)
        choices = [
            column for column in filterable(self.columns)
            if column.kind is Kind.CHOICE and column.quick
        ]
        return self.render(
            self.list_template, rows=rows, ask=rows.ask, columns=self.listed(),
            sortable=set(self.sortable()), quick=choices, sizes=SIZES,
            filters=self.filters_for_page(), many=self.acts_for_list(rows.ask),
        )

    def filters_for_page(self) -> list[dict[str, Any]]:
        """The columns, operators and choices of "more filters", for the script of the page."""
        return [
            {
                "name": column.name,
                "label": str(column.label),
                "kind": str(column.kind),
                "operators": [
                    {"name": name, "label": str(OPERATORS[name]), "bare": name in WITHOUT_VALUE}
                    for name in operators(column)
                ],
                "choices": [
                    {"value": value, "label": str(label)}
                    for value, label in (column.choices or {}).items()
                ],
                "lookup": screen_edit.lookup_address(self, column),
            }
            for column in filterable(self.columns)
        ]

    def acts_for_list(self, _question: Any) -> dict[str, Act]:
        """The acts that are offered for the ticked records of this list."""
        return {name: act for name, act in self.acts.items() if act.many and self.can(name)}

    def acts_for(self, record: Any) -> dict[str, Act]:
        return {
            name: act for name, act in self.acts.items()
            if self.can(name) and (act.fits is None or act.fits(record))
        }

    @expose("/show/<pk>")
    @needs(Verb.READ)
    def show(self, pk: str) -> Any:
        return self.page_of(pk)

    def page_of(self, pk: str, **typed: str) -> Any:
        """One record; `typed` keeps in its forms what was refused."""
        record = self.get(pk, self.paths(self.shown()))
        return self.render(
            self.show_template, record=record, key=records.key_of(record),
            name=self.name_of(record), columns=self.shown(), acts=self.acts_for(record),
            tabs=screen_related.tabs(self, record), **self.beside(record), **typed,
        )

    def show_again(self, pk: Any, error: DomainError, **typed: str) -> Any:
        """The page of a record on which an act was refused: why, and what was typed for it."""
        db.session.rollback()
        flash(sentence(error), "danger")
        if not self.may(Verb.READ):
            raise Forbidden
        return self.page_of(str(pk), **typed), 422

    @expose("/add", methods=["GET", "POST"])
    @needs(Verb.WRITE)
    def add(self) -> Any:
        return screen_edit.add(self)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @needs(Verb.WRITE)
    def edit(self, pk: str) -> Any:
        return screen_edit.edit(self, pk)

    @expose("/delete/<pk>", methods=["POST"])
    @needs(Verb.DELETE)
    def delete(self, pk: str) -> Any:
        return screen_edit.delete(self, pk)

    @expose("/export")
    @needs(Verb.EXPORT)
    def export(self) -> Any:
        return screen_export.export(self, ask(request.args, self.columns, self.sortable()))

    @expose("/reveal/<pk>/<name>", methods=["POST"])
    @needs(Verb.SEE_PRIVATE)
    def reveal(self, pk: str, name: str) -> Any:
        record = self.get(pk, self.paths([*self.columns]))
        column = next((known for known in self.columns if known.name == name), None)
        if column is None or not column.private:
            raise NotFound(N_("This value cannot be revealed."))
        audit.record(
            db.session, "reveal", self.screen, records.key_of(record),
            title=self.name_of(record), details={"column": name},
            community_id=screen_edit.community_of(record),
        )
        value = screen_cells.value_of(column, record)
        db.session.commit()
        return current_app.json.response(value="" if value is None else str(value))

    def after(self, record: Any, message: str) -> Any:
        """Say what was done and show the record, or the next empty form."""
        flash(message, "success")
        if request.form.get("again"):
            return redirect(self.url("add"))
        return redirect(self.url("show", pk=records.key_of(record)))

