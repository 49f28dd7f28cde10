"""The database connection: what SQLite must be told, the same for every way in."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine, ExceptionContext
    from sqlalchemy.orm import Session

PATIENCE = 15_000
"""Milliseconds for which a writer waits for the one before it."""
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -65536",
    "PRAGMA temp_store = MEMORY",
)
BUSY_WORDS = ("database is locked", "database table is locked")
BUSY_STATES = frozenset({"55P03", "57014", "40P01", "40001"})
"""PostgreSQL: no lock in time, cancelled, deadlock, no serial order."""


_reading: ContextVar[bool] = ContextVar("reading", default=False)
_patience: ContextVar[int | None] = ContextVar("patience", default=None)


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
def writing(session: Session, patience: int | None = None) -> Iterator[None]:
    """A short transaction that writes, in the midst of a request that otherwise reads.

    What was read before is let go first: SQLite lets no transaction write that began by
    reading while somebody else wrote. `patience`: milliseconds to wait for the others.
    Committed at its end.
    """
    session.rollback()
    token, waits = _reading.set(False), _patience.set(patience)
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _patience.reset(waits)
        _reading.reset(token)


def is_busy(error: BaseException) -> bool:
    """Could the database not be had because others were at work in it? Later it can."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, OperationalError):
        return False
    if getattr(error.orig, "sqlstate", None) in BUSY_STATES:
        return True
    return any(words in str(error.orig) for words in BUSY_WORDS)


def is_behind(error: BaseException) -> bool:
    """Does the database not know a table or column yet: was it not brought up to date?"""
    if not isinstance(error, OperationalError | ProgrammingError):
        return False
    if getattr(error.orig, "sqlstate", None) in {"42P01", "42703"}:
        return True
    return str(error.orig).startswith(("no such table", "no such column"))


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

    A page view (GET) says beforehand that it only reads: it never waits for a writer, and a
    write in its transaction is refused there and then, not now and again when others write.
    """
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    else:
        _prepare_postgres(engine)


def _prepare_sqlite(engine: Engine) -> None:
    """The driver's own transaction handling is switched off: whatever may write begins IMMEDIATE.

    Two writers queue instead of failing half-way.
    """

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*PRAGMAS, f"PRAGMA busy_timeout = {PATIENCE}"):
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if _reading.get():
            connection.exec_driver_sql("PRAGMA query_only = ON")
            connection.info["anju_changed"] = True
            connection.exec_driver_sql("BEGIN")
            return
        if (patience := _patience.get()) is not None:
            connection.info["anju_changed"] = True
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def checkin(connection: Any, record: Any) -> None:
        if connection is not None and record.info.pop("anju_changed", False):
            connection.execute("PRAGMA query_only = OFF")
            connection.execute(f"PRAGMA busy_timeout = {PATIENCE}")


def _prepare_postgres(engine: Engine) -> None:
    """PostgreSQL waits no longer for a lock than SQLite does; a NUL is the user's mistake."""
    event.listen(engine, "handle_error", refuse_nul)

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.execute(f"SET lock_timeout = {PATIENCE}")
        connection.commit()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.read_only = True if _reading.get() else None
        if (patience := _patience.get()) is not None:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {patience}")


def refuse_nul(context: ExceptionContext) -> None:
    """Say so when PostgreSQL was given a text with NUL; every other error stays what it is.

    It has no place for this character, wherever it is typed.
    """
    if "NUL (0x00)" in str(context.original_exception):
        raise DomainError(
            N_("The text holds an invisible control character; type it again, do not paste.")
        ) from context.original_exception
