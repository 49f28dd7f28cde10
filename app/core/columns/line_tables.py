"""Small tables inside a form, and choices of several words: read, shown, kept when refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.core.columns.column import NUMERIC, Field, FieldKind
from app.core.i18n.sentences import sentence
from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.datastructures import MultiDict

MOST = 100
EMPTY_ROWS = 3
WRONG = N_("Line %(line)s: %(reason)s")
FEWER = N_("At most %(limit)s lines.")


def read_choices(column: Field, typed: str) -> str | None:
    """The chosen words with commas between them, in the order in which they are declared."""
    chosen = {word for word in typed.split(",") if word}
    if unknown := chosen - set(column.choices or {}):
        raise DomainError(N_("Choose one of the words that the list offers."), word=min(unknown))
    return ",".join(word for word in column.choices or {} if word in chosen) or None


def jsonable(value: Any) -> Any:
    """A value as JSON keeps it: exact numbers and days as text."""
    return str(value) if isinstance(value, Decimal | date) else value


def revived(column: Field, value: Any) -> Any:
    """The opposite of `jsonable`, by the kind of the column."""
    if value is None or value == "":
        return None
    if column.shown_as is FieldKind.INTEGER:
        return int(value)
    if column.shown_as in NUMERIC:
        return Decimal(str(value))
    return date.fromisoformat(value) if column.shown_as is FieldKind.DAY else value


def typed_columns(column: Field) -> list[Field]:
    """The columns of a small table that a person fills in."""
    return [one for one in column.columns if one.stored]


def work_out(column: Field, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines with their computed columns filled in, as JSON keeps them."""
    done = []
    for line in lines:
        values = {one.name: revived(one, line.get(one.name)) for one in typed_columns(column)}
        results: dict[str, Any] = {}
        for one in column.columns:
            if one.value is not None:
                results[one.name] = one.value({**values, **results})
        done.append({**line, **{name: jsonable(value) for name, value in results.items()}})
    return done


def show(column: Field, lines: list[dict[str, Any]], field: Any, raw: Any) -> list[list[Any]]:
    """Fields for the stored lines and some empty ones."""
    whole = [*lines, *[{}] * EMPTY_ROWS]
    return [
        [
            field(one, raw=raw(one, revived(one, line.get(one.name))))
            for one in typed_columns(column)
        ]
        for line in whole
    ]


def typed_rows(
    column: Field, typed: MultiDict[str, str], field: Any, read: Callable[[Field, str], Any]
) -> tuple[list[list[Any]], list[dict[str, Any]]]:
    """What was typed, for the page, and the lines that it makes; empty lines are left out."""
    parts = typed_columns(column)
    sent = {one.name: typed.getlist(f"{column.name}.{one.name}") for one in parts}
    count = max((len(values) for values in sent.values()), default=0)
    if count > MOST:
        raise DomainError(FEWER, limit=MOST)
    rows, lines = [], []
    for at in range(count):
        texts = {name: values[at] if at < len(values) else "" for name, values in sent.items()}
        row = [field(one, raw=texts[one.name]) for one in parts]
        rows.append(row)
        if not any(texts[one.name].strip() for one in parts if one.kind is not FieldKind.YES_NO):
            continue
        line = {}
        for place in row:
            place.error = _into(line, place.column, place.raw, read)
        lines.append(line)
    wrong = [(at, place.error) for at, row in enumerate(rows, 1) for place in row if place.error]
    if wrong:
        column_error = DomainError(WRONG, line=wrong[0][0], reason=wrong[0][1])
        column_error.rows = rows
        raise column_error
    return rows or show(column, [], field, lambda *_: ""), lines


def _into(line: dict[str, Any], column: Field, text: str, read: Any) -> str | None:
    """Read one cell into its line; the answer is what is wrong with it."""
    try:
        value = column.first_value() if column.default and not text.strip() else read(column, text)
        if value is None and column.required:
            raise DomainError(N_("“%(label)s” is missing."), label=column.label)
    except DomainError as error:
        return sentence(error)
    line[column.name] = jsonable(value)
    return None


def plain(column: Field, lines: list[dict[str, Any]], text_of: Any) -> str:
    """The lines as text: one below the other."""
    shown = []
    for line in lines:
        texts = [text_of(one, revived(one, line.get(one.name))) for one in column.columns]
        shown.append(" | ".join(texts))
    return "\n".join(shown)


def from_text(column: Field, text: str, read: Callable[[Field, str], Any]) -> Any:
    """The lines that a cell holds: one below the other, their columns parted by `|`."""
    lines = []
    for at, row in enumerate(filter(str.strip, text.splitlines()), 1):
        cells = [cell.strip() for cell in row.replace("｜", "|").split("|")]
        parts = list(column.columns if len(cells) == len(column.columns) else typed_columns(column))
        if len(cells) > len(parts):
            raise DomainError(WRONG, line=at, reason=" | ".join(str(one.label) for one in parts))
        line: dict[str, Any] = {}
        for one, cell in zip(parts, [*cells, *[""] * len(parts)], strict=False):
            if one.stored and (wrong := _into(line, one, _code(one, cell), read)):
                raise DomainError(WRONG, line=at, reason=wrong)
        lines.append(line)
    return lines or None


def _code(column: Field, cell: str) -> str:
    """What the form would send for what a person writes."""
    if column.kind is FieldKind.YES_NO:
        return "1" if cell in {"是", "Yes", "1"} else ""
    for code, label in (column.choices or {}).items():
        if str(label) == cell:
            return str(code)
    return cell
