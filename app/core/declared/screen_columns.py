"""The labelled columns of a declared record: which are listed, what the form says of them."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from app.core.columns import column as col
from app.core.declared.fields import FieldPart, LineColumn
from app.core.parsing import normal_forms
from app.core.values import clock
from app.core.values.formulas import Computed, chain_of, compute_chain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


LENGTHS = {"text": 200, "long_text": 2000, "phone": 30, "id_number": 40, "plate": 20, "time": 5}


SPELT = {
    "phone": normal_forms.phone,
    "plate": normal_forms.plate,
    "id_number": normal_forms.id_number,
    "time": normal_forms.time_of_day,
}


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


def whole_columns(model: Any, placed: bool, only_place: Callable[[], Any]) -> Iterator[col.Field]:
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


def _own_columns(model: Any, placed: bool) -> Iterator[col.Field]:
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


def computed_of(parts: Sequence[FieldPart | LineColumn]) -> list[Computed]:
    """The computed ones among the fields of a record, or among the columns of a small table."""
    return [Computed(one.name, one.formula, one.decimals) for one in parts if one.formula]


def _plain_column(field: FieldPart, label: Any, options: dict[str, Any]) -> col.Field:
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


def _line(line: LineColumn, lines: Sequence[LineColumn]) -> col.Field:
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
            like=col.FieldKind.NUMBER,
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
