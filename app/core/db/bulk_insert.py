"""Many rows at once: keys reserved first, then raw inserts on SQLite, COPY on PostgreSQL."""

from __future__ import annotations

import gc
import threading
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Date, func, select

from app.core.db.types import Fixed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection
    from sqlalchemy.orm import Session

BATCH = 5_000
"""Rows that wait in memory before they are handed to the driver."""
_lock = threading.Lock()
_resting: list[bool] = []
"""One entry for each block that runs without the collector; the lowest knows how it was."""


@contextmanager
def many_objects() -> Iterator[None]:
    """Let the cycle collector rest while a block makes a million objects that all stay.

    It would look at them again and again for nothing, a fifth of an import's time. It rests
    for the whole process, so the block must be one of seconds.
    """
    with _lock:
        _resting.append(gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            was_on = _resting.pop()
            if not _resting and was_on:
                gc.enable()


def reserve(session: Session, table: Table, count: int) -> list[int]:
    """`count` unused primary keys of `table`, in rising order, for rows of this transaction.

    SQLite has one writer (the transaction began IMMEDIATE), so the next numbers are free;
    PostgreSQL takes them from the sequence, which gives no number twice.
    """
    if count <= 0:
        return []
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        last = connection.scalar(select(func.max(table.c.id))) or 0
        return list(range(last + 1, last + 1 + count))
    numbers = connection.exec_driver_sql(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        (table.name, count),
    )
    return sorted(numbers.scalars())


def insert(
    session: Session, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Write `rows` (Python values in the order of `names`) and return how many there were.

    Values pass through the column types, so a Decimal is stored as whole last places; what
    a type refuses is refused here too. Column defaults made in Python are not applied:
    name every column that needs one. Belongs to the caller's transaction.
    """
    connection = session.connection()
    stored = _converted(connection, table, names, rows)
    if connection.dialect.name == "sqlite":
        return _executemany(connection, table, names, stored)
    return _copy(connection, table, names, stored)


def _converted(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Iterator[Sequence[Any]]:
    """The rows as the driver wants them; only columns whose type converts are touched."""
    dialect = connection.dialect
    converters = []
    for position, name in enumerate(names):
        kind = table.c[name].type
        convert = kind.dialect_impl(dialect).bind_processor(dialect)
        if convert is not None:
            if isinstance(kind, Fixed | Date):
                # Areas, shares and days repeat; only these kinds are sure to have a hash.
                convert = lru_cache(maxsize=4096)(convert)
            converters.append((position, convert))
    if not converters:
        yield from rows
        return
    for row in rows:
        values = list(row)
        for position, convert in converters:
            if values[position] is not None:
                values[position] = convert(values[position])
        yield values


def _quoted(connection: Connection, table: Table, names: Sequence[str]) -> tuple[str, str]:
    prepare = connection.dialect.identifier_preparer
    columns = ", ".join(prepare.quote(table.c[name].name) for name in names)
    return prepare.format_table(table), columns


def _executemany(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    target, columns = _quoted(connection, table, names)
    places = ", ".join("?" * len(names))
    # Names come from the table's own metadata, never from a request.
    statement = f"INSERT INTO {target} ({columns}) VALUES ({places})"  # noqa: S608
    iterator, count = iter(rows), 0
    while part := [tuple(row) for row in islice(iterator, BATCH)]:
        connection.exec_driver_sql(statement, part)
        count += len(part)
    return count


def _copy(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    target, columns = _quoted(connection, table, names)
    driver = cast("Any", connection.connection.driver_connection)
    count = 0
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {target} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
            count += 1
    return count
