"""From a declared field to its column in the database and its labelled column on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    text,
)

from app.core.columns import column as col
from app.core.db.types import BigId, Fixed, Json, Money, word
from app.core.declared.fields import UNSTORED, FieldPart
from app.core.declared.screen_columns import (
    HINTS,
    LENGTHS,
    MOVING,
    _plain_column,
    computed_of,
    helping,
    listed,
    quick,
)
from app.core.values.formulas import chain_of, compute_chain, names_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

SHOWN = {
    "integer": col.FieldKind.INTEGER,
    "quantity": col.FieldKind.NUMBER,
    "money": col.FieldKind.MONEY,
}


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of a feature beside the plain ones.

    model_of: the model to which a field points, None for a plain field; relations that the
        model's `called_relations` lists are part of its records' names.
    moving: further defaults that depend on the moment; searched: kinds that the search box reads.
    late: defaults that are filled in only when the record is stored → what the form says of it.
    """

    model_of: Callable[[FieldPart], Any]
    moving: Mapping[tuple[str, Any], Callable[[], Any]]
    searched: frozenset[str]
    late: Mapping[tuple[str, Any], Any]

    def stored_name(self, field: FieldPart) -> str:
        """The name of a field's column in the table: unit → unit_id."""
        return field.name if self.model_of(field) is None else f"{field.name}_id"

    def filled_later(self, field: FieldPart) -> bool:
        """Does the field fill itself in when its record is stored?"""
        return (field.kind, field.default) in self.late

    def sql_column(self, field: FieldPart) -> Column[Any] | None:
        """The column of the table; None for what is not stored in it."""
        if field.kind in UNSTORED:
            return None
        empty = not (field.required and field.form)
        if (model := self.model_of(field)) is not None:
            table = getattr(model, "__table__", None)  # not there yet: it points to itself
            kind, target = (
                (BigId, f"{model.__tablename__}.id")
                if table is None
                else (table.c.id.type, table.c.id)
            )
            return Column(
                self.stored_name(field), kind, ForeignKey(target), nullable=empty, index=True
            )
        kinds: dict[str, Any] = {
            "long_text": Text(),
            "yes_no": Boolean(),
            "date": Date(),
            "lines": Json(),
            "datetime": DateTime(),
            "integer": Integer(),
            "money": Money(),
            "quantity": Fixed(field.decimals),
            "choice": String(400) if field.several else word(30),
        }
        kind = kinds.get(field.kind) or String(field.max_length or LENGTHS[field.kind])
        return Column(field.name, kind, nullable=empty)

    def field_rules(self, table: str, fields: Sequence[FieldPart]) -> Iterator[Any]:
        """What the database itself holds: the words of choices, what is unique."""
        named = {field.name: self.stored_name(field) for field in fields}
        for field in fields:
            if field.kind == "choice" and not field.several:
                yield one_of(field.name, (choice.value for choice in field.choices))
            if field.kind in {"quantity", "money"}:
                # Numbers are stored as whole ones: the database must know of what size.
                size = f"'{field.decimals} places'"
                yield CheckConstraint(
                    f"{field.name} IS NULL OR {size} = {size}", name=f"{field.name}_places"
                )
            if field.unique or field.unique_per or field.unique_in:
                states = ", ".join(f"'{one}'" for one in field.unique_in)
                where = text(f"state IN ({states})") if states else None
                yield Index(
                    f"uq_{table}_{field.name}",
                    "community_id",
                    *(named[one] for one in field.unique_per),
                    named[field.name],
                    unique=True,
                    sqlite_where=where,
                    postgresql_where=where,
                )

    def values_of(self, fields: Sequence[FieldPart], row: Any) -> dict[str, Any]:
        """The stored values of a record by field, for formulas; of a relation the key."""
        return {
            field.name: getattr(row, self.stored_name(field), None)
            for field in fields
            if field.kind not in UNSTORED
        }

    def screen_column(self, field: FieldPart, fields: Sequence[FieldPart]) -> col.Field:
        """The column of list, form, page and Excel."""
        options: dict[str, Any] = {
            "list": field.name in listed(fields),
            "help": helping(field, fields),
            "hint": HINTS.get((field.kind, None)),
            "group": field.group.lazy if field.group else None,
            "marks": field.marks or None,
        }
        label = field.label.with_unit(field.unit)
        if field.kind == "attachment":
            return col.files(field.name, label, **options)
        if field.kind == "computed":
            chain = chain_of(field.name, computed_of(fields))
            # What is worked out of a private number would tell it.
            read = set().union(
                *(names for one in chain if not isinstance(names := names_in(one.formula), str))
            )
            private = any(one.is_private and one.name in read for one in fields)
            return col.computed(
                field.name,
                label,
                lambda row: compute_chain(chain, self.values_of(fields, row)),
                like=SHOWN[field.shows or "quantity"],
                private=private,
                **options,
            )
        searched = field.kind in self.searched if field.search is None else field.search
        first = {**MOVING, **self.moving}.get((field.kind, field.default), field.default)
        options |= {
            "form": field.form,
            "private": field.is_private,
            # What fills itself in may be left empty; what must be ticked is marked as such.
            "required": (field.required or field.must_be is True) and not self.filled_later(field),
            "search": searched and not field.is_private,
            "default": None if self.filled_later(field) else first,
        }
        if self.filled_later(field) and not field.help:
            options["help"] = self.late[field.kind, field.default]
        if (model := self.model_of(field)) is not None:
            loads = tuple(f"{field.name}.{one}" for one in getattr(model, "called_relations", ()))
            return col.relation(field.name, label, loads=loads, **options)
        options["quick"] = field.name == quick(fields)
        return _plain_column(field, label, options)


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """The rule that a column holds one of these words."""
    listed_words = ", ".join(f"'{one}'" for one in words)
    return CheckConstraint(f"{column} IN ({listed_words})", name=f"{column}_known")
