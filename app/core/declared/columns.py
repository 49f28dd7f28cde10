"""From a declared field to its column in the database and its labelled column on the screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
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
from app.core.declared.fields import UNSTORED, FieldPart, Line
from app.core.parsing import normal_forms
from app.core.values import clock
from app.core.values.formulas import Computed, chain_of, compute_chain, names_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

LENGTHS = {"text": 200, "long_text": 2000, "phone": 30, "id_number": 40, "plate": 20, "time": 5}
SPELT = {
    "phone": normal_forms.phone,
    "plate": normal_forms.plate,
    "id_number": normal_forms.id_number,
    "time": normal_forms.time_of_day,
}
SHOWN = {"integer": col.Kind.INTEGER, "quantity": col.Kind.NUMBER, "money": col.Kind.MONEY}
LONG = {"long_text", "lines", "attachment"}
LISTED = 7
MOVING: Mapping[tuple[str, Any], Callable[[], Any]] = {
    ("date", "today"): clock.today,
    ("datetime", "now"): clock.now,
    ("time", "now"): clock.time_now,
    ("text", "this_month"): lambda: f"{clock.today():%Y-%m}",
}
"""Kind and default that depends on the moment → what gives it."""
HINTS: Mapping[tuple[str, Any], Any] = {
    ("time", None): _l("hh:mm"),
    ("date", "today"): _l("Empty: today"),
    ("time", "now"): _l("Empty: now"),
}
"""Kind and default of a field or of a small table's column → what it shows in grey when empty."""


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

    def screen_column(self, field: FieldPart, fields: Sequence[FieldPart]) -> col.Column:
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


def whole_columns(model: Any, placed: bool, only_place: Callable[[], Any]) -> Iterator[col.Column]:
    """The columns of a declared record's screen, in the order of form, page and list.

    placed: another record says to which community a record belongs; else it is asked for, and
    `only_place` gives the one that there is.
    """
    stored = model.__table__.c
    if "number" in stored:
        yield col.text("number", _l("Number"), search="contains", form=False)
    else:  # what a sheet calls a stored record by
        yield col.integer(
            "id", _l("Record number"), form=False, list=False, show=False, filter=False
        )
    if not placed:
        yield col.relation(
            "community",
            _l("Community"),
            form="add",
            required=True,
            list=False,
            filter=True,
            default=only_place,
        )
    yield from model.columns.values()
    own = tuple(_own_columns(model, placed))
    yield replace(own[0], group=_l("About this entry"))
    yield from own[1:]


def _own_columns(model: Any, placed: bool) -> Iterator[col.Column]:
    """What every record has by itself and nobody types, in the order of its page."""
    stored = model.__table__.c
    if model.steps:
        states = model.steps.states
        yield col.choice(
            "state",
            _l("State"),
            {one.name: one.label.lazy for one in states},
            looks={one.name: one.look for one in states},
            form=False,
            quick=False,
        )
    if "due_at" in stored:
        yield col.moment("due_at", _l("Due by"), form=False, by_day=True)
    if placed:
        yield col.relation("community", _l("Community"), form=False, list=False)
    yield col.relation("created_by", _l("Entered by"), form=False, list=False)
    yield col.moment("created_at", _l("Entered at"), form=False, list=False)


def helping(field: FieldPart, fields: Sequence[FieldPart]) -> Any:
    """The sentence below a field, with where it must be filled in; None without either."""
    said = [field.help.lazy] if field.help else []
    for name, wanted in field.required_if.items():
        other = next(one for one in fields if one.name == name)
        words = {one.value: one.label.lazy for one in other.choices}
        value = words.get(str(wanted), _l("Yes") if wanted is True else wanted)
        said.append(
            _l("Needed where “%(label)s” is “%(value)s”.", label=other.label.lazy, value=value)
        )
    return reduce(lambda one, two: _l("%(one)s %(two)s", one=one, two=two), said) if said else None


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """The rule that a column holds one of these words."""
    listed_words = ", ".join(f"'{one}'" for one in words)
    return CheckConstraint(f"{column} IN ({listed_words})", name=f"{column}_known")


def listed(fields: Sequence[FieldPart]) -> set[str]:
    """The fields that the list shows: those marked, else the first few short ones."""
    short = [
        one.name
        for one in fields
        if one.list is None and one.kind not in LONG and not one.is_private
    ]
    return {one.name for one in fields if one.list} | set(short[:LISTED])


def quick(fields: Sequence[FieldPart]) -> str | None:
    """The field that is a drop-down beside the search box: the first choice of the list."""
    shown = listed(fields)
    return next(
        (
            one.name
            for one in fields
            if one.kind == "choice" and not one.several and one.form and one.name in shown
        ),
        None,
    )


def computed_of(parts: Sequence[FieldPart | Line]) -> list[Computed]:
    """The computed ones among the fields of a record, or among the columns of a small table."""
    return [Computed(one.name, one.formula, one.decimals) for one in parts if one.formula]


def _plain_column(field: FieldPart, label: Any, options: dict[str, Any]) -> col.Column:
    if field.kind == "lines":
        lines = tuple(_line(one, field.columns) for one in field.columns)
        return col.lines(field.name, label, lines, **options)
    if field.kind == "choice":
        words = {choice.value: choice.label.lazy for choice in field.choices}
        if field.several:
            return col.choices(field.name, label, words, **options)
        looks = {choice.value: choice.look for choice in field.choices if choice.look}
        return col.choice(field.name, label, words, looks=looks or None, **options)
    limits = {"minimum": 0 if field.min is None else field.min, "maximum": field.max}
    makers: dict[str, tuple[Any, dict[str, Any]]] = {
        "yes_no": (col.yes_no, {}), "date": (col.date, {}), "datetime": (col.moment, {}),
        "integer": (col.integer, limits), "money": (col.money, limits),
        "quantity": (col.number, {"places": field.decimals, **limits}),
    }  # fmt: skip
    if field.kind in makers:
        maker, more = makers[field.kind]
        return maker(field.name, label, **more, **options)
    texts = {"long_text": col.long_text, "phone": col.phone, "id_number": col.id_number}
    spell = SPELT.get(field.kind)
    return texts.get(field.kind, col.text)(
        field.name,
        label,
        max_length=field.max_length or LENGTHS[field.kind],
        spell=normal_forms.like(field.pattern, spell) if field.pattern else spell,
        **options,
    )


def _line(line: Line, lines: Sequence[Line]) -> col.Column:
    """A column of a small table; `lines`: all of its columns."""
    moving = MOVING.get((line.kind, line.default))
    options: dict[str, Any] = {
        "required": line.required and not moving,
        "default": moving,
        "hint": HINTS.get((line.kind, line.default)),
    }
    if line.kind == "computed":
        chain = chain_of(line.name, computed_of(lines))
        return col.computed(
            line.name,
            line.label.lazy,
            lambda row: compute_chain(chain, row),
            like=col.Kind.NUMBER,
        )
    if line.kind == "choice":
        words = {choice.value: choice.label.lazy for choice in line.choices}
        return col.choice(line.name, line.label.lazy, words, **options)
    if line.kind == "quantity":
        options |= {"places": line.decimals}
    elif line.kind in {"text", "time"}:
        options |= {"max_length": LENGTHS[line.kind], "spell": SPELT.get(line.kind)}
    maker = {
        "text": col.text,
        "time": col.text,
        "integer": col.integer,
        "money": col.money,
        "quantity": col.number,
        "date": col.date,
        "yes_no": col.yes_no,
    }[line.kind]
    return maker(line.name, line.label.lazy, **options)
