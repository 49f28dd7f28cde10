"""The columns of a sheet for a record screen, and its rows as column → cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import force_locale
from sqlalchemy import select

from app.core.columns.column import Field
from app.core.parsing.cells import folded, plain
from app.core.records import data_scope
from app.core.values.errors import N_, DomainError
from app.core.workbook.reader import read_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.core.screens.screen import Screen

TOTALS = frozenset({"合计", "总计", "total"})
NO_HEADER = N_("No row of this file has the column names of the list. Use the template.")


def importable(screen: Screen) -> list[Field]:
    """The columns that a sheet may hold: the stored ones, without what every record has itself.

    Those that no form has (the state, stamps) are only compared: they change on the page.
    """
    left_out = {"community", "created_by", "created_at", "due_at"}
    return [one for one in screen.columns if one.stored and one.name not in left_out]


def key_of(screen: Screen) -> str:
    """The column by which a row names a stored record: its number, else its key."""
    return next((one.name for one in screen.columns if one.name == "number"), "id")


def template_columns(screen: Screen) -> list[Field]:
    """The columns of an empty sheet: what a form has, and the key for changes."""
    return [one for one in importable(screen) if one.form or one.name == key_of(screen)]


def labels(screen: Screen) -> dict[str, Field]:
    """What a header may say in either language → the column."""
    found: dict[str, Field] = {}
    for language in ("zh", "en"):
        with force_locale(language):
            found |= {folded(str(one.label)).casefold(): one for one in importable(screen)}
    return found


def rows_of(path: Path, name: str, screen: Screen) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row below the header as column name → cell; DomainError where there is no header."""
    known, seen = labels(screen), False
    for sheet in read_workbook(path, title=name).visible:
        header: dict[int, Field] = {}
        for at, row in enumerate(sheet.rows):
            if not header:
                matched = {
                    place: known[text]
                    for place, cell in enumerate(row)
                    if (text := folded(cell).casefold()) in known
                }
                header = matched if len(matched) >= 2 and at < 20 else {}
                seen = seen or bool(header)
                continue
            filled = [cell for cell in row if plain(cell)]
            if filled and plain(filled[0]).casefold() not in TOTALS:
                yield (
                    at + 1,
                    {
                        one.name: row[place] if place < len(row) else ""
                        for place, one in header.items()
                    },
                )
    if not seen:
        raise DomainError(NO_HEADER)


def communities(session: Session, model: Any) -> list[Any]:
    """The communities into which the present user may import."""
    return list(session.scalars(select(model).where(data_scope.current().where(model.id))))
