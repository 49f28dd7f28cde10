"""A column's value as the text of its form field, and what was typed back into a value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from app.core.columns import line_tables, lookups
from app.core.columns.column import NUMERIC, TEXTS, Field, FieldKind
from app.core.i18n import filters
from app.core.parsing import form_text
from app.core.records import queries
from app.core.values import clock
from app.core.values.errors import N_, DomainError
from app.core.values.secret import Secret

if TYPE_CHECKING:
    pass


HIDDEN = "****"


"""A private value of which no part is shown: a sum, a day, a longer text."""


KEEP = object()


"""The value of a private field that was left empty: what is stored stays."""


def raw(column: Field, value: Any) -> str:
    """A stored value as the text of its form field."""
    if value is None:
        return ""
    if column.kind is FieldKind.YES_NO:
        return "1" if value else ""
    if column.kind is FieldKind.RELATION and hasattr(value, "__mapper__"):
        return str(queries.key_of(value))
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M")
    if column.kind in NUMERIC and column.places:
        return filters.grouped(value, min(column.places, 2)).replace(",", "")
    return str(value)


def read_number(column: Field, typed: str) -> Any:
    """A whole number or a decimal within the column's places and limits."""
    limits = {"minimum": column.minimum, "maximum": column.maximum}
    if column.kind is FieldKind.INTEGER:
        return form_text.integer(typed, **limits)
    return form_text.number(typed, places=column.places, **limits)


def read_choice(column: Field, typed: str) -> str | None:
    """One of the words that the column allows."""
    if typed and typed not in (column.choices or {}):
        raise DomainError(N_("Choose one of the words that the list offers."))
    return typed or None


READERS: dict[FieldKind, Callable[[Field, str], Any]] = {
    FieldKind.LONG_TEXT: lambda column, typed: form_text.text(
        typed, max_length=column.max_length, lines=True
    ),
    FieldKind.DAY: lambda _column, typed: form_text.day(typed),
    FieldKind.MOMENT: lambda _column, typed: form_text.moment(typed),
    FieldKind.YES_NO: lambda _column, typed: typed not in {"", "0"},
    FieldKind.CHOICE: read_choice,
    FieldKind.CHOICES: line_tables.read_choices,
    FieldKind.RELATION: lambda _column, typed: form_text.key(typed),
    **dict.fromkeys(NUMERIC, read_number),
    **dict.fromkeys(
        TEXTS - {FieldKind.LONG_TEXT},
        lambda column, typed: form_text.text(typed, max_length=column.max_length),
    ),
}


def read(column: Field, typed: str) -> Any:
    """The value that was typed for a column; DomainError with a sentence when it is none."""
    value = READERS[column.kind](column, typed)
    return column.spell(value) if column.spell and value else value


def mask(column: Field, value: Any) -> str:
    """A private value with its middle hidden."""
    if column.secret is Secret.PHONES:
        return "、".join(filters.mask_phone(line) for line in str(value).splitlines())
    if column.kind in TEXTS and column.kind is not FieldKind.LONG_TEXT:
        return filters.mask_id(str(value))
    return HIDDEN


def plain(column: Field, value: Any) -> str:  # noqa: PLR0911 - one line for each kind
    """A value as the page shows it, as text; private ones masked."""
    if value is None or value == "":
        return ""
    kind = column.shown_as
    if column.private:
        return mask(column, value)
    if kind is FieldKind.CHOICE:
        return str((column.choices or {}).get(str(value), value))
    if kind is FieldKind.CHOICES:
        return "、".join(str(column.choices[one]) for one in str(value).split(","))
    if kind is FieldKind.LINES:
        return line_tables.plain(column, value, plain)
    if kind is FieldKind.YES_NO:
        return filters.yes_no(value)
    if kind is FieldKind.MOMENT:
        return filters.moment(value)
    if isinstance(value, date):
        return value.isoformat()
    show = {
        FieldKind.MONEY: filters.money,
        FieldKind.AREA: filters.area,
        FieldKind.PRICE: filters.price,
    }
    if kind in show:
        return show[kind](value)
    if kind is FieldKind.NUMBER:
        return filters.grouped(value, 0)
    if kind is FieldKind.RELATION:
        lookup = lookups.of_model(type(value))
        return lookup.label(value) if lookup else str(value)
    return str(value)
