"""Each kind of field: its column in the database and its column on the screen."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Column, Date, DateTime, ForeignKey, Integer, String, Text

from app.core import audit, clock
from app.core import columns as col
from app.core.fields import BigId, Fixed, Json, Money, word
from app.core.form_lines import revived, typed_columns
from app.registers.definition import FieldPart, Kind, Line, is_private
from app.registers.formulas import compute
from app.registers.words import lazy, with_unit

if TYPE_CHECKING:
    from collections.abc import Callable

TARGETS = {Kind.UNIT: ("unit.id", BigId), Kind.CUSTOMER: ("customer.id", BigId),
           Kind.USER: ("ab_user.id", Integer)}  # fmt: skip
"""The tables that fields point to, with the type of their keys."""
RELATIONS = {*TARGETS, Kind.REGISTER}
UNSTORED = {Kind.COMPUTED, Kind.ATTACHMENT}
LENGTHS = {Kind.TEXT: 200, Kind.LONG_TEXT: 2000, Kind.PHONE: 30, Kind.ID_NUMBER: 40,
           Kind.PLATE: 20, Kind.TIME: 5}  # fmt: skip
SHOWN = {"integer": col.Kind.INTEGER, "quantity": col.Kind.PRICE, "money": col.Kind.MONEY}
SEARCHED = {Kind.TEXT, Kind.PLATE, Kind.UNIT, Kind.CUSTOMER}
LONG = {Kind.LONG_TEXT, Kind.LINES, Kind.ATTACHMENT}
LISTED = 7


def table_name(register: str) -> str:
    return f"register_{register}"


def stored_name(field: FieldPart) -> str:
    """The name of a field's column in the table: unit → unit_id."""
    return f"{field.name}_id" if field.kind in RELATIONS else field.name


def sql_column(field: FieldPart) -> Column[Any] | None:
    """The column of the table; None for what is not stored in it."""
    if field.kind in UNSTORED:
        return None
    needed = field.required and field.form
    if field.kind is Kind.REGISTER:
        target, kind = f"{table_name(str(field.other))}.id", BigId
    elif field.kind in TARGETS:
        target, kind = TARGETS[field.kind]
    else:
        return Column(field.name, _sql_type(field), nullable=not needed)
    return Column(stored_name(field), kind, ForeignKey(target), nullable=not needed, index=True)


def _sql_type(field: FieldPart) -> Any:
    kinds: dict[Kind, Any] = {
        Kind.LONG_TEXT: Text(), Kind.YES_NO: Boolean(), Kind.DATE: Date(), Kind.LINES: Json(),
        Kind.DATETIME: DateTime(), Kind.INTEGER: Integer(), Kind.MONEY: Money(),
        Kind.QUANTITY: Fixed(_places(field)),
        Kind.CHOICE: String(400) if field.several else word(30),
    }  # fmt: skip
    return kinds.get(field.kind) or String(field.max_length or LENGTHS[field.kind])


def _places(field: FieldPart | Line) -> int:
    return 2 if field.places is None else field.places


def values_of(fields: tuple[FieldPart, ...], row: Any) -> dict[str, Any]:
    """The stored values of a row by field, for formulas."""
    return {field.name: getattr(row, field.name, None) for field in fields
            if field.kind not in UNSTORED}  # fmt: skip


def by_itself(field: FieldPart, word: str) -> bool:
    """Is the default of a field the word "me" or "owner", and not one of its own values?"""
    fits = {"me": {Kind.USER}, "owner": {Kind.CUSTOMER, Kind.TEXT}}
    return field.default == word and field.kind in fits[word]


def _first(field: FieldPart) -> Any:
    """The default of a field: a value, or a function for what depends on the moment."""
    moving: dict[Any, Callable[[], Any]] = {
        "today": clock.today,
        "now": lambda: clock.local(clock.now()).strftime("%H:%M")
        if field.kind is Kind.TIME else clock.now(),
    }  # fmt: skip
    if by_itself(field, "me") or by_itself(field, "owner") or field.kind is Kind.CHOICE:
        return field.default if field.kind is Kind.CHOICE else None
    return moving.get(field.default, field.default)


def listed(fields: tuple[FieldPart, ...]) -> set[str]:
    """The fields that the list shows: those marked, else the first few short ones."""
    short = [one.name for one in fields
             if one.list is None and one.kind not in LONG and not is_private(one)]
    return {one.name for one in fields if one.list} | set(short[:LISTED])


