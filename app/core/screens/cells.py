"""How a record's values stand in a table or on its page: tags, links, masked private values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

from flask import current_app, g, url_for
from markupsafe import Markup, escape

from app.core.columns import field_text, line_tables
from app.core.columns.column import Field, FieldKind
from app.core.records import queries, rights
from app.core.values import clock
from app.core.values.due_rules import by_hours
from app.core.values.secret import Secret
from app.roles import Verb

TAG = Markup('<span class="tag tag-{}">{}</span>')
LINK = Markup('<a href="{}">{}</a>')
NOTHING = Markup('<span class="nothing">—</span>')
HEAD, DATUM = Markup("<th{}>{}</th>"), Markup("<td{}>{}</td>")
LINE = Markup("<tr>{}</tr>")
LINES_TABLE = Markup('<table class="wide"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>')
NUMBER = {True: Markup(' class="num"'), False: Markup("")}
LINES = Markup('<div class="lines">{}</div>')


class ScreenOfModel(Protocol):
    """What a cell asks of the screen on which the records of a model stand."""

    screen: str
    endpoint: str
    columns: tuple[Field, ...]


def value_of(column: Field, record: Any) -> Any:
    """The stored or computed value of a column."""
    if column.value is not None:
        return column.value(record)
    return getattr(record, column.name)


def in_full(column: Field, value: Any) -> str:
    """A private value whole, as text: what is revealed, and what a file in full holds."""
    if value is None or value == "":
        return ""
    if column.secret is Secret.PHONES:
        return "、".join(str(value).splitlines())
    return field_text.plain(replace(column, private=False), value)


def screen_of(model: Any) -> ScreenOfModel | None:
    """The screen on which records of `model` are shown, if the user may read it; kept in g."""
    if "anju_screens" not in g:
        g.anju_screens = {}
    known: dict[Any, ScreenOfModel | None] = g.anju_screens
    if model not in known:
        found = next(
            (
                view
                for view in current_app.extensions["anju"].views
                if getattr(view, "model", None) is model and rights.may(view.screen, Verb.READ)
            ),
            None,
        )
        known[model] = found
    return known[model]


def address(record: Any) -> str | None:
    """The address of a record's page, None where the user may not see it."""
    screen = screen_of(type(record))
    if screen is None:
        return None
    return url_for(f"{screen.endpoint}.show", pk=queries.key_of(record))


def lines_table(column: Field, lines: list[dict[str, Any]]) -> Markup:
    """A small table inside a record."""
    heads = Markup("").join(HEAD.format(NUMBER[one.numeric], one.label) for one in column.columns)
    body = Markup("").join(
        LINE.format(
            Markup("").join(
                DATUM.format(
                    NUMBER[one.numeric],
                    field_text.plain(one, line_tables.revived(one, line.get(one.name))),
                )
                for one in column.columns
            )
        )
        for line in lines
    )
    return LINES_TABLE.format(heads, body)


def cell(column: Field, record: Any, *, link: bool = True) -> Markup:
    """One value as HTML; everything that a person typed is escaped."""
    value = value_of(column, record)
    if value is None or value == "":
        return NOTHING
    if column.private:
        return escape(field_text.plain(column, value))
    if isinstance(value, Markup) or column.kind is FieldKind.LINES:
        return value if isinstance(value, Markup) else lines_table(column, value)
    return _public(column, record, value, link=link)


def _public(column: Field, record: Any, value: Any, *, link: bool) -> Markup:
    """A value that everybody may see: a tag, a link, lines or plain text."""
    text = field_text.plain(column, value)
    if column.by_day and not by_hours(record.steps.state(record.state).due):
        text = f"{clock.local(value):%Y-%m-%d}"
    if column.looks is not None:
        return TAG.format(column.looks.get(str(value), "idle"), text)
    if column.kind is FieldKind.RELATION and link and (where := address(value)):
        return LINK.format(where, text)
    if column.kind is FieldKind.LONG_TEXT:
        return LINES.format(text)
    return escape(text)
