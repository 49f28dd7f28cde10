"""Tabs on a record's page: the records of other screens that point to it, as rights allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import inspect

from app.core.columns.column import Field
from app.core.db.extensions import db
from app.core.records import queries, rights
from app.core.screens import listing
from app.core.screens.list_query import Ask
from app.roles import Verb

if TYPE_CHECKING:
    from app.core.screens.declaration import ScreenBase
    from app.core.screens.listing import ListPage

SHOWN = 10


@dataclass(frozen=True, slots=True)
class RelatedTab:
    """A related list: its screen, its first rows, and where all of them and the form are."""

    screen: ScreenBase
    columns: list[Field]
    rows: ListPage
    all_url: str
    add_url: str | None


def link_to(screen: ScreenBase, model: Any) -> str | None:
    """The relationship by which the records of `screen` point to `model`."""
    for relation in inspect(screen.model).relationships:
        if relation.mapper.class_ is model and relation.direction.name == "MANYTOONE":
            return str(relation.key)
    return None


def tabs(screen: ScreenBase, record: Any) -> list[RelatedTab]:
    """The tabs that the present user may see, each in the scope and rule of its own screen."""
    found = []
    for name in (*screen.related, *current_app.extensions["anju"].tabs.get(screen.screen, ())):
        other = next(
            (
                view
                for view in current_app.extensions["anju"].views
                if view.screen == name and hasattr(view, "model")
            ),
            None,
        )
        if other is None or not rights.may(name, Verb.READ):
            continue
        link = link_to(other, screen.model)
        if link is None:
            raise RuntimeError(f"the records of {name} do not point to {screen.screen}")
        tab = _tab(other, link, record)
        if tab.rows.records or name in screen.related or screen.screen in other.part_of:
            found.append(tab)
    return found


def _tab(other: ScreenBase, link: str, record: Any) -> RelatedTab:
    key = queries.key_of(record)
    here = queries.foreign_key(other.model, link) == key
    rows = listing.page(db.session, other, Ask(size=SHOWN), (here,))
    add = other.url("add", **{link: key}) if other.can("add") else None
    return RelatedTab(
        screen=other,
        columns=[column for column in other.listed() if column.name != link],
        rows=rows,
        all_url=other.url("list", **{f"f.{link}.is": key}),
        add_url=add,
    )
