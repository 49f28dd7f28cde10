"""The base of every record screen: its routes for lists, pages, forms and downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, flash, request
from werkzeug.exceptions import Forbidden

from app.core.columns.column import FieldKind
from app.core.db.extensions import db
from app.core.i18n.sentences import sentence
from app.core.records import disclosure, queries
from app.core.screens import cells, editing, listing, related_tabs
from app.core.screens import export as screen_export
from app.core.screens.declaration import ScreenBase
from app.core.screens.list_query import OPERATORS, SIZES, WITHOUT_VALUE, ask, filterable, operators
from app.core.values.errors import N_, DomainError, NotFound
from app.core.web.page import expose, needs
from app.roles import Verb

if TYPE_CHECKING:
    from app.core.screens.bulk_actions import Act


class Screen(ScreenBase):
    """A plain record screen; `ScreenBase` says what it declares, `columns` what it shows."""

    @expose("/")
    @needs(Verb.READ)
    def list(self) -> Any:
        return self.list_page()

    def list_page(self, **further: Any) -> Any:
        """The list as it is asked for; `further` is what a refused download left behind."""
        question = ask(request.args, self.columns, self.sortable())
        rows = listing.page(db.session, self, question)
        choices = [
            column
            for column in filterable(self.columns)
            if column.kind is FieldKind.CHOICE and column.quick
        ]
        return self.render(
            self.list_template,
            rows=rows,
            ask=rows.ask,
            columns=self.listed(),
            sortable=set(self.sortable()),
            quick=choices,
            sizes=SIZES,
            filters=self.filters_for_page(),
            many=self.acts_for_list(rows.ask),
            full=screen_export.offered(self),
            **further,
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
                "lookup": editing.lookup_address(self, column),
            }
            for column in filterable(self.columns)
        ]

    def acts_for_list(self, _question: Any) -> dict[str, Act]:
        """The acts that are offered for the ticked records of this list."""
        return {name: act for name, act in self.acts.items() if act.many and self.can(name)}

    @expose("/show/<pk>")
    @needs(Verb.READ)
    def show(self, pk: str) -> Any:
        return self.page_of(pk)

    def page_of(self, pk: str, **typed: str) -> Any:
        """One record; `typed` keeps in its forms what was refused."""
        record = self.get(pk, self.paths(self.shown()))
        return self.render(
            self.show_template,
            record=record,
            key=queries.key_of(record),
            name=self.name_of(record),
            columns=self.shown(),
            acts=self.acts_for(record),
            tabs=related_tabs.tabs(self, record),
            **self.beside(record),
            **typed,
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
        return editing.add(self)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @needs(Verb.WRITE)
    def edit(self, pk: str) -> Any:
        return editing.edit(self, pk)

    @expose("/delete/<pk>", methods=["POST"])
    @needs(Verb.DELETE)
    def delete(self, pk: str) -> Any:
        return editing.delete(self, pk)

    @expose("/export", methods=["GET", "POST"])
    @needs(Verb.EXPORT)
    def export(self) -> Any:
        """The list as a workbook, masked; a form may ask for full numbers and say why."""
        try:
            asked = screen_export.asked_in_full(self, request.form)
        except DomainError as error:
            if not self.may(Verb.READ):
                raise
            kept = request.form.get("reason", "")[:400]
            return self.list_page(export_error=sentence(error), export_reason=kept), 422
        question = ask(request.args, self.columns, self.sortable())
        return screen_export.export(self, question, asked)

    @expose("/reveal/<pk>/<name>", methods=["POST"])
    @needs(Verb.READ)
    def reveal(self, pk: str, name: str) -> Any:
        """One private value whole, for whoever has the right to its sort; the look is recorded."""
        record = self.get(pk, self.paths([*self.columns]))
        column = next((known for known in self.columns if known.name == name), None)
        if column is None or column.secret is None:
            raise NotFound(N_("This value cannot be revealed."))
        disclosure.demand(column.secret, self.screen)
        value = cells.value_of(column, record)
        disclosure.record_look(
            db.session,
            self.screen,
            queries.key_of(record),
            title=self.name_of(record),
            column=name,
            community_id=editing.community_of(record),
        )
        text = cells.in_full(column, value)
        db.session.commit()
        return current_app.json.response(value=text)
