"""Books to test money on: an empty database of each kind with a small cast of units and bills."""

from __future__ import annotations

import shutil

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.core.db.engine import prepare
from app.core.db.types import metadata
from app.core.records import data_scope
from tests import postgres
from tests.charging.books import Books


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """A database file with every table and no row."""
    path = tmp_path_factory.mktemp("books") / "template.db"
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_engine(sqlite_template, tmp_path):
    path = tmp_path / "books.db"
    shutil.copy(sqlite_template, path)
    engine = create_engine(f"sqlite:///{path}")
    prepare(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request):
    """An engine on SQLite and, a second time, on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_engine")
        return
    with postgres.fresh_database(request.getfixturevalue("postgres_server")) as engine:
        yield engine


@pytest.fixture
def books(engine):
    """The cast in a session on either database, with the scope of everything."""
    with data_scope.use(data_scope.EVERYTHING), Session(engine, expire_on_commit=False) as session:
        yield Books(session)
