"""What a record screen declares, and what follows from its columns.

It stands on Flask-AppBuilder's ModelView and replaces what is unsafe in it: the question of
a list belongs to its request, rights and data scope are checked everywhere, relations are
looked up by typing, nothing that was typed is lost, and no change overwrites another.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from flask import flash, render_template, request, url_for
from flask_appbuilder import ModelView
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import case, inspect
from werkzeug.utils import redirect

from app import roles
from app.core.columns.column import TEXTS, Field, FieldKind
from app.core.columns.field_text import plain
from app.core.db.extensions import db
from app.core.records import disclosure, queries, rights
from app.core.screens import cells as screen_cells
from app.roles import Verb

if TYPE_CHECKING:
    from app.core.columns.lookups import Lookup
    from app.core.screens.bulk_actions import Act
    from app.core.web.menu import MenuEntry

ROUTES_OF = {
    Verb.WRITE: ("add", "edit"),
    Verb.DELETE: ("delete",),
    Verb.EXPORT: ("export",),
    Verb.PRINT: ("slip",),
    Verb.IMPORT: ("import_", "preview", "template", "undo_import"),
    Verb.APPROVE: ("approve",),
    Verb.POST: ("post",),
    Verb.VOID: ("void",),
}
"""Verb → the routes that need it; what nobody may take is not there."""


class ScreenBase(ModelView):
    """A plain record screen; see `app.core.columns.column` for the columns.

    screen, route_base, model, title, one, menu, columns: what it is (`one`: one record).
    order: columns of the default order, "-due_on" downwards; the key breaks ties.
    large: a table of millions: only columns that an index leads can be sorted by.
    related: names of screens whose records point to this one, shown as tabs on its page.
    tab_of: names of screens on whose records' pages this one is a tab as soon as it has rows.
    part_of: names of screens on whose records' pages this one always is a tab.
    lookups: how records of this model are found from other forms.
    adds, edits: False where records only come from an act (bills, payments).
    empty: a sentence for an empty list, saying how the first record comes into being.
    A screen gets only the routes whose verb the role table grants to somebody.
    """

    screen: str = ""
    model: Any = None
    title: Any = ""
    one: Any = ""
    menu: MenuEntry | None = None
    columns: tuple[Field, ...] = ()
    order: tuple[str, ...] = ()
    large = False
    related: tuple[str, ...] = ()
    tab_of: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    adds = True
    edits = True
    empty: Any = ""
    hint: Any = ""
    list_template = "anju/list.html"
    show_template = "anju/show.html"
    form_template = "anju/form.html"
    acts: dict[str, Act]

    exclude_route_methods: ClassVar[set[str]] = {"download", "action", "action_post"}

    def __init__(self) -> None:
        if not (self.screen and self.model and self.columns and self.title and self.one):
            raise RuntimeError(f"{type(self).__name__} does not say all that a screen must")
        granted = {
            verb for cells in roles.default_rights().get(self.screen, {}).values() for verb in cells
        }
        closed = set(type(self).exclude_route_methods)
        for verb, names in ROUTES_OF.items():
            if verb not in granted:
                closed |= set(names)
        closed |= self.unused()
        closed |= set() if self.adds else {"add"}
        closed |= set() if self.edits else {"edit"}
        self.exclude_route_methods = closed  # type: ignore[misc]
        self.class_permission_name = self.screen
        self.datamodel = SQLAInterface(self.model)
        self.acts = {}
        for name in dir(type(self)):
            if act := getattr(getattr(type(self), name), "_act", None):
                self.acts[name] = act
        self.columns = tuple(self._completed(column) for column in self.columns)
        super().__init__()

    def _completed(self, column: Field) -> Field:
        """The column with the length that the database allows; RuntimeError for a wrong one."""
        if column.private and column.search:
            raise RuntimeError(f"the private column {column.name} must not be searched")
        if column.stored and not hasattr(self.model, column.name):
            raise RuntimeError(f"{self.model.__name__} has no {column.name}")
        stored = inspect(self.model).columns.get(column.name)
        length = getattr(getattr(stored, "type", None), "length", None)
        if column.kind in TEXTS and column.max_length is None and length:
            return replace(column, max_length=length)
        return column

    def unused(self) -> set[str]:
        """Routes for which this screen has no use: it prints no slip, it hides nothing."""
        return set() if any(column.private for column in self.columns) else {"reveal"}

    # Flask-AppBuilder would build its own forms, filters and English titles here.
    def _init_properties(self) -> None:
        self.label_columns = {column.name: column.label for column in self.columns}
        self.search_columns = self.related_views = self._related_views = []
        self.base_filters = []

    def _init_forms(self) -> None:
        """Forms are made for each request."""

    def _init_titles(self) -> None:
        """Titles are declared."""

    def update_redirect(self) -> None:
        """No page history in the cookie: it would keep every phone that was searched."""

    # What a screen may say of itself beyond its columns.
    def only(self) -> list[Any]:
        """Further conditions for every record of this screen (beside the data scope)."""
        return []

    def also(self, word: str) -> list[Any]:
        """Further conditions under which the search box finds a record by `word`."""
        return []

    def check(self, values: dict[str, Any], record: Any) -> None:
        """Refuse values with a DomainError; `record` is None when one is added."""

    def pre_add(self, item: Any) -> None:
        """Complete a new record before it is stored; a DomainError refuses it."""

    def pre_update(self, item: Any) -> None:
        """Complete a changed record before it is stored; a DomainError refuses it."""

    def pre_delete(self, item: Any) -> None:
        """Refuse a deletion with a DomainError."""

    def name_of(self, record: Any) -> str:
        """What a record is called in headings and messages: its own name, else its first words."""
        if type(record).__repr__ is not object.__repr__:
            return str(record)
        words = [
            plain(column, screen_cells.value_of(column, record))
            for column in self.listed()[:3]
            if not column.private and not column.numeric
        ]
        return " ".join(word for word in words if word) or f"#{queries.key_of(record)}"

    def beside(self, record: Any) -> dict[str, Any]:
        """What `show_template` needs beside the record."""
        return {}

    def row_look(self, record: Any) -> str:
        """The colour of a record's line in the list: "bad" for what is overdue, else nothing."""
        return ""

    def may_edit(self, record: Any) -> bool:
        """Whether this record can still be changed (its state, not the user's right)."""
        return True

    def may_delete(self, record: Any) -> bool:
        """Whether this record can still be deleted (its state, not the user's right)."""
        return True

    # What follows from the columns.
    def listed(self) -> list[Field]:
        return [column for column in self.columns if column.list]

    def formed(self, *, adding: bool) -> list[Field]:
        return [
            column
            for column in self.columns
            if column.form is True or (adding and column.form == "add")
        ]

    def shown(self) -> list[Field]:
        return [column for column in self.columns if column.show]

    def paths(self, columns: list[Field]) -> list[str]:
        """The relations that these columns read, to be loaded with one query each."""
        found = [path for column in columns for path in column.loads]
        found += [column.name for column in columns if column.kind is FieldKind.RELATION]
        return found

    def list_paths(self) -> list[str]:
        return self.paths(self.listed())

    def export_paths(self) -> list[str]:
        return self.paths([column for column in self.columns if column.export])

    def sortable(self) -> list[str]:
        """The columns that a list may be sorted by: listed, stored, public, and cheap."""
        keys = inspect(self.model)
        led = {index.columns[0].name for index in keys.local_table.indexes}
        found = []
        for column in self.listed():
            cheap = not self.large or column.name in led
            wanted = column.sort if column.sort is not None else cheap
            if (
                wanted
                and column.stored
                and not column.private
                and (column.kind is not FieldKind.LONG_TEXT)
            ):
                found.append(column.name)
        return found

    def place_of(self, name: str) -> Any:
        """What a list is sorted by for a column: the words of a choice stand in their own order.

        In a large table they stand as they are stored: only then an index helps.
        """
        column = next((one for one in self.columns if one.name == name), None)
        attribute = getattr(self.model, name)
        if column and column.expression:
            attribute = column.expression()
        words = column.choices if column and column.kind is FieldKind.CHOICE else None
        if self.large or not words:
            return attribute
        return case({word: place for place, word in enumerate(words)}, value=attribute)

    def own_order(self) -> list[tuple[Any, bool]]:
        """The default order as (attribute, downwards), ending with the key."""
        places = [
            (self.place_of(name.removeprefix("-")), name.startswith("-")) for name in self.order
        ]
        return [*places, (queries.key_attribute(self.model), True)]

    def can(self, route: str) -> bool:
        """Does this screen have the route, and may the present user take it?"""
        verb = getattr(getattr(self, route), "_verb", None)
        exists = route not in self.exclude_route_methods
        return exists and verb is not None and rights.may(self.screen, verb)

    def url(self, route: str, **values: Any) -> str:
        return url_for(f"{self.endpoint}.{route}", **values)

    def get(self, pk: object, paths: list[str] | None = None) -> Any:
        """The record inside the scope and the screen's own rule, else NotFound."""
        return queries.get(db.session, self.model, pk, *self.only(), paths=paths or ())

    def render(self, template: str, **context: Any) -> str:
        """Render a template with this screen and what templates ask of it."""
        return render_template(
            template, view=self, screen=self, may=self.may, cell=screen_cells.cell, **context
        )

    def acts_for(self, record: Any) -> dict[str, Act]:
        return {
            name: act
            for name, act in self.acts.items()
            if self.can(name) and (act.fits is None or act.fits(record))
        }

    def after(self, record: Any, message: str) -> Any:
        """Say what was done and show the record, or the next empty form."""
        flash(message, "success")
        if request.form.get("again"):
            return redirect(self.url("add"))
        return redirect(self.url("show", pk=queries.key_of(record)))

    def may_reveal(self, column: Field) -> bool:
        """Is this a private column whose values the present user may see whole?"""
        return column.secret is not None and disclosure.may_see(column.secret, self.screen)

    def may(self, verb: Verb | str) -> bool:
        """May the present user do this on this screen?"""
        return rights.may(self.screen, verb)
