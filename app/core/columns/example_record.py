"""A made-up record with something in every column, to show what a screen would look like."""

from __future__ import annotations

from typing import Any

from app.core.columns.column import NUMERIC, Field, FieldKind
from app.core.columns.line_tables import jsonable, typed_columns, work_out
from app.core.values import clock


def fill(record: Any, columns: tuple[Field, ...]) -> None:
    """Fill the columns that need no other record; the record is never stored."""
    for column in columns:
        if column.kind is FieldKind.LINES:
            line = {one.name: jsonable(_value(one)) for one in typed_columns(column)}
            setattr(record, column.name, work_out(column, [line, line]))
        elif column.stored and column.kind is not FieldKind.RELATION:
            setattr(record, column.name, _value(column))


def _value(column: Field) -> Any:
    """Something that fits a column: its default, else the first choice, one, today."""
    if column.name == "number":
        return "0001"
    if (first := column.first_value()) is not None:
        return first
    if column.choices:
        return next(iter(column.choices))
    if column.shown_as in NUMERIC:
        return 1
    made = {
        FieldKind.DAY: clock.today,
        FieldKind.MOMENT: clock.now,
        FieldKind.YES_NO: lambda: True,
        FieldKind.PHONE: lambda: "10000000000",
        FieldKind.ID_NUMBER: lambda: "0" * 18,
    }
    return made.get(column.kind, lambda: str(column.label))()
