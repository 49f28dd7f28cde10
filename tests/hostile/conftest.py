"""The house under attack: both communities stand in its template database."""

from __future__ import annotations

import shutil

import pytest
from sqlalchemy import event

from app.core import scope
from app.extensions import db
from tests import postgres
from tests.hostile import world as worlds
from tests.house import build, build_on_postgres, close


@pytest.fixture(scope="session")
def furnished(tmp_path_factory):
    """The application on SQLite, its folder, and the world in its template."""
    folder = tmp_path_factory.mktemp("hostile")
    app = build(folder)
    with app.app_context():
        # Thousands of small requests: nothing here must survive a power cut.
        event.listen(db.engine, "connect", _in_a_hurry)
        made = worlds.build(db.session)
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    close(app)
    shutil.copy(folder / "anju.db", folder / "template.db")
    return app, folder, made


def _in_a_hurry(raw, _record):
    raw.execute("PRAGMA synchronous = OFF")


@pytest.fixture(scope="session")
def house(furnished):
    """What the fixture `app` brings back to its template before each test."""
    return furnished[:2]


@pytest.fixture
def world(furnished):
    """The keys of both communities."""
    return furnished[2]


@pytest.fixture(scope="session")
def postgres_house(tmp_path_factory):
    """The same on PostgreSQL, built once: its tests leave their traces."""
    with postgres.server() as address:
        folder = tmp_path_factory.mktemp("hostile-postgres")
        app = build_on_postgres(folder, address)
        with app.app_context():
            made = worlds.build(db.session)
            db.session.remove()
        with scope.use(scope.EVERYTHING):
            yield app, made
        close(app)
