"""The database connection: what SQLite must be told, the same for every way in."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from app.core.errors import N_, DomainError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine, ExceptionContext
    from sqlalchemy.orm import Session

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 15000",
    "PRAGMA cache_size = -65536",
    "PRAGMA temp_store = MEMORY",
)


_reading: ContextVar[bool] = ContextVar("reading", default=False)


def enter_reading(only: bool) -> None:
    """Say for the rest of this request's context whether its transactions only read."""
    _reading.set(only)


def is_reading() -> bool:
    """Do transactions begun now only read?"""
    return _reading.get()


@contextmanager
def reading() -> Iterator[None]:
    """Transactions begun in here do not ask for SQLite's single write lock."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def frugal(session: Session) -> Iterator[None]:
    """Read much through `session` once, without filling SQLite's page cache with it."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        yield
        return
    before = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql("PRAGMA cache_size = -8192")
    try:
        yield
    finally:
        session.connection().exec_driver_sql(f"PRAGMA cache_size = {before}")


def prepare(engine: Engine) -> None:
    """Install the connection rules of design.md on an engine.

    PostgreSQL has no place for the character NUL, wherever it is typed: that is the user's
    mistake, not ours. On SQLite the driver's own transaction handling is switched off, so
    that every transaction that may write begins IMMEDIATE: two writers queue instead of
    failing half-way. Page views (GET) say beforehand that they only read, so they never
    wait for a writer.
    """
    if engine.dialect.name != "sqlite":
        event.listen(engine, "handle_error", refuse_nul)
        return

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")


def refuse_nul(context: ExceptionContext) -> None:
    """Say so when PostgreSQL was given a text with NUL; every other error stays what it is."""
    if "NUL (0x00)" in str(context.original_exception):
        raise DomainError(
            N_("The text holds an invisible control character; type it again, do not paste.")
        ) from context.original_exception