def screen_column(field: FieldPart, fields: tuple[FieldPart, ...]) -> col.Column | None:
    """The column of list, form, page and Excel; None for attachments (the page shows them)."""
    options: dict[str, Any] = {
        "list": field.name in listed(fields), "form": field.form,
        # Who or what fills itself in may be left empty in the form.
        "required": field.required and not (by_itself(field, "owner") or by_itself(field, "me")),
        "private": is_private(field), "default": _first(field),
        "help": lazy(field.help) if field.help else None,
        "group": lazy(field.group) if field.group else None,
    }  # fmt: skip
    searched = field.search if field.search is not None else field.kind in SEARCHED
    options["search"] = searched and not options["private"]
    label = with_unit(field.label, field.unit)
    special: dict[Kind, Any] = {
        Kind.ATTACHMENT: lambda: None,
        Kind.COMPUTED: lambda: col.computed(
            field.name, label, _formula(field.formula or "", _shown_places(field), fields),
            like=SHOWN[field.shows or "quantity"],
            **{key: options[key] for key in ("list", "group", "help")},
        ),
        Kind.LINES: lambda: col.lines(
            field.name, label, tuple(_line(one) for one in field.columns), **options
        ),
        Kind.CHOICE: lambda: _choice(field, label, options),
        **dict.fromkeys(RELATIONS, lambda: col.relation(field.name, label, **options)),
    }
    if field.kind in special:
        made: col.Column | None = special[field.kind]()
        return made
    limits = {"minimum": 0 if field.min is None else field.min, "maximum": field.max}
    length = {"max_length": field.max_length or LENGTHS.get(field.kind)}
    makers: dict[Kind, tuple[Any, dict[str, Any]]] = {
        Kind.LONG_TEXT: (col.long_text, length), Kind.YES_NO: (col.yes_no, {}),
        Kind.DATE: (col.date, {}), Kind.DATETIME: (col.moment, {}),
        Kind.INTEGER: (col.integer, limits), Kind.MONEY: (col.money, limits),
        Kind.QUANTITY: (
            col.number, {"places": _places(field), "like": col.Kind.PRICE, **limits}
        ),
        Kind.PHONE: (col.phone, length), Kind.ID_NUMBER: (col.id_number, length),
    }  # fmt: skip
    maker, more = makers.get(field.kind, (col.text, length))
    found: col.Column = maker(field.name, label, **more, **options)
    return found


def _choice(field: FieldPart, label: Any, options: dict[str, Any]) -> col.Column:
    words = {choice.value: lazy(choice.label) for choice in field.choices}
    if field.several:
        return col.choices(field.name, label, words, **options)
    looks = {choice.value: choice.look for choice in field.choices if choice.look}
    return col.choice(field.name, label, words, looks=looks or None, quick=False, **options)


def _shown_places(field: FieldPart) -> int:
    return 0 if field.shows == "integer" else _places(field)


def _formula(
    formula: str, places: int, fields: tuple[FieldPart, ...]
) -> Callable[[Any], Any]:
    return lambda row: compute(formula, values_of(fields, row), places)


def _line(line: Line) -> col.Column:
    """A column of a small table."""
    label = lazy(line.label)
    if line.kind == "computed":
        return col.computed(line.name, label, lambda row: row.get(line.name),
                            like=col.Kind.PRICE)  # fmt: skip
    if line.kind == "choice":
        words = {choice.value: lazy(choice.label) for choice in line.choices}
        return col.choice(line.name, label, words, required=line.required)
    if line.kind == "quantity":
        return col.number(line.name, label, places=_places(line), like=col.Kind.PRICE,
                          required=line.required)  # fmt: skip
    maker = {"text": col.text, "time": col.text, "integer": col.integer, "money": col.money,
             "date": col.date, "yes_no": col.yes_no}[line.kind]  # fmt: skip
    more = {"max_length": 200} if maker is col.text else {}
    return maker(line.name, label, required=line.required, **more)  # type: ignore[operator,no-any-return]


def work_out(field: FieldPart, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines with their computed columns filled in, as JSON keeps them."""
    column = col.lines(field.name, "", tuple(_line(one) for one in field.columns))
    done = []
    for line in lines:
        values = {one.name: revived(one, line.get(one.name)) for one in typed_columns(column)}
        results: dict[str, Any] = {}
        for part in field.columns:
            if part.formula:
                found = compute(part.formula, {**values, **results}, _places(part))
                results[part.name] = found
        done.append({**line, **{key: str(value) if isinstance(value, Decimal) else value
                                for key, value in results.items()}})
    return done


def now_of(kind: Kind) -> Any:
    """What a stamp of this kind writes."""
    return {Kind.DATE: clock.today, Kind.DATETIME: clock.now,
            Kind.TIME: lambda: clock.local(clock.now()).strftime("%H:%M"),
            Kind.USER: lambda: audit.actor().user_id}[kind]()  # fmt: skip
