"""What stays in a table beside its declaration: columns that a file no longer has; reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import column, func, inspect, select
from sqlalchemy import table as table_of

from app.core.declared.sync_plan import LENGTH, TableChange
from app.core.values.errors import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine, Table

LEFT = N_(
    "%(table)s: the column %(column)s is no longer in the file: its %(count)s values stay "
    "stored but are no longer shown."
)
RENAMED = N_(
    "%(table)s: the column %(column)s is no longer in the file: its %(count)s values stay "
    "stored but are no longer shown. If you renamed it, %(new)s is a new, empty field; "
    "give it its old name and change only the label."
)


def notes(engine: Engine, tables: list[Table]) -> Iterator[TableChange]:
    """A sentence for each column with values that the files no longer have; nothing is to be done.

    A new column of the same kind, if it is the only one, may be what it was renamed to.
    """
    with engine.connect() as connection:
        present = set(inspect(connection).get_table_names())
        for table in tables:
            if table.name in present:
                yield from _left(connection, table)


def _left(connection: Connection, table: Table) -> Iterator[TableChange]:
    stored = {
        one["name"]: _kind(connection, one["type"])
        for one in inspect(connection).get_columns(table.name)
    }
    new = {one.name: _kind(connection, one.type) for one in table.c if one.name not in stored}
    for name, kind in stored.items():
        if name in table.c:
            continue
        held = connection.scalar(select(func.count(column(name))).select_from(table_of(table.name)))
        same = [one for one, other in new.items() if other == kind]
        if held:
            yield TableChange(
                table.name,
                RENAMED if len(same) == 1 else LEFT,
                {"table": table.name, "column": name, "count": held, "new": "".join(same[:1])},
                kind="note",
            )


def _kind(connection: Connection, kind: Any) -> str:
    """A type as the database calls it, whatever its length."""
    return LENGTH.sub("VARCHAR", str(kind.compile(connection.dialect)))
