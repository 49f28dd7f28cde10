"""A form made of labelled columns: shows values, reads what was typed, keeps it when refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from sqlalchemy import String, inspect

from app.core.columns import line_tables, lookups
from app.core.columns.column import TEXTS, Field, FieldKind
from app.core.columns.field_text import KEEP, mask, plain, raw, read
from app.core.i18n.sentences import sentence
from app.core.records import queries
from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

MISSING = N_("“%(label)s” is missing.")


@dataclass(slots=True)
class FormField:
    """One field on the page: its column, the text in it, and what is wrong with it."""

    column: Field
    raw: str = ""
    text: str = ""
    error: str | None = None
    masked: str | None = None
    lookup: str | None = None
    now: str | None = None
    rows: list[list[FormField]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def error_id(self) -> str:
        return f"{self.name}-error"


@dataclass(slots=True)
class Form:
    """The fields of a screen's form for one request; `values` after a successful `read`."""

    model: Any
    fields: dict[str, FormField]
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @classmethod
    def show(
        cls, model: Any, columns: Iterable[Field], record: Any = None, given: Any = None
    ) -> Form:
        """A form filled from `record`, or for a new one from `given` and the defaults."""
        form = cls(model, {column.name: FormField(column) for column in columns})
        for place in form.fields.values():
            column = place.column
            if record is not None:
                value = getattr(record, column.name)
            else:
                value = (given or {}).get(column.name, column.first_value())
            form.fill(place, value, stored=record is not None)
        return form

    def fill(self, place: FormField, value: Any, *, stored: bool) -> None:
        """Put a value into a field; a private one that is stored shows only its mask."""
        column = place.column
        if column.kind is FieldKind.LINES:
            place.rows = line_tables.show(column, value or [], FormField, raw)
            return
        if column.kind is FieldKind.RELATION:
            lookup = self.lookup(column)
            place.lookup = lookup.name
            if value is not None and hasattr(value, "__mapper__"):
                place.raw, place.text = raw(column, value), lookup.label(value)
        if column.private and stored and value:
            place.masked = mask(column, value)
        else:
            place.raw = raw(column, value)

    def lookup(self, column: Field) -> lookups.Lookup:
        """The look-up of a relation column."""
        found = (
            lookups.by_name(column.lookup)
            if column.lookup
            else lookups.of_model(queries.related_model(self.model, column.name))
        )
        if found is None:
            raise RuntimeError(f"no look-up offers the records of {column.name}")
        return found

    def read(self, session: Session, typed: MultiDict[str, str]) -> bool:
        """Take what was typed: True and `values`, or False and a sentence at each field."""
        for place in self.fields.values():
            if place.column.readonly:
                continue
            place.raw = ",".join(typed.getlist(place.name))
            try:
                self.values[place.name] = self._value(session, place, typed)
            except DomainError as error:
                place.error = sentence(error)
                place.rows = getattr(error, "rows", place.rows)
        return not any(place.error for place in self.fields.values())

    def _value(self, session: Session, place: FormField, typed: MultiDict[str, str]) -> Any:
        column = place.column
        if column.kind is FieldKind.LINES:
            place.rows, lines = line_tables.typed_rows(column, typed, FormField, read)
            if column.required and not lines:
                raise DomainError(MISSING, label=column.label)
            return lines
        if place.masked is not None and not place.raw.strip():
            return KEEP if not typed.get(f"{place.name}__clear") else self._nothing(column)
        value = read(column, place.raw)
        if column.kind is FieldKind.RELATION:
            place.text = typed.get(f"{place.name}__text", "")
            lookup = self.lookup(column)
            if value is not None:
                value = lookups.chosen(session, lookup, value)
            elif place.text.strip():
                value = lookups.called(session, lookup, place.text)
            if value is not None:
                place.text = lookup.label(value)
        if value is None:
            if column.required:
                raise DomainError(MISSING, label=column.label)
            return self._nothing(column)
        return value

    def _nothing(self, column: Field) -> Any:
        """None, or the empty text where the database wants text."""
        if column.required:
            raise DomainError(MISSING, label=column.label)
        if column.kind is FieldKind.RELATION:
            attribute = queries.foreign_key(self.model, column.name)
        else:
            attribute = getattr(self.model, column.name)
        # A plain property of the model (a customer's phones as lines) has no key.
        stored = inspect(self.model).columns.get(getattr(attribute, "key", column.name))
        if stored is None or stored.nullable:
            return None
        if isinstance(stored.type, String) and column.kind in TEXTS:
            return ""
        raise DomainError(MISSING, label=column.label)

    def refuse(self, error: DomainError) -> None:
        """Show a broken rule at its field, or above the form."""
        if error.field in self.fields:
            self.fields[error.field].error = sentence(error)
        else:
            self.errors.append(sentence(error))

    def compare(self, record: Any) -> None:
        """Beside what was typed, show what somebody else has stored meanwhile."""
        for place in self.fields.values():
            if place.column.private or place.column.readonly:
                continue
            value = getattr(record, place.name)
            if raw(place.column, value) != place.raw:
                place.now = plain(place.column, value) or gettext("(empty)")

    @property
    def ok(self) -> bool:
        return not self.errors and not any(place.error for place in self.fields.values())


def value_of(session: Session, record: Any, column: Field) -> Any:
    """What a record holds for a column now; of a relation the record to which its key points."""
    if column.kind is FieldKind.RELATION:
        return queries.related(session, record, column.name)
    return getattr(record, column.name)


def changes(
    columns: Iterable[Field], before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    """What changed, for the record of changes (S03): old and new as text.

    Where both read the same (masked numbers, two people of one name), that it changed.
    """
    found: dict[str, Any] = {}
    for column in columns:
        old, new = before.get(column.name), after.get(column.name)
        if old != new and (old, new) not in EMPTY:
            texts = [plain(column, old), plain(column, new)]
            found[column.name] = texts if texts[0] != texts[1] else CHANGED
    return found


CHANGED = {"changed": True}
"""In the record of changes: it is another value, and reads the same."""
EMPTY = ((None, ""), ("", None))
