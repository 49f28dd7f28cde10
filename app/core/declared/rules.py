"""The rules of declared fields: what must agree in the file, and what every record must obey."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from app.core.columns import line_tables
from app.core.columns.column import FieldKind
from app.core.declared.fields import UNSTORED, FieldPart
from app.core.declared.screen_columns import LENGTHS
from app.core.records import queries
from app.core.toml.formula_checks import formula_faults
from app.core.toml.vocabulary import NO_STATE, FoundFault, unknown
from app.core.values.errors import N_, DomainError
from app.core.workflow import states as steps

NUMBERS = {"integer", "quantity", "money"}
FITS: dict[str, set[str]] = {
    "choices": {"choice"},
    "several": {"choice"},
    "places": {"quantity", "computed"},
    "unit": NUMBERS | {"computed"},
    "min": NUMBERS,
    "max": NUMBERS,
    "max_length": {"text", "long_text"},
    "pattern": {"text", "plate", "phone"},
    "not_before": {"date", "datetime"},
    "must_be": {"yes_no", "choice"},
    "formula": {"computed"},
    "shows": {"computed"},
    "columns": {"lines"},
}
"""Option → the kinds to which it belongs."""
NEVER = {
    "unique": {"attachment", "computed", "lines"},
    "required": {"attachment", "computed"},
    "unique_in": {"attachment", "computed", "lines"},
    "unique_per": {"attachment", "computed", "lines"},
    "required_if": {"attachment", "computed"},
}
"""Option → the kinds to which it never belongs."""
NEEDS = {"choice": "choices", "computed": "formula", "lines": "columns"}
TWICE = N_("“%(value)s” is there twice: rename one of them.")
NO_WORD = N_("“%(value)s” is none of the choices.")
NOT_TICKED = N_("“%(label)s” must be ticked before this can be saved.")
NOT_SO = N_("“%(label)s” does not permit this to be saved.")
ITSELF = N_("“%(label)s” cannot be this record itself: choose another one.")
TOO_EARLY = N_("“%(label)s” lies before “%(other)s”.")


def name_faults(
    table: str, parts: Sequence[Any], reserved: Collection[str]
) -> Iterator[FoundFault]:
    """Names that stand twice, or that every record has by itself."""
    names = [part.name for part in parts]
    for at, one in enumerate(names):
        if one in names[:at] or one.removesuffix("_id") in {*names} - {one}:
            yield (table, at, "name"), TWICE, {"value": one}
        if one in reserved:
            yield (
                (table, at, "name"),
                N_("Every record has “%(value)s” by itself: choose another name."),
                {"value": one},
            )


def misplaced(
    path: Any, field: FieldPart, option: str, kinds: Collection[str]
) -> Iterator[FoundFault]:
    """An option that does not belong to the kind of its field."""
    name = type(field).model_fields[option].alias or option
    if getattr(field, option) not in (None, (), False, {}) and field.kind not in kinds:
        yield (
            (*path, name),
            N_("“%(option)s” does not fit the kind %(kind)s; it belongs to: %(known)s."),
            {"option": name, "kind": str(field.kind), "known": ", ".join(sorted(kinds))},
        )


def needing(path: Any, field: FieldPart, option: str) -> Iterator[FoundFault]:
    """An option without which a field of its kind says nothing."""
    if not getattr(field, option):
        yield (
            path,
            N_("A field of the kind %(kind)s needs “%(key)s”."),
            {"kind": str(field.kind), "key": type(field).model_fields[option].alias or option},
        )


def field_faults(
    path: Any,
    field: FieldPart,
    fields: Mapping[str, FieldPart],
    states: Collection[str],
    moving: Collection[tuple[str, Any]],
) -> Iterator[FoundFault]:
    """What does not agree in one field.

    fields: every field of the file; moving: defaults that depend on the moment, by kind.
    """
    every = set(type(field).model_fields["kind"].annotation or ())
    for option, kinds in NEVER.items():
        yield from misplaced(path, field, option, every - kinds)
    for option, kinds in FITS.items():
        yield from misplaced(path, field, option, kinds)
    if field.kind in NEEDS:
        yield from needing(path, field, NEEDS[field.kind])
    for option in ("unique_per", "not_before"):
        yield from unknown((*path, option), getattr(field, option), fields)
    other = fields.get(field.not_before or "")
    if other is not None and other.kind != field.kind:
        yield (
            (*path, "not_before"),
            N_("“%(value)s” is of another kind: compare days with days, moments with moments."),
            {"value": field.not_before},
        )
    for name, value in field.required_if.items():
        yield from unknown((*path, "required_if"), name, fields)
        if words := {one.value for one in fields[name].choices} if name in fields else ():
            yield from unknown((*path, "required_if"), str(value), words, NO_WORD)
    yield from _twice((*path, "choices"), [one.value for one in field.choices])
    yield from _twice((*path, "columns"), [one.name for one in field.columns])
    yield from unknown((*path, "unique_in"), field.unique_in, states, NO_STATE)
    yield from _value_faults(path, field, moving)
    if field.formula:
        yield from formula_faults((*path, "formula"), field.name, field.formula, fields)
    for at, line in enumerate(field.columns):
        if line.default and (line.kind, line.default) not in moving:
            yield (
                (*path, "columns", at, "default"),
                N_("“%(value)s” cannot be the default of this kind."),
                {"value": line.default},
            )
        if line.formula:
            columns = {one.name: one for one in field.columns}
            yield from formula_faults(
                (*path, "columns", at, "formula"), line.name, line.formula, columns
            )


def _twice(path: Any, names: Sequence[str]) -> Iterator[FoundFault]:
    for at, one in enumerate(names):
        if one in names[:at]:
            yield (*path, at), TWICE, {"value": one}


def _value_faults(
    path: Any, field: FieldPart, moving: Collection[tuple[str, Any]]
) -> Iterator[FoundFault]:
    values = {choice.value for choice in field.choices}
    fits = (field.kind, field.default) in moving or (
        field.default in values
        if field.kind == "choice"
        else isinstance(field.default, bool)
        if field.kind == "yes_no"
        else type(field.default) is int
        if field.kind in NUMBERS
        else isinstance(field.default, str) and field.kind in {"text", "long_text"}
    )
    if field.default is not None and not fits:
        yield (
            (*path, "default"),
            N_("“%(value)s” cannot be the default of this kind."),
            {"value": field.default},
        )
    try:
        re.compile(field.pattern or "")
    except re.error as error:
        yield (
            (*path, "pattern"),
            N_(
                "The pattern cannot be read from character %(at)s on: look "
                "for a missing bracket or a sign too many."
            ),
            {"at": (error.pos or 0) + 1},
        )
    except (RecursionError, OverflowError):
        yield (
            (*path, "pattern"),
            N_("The pattern cannot be read: it is too long, or has too many brackets."),
            {},
        )
    else:
        if fits and (field.kind, field.default) not in moving:
            yield from _default_faults((*path, "default"), field)
    if field.min is not None and field.max is not None and field.min > field.max:
        yield (*path, "min"), N_("min is larger than max: exchange them."), {}
    if isinstance(field.must_be, str):
        yield from unknown((*path, "must_be"), field.must_be, values, NO_WORD)


def _default_faults(path: Any, field: FieldPart) -> Iterator[FoundFault]:
    """A default that the field itself would refuse: too small, too large, too long, misspelt."""
    value, longest = field.default, field.max_length or LENGTHS.get(field.kind, 0)
    said: dict[str, Any] = {"value": value}
    if field.kind in NUMBERS:
        if int(value or 0) < (least := field.min or 0):
            yield (
                path,
                N_("The default %(value)s is smaller than min (%(limit)s)."),
                {**said, "limit": least},
            )
        if field.max is not None and int(value or 0) > field.max:
            yield (
                path,
                N_("The default %(value)s is larger than max (%(limit)s)."),
                {**said, "limit": field.max},
            )
    elif isinstance(value, str) and field.kind != "choice":
        if len(value) > longest:
            yield (
                path,
                N_("The default “%(value)s” is longer than max_length (%(limit)s)."),
                {**said, "limit": longest},
            )
        if field.pattern and not re.fullmatch(field.pattern, value):
            yield path, N_("The default “%(value)s” does not match the pattern."), said


def obey(row: Any, field: FieldPart, columns: Any) -> None:
    """Bring one field of a record into order; DomainError where its rule is broken."""
    if field.kind in UNSTORED:
        return
    column = columns[field.name]
    value = steps.stored(row, column)
    if field.kind == "lines" and value is not None:
        worked_out = line_tables.work_out(column, value)
        if worked_out != value:  # an equal list would be written as a change
            setattr(row, field.name, worked_out)
    if field.must_be is not None and value != field.must_be:
        raise DomainError(
            NOT_TICKED if field.must_be is True else NOT_SO, field=field.name, label=column.label
        )
    if (
        column.kind is FieldKind.RELATION
        and value is not None
        and value == row.id
        and (queries.related_model(type(row), field.name) is type(row))
    ):
        raise DomainError(ITSELF, field=field.name, label=column.label)
    other = getattr(row, field.not_before) if field.not_before else None
    if value is not None and other is not None and value < other:
        raise DomainError(
            TOO_EARLY, field=field.name, label=column.label, other=columns[field.not_before].label
        )
    if field.required_if and all(
        getattr(row, name) == wanted for name, wanted in field.required_if.items()
    ):
        steps.need(row, column)
